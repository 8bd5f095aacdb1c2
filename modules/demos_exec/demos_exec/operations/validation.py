# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A request is checked against the model before anything is queued."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

import orjson
from demos_engine.operations import DEFAULT, Operation, RequestError, canonical, operations
from demos_engine.operations.canonical import changed, renamed
from jsonschema_rs import Draft202012Validator as Checks
from jsonschema_rs import ValidationError

from demos_exec import jsontext
from demos_exec.operations.canonical import canonical_inputs
from demos_exec.operations.schemas import inputs_schema

MAX_ERRORS = 50
"""Errors of one request that are told."""

FEW_VALUES = 2000
"""Values of a request whose errors are all looked for."""

Json = Any
Errors = list[dict[str, Any]]
Structure = Mapping[str, Any]


class InvalidRequest(ValueError):
    """A request that cannot be run.

    Args:
        errors: List of ``pointer`` and ``messages``.
    """

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__("; ".join(m for e in errors for m in e["messages"]))
        self.errors = errors


def refuse(pointer: str, message: str) -> InvalidRequest:
    """Return the error for one place.

    Args:
        pointer: JSON pointer into the request.
        message: What is wrong there.

    Returns:
        The error, to be raised.
    """
    return InvalidRequest([{"pointer": pointer, "messages": [message]}])


