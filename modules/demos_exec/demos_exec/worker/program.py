# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""One request in, one result out: the same for one-shot and long-lived workers."""

import json
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from demos_engine import InferenceError, ModelError
from demos_engine.engines import Engine, LoadedModel, Setup, engine
from demos_engine.engines.workspace import FORM
from demos_engine.operations import Operation, Question, RequestError, canonical, operations

from demos_exec.worker import numbers
from demos_exec.worker.errors import RunFailure
from demos_exec.worker.library import Library
from demos_exec.worker.signals import chosen
from demos_exec.worker.workspace import is_plain, operations_for

DOCUMENTS = ("model", "settings", "patchset")
"""Documents that a request may name: the model, pyhf's ``modifier_settings`` that belong to it, and
the patchset."""

Request = dict[str, Any]
Result = dict[str, Any]
Progress = Callable[[float], None]

OUTCOMES = {"fit_failed": "no_convergence", "refused_by_pyhf": "not_computable"}
"""Codes of an engine's refusal that say something of the model, not of the request."""

POINTERS = {
    "poi_undefined": "/inputs/patch",
    "poi_fixed": "/inputs/fixed",
    "unknown_parameter": "/parameters",
    "invalid_value": "/parameters",
    "unsupported": "/parameters/engine",
}
"""Where in the request the reason for a refusal stands."""


def warm() -> None:
    """Load the engine before the first request comes: pyhf is loaded when it is asked for."""
    engine("demos")
    operations()


def needed(request: Request) -> list[str]:
    """Return the documents that a request is about.

    Args:
        request: The request.

    Returns:
        Their digests.

    Examples:
        >>> needed({"model": {"digest": "a"}, "patchset": {"digest": "b"}})
        ['a', 'b']
    """
    return [request[k]["digest"] for k in DOCUMENTS if request.get(k)]


def _codes(library: Library, request: Request) -> dict[str, Any]:
    """Return the interpolation code of each modifier type where the request's settings say one."""
    if not request.get("settings"):
        return {}
    settings = library.document(request["settings"]["digest"])
    return {kind: one["interpcode"] for kind, one in settings.items()}


def _setup(
    operation: Operation, inputs: Result, parameters: Result, codes: dict[str, Any]
) -> Setup:
    return Setup(
        measurement=inputs.get("measurement"),
        interpolation=codes,
        fixed=inputs.get("fixed") or {},
        bounds=inputs.get("bounds") or {},
        asimov=operation.asimov(parameters) if parameters.get("expected") else None,
    )


def _place(setup: Setup, error: InferenceError) -> str:
    """Return where the request names the parameter that an error is about."""
    for part, names in (("fixed", setup.fixed), ("bounds", setup.bounds)):
        for name in names:
            if repr(name) in error.message:
                return f"/inputs/{part}/{name.replace('~', '~0').replace('/', '~1')}"
    return "/inputs"


def _is_form(workspace: Result) -> bool:
    return bool(workspace.get("format") == FORM)


def _model(library: Library, request: Request, chosen: Engine, setup: Setup) -> LoadedModel:
    """Compile the model with the request's signal, or find it compiled."""
    inputs, patchset = request.get("inputs", {}), request.get("patchset")
    digest, patch = request["model"]["digest"], inputs.get("patch")
    own = setup == Setup(setup.measurement, interpolation=setup.interpolation)
    codes = tuple(sorted(setup.interpolation.items()))
    base_key = (chosen.name, digest, setup.measurement, codes)

    def loaded(operations: list[Result] | None = None) -> LoadedModel:
        given = replace(setup, patch=operations)
        # The compiled engine reads the text faster than Python does.
        source = library.text(digest) if chosen.name == "demos" else library.document(digest)
        try:
            return chosen.load(source, given)
        except ModelError as error:
            pointer = "/inputs/patch" if operations else None
            raise RunFailure("invalid_input", str(error), pointer) from error
        except InferenceError as error:
            raise RunFailure("invalid_input", error.message, _place(setup, error)) from error

    def build() -> LoadedModel:
        if patch is None:
            return loaded()
        workspace = library.document(digest)
        plain = chosen.name == "demos" and is_plain(workspace, patch, setup.measurement)
        if plain and (own or _is_form(workspace)):
            # A patch of the engine's own form cannot declare a parameter of interest.
            background = library.compiled((*base_key, None), loaded) if own else loaded()
            try:
                return background.with_signal(patch["yields"], patch["sample"])  # type: ignore[no-any-return]
            except ModelError as error:
                raise RunFailure("invalid_input", str(error), "/inputs/patch") from error
        held = library.document(patchset["digest"]) if patchset else None
        return loaded(operations_for(workspace, inputs, held))

    if patch is None and own:
        return library.compiled((*base_key, None), build)  # type: ignore[no-any-return]
    signal = [patch, dict(setup.fixed), dict(setup.bounds), setup.asimov, patchset]
    return library.compiled((*base_key, json.dumps(signal, sort_keys=True)), build)  # type: ignore[no-any-return]


def run(library: Library, request: Request, progress: Progress) -> Result:
    """Compute what a request asks.

    Args:
        library: Where the documents and compiled models are.
        request: Operation, inputs, parameters (canonical), model.
        progress: Called with the fraction done, for long work.

    Returns:
        The result, with engine, conventions and outcome.

    Raises:
        RunFailure: For a named reason.
        MissingDocuments: When the library does not hold a document.
    """
    library.require(needed(request))
    operation = operations().get(request["operation"])
    if operation is None:
        message = f"Unknown operation {request['operation']!r}."
        raise RunFailure("invalid_input", message, "/operation")
    try:
        parameters = canonical(operation, request.get("parameters", {}))
    except RequestError as error:
        pointer = f"/parameters/{error.parameter}"
        raise RunFailure("invalid_input", error.message, pointer) from error
    program = engine(parameters["engine"])
    about = {
        "operation": operation.name,
        "engine": {"name": program.name, "version": program.version},
        "conventions": dict(program.conventions),
    }
    signals = None
    if operation.needs_patchset:
        signals = chosen(library, request)
    codes = _codes(library, request)
    setup = _setup(operation, request.get("inputs", {}), parameters, codes)
    model = _model(library, request, program, setup)
    found = _answered(operation, model, Question(parameters, progress, signals))
    return {**about, **found, "findings": request.get("findings", [])}


def _answered(operation: Operation, model: LoadedModel, question: Question) -> Result:
    """Compute, or name why there is no answer."""
    try:
        found = operation.compute(model, question)
    except InferenceError as error:
        outcome = OUTCOMES.get(error.code)
        if outcome is None:
            pointer = POINTERS.get(error.code)
            raise RunFailure("invalid_input", error.message, pointer) from error
        diagnostics = {"code": error.code, "message": error.message}
        return {"outcome": outcome, "status": error.code, "diagnostics": diagnostics}
    converged = found["status"] == "converged"
    return {"outcome": "ok" if converged else "no_convergence", **found}


def answer(library: Library, request: Request, progress: Progress) -> tuple[Result, bytes]:
    """Run a request and return its outcome in the form that is stored.

    Args:
        library: Where the documents and compiled models are.
        request: The request.
        progress: Called with the fraction done.

    Returns:
        Status with reason, message and usage; and the result as JSON (empty after a failure).

    Raises:
        MissingDocuments: When the library does not hold a document.
    """
    began, cpu = time.perf_counter(), time.process_time()
    try:
        text = numbers.dump(run(library, request, progress))
        status: Result = {"status": "successful"}
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
