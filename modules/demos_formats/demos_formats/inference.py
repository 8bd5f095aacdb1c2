# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The one gate between a document and inference.

What ``validate`` calls an error stops inference with the same findings; warnings travel with the
result. HS3 and DEMOS documents go to the engine as they are meant, with the interpolation of each
modifier and the constraint of each bin; pyhf is one output among several.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from demos_formats import formats, patching
from demos_formats.convert import convert_demos_to_pyhf, convert_hs3_to_demos
from demos_formats.demos.read import read_document
from demos_formats.detect import Format
from demos_formats.document import Document, Source, load
from demos_formats.errors import FormatError, RefusedError
from demos_formats.findings import Finding, error
from demos_formats.histfactory.from_pyhf import interpolation as codes_of
from demos_formats.histfactory.model import CODES
from demos_formats.histfactory.to_form import write_form
from demos_formats.hs3.structure import measurements
from demos_formats.limits import DEFAULT, Limits

Json = Mapping[str, Any]
Settings = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A model that may be fitted.

    Args:
        document: What ``demos_engine.Model.load`` takes: a pyhf workspace, or the form
            ``demos-histfactory/1`` of an HS3 or DEMOS document.
        settings: pyhf's complete ``modifier_settings`` of a workspace; None where the document
            says the interpolation of each modifier itself.
        format: The format of the source.
        findings: Warnings of its validation; they belong in every result.
        measurement: Name of the measurement that was asked for in ``document``; None is its first.
    """

    document: Any
    settings: Settings | None
    format: Format
    findings: tuple[Finding, ...]
    measurement: str | None = None
    _demos: Json | None = field(default=None, repr=False)
    _analysis: str | None = field(default=None, repr=False)

    def pyhf(self) -> tuple[dict[str, Any], Settings]:
        """Return a pyhf workspace of the same likelihood, and its ``modifier_settings``.

        Raises:
            RefusedError: Where pyhf cannot say what the document says.
        """
        if self._demos is None:
            return self.document, self.settings or {}
        return convert_demos_to_pyhf(self._demos, measurement=self._analysis)


def prepare(
    source: Source,
    *,
    measurement: str | None = None,
    patch: Source | Sequence[Any] | None = None,
    patchset: Source | None = None,
    settings: Json | None = None,
    blinded: bool = False,
    limits: Limits = DEFAULT,
) -> Prepared:
    """Read, check and patch a model for inference.

    Args:
        source: A pyhf workspace, HS3 or DEMOS document: a path, bytes, text or parsed.
        measurement: Name of a measurement; None takes the first (of HS3: that of the data).
        patch: A JSON Patch; with ``patchset``, the name or the point (``900,300``) of a patch.
        patchset: A patch set for this workspace.
        settings: pyhf's ``modifier_settings`` of a workspace; None means code4 and code4p.
        blinded: Whether observations of a workspace may be missing: they are zero then, and only
            what is expected can be asked for.
        limits: Caps.

    Returns:
        The model, ready for the engine.

    Raises:
        FormatError: Where ``validate`` finds an error, or the patch does not fit.
        RefusedError: Where the document is no binned model, or its format has no such option.
        OSError: Where a file cannot be read.

    >>> prepare({"channels": []})
    Traceback (most recent call last):
    demos_formats.errors.RefusedError: error wrong_format at /: This is of no known format...
    """
    document = load(source, limits=limits)
    wish = _Wish(measurement, patch, patchset, settings, blinded, limits)
    if document.format == "pyhf":
        return _workspace(document, wish)
    if document.format not in ("hs3", "demos"):
        raise RefusedError(
            error(
                "wrong_format",
                "",
                f"This is {formats.DESCRIPTIONS[document.format]}, no model that can be fitted.",
            )
        )
    if settings is not None:
        raise RefusedError(
            error(
                "cannot_convert",
                "",
                "An HS3 or DEMOS document says its interpolation itself; none can be given.",
            )
        )
    if patch is not None or patchset is not None:
        # Patches are written for the pyhf workspace that the document came from.
        content, codes = _plain(document, measurement, limits)
        given = Document(content, "pyhf", document.sha256)
        return _workspace(given, replace(wish, settings=codes))
    return _resolved(document, measurement, limits)


def to_form(document: Json, *, measurement: str | None = None) -> dict[str, Any]:
    """Write a valid DEMOS document in the form that the engine reads.

    Args:
        document: The parsed DEMOS document.
        measurement: Name of the analysis that comes first; None takes that of the observed data.

    Returns:
        The document in the form ``demos-histfactory/1``.

    Raises:
        FormatError: Where the document contradicts itself.
        RefusedError: Where its likelihood is not made of HistFactory channels.
    """
    model = read_document(document, measurement)
    recorded = document.get("misc", {}).get("demos", {}).get("parameters", ())
    pois = {m["name"]: m["poi"] for m in measurements(model, document)}
    return write_form(model, recorded, pois)


def interpolation(text: str | os.PathLike[str]) -> Settings:
    """Read interpolation codes as the command line gives them.

    Args:
        text: ``normsys=code1,histosys=code0``, ``code1,code0`` in any order, or a file of pyhf's
            ``modifier_settings``.

    Returns:
        Complete ``modifier_settings``; a type that is not named has pyhf's default.

    Raises:
        FormatError: For a code that does not exist, or one that is given twice.
        OSError: Where the file cannot be read.

    >>> interpolation("histosys=code0")
    {'normsys': {'interpcode': 'code4'}, 'histosys': {'interpcode': 'code0'}}
    >>> interpolation("code1,code2")["histosys"]
    {'interpcode': 'code2'}
    """
    if Path(text).is_file():
        content = load(Path(text)).content
        if not isinstance(content, dict) or not all(isinstance(x, dict) for x in content.values()):
            raise FormatError(error("schema_error", "", "These are no modifier_settings of pyhf."))
        return _settings(codes_of(content))
    found: dict[str, str] = {}
    for part in str(text).split(","):
        type_, equals, code = part.strip().rpartition("=")
        if not equals:
            type_ = next((t for t, known in CODES.items() if code in known), "")
        if type_ not in CODES or code not in CODES[type_] or type_ in found:
            raise FormatError(
                error(
                    "unsupported_type",
                    "",
                    f"{part.strip()!r} is no interpolation, or the second one of its type.",
                    _KNOWN,
                )
            )
        found[type_] = code
    return _settings({**codes_of(None), **found})


_KNOWN: Final = "Known: " + "; ".join(f"{t}={'|'.join(codes)}" for t, codes in CODES.items()) + "."


def _settings(codes: Mapping[str, str]) -> Settings:
    return {type_: {"interpcode": code} for type_, code in codes.items()}


@dataclass(frozen=True, slots=True)
class _Wish:
    measurement: str | None
    patch: Any
    patchset: Source | None
    settings: Json | None
    blinded: bool
    limits: Limits


def _workspace(document: Document, wish: _Wish) -> Prepared:
    content, limits = document.content, wish.limits
    if wish.blinded:
        document = replace(document, content=_with_observations(content))
    if wish.patchset is not None:
        name = wish.patch if wish.patch is None else str(wish.patch)
        content = patching.apply(document, load(wish.patchset, limits=limits), name).workspace
    elif wish.patch is not None:
        content = patching.apply(document, load(wish.patch, limits=limits), None).workspace
    else:
        content = document.content
    warnings = _checked(content, "pyhf", limits)
    names = [m["name"] for m in content["measurements"]]
    if wish.measurement is not None and wish.measurement not in names:
        raise FormatError(
            error(
                "unresolved_reference",
                "/measurements",
                f"There is no measurement {wish.measurement!r}, only {', '.join(names)}.",
            )
        )
    settings = _settings(codes_of(wish.settings))
    return Prepared(content, settings, "pyhf", warnings, wish.measurement)


def _with_observations(workspace: Any) -> Any:
    """Give channels without data a count of zero per bin, where the rest can be read."""
    channels = workspace.get("channels") if isinstance(workspace, dict) else None
    if not isinstance(channels, list):
        return workspace
    try:
        known = {o["name"] for o in workspace.get("observations") or ()}
        added = [
            {"name": c["name"], "data": [0.0] * len(c["samples"][0]["data"])}
            for c in channels
            if c["name"] not in known
        ]
    except (KeyError, IndexError, TypeError):
        return workspace  # the schema says what is wrong
    return {**workspace, "observations": [*(workspace.get("observations") or ()), *added]}


def _checked(content: Any, format_: Format, limits: Limits) -> tuple[Finding, ...]:
    found = formats.validate(content, format_, limits)
    if errors := [f for f in found if f.severity == "error"]:
        raise FormatError(errors)
    return tuple(found)


def _resolved(document: Document, measurement: str | None, limits: Limits) -> Prepared:
    warnings = _checked(document.content, document.format, limits)
    content = document.content
    if document.format == "hs3":
        content = convert_hs3_to_demos(content)
    form = to_form(content, measurement=measurement)
    return Prepared(form, None, document.format, warnings, None, content, measurement)


def _plain(
    document: Document, measurement: str | None, limits: Limits
) -> tuple[dict[str, Any], Settings]:
    return _resolved(document, measurement, limits).pyhf()
