# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Names that a dialect's readers take, for names that they refuse, and the way back.

ROOT 6.40 takes only ``[A-Za-z_][A-Za-z0-9_]*``. What is written for it has such names, all
different; ``misc.demos.renamed`` maps them to the names of the source.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from demos_formats.histfactory.names import Namespace
from demos_formats.hs3.detect import HISTFACTORY, SECTIONS

Json = Mapping[str, Any]
LEGAL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""What a name is for ROOT."""
_KEPT: Final = ("metadata", "misc")


def legalised(document: Json) -> dict[str, Any]:
    """Return a document in which all names are legal.

    Args:
        document: An HS3 document; it is not changed, but shares parts with the result.

    Returns:
        The document; ``misc.demos.renamed`` gives the name of the source by the new name, where
        one had to change.
    """
    found = dict.fromkeys(_names(document))
    names = Namespace(n for n in found if LEGAL.fullmatch(n))
    renamed = {n: names.reserve(legal(n)) for n in found if not LEGAL.fullmatch(n)}
    if not renamed:
        return dict(document)
    made = _renamed(document, renamed)
    misc = dict(document.get("misc", {}))
    block = _block(misc.get("demos", {}), renamed)
    channels = dict(block.get("names", {}).get("channels", {}))
    for distribution in document.get("distributions", ()):
        old = distribution["name"]
        if distribution["type"] == HISTFACTORY and old in renamed and renamed[old] not in channels:
            channels[renamed[old]] = old.removeprefix("model_") or old
    if channels:
        block["names"] = {**block.get("names", {}), "channels": channels}
    block["renamed"] = {new: old for old, new in renamed.items()}
    if "ROOT_internal" in misc:
        misc["ROOT_internal"] = _replaced(misc["ROOT_internal"], renamed, keys=True)
    return made | {"misc": {**misc, "demos": block}}


def restored(document: Json) -> dict[str, Any]:
    """Return a document with the names that :func:`legalised` changed.

    Args:
        document: A document; without ``misc.demos.renamed`` it is returned as it is.

    Returns:
        The document under the names of its source.
    """
    misc = document.get("misc") or {}
    renamed = misc.get("demos", {}).get("renamed")
    if not renamed:
        return dict(document)
    block = _block({k: v for k, v in misc["demos"].items() if k != "renamed"}, renamed)
    return _renamed(document, renamed) | {"misc": {**misc, "demos": block}}


def legal(name: str) -> str:
    """Return a legal name that reads like the given one.

    >>> legal("Signal (500 GeV)"), legal("2nd scale/ME"), legal("é"), legal("Δφ")
    ('Signal__500_GeV_', '_2nd_scale_ME', 'e', '__')
    """
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    made = re.sub(r"[^A-Za-z0-9_]", "_", plain) or "_"
    return made if not made[0].isdigit() else f"_{made}"


def _names(document: Json) -> Iterator[str]:
    """Go through all names of a document, some of them several times."""
    for section in SECTIONS:
        for entry in document.get(section, ()):
            yield entry["name"]
            for key in ("axes", "parameters"):
                for inner in entry.get(key) or ():
                    if isinstance(inner, Mapping) and "name" in inner:
                        yield inner["name"]
            yield from entry.get("parameters_of_interest") or ()
            for sample in entry.get("samples") or ():
                yield sample["name"]
                for m in sample.get("modifiers", ()):
                    yield m["name"]
                    yield from m.get("parameters") or ()
                    if "parameter" in m:
                        yield m["parameter"]


def _renamed(document: Json, names: Mapping[str, str]) -> dict[str, Any]:
    return {k: v if k in _KEPT else _replaced(v, names) for k, v in document.items()}


def _replaced(value: Any, names: Mapping[str, str], *, keys: bool = False) -> Any:
    """Replace all strings that are names; lists of numbers are shared, not copied."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, Mapping):
        return {
            (names.get(k, k) if keys else k): _replaced(v, names, keys=keys)
            for k, v in value.items()
        }
    if isinstance(value, list) and value and not isinstance(value[0], int | float):
        return [_replaced(v, names, keys=keys) for v in value]
    return value


def _block(block: Json, names: Mapping[str, str]) -> dict[str, Any]:
    """Rename what a conversion remembers under the names of the document."""

    def named(name: str) -> str:
        return names.get(name, name)

    made = dict(block)
    if "parameters" in made:
        made["parameters"] = [{**p, "hs3": named(p["hs3"])} for p in made["parameters"]]
    if "synthetic_axes" in made:
        made["synthetic_axes"] = [named(n) for n in made["synthetic_axes"]]
    if "unused_data" in made:
        made["unused_data"] = {named(n): c for n, c in made["unused_data"].items()}
    if "names" in made:
        made["names"] = {
            kind: {named(n): given for n, given in entries.items()}
            for kind, entries in made["names"].items()
        }
    return made
