# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Interpolations that a modifier type has in HS3, but not in HistFactory, said by the other type.

A normsys that adds (``lin``, ``parabolic``, ``poly6``) multiplies contents by 1 + shift. That is
a histosys whose templates are multiples of the contents, as long as nothing else adds to them. A
histosys that multiplies (``log``) is a normsys where all bins have the same ratio.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from demos_formats.errors import RefusedError
from demos_formats.findings import error
from demos_formats.histfactory.model import CODES, DEFAULT_CODE

Json = Mapping[str, Any]
_SAME = 1e-14
"""Relative difference of numbers that rounding may have made different."""


def stand_in(
    m: Json, codes: Sequence[str], sample: Json, place: str, *, in_order: bool
) -> tuple[dict[str, Any], str]:
    """Says a normsys by a histosys, or the other way round.

    Args:
        m: The modifier, one of the sample's.
        codes: Interpolations of the sample's modifiers, in pyhf's names; empty for other types.
        sample: The sample.
        place: Its JSON pointer.
        in_order: Whether the reader adds and multiplies factors in the order of the document
            (ROOT) and not all adding ones by themselves.

    Returns:
        The other modifier and its interpolation.

    Raises:
        RefusedError: Where there is none that says the same.
    """
    at = next(i for i, other in enumerate(sample["modifiers"]) if other is m)
    code, kind = codes[at], m["type"]
    other = "histosys" if kind == "normsys" else "normsys"
    if code not in CODES[other]:
        known = ", ".join(CODES[kind])
        raise RefusedError(
            error(
                "unsupported_type",
                f"{place}/interpolation",
                f"{kind} has no interpolation {code!r}.",
                f"Known: {known}.",
            )
        )
    adding = [i for i, c in enumerate(codes) if c in CODES["histosys"]]
    adding += [i for i, x in enumerate(sample["modifiers"]) if x["type"] == "histosys"]
    if set(adding) - {at}:
        raise _refused(m, code, place, "the sample has other histosys or adding normsys")
    if kind == "normsys":
        earlier = [x for x in sample["modifiers"][:at] if x["type"] == "normsys"]
        if in_order and earlier:
            raise _refused(m, code, place, "ROOT adds it to the product of the normsys before it")
        return _as_histosys(m, code, sample["data"]["contents"])
    if any(x["type"] == "normsys" and _parameter(x) == _parameter(m) for x in sample["modifiers"]):
        raise _refused(m, code, place, "the sample has a normsys of this parameter, too")
    ratios = [_ratio(m["data"][side]["contents"], sample) for side in ("hi", "lo")]
    hi, lo = ratios
    if hi is None or lo is None:
        raise _refused(m, code, place, "its bins do not have one positive ratio to the contents")
    return {**m, "type": other, "data": {"hi": hi, "lo": lo}}, code


def _as_histosys(m: Json, code: str, contents: Sequence[float]) -> tuple[dict[str, Any], str]:
    hi, lo = m["data"]["hi"], m["data"]["lo"]
    sides = {
        side: {"contents": [factor * n for n in contents]}
        for side, factor in (("hi", hi), ("lo", lo))
    }
    # A straight line is one in every interpolation.
    if math.isclose(hi + lo, 2.0, rel_tol=_SAME):
        code = DEFAULT_CODE["histosys"]
    return {**m, "type": "histosys", "data": sides}, code


def _ratio(template: Sequence[float], sample: Json) -> float | None:
    """Gives the one ratio of a template to the contents, if it is one."""
    pairs = list(zip(template, sample["data"]["contents"], strict=True))
    if any(n == 0 and v != 0 for v, n in pairs):
        return None
    ratios = [v / n for v, n in pairs if n != 0] or [1.0]
    same = all(math.isclose(r, ratios[0], rel_tol=_SAME) for r in ratios)
    return ratios[0] if same and ratios[0] > 0 else None


def _parameter(m: Json) -> str:
    return str(m.get("parameter") or f"alpha_{m['name']}")


def _refused(m: Json, code: str, place: str, why: str) -> RefusedError:
    kind = m["type"]
    other = "histosys" if kind == "normsys" else "normsys"
    return RefusedError(
        error(
            "cannot_convert",
            f"{place}/interpolation",
            f"{kind} {m['name']!r} has the interpolation {code!r}, which only a {other} has, and "
            f"no {other} says the same: {why}.",
            f"HistFactory has {', '.join(CODES[kind])} for {kind}.",
        )
    )
