# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Conversions between pyhf, HS3 and DEMOS documents.

Every conversion takes a path, bytes, text or a parsed document, goes through a DEMOS document,
validates what it is given, shares numbers with it and never changes it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from demos_formats import demos, hs3, pyhf
from demos_formats.demos.read import read_document
from demos_formats.demos.write import write_document
from demos_formats.document import Source, load
from demos_formats.errors import FormatError, RefusedError
from demos_formats.findings import Finding, error
from demos_formats.histfactory.from_pyhf import interpolation, read_workspace
from demos_formats.histfactory.to_pyhf import write_workspace
from demos_formats.hs3.canonical import from_canonical, to_canonical
from demos_formats.hs3.detect import histfactory
from demos_formats.hs3.dialects import find, writable
from demos_formats.hs3.edits import record, replay
from demos_formats.hs3.legal import legalised, restored
from demos_formats.version import DEMOS_VERSION, DIALECT, HS3_VERSION, PACKAGE

Json = Mapping[str, Any]
Document = dict[str, Any]
SCHEMA_URL: Final = "https://demos-portal.org/schemas/demos-document/1.0.json"
"""Stable name of the JSON Schema of the documents that are written."""


def convert_pyhf_to_demos(
    workspace: Source,
    *,
    settings: Json | None = None,
    patch: Json | None = None,
    sha256: str | None = None,
) -> Document:
    """Converts a pyhf workspace to a DEMOS document.

    Args:
        workspace: The workspace; a patch is applied before.
        settings: pyhf's ``modifier_settings``; None means code4 and code4p, pyhf's default.
        patch: Where the workspace came from a patch: its ``name``, ``values``, ``labels``.
        sha256: SHA-256 of the source's bytes, to be recorded where it is given parsed.

    Returns:
        The DEMOS document.

    Raises:
        FormatError: Where the workspace is not valid.
        RefusedError: Where it says something that HS3 cannot.
    """
    content, sha256 = _loaded(workspace, sha256)
    _good(pyhf.validate(content))
    with _no_collector():
        read = read_workspace(content, settings)
        document = write_document(read, content["measurements"])
    block = document["misc"]["demos"]
    codes = {t: {"interpcode": c} for t, c in interpolation(settings).items()}
    source: Document = {"format": "pyhf"}
    if sha256:
        source["sha256"] = sha256
    document["misc"]["demos"] = _head(source) | {"modifier_settings": codes} | block
    if patch:
        document["misc"]["demos"]["patch"] = dict(patch)
    return document


def convert_hs3_to_demos(
    document: Source, *, dialect: str | None = None, sha256: str | None = None
) -> Document:
    """Converts an HS3 document to a DEMOS document.

    Args:
        document: The HS3 document, HistFactory or not.
        dialect: How to read it; None detects the dialect.
        sha256: SHA-256 of the source's bytes, to be recorded where it is given parsed.

    Returns:
        The DEMOS document; HistFactory channels are canonical, all else is as it was.

    Raises:
        FormatError: Where the document is not valid.
    """
    content, sha256 = _loaded(document, sha256)
    _good(hs3.validate(content, dialect=dialect))
    found = find(dialect or hs3.recognise(content))
    renamed = "renamed" in content.get("misc", {}).get("demos", {})
    content = restored(content)
    made = to_canonical(content, found)
    block: Document = dict(content.get("misc", {}).get("demos", {}))
    # What an earlier conversion recorded about another form of the content is void now.
    block.pop("edits", None)
    source: Document = {"format": "hs3", "dialect": found.name}
    if "metadata" in content:
        source["metadata"] = content["metadata"]
    if sha256:
        source["sha256"] = sha256
    if renamed:
        source["renamed"] = True
    if found.clips:
        source["clipped"] = not _released(content, made)
    if found.writable:
        edits = record(_default_form(made, found.name, source), content)
        if edits:
            block["edits"] = edits
    made["metadata"] = {
        "hs3_version": HS3_VERSION,
        **content.get("metadata", {}),
        "dialect": DIALECT,
    }
    made["misc"] = {**content.get("misc", {}), "demos": _head(source) | block | {"source": source}}
    return made


