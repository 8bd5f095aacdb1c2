# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""JSON Patch (RFC 6902) with named errors and caps; the document itself is never changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import orjson

from demos_formats.errors import FormatError
from demos_formats.findings import Finding, error, pointer
from demos_formats.limits import DEFAULT, MAX_DEPTH, Limits
from demos_formats.schema import short

_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "add": ("path", "value"),
    "replace": ("path", "value"),
    "test": ("path", "value"),
    "remove": ("path",),
    "move": ("path", "from"),
    "copy": ("path", "from"),
}
_POINTER: Final = re.compile(r"(?:/(?:[^~/]|~[01])*)*")
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,9}")


def check(patch: Any, limits: Limits = DEFAULT) -> list[Finding]:
    """Checks a JSON Patch by itself.

    Args:
        patch: A parsed JSON document.
        limits: ``operations`` and ``findings`` count.

    Returns:
        Errors of code ``schema_error``, ``invalid_patch`` or ``resource_limit``.

    >>> [str(f) for f in check([{"op": "merge", "path": "/a"}])]
    ['error invalid_patch at /0/op: "merge" is no operation of JSON Patch. ...']
    """
    if not isinstance(patch, list):
        return [error("schema_error", "", "A JSON Patch is a list of operations.")]
    if len(patch) > limits.operations:
        return [
            error(
                "resource_limit",
                "",
                f"The patch has {len(patch)} operations, more than the {limits.operations} "
                "allowed.",
            )
        ]
    found: list[Finding] = []
    for i, operation in enumerate(patch):
        found.extend(_operation(i, operation))
        if len(found) >= limits.findings:
            break
    return found


def _operation(i: int, operation: Any) -> list[Finding]:
    if not isinstance(operation, dict):
        return [error("invalid_patch", pointer(i), "An operation is an object.")]
    op = operation.get("op")
    if not isinstance(op, str) or op not in _NEEDS:
        return [
            error(
                "invalid_patch",
                pointer(i, "op"),
                f"{short(op)} is no operation of JSON Patch.",
                f"Use {', '.join(_NEEDS)}.",
            )
        ]
    found = [
        error("invalid_patch", pointer(i), f'The operation {op} needs "{key}".')
        for key in _NEEDS[op]
        if key not in operation
    ]
    for key in ("path", "from"):
        path = operation.get(key, "")
        if not isinstance(path, str) or not _POINTER.fullmatch(path):
            found.append(
                error("invalid_patch", pointer(i, key), f"{short(path)} is no JSON pointer.")
            )
    return found


def apply_patch(document: Any, patch: Sequence[dict[str, Any]], *, limits: Limits = DEFAULT) -> Any:
    """Applies a JSON Patch.

    Args:
        document: The document; it stays as it is, and shares what was not patched with the result.
        patch: The operations.
        limits: Caps on operations, and on values and text that ``copy`` may multiply.

    Returns:
        The patched document.

    Raises:
        FormatError: ``invalid_patch`` for a patch that is none, ``patch_conflict`` for one that
            does not fit the document, ``resource_limit`` for one that is too large.

    >>> apply_patch({"a": [1, 2]}, [{"op": "replace", "path": "/a/1", "value": 5}])
    {'a': [1, 5]}
    """
    if found := check(patch, limits):
        raise FormatError(found)
    try:
        patched = _Patcher(document, limits).run(patch)
        orjson.dumps(patched)
    except (RecursionError, TypeError):
        raise FormatError(
            error(
                "resource_limit",
                "",
                f"The patched document is nested deeper than {MAX_DEPTH} levels.",
            )
        ) from None
    return patched


