# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What an engine is. Nothing is imported here that computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from demos_engine.patchset import PatchSet

Answer = dict[str, Any]
Document = bytes | str | Mapping[str, Any]
Operations = bytes | str | Sequence[Mapping[str, Any]]
Progress = Callable[[float], object]


@dataclass(frozen=True)
class Setup:
    """Which model of a workspace is meant.

    Attributes:
        measurement: Name of a measurement; None for the first.
        poi: Parameter of interest instead of the measurement's.
        patch: A JSON Patch that is applied first.
        interpolation: Codes by modifier type, such as ``{"normsys": "code1"}``.
        fixed: Parameters that are held at a value: a number, or one per component.
        bounds: Bounds instead of the model's, for every component of a parameter.
        asimov: Signal strength of the Asimov data of the nominal model, which are taken instead of
            the observed data; None for the observed data.
    """

    measurement: str | None = None
    poi: str | None = None
    patch: Operations | None = None
    interpolation: Mapping[str, Any] = field(default_factory=dict)
    fixed: Mapping[str, float | Sequence[float]] = field(default_factory=dict)
    bounds: Mapping[str, Sequence[float]] = field(default_factory=dict)
    asimov: float | None = None


OWN: Final = Setup()
"""The model as its workspace has it."""


class LoadedModel(Protocol):
    """A model as an engine sees it. Every answer is JSON with a ``status``.

    Methods raise ``InferenceError`` where a question has no answer.
    """

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the parameters, one per component."""

    @property
    def poi(self) -> str | None:
        """The parameter of interest; None where no modifier defines it."""

    def with_patch(self, patch: Operations) -> LoadedModel:
        """Return the model with another JSON Patch."""

    def with_signal(self, yields: Mapping[str, Sequence[float]], sample: str) -> LoadedModel:
        """Return the model with a signal that the parameter of interest scales."""

    def logpdf(self, point: Sequence[float]) -> float:
        """Return the log-likelihood of the data in pyhf's convention."""

    def fit(self, intervals: Sequence[str], correlations: bool, progress: Progress) -> Answer:
        """Fit all parameters."""

    def cls(self, mu: float, test_stat: str) -> Answer:
        """Compute asymptotic CLs."""

    def toys(
        self,
        mu: float,
        test_stat: str,
        toys: int,
        seed: int,
        progress: Progress,
        *,
        distributions: bool = False,
    ) -> Answer:
        """Compute CLs with pseudo-experiments."""

    def upper_limit(self, confidence_level: float, test_stat: str, rtol: float) -> Answer:
        """Find upper limits on the parameter of interest."""

    def significance(self) -> Answer:
        """Compute p0 and Z."""

    def gof(self, calculator: str, toys: int, seed: int, progress: Progress) -> Answer:
        """Test the goodness of fit against the saturated model."""

    def scan(self, axes: Sequence[Mapping[str, Any]], points: int, progress: Progress) -> Answer:
        """Scan the profile likelihood."""

    def contour(
        self, parameters: Sequence[str], levels: Sequence[float], points: int, progress: Progress
    ) -> Answer:
        """Find contours of the profile likelihood in two parameters."""

    def yields(self, stages: Sequence[str]) -> Answer:
        """Compute expected events."""

    def pulls(self) -> Answer:
        """Compute pulls."""

    def impacts(self, progress: Progress) -> Answer:
        """Compute impacts."""

    def grid(
        self, signals: PatchSet, mu: float, test_stat: str, progress: Progress
    ) -> list[Answer]:
        """Compute CLs of many signals: per signal its name, values and what ``cls`` gives."""


class Engine(Protocol):
    """A program that computes."""

    @property
    def name(self) -> str:
        """Its name in requests."""

    @property
    def version(self) -> str:
        """Its version."""

    @property
    def conventions(self) -> Mapping[str, str]:
        """What it takes for granted where tools differ."""

    def load(self, workspace: Document, setup: Setup = OWN) -> LoadedModel:
        """Load a model.

        Raises:
            ModelError: The workspace cannot be used.
            InferenceError: The setup names what the model does not have.
        """
