# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""All signals of a patchset in one run."""

from collections.abc import Callable
from typing import Any

from demos_exec.worker.errors import RunFailure
from demos_exec.worker.library import Library
from demos_exec.worker.workspace import with_fixed

Document = dict[str, Any]


def run_grid(
    engine: Any, library: Library, request: Document, progress: Callable[[float], None]
) -> Document:
    """Compute CLs of every patch of a patchset, or of those that are named.

    Args:
        engine: the engine's model class.
        library: where the background-only workspace and its patchset are.
        request: inputs (``patches``, ``measurement``, ``fixed``) and parameters as ``cls`` has.
        progress: called with the fraction done.

    Returns:
        ``labels`` of the grid and ``points``: per patch its name, values and what ``cls`` gives.

    Raises:
        RunFailure: if a named patch is unknown.
    """
    inputs, parameters = request.get("inputs", {}), request.get("parameters", {})
    measurement = inputs.get("measurement")
    wanted = inputs.get("patches")
    patchset = library.document(request["patchset"]["digest"])
    patches = patchset.get("patches", [])
    if wanted is not None:
        names = {p["metadata"]["name"] for p in patches}
        unknown = [n for n in wanted if n not in names]
        if unknown:
            message = f"The model has no patch {unknown[0]!r}."
            raise RunFailure("invalid_input", message, "/inputs/patches")
        patches = [p for p in patches if p["metadata"]["name"] in set(wanted)]
    digest, fixed = request["model"]["digest"], inputs.get("fixed") or {}
    if engine.reads_text and not fixed:
        base: Any = library.text(digest)
    else:
        base = with_fixed(library.document(digest), measurement, fixed)
    points = []
    answers = engine.grid(base, measurement, [p["patch"] for p in patches], parameters, progress)
    for patch, found in zip(patches, answers, strict=True):
        about = patch["metadata"]
        points.append({"name": about["name"], "values": about.get("values"), **found})
    bad = sum(p["outcome"] != "ok" for p in points)
    labels = patchset.get("metadata", {}).get("labels", [])
    return {
        "outcome": "ok" if not bad else "partial",
        "status": "converged" if not bad else f"{bad} of {len(points)} points have no value",
        "labels": labels,
        "points": points,
    }