class _Patcher:
    """Copies the containers on the way to what changes, once, and shares the rest."""

    def __init__(self, document: Any, limits: Limits) -> None:
        self.root = [document]
        self.owned: dict[int, Any] = {id(self.root): self.root}
        self.limits = limits
        self.copied = self.characters = 0
        self.at = ""

    def run(self, patch: Sequence[dict[str, Any]]) -> Any:
        for i, operation in enumerate(patch):
            op, self.at = operation["op"], pointer(i, "path")
            path = operation["path"]
            if op == "test":
                if not _equal(self.get(path), operation["value"]):
                    raise self.conflict(f"The value at {path or '/'} is not the one expected.")
            elif op == "remove":
                self.remove(path)
            elif op == "replace":
                self.put(path, operation["value"], exists=True)
            elif op == "add":
                self.put(path, operation["value"])
            else:
                self.transfer(op, operation["from"], path, pointer(i, "from"))
        return self.root[0]

    def transfer(self, op: str, source: str, path: str, at: str) -> None:
        target, self.at = self.at, at
        value = self.get(source)
        if op == "copy":
            values, characters = _size(value)
            self.copied += values
            self.characters += characters
            if self.copied > self.limits.values:
                raise FormatError(
                    error("resource_limit", at, "The patch copies more values than allowed.")
                )
            if self.characters > self.limits.document_bytes:
                raise FormatError(
                    error(
                        "resource_limit",
                        at,
                        "The patch copies more text than a document may have: "
                        f"{self.limits.document_bytes} bytes.",
                    )
                )
            # Shared by two places now: neither may be changed in place.
            self.disown(value)
        else:
            if path == source:
                return
            if path.startswith(f"{source}/"):
                raise self.conflict("A value cannot be moved into itself.")
            self.remove(source)
        self.at = target
        self.put(path, value)

    def disown(self, value: Any) -> None:
        todo = [value]
        while todo:
            one = todo.pop()
            if isinstance(one, dict | list) and self.owned.pop(id(one), None) is not None:
                todo.extend(one.values() if isinstance(one, dict) else one)

    def conflict(self, message: str) -> FormatError:
        return FormatError(error("patch_conflict", self.at, message))

    def get(self, path: str) -> Any:
        value: Any = self.root[0]
        for step in _steps(path):
            value = value[self.key(value, step, path)]
        return value

    def parent(self, path: str) -> tuple[Any, str]:
        """Gives the container that holds a place, made safe to change, and the last step."""
        steps = ["0", *_steps(path)]
        container: Any = self.root
        for step in steps[:-1]:
            key = self.key(container, step, path)
            inner = container[key]
            if isinstance(inner, dict | list) and id(inner) not in self.owned:
                inner = container[key] = inner.copy()
                self.owned[id(inner)] = inner
            container = inner
        return container, steps[-1]

    def put(self, path: str, value: Any, *, exists: bool = False) -> None:
        container, step = self.parent(path)
        if container is self.root:
            self.root[0] = value
        elif exists:
            container[self.key(container, step, path)] = value
        elif isinstance(container, list):
            end = step == "-"
            container.insert(len(container) if end else self.index(container, step, path, 1), value)
        elif isinstance(container, dict):
            container[step] = value
        else:
            raise self.conflict(f"{path} goes into {short(container)}, which has no members.")

    def remove(self, path: str) -> None:
        container, step = self.parent(path)
        if container is self.root:
            self.root[0] = None
        else:
            del container[self.key(container, step, path)]

    def key(self, container: Any, step: str, path: str) -> Any:
        if isinstance(container, list):
            return self.index(container, step, path)
        if isinstance(container, dict):
            if step in container:
                return step
            raise self.conflict(f"There is nothing at {path}: no member {short(step)}.")
        raise self.conflict(f"{path} goes into {short(container)}, which has no members.")

    def index(self, container: list[Any], step: str, path: str, beyond: int = 0) -> int:
        if not _INDEX.fullmatch(step):
            raise self.conflict(f"There is nothing at {path}: {short(step)} is no list index.")
        if int(step) >= len(container) + beyond:
            raise self.conflict(
                f"There is nothing at {path}: the list has {len(container)} entries."
            )
        return int(step)


def _steps(path: str) -> list[str]:
    return [s.replace("~1", "/").replace("~0", "~") for s in path.split("/")[1:]]


def _size(value: Any) -> tuple[int, int]:
    """Return how many values there are, and the characters of all names and texts.

    >>> _size({"ab": [1, "cde"]})
    (4, 5)
    """
    values, characters, todo = 0, 0, [value]
    while todo:
        one = todo.pop()
        values += 1
        if isinstance(one, dict):
            characters += sum(map(len, one))
            todo.extend(one.values())
        elif isinstance(one, list):
            todo.extend(one)
        elif isinstance(one, str):
            characters += len(one)
    return values, characters


def _equal(a: Any, b: Any) -> bool:
    """Compares as RFC 6902 does: 1 and 1.0 are equal, 1 and true are not."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_equal(v, b[k]) for k, v in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_equal, a, b))
    return bool(a == b)
