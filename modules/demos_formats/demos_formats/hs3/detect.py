# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Tells HS3 documents and their dialects by content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from demos_formats.version import DIALECT

SECTIONS: Final = (
    "distributions",
    "functions",
    "data",
    "likelihoods",
    "domains",
    "parameter_points",
    "analyses",
)
"""Top-level arrays of HS3."""
HISTFACTORY: Final = "histfactory_dist"


def is_hs3(document: object) -> bool:
    """Tells whether a parsed document is HS3 (DEMOS documents are, too).

    >>> is_hs3({"metadata": {"hs3_version": "0.2"}}), is_hs3({"channels": []})
    (True, False)
    """
    if not isinstance(document, Mapping):
        return False
    metadata = document.get("metadata")
    if isinstance(metadata, Mapping) and "hs3_version" in metadata:
        return True
    # ROOT's first writers had no metadata; two of its sections together are no coincidence.
    found = [s for s in SECTIONS if isinstance(document.get(s), list)]
    return len(found) > 1 and ("distributions" in found or "likelihoods" in found)


def dialect(document: Mapping[str, Any]) -> str:
    """Names the dialect of an HS3 document.

    Args:
        document: A document for which :func:`is_hs3` holds.

    Returns:
        What the document itself says; else what gives a tool's hand away; else ``spec``.

    >>> dialect({"metadata": {"hs3_version": "0.2", "packages": [{"name": "ROOT"}]}})
    'root'
    """
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    said = metadata.get("dialect")
    if said in ("root", "pyhs3", "spec", DIALECT):
        return str(said)
    packages = metadata.get("packages")
    names = {
        str(p.get("name", "")).lower()
        for p in (packages if isinstance(packages, list) else ())
        if isinstance(p, Mapping)
    }
    for name in ("root", "pyhs3"):
        if name in names:
            return name
    misc = document.get("misc")
    if isinstance(misc, Mapping) and "ROOT_internal" in misc:
        return "root"
    return _by_modifiers(document)


def _by_modifiers(document: Mapping[str, Any]) -> str:
    marks = set()
    for channel in histfactory(document):
        if "staterror" in channel:
            return "root"
        if "barlow_beeston_method" in channel:
            return "pyhs3"
        for m in _modifiers(channel):
            if "constraint_name" in m or "constraint_type" in m:
                return "root"
            data = m.get("data")
            if isinstance(data, Mapping) and "interpolation" in data:
                return "pyhs3"
            if m.get("type") == "shapesys" and m.get("constraint") and m.get("parameters"):
                marks.add(_shapesys(m))
    return "pyhs3" if "absolute" in marks else "spec"


def _shapesys(m: Mapping[str, Any]) -> str:
    data = m.get("data")
    vals = data.get("vals") if isinstance(data, Mapping) else None
    vals = vals if isinstance(vals, list) else []
    # Nobody publishes a bin with an uncertainty above 100 %: such numbers are events.
    return "absolute" if any(isinstance(v, int | float) and v > 1 for v in vals) else "unknown"


def histfactory(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Goes through the HistFactory channels of a document of any quality."""
    distributions = document.get("distributions")
    for d in distributions if isinstance(distributions, list) else ():
        if isinstance(d, Mapping) and d.get("type") == HISTFACTORY:
            yield d


def _modifiers(channel: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    samples = channel.get("samples")
    for sample in samples if isinstance(samples, list) else ():
        modifiers = sample.get("modifiers") if isinstance(sample, Mapping) else None
        for m in modifiers if isinstance(modifiers, list) else ():
            if isinstance(m, Mapping):
                yield m
