# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a runtime is: a way in which models of some kind are run.

A runtime is one file of this folder whose ``RUNTIME`` is an instance, or such an instance that
another package names in the entry point group ``demos.runtimes``. It says which models it runs,
how they are described, what a request means, and what must be prepared before; where the run is
executed is a backend's part.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from demos_engine.operations import LONG

from ..backends import Backend

CONTRACT = "demos-batch/1"
"""What a program finds in ``request.json`` and leaves as ``result.json``."""


@dataclass(frozen=True)
class Plan:
    """What is to be run.

    Attributes:
        operation: its name.
        request: operation, inputs, parameters, with defaults; and digests of further documents,
            and warnings about the model, that the program is told.
        image_digest: what computes: one result is known for each.
        lane: ``short`` or ``long``.
        cost: estimated seconds of one processor.
        image: the container image, None for the platform's worker.
        documents: digest to the function that returns the text.
    """

    operation: str
    request: dict[str, Any]
    image_digest: str
    lane: str = LONG
    cost: float = 0.0
    image: str | None = None
    documents: dict[str, Callable[[str], bytes]] = field(default_factory=dict)


class Runtime(Protocol):
    """A way in which models are run.

    Attributes:
        name: as in answers and in the database.
        title: for people.
        rank: of several that accept a model the lowest one runs it.
        runs: the kind of job that its backends must take: ``worker`` or ``image``.
        interface: the contract between the platform and what computes.
    """

    name: str
    title: str
    rank: int = 100
    runs: str
    interface: str = CONTRACT

    def accepts(self, target: Any) -> bool:
        """Tell whether it runs a model.

        Args:
            target: the registry's ``RunTarget``.
        """
        ...

    def describe(self, entry: Any, backend: Backend) -> dict[str, Any]:
        """Return what ``execute`` says of a model.

        Args:
            entry: the model.
            backend: the default backend of its runs.

        Returns:
            ``operations`` (name to title, description and JSON Schemas of ``inputs``,
            ``parameters`` and ``outputs``), ``image``, ``examples``, ``how_to_run_locally``.

        Raises:
            NotExecutableError: if the model cannot be run.
            NotPreparedError: if something must be prepared first.
        """
        ...

    def plan(self, entry: Any, body: dict[str, Any], backend: Backend) -> Plan:
        """Check a request and say what it means.

        Args:
            entry: the model.
            body: ``operation``, ``inputs``, ``parameters`` as they came.
            backend: where it is to be run.

        Raises:
            InvalidRequest: naming every place that is wrong.
            NotExecutableError: see ``describe``.
        """
        ...

    def documents(self, entry: Any, run: Any) -> dict[str, Callable[[str], bytes]]:
        """Return what a stored run's request is about, for its next attempt.

        Args:
            entry: the model, opened as the system.
            run: the run.
        """
        return {}

    def due(self, backends: Mapping[str, Backend]) -> list[str]:
        """Return what should be prepared now; asked every half minute.

        Args:
            backends: the site's backends that take its jobs.

        Raises:
            BackendUnavailable: if that cannot be told now.
        """
        return []

    def prepare(self, what: str, backends: Mapping[str, Backend]) -> None:
        """Prepare something that models need.

        Args:
            what: as ``due`` or ``NotPreparedError`` names it.
            backends: the site's backends that take its jobs.
        """
