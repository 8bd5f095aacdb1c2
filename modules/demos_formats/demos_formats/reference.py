# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Other evaluators, where they are installed: pyhf, the reference, and the engine that infers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def version() -> str:
    """Return pyhf's version.

    Raises:
        ImportError: Where pyhf is not installed.
    """
    import pyhf  # noqa: PLC0415 - optional, and two seconds to import

    return str(pyhf.__version__)


def logpdf(
    workspace: Mapping[str, Any],
    points: NDArray[np.float64],
    settings: Mapping[str, Any] | None = None,
) -> NDArray[np.float64]:
    """Evaluate the log-likelihood of a workspace's observed data by pyhf.

    Args:
        workspace: A valid workspace; its first measurement is used.
        points: Parameters in pyhf's order, shape (points, parameters).
        settings: pyhf's ``modifier_settings``; None is pyhf's default.

    Returns:
        Shape (points,).

    Raises:
        ImportError: Where pyhf is not installed.
    """
    import pyhf  # noqa: PLC0415 - optional, and two seconds to import

    backend, optimizer = pyhf.get_backend()
    pyhf.set_backend("numpy")
    try:
        ws = pyhf.Workspace(workspace, validate=False)
        extra = {} if settings is None else {"modifier_settings": dict(settings)}
        name = workspace["measurements"][0]["name"]
        model = ws.model(measurement_name=name, poi_name=None, validate=False, **extra)
        data = ws.data(model)
        with np.errstate(all="ignore"):
            return np.array([float(model.logpdf(p, data)[0]) for p in points])
    finally:
        pyhf.set_backend(backend, optimizer)


def engine() -> str:
    """Return the version of the inference engine.

    Raises:
        ImportError: Where it is not installed.
    """
    import demos_engine  # noqa: PLC0415 - optional

    return str(demos_engine.__version__)


def engine_logpdf(
    document: Any,
    settings: Mapping[str, Any] | None,
    names: Sequence[str],
    points: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Evaluate the log-likelihood as inference does.

    Args:
        document: What the engine loads.
        settings: ``modifier_settings`` of a pyhf workspace; None where the document says them.
        names: The engine's names of the parameters, one per component of a point.
        points: Shape (points, parameters).

    Returns:
        Shape (points,).

    Raises:
        ImportError: Where the engine is not installed.
        ValueError: Where it does not take the document.
    """
    from demos_engine import Model  # noqa: PLC0415 - optional

    codes = {kind: entry["interpcode"] for kind, entry in (settings or {}).items()}
    model = Model.load(document, **codes)
    at = [list(names).index(n) for n in model.parameter_names]
    return np.array([model.logpdf(p[at]) for p in points])