def convert_demos_to_hs3(
    document: Source, *, dialect: str = "root", clipped: bool = False
) -> Document:
    """Converts a DEMOS document to an HS3 document.

    Args:
        document: The DEMOS document.
        dialect: What the reader understands, one of ``demos_formats.hs3.dialects.writable()``.
        clipped: Leave templates to ROOT, which clips negative ones at zero. Documents that come
            from ROOT's HS3 are always left so.

    Returns:
        The HS3 document. What came from HS3 of this dialect is written as it was.

    Raises:
        FormatError: Where the document is not valid, or the dialect is unknown.
        RefusedError: Where the dialect cannot say what the document says.
    """
    content, _ = _loaded(document)
    _good(demos.validate(content))
    if dialect not in writable():
        raise FormatError(
            error(
                "unsupported_type",
                "",
                f"The dialect {dialect!r} cannot be written.",
                f"Known: {', '.join(writable())}.",
            )
        )
    block = content.get("misc", {}).get("demos", {})
    source = block.get("source", {})
    made = from_canonical(content, find(dialect), clipped=source.get("clipped", False) or clipped)
    misc = {k: v for k, v in content.get("misc", {}).items() if k != "demos"}
    if source.get("format") == "hs3" and source.get("dialect") == dialect:
        made = replay(made, block.get("edits", []))
        made["metadata"] = source.get("metadata", made["metadata"])
        if "metadata" not in source:
            del made["metadata"]
    else:
        made["metadata"] = {**content["metadata"], "dialect": dialect}
        if not list(histfactory(content)):
            del made["metadata"]["dialect"]
    if "parameters" in block:
        misc["demos"] = {k: v for k, v in block.items() if k != "edits"}
    made.pop("misc", None)
    if misc:
        made["misc"] = misc
    as_it_was = source.get("dialect") == dialect and not source.get("renamed")
    return legalised(made) if find(dialect).legal_names and not as_it_was else made


def convert_demos_to_pyhf(
    document: Source, *, measurement: str | None = None
) -> tuple[Document, Document]:
    """Converts a DEMOS document to a pyhf workspace.

    Args:
        document: The DEMOS document.
        measurement: Name of an analysis to start from; None takes the one of the observed data.

    Returns:
        The workspace, and the complete ``modifier_settings`` that give it the same likelihood.

    Raises:
        FormatError: Where the document is not valid.
        RefusedError: Where pyhf cannot say what the document says, one finding per reason.
    """
    content, _ = _loaded(document)
    _good(demos.validate(content))
    with _no_collector():
        model = read_document(content, measurement)
        made = write_workspace(model, content.get("misc", {}).get("demos", {}))
    bad = [f for f in pyhf.validate(made[0]) if f.severity == "error"]
    if bad:
        raise RefusedError(
            error("cannot_convert", "", f"pyhf would not take the workspace: {f.message}", f.hint)
            for f in bad
        )
    return made


def convert_hs3_to_pyhf(
    document: Source, *, dialect: str | None = None, measurement: str | None = None
) -> tuple[Document, Document]:
    """Converts an HS3 document to a pyhf workspace, by way of a DEMOS document.

    Args:
        document: The HS3 document.
        dialect: How to read it; None detects the dialect.
        measurement: As in :func:`convert_demos_to_pyhf`.

    Returns:
        The workspace and its ``modifier_settings``.

    Raises:
        FormatError: Where the document is not valid.
        RefusedError: Where pyhf cannot say what the document says.
    """
    content, _ = _loaded(document)
    if not isinstance(content, Mapping) or not list(histfactory(content)):
        _good(hs3.validate(content))
    return convert_demos_to_pyhf(
        convert_hs3_to_demos(content, dialect=dialect), measurement=measurement
    )


def convert_pyhf_to_hs3(
    workspace: Source,
    *,
    dialect: str = "root",
    settings: Json | None = None,
    clipped: bool = False,
) -> Document:
    """Converts a pyhf workspace to an HS3 document, by way of a DEMOS document.

    Args:
        workspace: The workspace.
        dialect: As in :func:`convert_demos_to_hs3`.
        settings: pyhf's ``modifier_settings``.
        clipped: As in :func:`convert_demos_to_hs3`.

    Returns:
        The HS3 document; ``misc.demos.parameters`` maps the parameters.

    Raises:
        FormatError: Where the workspace is not valid.
        RefusedError: Where the dialect cannot say what the workspace says.
    """
    return convert_demos_to_hs3(
        convert_pyhf_to_demos(workspace, settings=settings), dialect=dialect, clipped=clipped
    )


def _loaded(source: Source, sha256: str | None = None) -> tuple[Any, str | None]:
    document = load(source)
    return document.content, sha256 or document.sha256


def _head(source: Document) -> Document:
    return {
        "schema": SCHEMA_URL,
        "demos_version": DEMOS_VERSION,
        "source": source,
        "provenance": {"converter": dict(PACKAGE)},
    }


def _default_form(canonical: Json, dialect: str, source: Json) -> Document:
    try:
        return from_canonical(canonical, find(dialect), clipped=source.get("clipped", False))
    except RefusedError:
        # The dialect can be read but not written back for this document: keep it whole.
        return {}


def _released(source: Json, made: Json) -> bool:
    """Tells HS3 that keeps ROOT from clipping: by functions that are modifiers again."""
    kept = {f["name"] for f in made.get("functions", ())}
    return any(f["name"] not in kept for f in source.get("functions", ()))


def _good(findings: list[Finding]) -> None:
    errors = [f for f in findings if f.severity == "error"]
    if errors:
        raise FormatError(errors)


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keeps the cycle collector from walking a large document again and again.

    Conversions make hundreds of thousands of containers and no cycles.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
