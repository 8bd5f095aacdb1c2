# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What is converted from a model's content. No framework, no database."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

TOO_LARGE_TO_DRAW = "too_large_to_draw"

Derived = tuple[str, bytes | None, dict[str, Any] | None]
"""Name, content (None where there is none), report."""


def dumps(document: Any) -> bytes:
    """Write a document as JSON, numbers that fit no machine word included."""
    try:
        return orjson.dumps(document)
    except TypeError:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def derive(
    document: Mapping[str, Any], format_: str, sha256: str, names: Iterable[str]
) -> list[Derived]:
    """Convert a model to other formats and certify that it stayed the same.

    Args:
        document: the parsed source.
        format_: ``pyhf``, ``hs3`` or ``demos``.
        sha256: of the source's bytes, recorded in what is made of them.
        names: which derivatives: ``demos``, ``hs3-<dialect>``, ``pyhf``, ``pyhf-settings``,
            ``inference`` (what the engine loads), ``drawing`` (what its figures start from;
            its report holds the ``thumbnail`` for lists), ``certificate``.

    Returns:
        For each name its content, or a report ``{"findings": [...]}`` that says why
        there is none.
    """
    from demos_formats import (  # noqa: PLC0415  (workers only)
        convert_demos_to_hs3,
        convert_hs3_to_demos,
        convert_pyhf_to_demos,
    )
    from demos_formats.certificate import certify  # noqa: PLC0415
    from demos_formats.inference import to_form  # noqa: PLC0415

    if format_ == "pyhf":
        canonical = _attempt(lambda: convert_pyhf_to_demos(document, sha256=sha256))
    elif format_ == "hs3":
        canonical = _attempt(lambda: convert_hs3_to_demos(document, sha256=sha256))
    else:
        canonical = (document, None)
    made: list[Derived] = []
    for name in names:
        if canonical[1] is not None:
            made.append((name, None, canonical[1]))
        elif name == "demos":
            made.append((name, dumps(canonical[0]), None))
        elif name == "drawing":
            pair, refusal = _attempt(lambda: _plain(document, format_, canonical[0]))
            made.append((name, None, refusal) if refusal else _draw(pair[0]))
        elif name == "certificate":
            certificate, refusal = _attempt(lambda: certify(document, canonical[0]).to_dict())
            if refusal is None:
                verdict = "equivalent" if certificate["equivalent"] else "different"
                engines = _engines(document, format_, canonical[0])
                refusal = {"verdict": verdict, **certificate, "engines": engines}
            made.append((name, b"" if certificate else None, refusal))
        else:
            if name in ("pyhf", "pyhf-settings"):
                result, refusal = _attempt(lambda: _plain(document, format_, canonical[0]))
                result = result and result[name == "pyhf-settings"]
            elif name == "inference":
                result, refusal = _attempt(lambda: to_form(canonical[0]))
            else:
                dialect = name.removeprefix("hs3-")
                result, refusal = _attempt(
                    lambda d=dialect: convert_demos_to_hs3(canonical[0], dialect=d)
                )
            made.append((name, None if refusal else dumps(result), refusal))
    return made


def _plain(
    document: Mapping[str, Any], format_: str, canonical: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return a pyhf workspace and the modifier_settings that belong to it."""
    from demos_formats import convert_demos_to_pyhf, prepare  # noqa: PLC0415

    return prepare(document).pyhf() if format_ == "pyhf" else convert_demos_to_pyhf(canonical)


def _draw(workspace: Mapping[str, Any]) -> Derived:
    """Return what the figures of a workspace start from, or that it is too large to be drawn."""
    from ..drawing import drawing_document, thumbnail  # noqa: PLC0415  (workers only)

    drawing = drawing_document(workspace)
    if drawing is None:
        finding = {
            "code": TOO_LARGE_TO_DRAW,
            "severity": "warning",
            "pointer": "",
            "message": "The model is too large to be drawn.",
        }
        return "drawing", None, {"findings": [finding]}
    return "drawing", dumps(drawing), {"thumbnail": thumbnail(drawing)}


def _engines(
    document: Mapping[str, Any], format_: str, canonical: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Compare the engine that runs use with pyhf; None for what is no HistFactory model."""
    from demos_formats import convert_demos_to_pyhf  # noqa: PLC0415

    from .crosscheck import cross_check  # noqa: PLC0415  (numpy)

    if importlib.util.find_spec("demos_engine") is None:
        return None
    if format_ == "pyhf":
        return cross_check(document, {})
    pair, refusal = _attempt(lambda: convert_demos_to_pyhf(canonical))
    return None if refusal else cross_check(*pair)


def _attempt(convert: Callable[[], Any]) -> tuple[Any, dict[str, Any] | None]:
    from demos_formats import FormatError, RefusedError  # noqa: PLC0415

    try:
        return convert(), None
    except (FormatError, RefusedError) as error:
        return None, {"findings": [f.to_dict() for f in error.findings]}
