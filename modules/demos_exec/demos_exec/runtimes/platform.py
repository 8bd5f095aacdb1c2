# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""HistFactory models: the platform's own worker runs them."""

from collections import OrderedDict

from demos_engine.operations import operations

from ..backends import WORKER
from ..errors import BusyError
from ..operations import RequestValidator
from .base import Plan, Runtime
from .costs import estimate, size_of

MAX_VALIDATORS = 256

MOST_FINDINGS = 50
"""Warnings about a model that a result carries."""


class PlatformRuntime(Runtime):
    """Runs the table of operations on what the engine loads of a model."""

    name = "platform"
    title = "the platform's operations on HistFactory models"
    rank = 10
    runs = WORKER

    def __init__(self):
        self._validators = OrderedDict()

    def accepts(self, target):
        """Tell whether a model is a HistFactory model."""
        return target.kind == "histfactory"

    def _validator(self, entry, patches=()):
        """Return the validator of a model's requests, the model's size and warnings; made once."""
        key = (entry.target.digest, tuple(sorted({p["patchset"] for p in patches})))
        if key not in self._validators:
            structure = entry.structure
            warnings = [f for f in entry.findings if f.get("severity") == "warning"]
            made = RequestValidator(structure, patches), size_of(structure)
            self._validators[key] = (*made, warnings[:MOST_FINDINGS])
            while len(self._validators) > MAX_VALIDATORS:
                self._validators.popitem(last=False)
        return self._validators[key]

    def describe(self, entry, backend):
        """Describe the operations on a model."""
        validator, *_ = self._validator(entry, entry.patches)
        return {
            "operations": validator.describe(),
            "image": {"ref": None, "digest": backend.digest()},
            "examples": _examples(validator),
            "how_to_run_locally": "demos cls FILE --json",
        }

    def plan(self, entry, body, backend):
        """Check a request against the model's schemas."""
        digest = backend.digest()
        if digest is None:
            message = "The run backend does not answer."
            raise BusyError(message, {"reason": "backend_unavailable"}, retry_after=10)
        # The list of patches is read only for requests that name one.
        named = operations().get(str(body.get("operation")))
        over_all = named is not None and named.needs_patchset
        patches = entry.patches if over_all or _names_a_patch(body) else ()
        validator, size, warnings = self._validator(entry, patches)
        operation, request = validator.check(body)
        patchset = _patchset_for(operation, request, patches)
        if patchset:
            request["patchset"] = patchset
        if workspace := _workspace_for(entry, request):
            request["workspace"] = workspace
        if warnings:
            request["findings"] = warnings
        return Plan(
            operation=operation.name,
            request=request,
            image_digest=digest,
            lane=operation.lane(request["parameters"]),
            cost=estimate(request, size, len(patches)),
            documents=_documents(entry, entry.target.digest, request),
        )

    def documents(self, entry, run):
        """Return the model, and the patchset if the request names one of its patches."""
        return _documents(entry, run.model_digest, run.request)


def _workspace_for(entry, request):
    """Return the pyhf workspace that a request needs of a model in another format, or None.

    pyhf loads nothing else, and patches are written for it.
    """
    signal = request["inputs"].get("patch")
    by_yields = isinstance(signal, dict) and "yields" in signal and not signal.get("modifiers")
    needed = request["parameters"].get("engine") == "pyhf" or request.get("patchset")
    if not needed and (signal is None or by_yields):
        return None
    workspace = entry.content("pyhf").digest
    if workspace == entry.content("inference").digest:
        return None
    return {"digest": workspace, "settings": entry.content("pyhf-settings").digest}


def _documents(entry, model_digest, request):
    workspace, patchset = request.get("workspace"), request.get("patchset")
    if workspace:
        found = {
            workspace["digest"]: lambda digest: entry.content("pyhf").read(),
            workspace["settings"]: lambda digest: entry.content("pyhf-settings").read(),
        }
    else:
        found = {model_digest: lambda digest: entry.content("inference").read()}
    return {**found, patchset: lambda digest: entry.patchset(digest).read()} if patchset else found


def _names_a_patch(body):
    inputs = body.get("inputs")
    patch = inputs.get("patch") if isinstance(inputs, dict) else None
    return isinstance(patch, str) or (isinstance(patch, dict) and "point" in patch)


def _patchset_for(operation, request, patches):
    if operation.needs_patchset:
        return patches[0]["patchset"]
    name = request["inputs"].get("patch")
    if isinstance(name, str):
        return next(p["patchset"] for p in patches if p["name"] == name)
    return None


def _examples(validator):
    example = {"name": "default", "operation": "cls", "inputs": {}, "parameters": {"mu": 1.0}}
    if validator.patches:
        example["inputs"] = {"patch": next(iter(validator.patches))}
    elif not validator.has_poi:
        example = {"name": "default", "operation": "fit", "inputs": {}, "parameters": {}}
    return [example]


RUNTIME = PlatformRuntime()