def parse_body(body: bytes) -> dict[str, Json]:
    """Parse a request's body.

    Args:
        body: UTF-8 JSON.

    Returns:
        The JSON object.

    Raises:
        InvalidRequest: When it is not JSON (NaN and Infinity are not), not an object, has a name
            twice, or holds the character that no database stores.

    Examples:
        >>> parse_body(b'{"operation": "cls"}')
        {'operation': 'cls'}
    """
    try:
        found = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise refuse("", f"The request is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise refuse("", "The request must be a JSON object.")
    if b"\\u0000" in body:
        raise refuse("", "The request holds a character U+0000.")
    try:
        # The fast parser takes the last of two members of one name, silently.
        json.loads(body or b"{}", object_pairs_hook=_members)
    except RecursionError as error:
        raise refuse("", "The request is nested too deeply.") from error
    return found


def _members(pairs: list[tuple[str, Json]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise refuse("", f"The member {twice[:100]!r} is there twice.")


def digest_of(value: Json) -> str:
    """Return the sha256 of a JSON value with sorted keys.

    Args:
        value: Plain JSON.

    Returns:
        64 hexadecimal digits.

    Examples:
        >>> digest_of({"b": 1, "a": 2}) == digest_of({"a": 2, "b": 1})
        True
    """
    return hashlib.sha256(jsontext.dumps(value, sort_keys=True)).hexdigest()


def _pointer(base: str, path: Sequence[str | int]) -> str:
    return base + "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in path)


@cache
def _parameter_checks(name: str) -> Checks:
    return Checks(operations()[name].parameters_schema())


def errors_of(checks: Checks, instance: Json, base: str) -> list[dict[str, Any]]:
    """List what a schema says against a value.

    Args:
        checks: the compiled schema.
        instance: the value.
        base: JSON pointer of the value.

    Returns:
        For each place its ``pointer`` and ``messages``.

    Examples:
        >>> errors_of(Checks({"additionalProperties": False}), {"a/b": 1}, "/inputs")[0]["pointer"]
        '/inputs'
        >>> schema = {"additionalProperties": {"type": "string"}}
        >>> errors_of(Checks(schema), {"a/b~c": 1}, "/inputs")[0]["pointer"]
        '/inputs/a~1b~0c'
    """
    found: dict[str, list[str]] = {}
    for error in _first_errors(checks, instance):
        message = error.message if len(error.message) < 300 else error.message[:297] + "…"
        found.setdefault(_pointer(base, error.instance_path), []).append(message)
    return [{"pointer": p, "messages": m} for p, m in found.items()]


def merged(request: Mapping[str, Json], part: str, changes: dict[str, Json]) -> dict[str, Json]:
    """Return a part of an earlier request with changes.

    Args:
        request: The earlier request, canonical.
        part: ``inputs`` or ``parameters``.
        changes: New values; null is the default again.

    Returns:
        The part of the new request.

    Raises:
        InvalidRequest: When the changes contradict each other.

    Examples:
        >>> merged({"operation": "cls", "parameters": {"mu": 1.0}}, "parameters", {"test_poi": 2})
        {'mu': 2}
    """
    operation = operations().get(request["operation"])
    if part == "parameters" and operation is not None:
        try:
            return changed(operation, request[part], changes)
        except RequestError as error:
            raise refuse(_pointer("/parameters", [error.parameter]), error.message) from error
    found = {**request[part], **changes}
    return {k: v for k, v in found.items() if v is not None}


def _as_spelled(operation: Operation, given: Json, errors: Errors) -> Errors:
    """Return errors whose pointers name a parameter as the request spelled it."""
    spelled = {
        f"/parameters/{name}": f"/parameters/{alias}"
        for name, parameter in operation.parameters.items()
        for alias in parameter.aliases
        if alias in given and name not in given
    }
    return [{**e, "pointer": spelled.get(e["pointer"], e["pointer"])} for e in errors]


def _first_errors(checks: Checks, instance: Json) -> Iterator[ValidationError]:
    """Yield the first errors of a value: of a large one the first, found without the others.

    The library makes all errors before it gives any, and each repeats the value: a small request
    with very many mistakes would take seconds.
    """
    if _count(instance, FEW_VALUES) < FEW_VALUES:
        yield from islice(checks.iter_errors(instance), MAX_ERRORS)
        return
    try:
        checks.validate(instance)
    except ValidationError as error:
        yield error


def _count(value: Json, enough: int) -> int:
    """Count values, until there are enough."""
    count, todo = 0, [value]
    while todo and count < enough:
        one = todo.pop()
        count += 1
        if isinstance(one, dict):
            todo += one.values()
        elif isinstance(one, list):
            todo += one
    return count


class RequestValidator:
    """Checks requests for one model version.

    Args:
        structure: The model's structure.
        patches: Per patch of the patchset its ``name`` and ``values``; empty without one.
    """

    def __init__(self, structure: Structure, patches: Sequence[Mapping[str, Any]] = ()) -> None:
        self.patches = {p["name"]: p.get("values") for p in patches}
        self._measurements = [m["name"] for m in structure.get("measurements", ())]
        self.has_poi = any(m.get("poi_defined") for m in structure.get("measurements", ()))
        self._inputs = {
            grid: inputs_schema(structure, list(self.patches), grid=grid) for grid in (False, True)
        }
        self._checks = {grid: Checks(schema) for grid, schema in self._inputs.items()}
        # By the name that tells which form of a signal is meant.
        self._forms = {
            form["required"][0]: Checks(form)
            for form in self._inputs[False]["properties"]["patch"]["oneOf"]
            if "required" in form
        }

    def offered(self) -> dict[str, Operation]:
        """List what can be run on the model.

        Returns:
            Name to operation.
        """
        return {
            name: operation
            for name, operation in operations().items()
            if self.patches or not operation.needs_patchset
        }

    def describe(self) -> dict[str, Json]:
        """Describe the operations as ``execute`` shows them.

        Returns:
            Name to title, description, kind of drawing, command, and JSON Schemas of inputs,
            parameters and outputs.
        """
        return {
            name: {
                "title": operation.title,
                "description": operation.description,
                "plot": operation.plot,
                "command": operation.command_name,
                "inputs": self._inputs[operation.needs_patchset],
                "parameters": operation.parameters_schema(),
                "outputs": operation.outputs_schema(),
            }
            for name, operation in self.offered().items()
        }

    def check(self, body: dict[str, Json]) -> tuple[Operation, dict[str, Json]]:
        """Check a request and return it in its canonical form.

        Args:
            body: ``operation`` (the default one if left out), ``inputs``, ``parameters``.

        Returns:
            The operation, and the request that is run: ``operation``, ``inputs``, ``parameters``.
            Equal questions give equal requests.

        Raises:
            InvalidRequest: Naming every place that is wrong.
        """
        unknown = set(body) - {"operation", "inputs", "parameters", "resources"}
        if unknown:
            raise refuse(_pointer("", [sorted(unknown)[0]]), "Unknown field.")
        offered = self.offered()
        name = body.get("operation")
        name = DEFAULT if name is None else name
        if not isinstance(name, str) or name not in offered:
            raise refuse("/operation", f"One of {', '.join(offered)} is needed.")
        operation = offered[name]
        inputs = body.get("inputs")
        inputs = {} if inputs is None else inputs
        parameters = body.get("parameters")
        parameters = {} if parameters is None else parameters
        errors = self._check_inputs(operation, inputs)
        try:
            given = parameters if isinstance(parameters, dict) else {}
            parameters = renamed(operation, given) if given else parameters
            wrong = errors_of(_parameter_checks(name), parameters, "/parameters")
            errors += _as_spelled(operation, given, wrong)
            if errors:
                raise InvalidRequest(errors)
            parameters = canonical(operation, parameters)
        except RequestError as error:
            place = _pointer("/parameters", [error.parameter])
            raise InvalidRequest(
                [*errors, {"pointer": place, "messages": [error.message]}]
            ) from error
        self._check_meaning(operation, inputs)
        resolved = canonical_inputs(self._resolve(inputs), self._measurements, list(self.patches))
        return operation, {"operation": name, "inputs": resolved, "parameters": parameters}

    def _check_inputs(self, operation: Operation, inputs: Json) -> list[dict[str, Any]]:
        checks = self._checks[operation.needs_patchset]
        patch = inputs.get("patch") if isinstance(inputs, dict) else None
        if patch is None or operation.needs_patchset:
            return errors_of(checks, inputs, "/inputs")
        # A oneOf says only that none fits: the form that was meant gives the place.
        rest = {k: v for k, v in inputs.items() if k != "patch"}
        return errors_of(checks, rest, "/inputs") + self._check_patch(patch)

    def _check_patch(self, patch: Json) -> list[dict[str, Any]]:
        place = "/inputs/patch"
        if isinstance(patch, str):
            if patch in self.patches:
                return []
            message = f"The model has no patch {patch[:80]!r}."
            return [{"pointer": place, "messages": [message]}]
        for name, checks in self._forms.items():
            if isinstance(patch, dict) and name in patch:
                return errors_of(checks, patch, place)
        message = "A signal is the name of a patch, {ops}, {point} or {yields, sample}."
        return [{"pointer": place, "messages": [message]}]

    def _check_meaning(self, operation: Operation, inputs: dict[str, Json]) -> None:
        if operation.needs_poi and not self.has_poi and inputs.get("patch") is None:
            message = "Nothing in this model defines the parameter of interest: give a signal."
            raise refuse("/inputs/patch", message)
        point = inputs.get("patch")
        if isinstance(point, dict) and "point" in point and not self._at(point["point"]):
            raise refuse("/inputs/patch/point", "The signal grid has no such point.")

    def _at(self, values: list[Json]) -> str | None:
        return next((n for n, v in self.patches.items() if v == values), None)

    def _resolve(self, inputs: dict[str, Json]) -> dict[str, Json]:
        patch = inputs.get("patch")
        if isinstance(patch, dict) and "point" in patch:
            return {**inputs, "patch": self._at(patch["point"])}
        return inputs
