# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What two models differ in, by the names of their parts instead of by lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from demos_formats.convert import convert_hs3_to_demos, convert_pyhf_to_demos
from demos_formats.document import Document, Source, load
from demos_formats.errors import FormatError, RefusedError
from demos_formats.findings import error, pointer
from demos_formats.formats import DESCRIPTIONS
from demos_formats.hs3.semantics import mentioned

At = tuple[str | int, ...]
_MISSING: Final = object()
_IGNORED: Final = ("misc", "metadata")
_WORDS: Final = {
    "channels": "channel",
    "samples": "sample",
    "modifiers": "modifier",
    "observations": "observation",
    "measurements": "measurement",
    "parameters": "parameter",
    "distributions": "distribution",
    "functions": "function",
    "likelihoods": "likelihood",
    "domains": "domain",
    "parameter_points": "parameter point",
    "analyses": "analysis",
    "axes": "axis",
    "patches": "patch",
    "data": "data set",
}
_VALUES: Final = {
    "contents": "yields",
    "hi": "uncertainty",
    "lo": "uncertainty",
    "hi_data": "uncertainty",
    "lo_data": "uncertainty",
    "vals": "uncertainty",
    "errors": "uncertainty",
    "poi": "parameter of interest",
    "parameters_of_interest": "parameter of interest",
    "bounds": "bounds",
    "inits": "initial value",
    "fixed": "fixed parameter",
    "const": "fixed parameter",
    "auxdata": "constraint",
    "sigmas": "constraint",
    "version": "version",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Args:
        kind: What changed: ``sample added``, ``yields changed``, ``channel reordered`` ...
        path: Where, by names: ``/channels/SR/samples/signal/data``.
        old: The value in the first model; None where there is none.
        new: The value in the second model; None where there is none.
    """

    kind: str
    path: str
    old: Any
    new: Any

    def to_dict(self) -> dict[str, Any]:
        """Gives the change as a JSON object."""
        return {"kind": self.kind, "path": self.path, "from": self.old, "to": self.new}


@dataclass(frozen=True, slots=True)
class Difference:
    """What two models differ in.

    Args:
        changes: From the first to the second.
    """

    changes: tuple[Change, ...]

    @property
    def equal(self) -> bool:
        """Whether nothing differs but the order of parts."""
        return all(c.kind.endswith(" reordered") for c in self.changes)

    def to_dict(self) -> dict[str, Any]:
        """Gives the difference as a JSON object."""
        return {"equal": self.equal, "changes": [c.to_dict() for c in self.changes]}


def diff(a: Source | Document, b: Source | Document) -> Difference:
    """Compare two models, whatever their formats.

    Args:
        a: The first model: a path, bytes, text, parsed or loaded.
        b: The second model.

    Returns:
        The difference; between models of different formats, that of their DEMOS documents.

    Raises:
        FormatError: Where a document is of no known format, or formats differ and one of the
            models is not valid.
        RefusedError: Where formats differ and one of them is no model.
    """
    first, second = (x if isinstance(x, Document) else load(x) for x in (a, b))
    for document in (first, second):
        if document.format == "unknown":
            raise FormatError(error("wrong_format", "", "A JSON document, but no model."))
    if first.format == second.format:
        return Difference(tuple(changes(first.content, second.content)))
    return Difference(tuple(changes(_demos(first), _demos(second))))


def _demos(document: Document) -> Any:
    if document.format == "pyhf":
        return convert_pyhf_to_demos(document.content)
    if document.format == "hs3":
        return _used(convert_hs3_to_demos(document.content))
    if document.format == "demos":
        return document.content
    raise RefusedError(
        error("cannot_convert", "", f"This is {DESCRIPTIONS[document.format]}, not a model.")
    )


def _used(document: dict[str, Any]) -> dict[str, Any]:
    """Leaves out constants that only the source's tool needs, such as ROOT's ``nom_...``."""
    names = mentioned(document)
    points = [
        point
        | {
            "parameters": [
                p for p in point.get("parameters", ()) if p["name"] in names or not p.get("const")
            ]
        }
        for point in document.get("parameter_points", ())
    ]
    return document | ({"parameter_points": points} if points else {})


def changes(a: Any, b: Any) -> list[Change]:
    """Compares two documents of one format.

    Parts that have names are matched by them, so an added sample does not shift all others. The
    spelling of numbers (5 or 5.0) makes no difference; the blocks ``misc`` and ``metadata`` of HS3
    decide nothing and are left out.

    Args:
        a: The first document.
        b: The second document.

    Returns:
        The changes from ``a`` to ``b``; empty for equal models.

    >>> a = {"channels": [{"name": "SR", "samples": [{"name": "s", "data": [1, 2]}]}]}
    >>> b = {"channels": [{"name": "SR", "samples": [{"name": "s", "data": [1.0, 3]}]}]}
    >>> [change] = changes(a, b)
    >>> change.kind, change.path, change.new
    ('yields changed', '/channels/SR/samples/s/data', [1.0, 3])
    """
    if isinstance(a, Mapping) and isinstance(b, Mapping) and "distributions" in {*a, *b}:
        a = {k: v for k, v in a.items() if k not in _IGNORED}
        b = {k: v for k, v in b.items() if k not in _IGNORED}
    return list(_compare(a, b, ()))


def _compare(a: Any, b: Any, at: At) -> Iterator[Change]:
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for key in [*a, *(k for k in b if k not in a)]:
            yield from _member(a.get(key, _MISSING), b.get(key, _MISSING), (*at, key))
    elif isinstance(a, list) and isinstance(b, list) and _named(a) and _named(b):
        yield from _lists(a, b, at)
    elif isinstance(a, list) and isinstance(b, list) and _objects(a) and _objects(b):
        for i in range(max(len(a), len(b))):
            old = a[i] if i < len(a) else _MISSING
            new = b[i] if i < len(b) else _MISSING
            yield from _member(old, new, (*at, i))
    elif not _same(a, b):
        yield Change(f"{_value_word(at)} changed", pointer(*at), a, b)


def _member(old: Any, new: Any, at: At) -> Iterator[Change]:
    if old is _MISSING:
        yield Change(f"{_word(at)} added", pointer(*at), None, new)
    elif new is _MISSING:
        yield Change(f"{_word(at)} removed", pointer(*at), old, None)
    else:
        yield from _compare(old, new, at)


def _lists(a: list[Any], b: list[Any], at: At) -> Iterator[Change]:
    ours, theirs = _by_name(a), _by_name(b)
    for name in [*ours, *(n for n in theirs if n not in ours)]:
        yield from _member(ours.get(name, _MISSING), theirs.get(name, _MISSING), (*at, name))
    common = [n for n in ours if n in theirs]
    order = [n for n in theirs if n in ours]
    if common != order:
        yield Change(f"{_word((*at, ''))} reordered", pointer(*at), common, order)


def _by_name(parts: list[Any]) -> dict[str, Any]:
    """Gives parts by name; modifiers of one name and different types are two parts."""
    names = [p["name"] for p in parts]
    if len(set(names)) == len(names):
        return dict(zip(names, parts, strict=True))
    found: dict[str, Any] = {}
    for part in parts:
        name = f"{part['name']}:{part.get('type', '')}"
        while name in found:
            name += "'"
        found[name] = part
    return found


def _named(parts: list[Any]) -> bool:
    return all(isinstance(p, Mapping) and isinstance(p.get("name"), str) for p in parts)


def _objects(parts: list[Any]) -> bool:
    return bool(parts) and all(isinstance(p, Mapping) for p in parts)


def _same(a: Any, b: Any) -> bool:
    """Compares values; 1 and 1.0 are the same, 1 and true are not."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_same, a, b))
    return bool(a == b)


def _word(at: Sequence[str | int]) -> str:
    """Names the part at a place: what its list holds."""
    if len(at) > 1 and at[-2] in _WORDS:
        return _WORDS[str(at[-2])]
    return _value_word(at)


def _value_word(at: Sequence[str | int]) -> str:
    """Names the value at a place."""
    last = next((str(step) for step in reversed(at) if isinstance(step, str)), "document")
    if last == "data":
        owner = str(at[-3]) if len(at) > 2 else ""
        return {"samples": "yields", "observations": "observed data"}.get(owner, "uncertainty")
    return _VALUES.get(last, last)
