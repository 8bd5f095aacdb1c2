# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""One model by two engines: what runs here use, and pyhf, the reference.

Only workers come here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

POINTS, SEED = 4, 1
"""Random points beside the initial one, the same for everybody."""

RELATIVE = 1e-8
"""Largest relative difference of the log-likelihood of two engines that agree."""

ROUNDINGS = 4
"""How many roundings of its largest terms the reference's sum may hold."""

CLS_PARAMETERS = 40
"""Free parameters up to which pyhf's CLs is asked for too: its time grows steeply with them."""


def cross_check(workspace: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Compare the engine with pyhf on one model.

    Args:
        workspace: a pyhf workspace.
        settings: ``modifier_settings`` that belong to it; pyhf's command line's if empty.

    Returns:
        ``likelihood`` (log-likelihoods at the same points), ``cls`` at mu = 1 or None where
        it was not asked for, ``agree`` (None where pyhf cannot build the model) and the
        tools with their versions.
    """
    from demos_engine.engines import Setup, engine  # noqa: PLC0415

    programs = (engine("demos"), engine("pyhf"))
    tools = {"demos_engine": programs[0].version, "pyhf": programs[1].version}
    codes = {kind: one["interpcode"] for kind, one in settings.items()}
    try:
        ours, theirs = (one.load(workspace, Setup(interpolation=codes)) for one in programs)
    except Exception as error:  # whatever a reference implementation finds wrong with it
        return {"agree": None, "message": str(error)[:500], "tools": tools}
    likelihood = _likelihood(ours, theirs)
    cls = _cls(ours, theirs) if _small(theirs.model) else None
    agree = likelihood["agree"] and (cls is None or cls["agree"] is not False)
    return {"agree": agree, "likelihood": likelihood, "cls": cls, "tools": tools}


def _points(reference):
    """Give the initial point, and random ones near it and within the bounds."""
    config = reference.config
    init = np.asarray(config.suggested_init(), dtype=float)
    free = ~np.asarray(config.suggested_fixed(), dtype=bool)
    low, high = np.asarray(config.suggested_bounds(), dtype=float).T
    rng = np.random.default_rng(SEED)
    moved = init + rng.normal(0.0, 0.1, (POINTS, len(init))) * np.maximum(1.0, np.abs(init))
    return np.vstack([init, np.where(free, np.clip(moved, low, high), init)])


def _likelihood(ours, reference):
    points, data = _points(reference.model), reference.data
    mine = np.array([ours.logpdf(point) for point in points])
    theirs = np.array([reference.logpdf(point) for point in points])
    defined = np.isfinite(theirs)
    differences = np.abs(mine - theirs)[defined]
    relative = differences / np.maximum(1.0, np.abs(theirs[defined]))
    # pyhf subtracts terms as large as n ln n, and 2e11 auxiliary counts do occur.
    counts = np.maximum(np.abs(np.asarray(data, dtype=float)), 1.0)
    rounding = ROUNDINGS * np.finfo(float).eps * float(np.sum(counts * np.log(counts)))
    close = differences <= RELATIVE * np.maximum(1.0, np.abs(theirs[defined])) + rounding
    # Where one engine has no value the other must have none either.
    agree = np.array_equal(np.isfinite(mine), defined) and bool(close.all())
    largest = float(relative.max(initial=0.0))
    return {
        "points": int(defined.sum()),
        "max_relative_difference": largest if np.isfinite(largest) else None,
        "agree": agree,
    }


def _small(reference):
    config = reference.config
    free = sum(not fixed for fixed in config.suggested_fixed())
    return config.poi_index is not None and free <= CLS_PARAMETERS


def _cls(ours, reference):
    found: dict[str, Any] = {"mu": 1.0, "demos": None, "pyhf": None, "agree": None}
    try:
        found["demos"] = ours.cls(1.0, "qtilde")["CLs_obs"]
        found["pyhf"] = reference.cls(1.0, "qtilde")["CLs_obs"]
    except Exception as error:  # one of them found no minimum: there is nothing to compare
        return found | {"message": str(error)[:500]}
    difference = abs(found["demos"] - found["pyhf"])
    return found | {"agree": difference <= 1e-4 * abs(found["pyhf"]) + 1e-6}
