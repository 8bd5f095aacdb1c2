# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""One request in, one result out: the same for one-shot and long-lived workers."""

import json
import resource
import time
from collections.abc import Callable, Iterable
from typing import Any

from demos_exec.worker import numbers
from demos_exec.worker.errors import RunFailure
from demos_exec.worker.grid import run_grid
from demos_exec.worker.library import Library
from demos_exec.worker.workspace import is_plain, operations_for, with_fixed

Request = dict[str, Any]
Progress = Callable[[float], None]

SINGLE = frozenset({"cls", "upper_limit", "fit", "scan", "yields", "pulls", "impacts"})


def _engine(name: str) -> Any:
    # Imported on first use: pyhf costs a second and 60 MB that most workers never need.
    if name == "pyhf":
        from demos_exec.worker.reference import ReferenceModel  # noqa: PLC0415

        return ReferenceModel
    from demos_exec.worker.compiled import CompiledModel  # noqa: PLC0415

    return CompiledModel


def warm() -> None:
    """Load the engine before the first request comes."""
    _engine("demos")


def needed(request: Request) -> list[str]:
    """Name the documents that a request is about.

    Args:
        request: the request.

    Returns:
        Their digests.

    Examples:
        >>> needed({"model": {"digest": "a"}, "patchset": {"digest": "b"}})
        ['a', 'b']
    """
    return [request[k]["digest"] for k in ("model", "patchset") if request.get(k)]


def _model(library: Library, request: Request, engine: Any) -> Any:
    """Compile the model with the request's signal, or find it compiled."""
    inputs = request.get("inputs", {})
    digest, patchset = request["model"]["digest"], request.get("patchset")
    measurement, fixed = inputs.get("measurement"), inputs.get("fixed") or {}
    base_key = (engine.engine["name"], digest, measurement)
    signal = json.dumps([inputs.get("patch"), fixed, patchset], sort_keys=True)

    def base() -> Any:
        text = library.text(digest)
        return engine.build(
            text if engine.reads_text else library.document(digest), measurement, []
        )

    def build() -> Any:
        patch = inputs.get("patch")
        if patch is None and not fixed:
            return base()
        workspace = library.document(digest)
        if engine.reads_text and not fixed and is_plain(workspace, patch, measurement):
            background = library.compiled((*base_key, None), base)
            return background.with_signal(patch["yields"], patch["sample"])
        held = library.document(patchset["digest"]) if patchset else None
        operations = operations_for(workspace, inputs, held)
        source = with_fixed(workspace, measurement, fixed)
        if engine.reads_text and not fixed:
            source = library.text(digest)
        model = engine.build(source, measurement, operations)
        _require_parameters(model, fixed)
        return model

    plain = inputs.get("patch") is None and not fixed
    return library.compiled((*base_key, None if plain else signal), build)


def _require_parameters(model: Any, names: Iterable[str]) -> None:
    """Refuse to fix what is no parameter: pyhf would not notice."""
    known = {name.partition("[")[0] for name in model.parameter_names}
    for name in names:
        if name not in known:
            message = f"The model has no parameter {name!r}."
            raise RunFailure("invalid_input", message, f"/inputs/fixed/{name}")


def run(library: Library, request: Request, progress: Progress) -> dict[str, Any]:
    """Compute what a request asks.

    Args:
        library: where the documents and compiled models are.
        request: operation, inputs, parameters, model.
        progress: called with the fraction done, for long work.

    Returns:
        The result, with engine, conventions and outcome.

    Raises:
        RunFailure: for a named reason.
        MissingDocuments: if the library does not hold a document.
    """
    library.require(needed(request))
    operation, parameters = request["operation"], request.get("parameters", {})
    engine = _engine(parameters.get("engine", "demos"))
    if operation == "grid":
        patchset = request.get("patchset")
        if not patchset:
            raise RunFailure("invalid_input", "The model has no patchset.", "/operation")
        found = run_grid(engine, library, request, progress)
    elif operation in SINGLE:
        found = getattr(_model(library, request, engine), operation)(parameters, progress)
    else:
        raise RunFailure("invalid_input", f"Unknown operation {operation!r}.", "/operation")
    about = {"operation": operation, "engine": engine.engine, "conventions": engine.conventions}
    return {**about, **found}


def answer(library: Library, request: Request, progress: Progress) -> tuple[dict[str, Any], bytes]:
    """Run a request and give its outcome in the form that is stored.

    Args:
        library: where the documents and compiled models are.
        request: the request.
        progress: called with the fraction done.

    Returns:
        Status with reason, message and usage; and the result as JSON (empty after a failure).

    Raises:
        MissingDocuments: if the library does not hold a document.
    """
    began, cpu = time.perf_counter(), time.process_time()
    try:
        text = numbers.dump(run(library, request, progress))
        status: dict[str, Any] = {"status": "successful"}
    except RunFailure as failure:
        text, status = b"", {"status": "failed", **failure.to_dict()}
    except MemoryError:
        message = "The worker had no memory left."
        text, status = b"", {"status": "failed", "reason": "out_of_memory", "message": message}
    usage = {
        "wall_s": round(time.perf_counter() - began, 6),
        "cpu_s": round(time.process_time() - cpu, 6),
        "max_rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    return {**status, "usage": usage}, text
