# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""pyhf as the reference evaluator, where it is installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


def version() -> str:
    """Gives pyhf's version.

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
    """Evaluates the log-likelihood of a workspace's observed data by pyhf.

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
