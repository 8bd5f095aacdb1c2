# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Modifiers that ROOT evaluates as they are written, because a function of its own says them.

Reading a ``histfactory_dist``, ROOT sets a sample whose contents and shifts add up to less than
zero to zero, does the same to a product of normalisation factors, and interpolates every histosys
as code4p. A function that a sample names by a ``custom`` modifier escapes all three. It multiplies
the contents, so templates become ratios; the modifier that it replaces stays behind as a normsys
that does nothing, which keeps its name, its parameter and its constraint.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from demos_formats.errors import RefusedError
from demos_formats.findings import error
from demos_formats.histfactory.model import DEFAULT_CODE

Json = Mapping[str, Any]
EMPTY: Final = 2.0**-100
"""Contents of a bin without events: shifts are written as multiples of them."""
_SHIFTS: Final = {"code0": 0, "code2": 2, "code4p": 4}
_FACTOR: Final = 5
"""ROOT's number for the code4 of factors, in a function of this type."""
_FAR: Final = 10.0
_NEUTRAL: Final = {"hi": 1.0, "lo": 1.0}
_TAME: Final = 10.0
"""Between this factor and its inverse, code4 stays above zero (by evaluation on a grid)."""


class Releasing(Protocol):
    """What is asked of the document that is being written."""

    @property
    def clipped(self) -> bool:
        """Whether negative templates are left to ROOT."""

    def reach(self, parameter: str) -> tuple[float, float]:
        """Gives the range of a parameter."""

    def function(self, name: str, content: Json) -> str:
        """Adds a function under this name or, where it is taken, another one."""


def release(
    sample: Json, codes: Sequence[str], axes: Sequence[Json], stem: str, out: Releasing
) -> dict[str, Any]:
    """Replaces the modifiers that ROOT would change within the ranges of their parameters.

    Args:
        sample: A sample as it is written for ROOT.
        codes: Interpolation of each modifier, in pyhf's names.
        axes: The channel's axes.
        stem: Start of the functions' names.
        out: The document.

    Returns:
        The sample, or a changed copy.

    Raises:
        RefusedError: Where the ratio of a template to the contents is no 64-bit number.
    """
    made = dict(sample)
    modifiers = list(sample.get("modifiers", ()))
    writing = _Writing(made, axes, stem, out)
    for chosen, write in (
        (_shifts(sample, codes, out), writing.shifts),
        (_factors(modifiers, codes, out), writing.factors),
    ):
        if not chosen:
            continue
        function = write([modifiers[i] for i in chosen], [codes[i] for i in chosen])
        for i in chosen:
            kept = {k: v for k, v in modifiers[i].items() if k != "interpolation"}
            modifiers[i] = kept | {"type": "normsys", "data": dict(_NEUTRAL)}
        modifiers.append({"name": function, "type": "custom"})
        made["modifiers"] = modifiers
    return made


def restore(sample: Json, functions: Mapping[str, Json]) -> tuple[Json, set[str]]:
    """Puts modifiers back in the place of the functions that :func:`release` wrote.

    Args:
        sample: A sample.
        functions: The document's functions by name.

    Returns:
        The sample, or a changed copy, and the names of the functions that it no longer needs.
    """
    used: set[str] = set()
    for m in sample.get("modifiers", ()):
        if m["type"] == "custom":
            sample, names = _restored(sample, m, functions)
            used |= names
    return sample, used


def _shifts(sample: Json, codes: Sequence[str], out: Releasing) -> list[int]:
    modifiers = sample.get("modifiers", ())
    found = [i for i, m in enumerate(modifiers) if m["type"] == "histosys"]
    if all(codes[i] == DEFAULT_CODE["histosys"] for i in found):
        if out.clipped:
            return []
        shifts = [modifiers[i] for i in found]
        ranges = [out.reach(m["parameter"]) for m in shifts]
        if not below_zero(
            sample["data"]["contents"],
            [(m["data"]["hi"]["contents"], m["data"]["lo"]["contents"]) for m in shifts],
            ranges,
        ):
            return []
    return found


def reach(lower: float | None, upper: float | None) -> tuple[float, float]:
    """Gives a range that ends where a parameter of standard deviations will not go.

    >>> reach(-5.0, None)
    (-5.0, 10.0)
    """
    ends = ((lower, -_FAR), (upper, _FAR))
    left, right = (far if v is None or not math.isfinite(v) else v for v, far in ends)
    return left, right


def below_zero(
    contents: Sequence[float],
    templates: Sequence[tuple[Sequence[float], Sequence[float]]],
    ranges: Sequence[tuple[float, float]],
) -> bool:
    """Tells whether contents and shifts (code4p) can add up to less than zero.

    Args:
        contents: Nominal events per bin.
        templates: Templates at +1 and -1 of each systematic.
        ranges: Range of each systematic's parameter.

    Returns:
        True where they do somewhere in the ranges; by bounds that hold, so that a few
        samples are named too many, none too few.

    >>> [below_zero([1.0], [([1.1], [lo])], [(-5, 5)]) for lo in (0.8, 0.7)]
    [False, True]
    """
    for b, nominal in enumerate(contents):
        low = nominal
        for (hi, lo), (left, right) in zip(templates, ranges, strict=True):
            up, down = hi[b] - nominal, nominal - lo[b]
            # Straight lines outside one standard deviation; inside, the odd part is the lower one.
            low += min(0.0, right * up, left * down, -abs(up + down) / 2)
        if low < 0:
            return True
    return False


def _factors(modifiers: Sequence[Json], codes: Sequence[str], out: Releasing) -> list[int]:
    if out.clipped:
        return []
    return [
        i
        for i, m in enumerate(modifiers)
        if m["type"] == "normsys"
        and codes[i] == DEFAULT_CODE["normsys"]
        and crosses_zero(m["data"]["hi"], m["data"]["lo"])
    ]


def crosses_zero(hi: float, lo: float) -> bool:
    """Tells factors between which the polynomial of code4 falls below zero.

    Args:
        hi: Factor at +1.
        lo: Factor at -1.

    Returns:
        True where it does between -1 and 1.

    >>> crosses_zero(1.1, 0.9), crosses_zero(105.6, 0.01), crosses_zero(1e308, 1.0)
    (False, True, False)
    """
    if max(hi, lo) <= _TAME and min(hi, lo) >= 1 / _TAME:
        return False
    # NumPy takes longer to import than most documents to convert; few factors come here.
    import numpy as np  # noqa: PLC0415

    from demos_formats.evaluate.interpolation import code4  # noqa: PLC0415

    alpha = np.linspace(-1.0, 1.0, 401)[:, None]
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(code4(alpha, np.array([hi], float), np.array([lo], float)).min() <= 0)


class _Writing:
    def __init__(
        self, sample: dict[str, Any], axes: Sequence[Json], stem: str, out: Releasing
    ) -> None:
        self.sample, self.axes, self.stem, self.out = sample, list(axes), stem, out

    def shifts(self, parts: Sequence[Json], codes: Sequence[str]) -> str:
        given = self.sample["data"]["contents"]
        contents = [n if abs(n) >= EMPTY else EMPTY for n in given]
        self.sample["data"] = {**self.sample["data"], "contents": contents}
        nominal = self._histogram("nominal", given)
        sides = {
            key: [
                self._histogram(f"{m['name']}_{side}", m["data"][side]["contents"]) for m in parts
            ]
            for key, side in (("high", "hi"), ("low", "lo"))
        }
        return self._function("histosys", nominal, sides, parts, [_SHIFTS[c] for c in codes])

    def factors(self, parts: Sequence[Json], codes: Sequence[str]) -> str:
        sides = {
            key: [m["data"][side] for m in parts] for key, side in (("high", "hi"), ("low", "lo"))
        }
        return self._function("normsys", 1.0, sides, parts, [_FACTOR] * len(codes))

    def _function(
        self, kind: str, nominal: Any, sides: Json, parts: Sequence[Json], numbers: list[int]
    ) -> str:
        content = {
            "type": "interpolation",
            "nom": nominal,
            **sides,
            "vars": [m["parameter"] for m in parts],
            "interpolationCodes": numbers,
            "positiveDefinite": False,
        }
        return self.out.function(f"{self.stem}_{kind}", content)

    def _histogram(self, name: str, values: Sequence[float]) -> str:
        ratios = [v / n for v, n in zip(values, self.sample["data"]["contents"], strict=True)]
        if not all(map(math.isfinite, ratios)):
            raise RefusedError(
                error(
                    "cannot_convert",
                    "",
                    f"The template {name!r} of {self.stem!r} is too large beside the sample's "
                    "contents (dialect root).",
                )
            )
        data = {"axes": self.axes, "contents": ratios}
        content: dict[str, Any] = {"type": "histogram", "data": data}
        if _times(ratios, self.sample["data"]["contents"]) != list(values):
            # Several numbers have this ratio: say which, so that the same one comes back.
            content["events"] = list(values)
        return self.out.function(f"{self.stem}_{name}", content)


def _restored(sample: Json, m: Json, functions: Mapping[str, Json]) -> tuple[Json, set[str]]:
    function = functions.get(m["name"], {})
    columns: list[Any] = [function.get(k) for k in ("vars", "high", "low", "interpolationCodes")]
    if function.get("type") != "interpolation" or function.get("positiveDefinite") is not False:
        return sample, set()
    if not all(isinstance(c, list) and len(c) == len(columns[0]) for c in columns):
        return sample, set()
    left = [
        (i, x.get("parameter"))
        for i, x in enumerate(sample["modifiers"])
        if x["type"] == "normsys" and x.get("data") == _NEUTRAL and "interpolation" not in x
    ]
    parts = []
    for parameter, *row in zip(*columns, strict=True):
        slot = next((s for s in left if s[1] == parameter), None)
        if slot is None:
            return sample, set()
        left.remove(slot)
        parts.append((slot[0], *row))
    made = _Restoring(dict(sample), functions)
    if not made.replace(function.get("nom"), parts):
        return sample, set()
    made.sample["modifiers"] = [x for x in made.modifiers if x is not m]
    return made.sample, made.used | {m["name"]}


class _Restoring:
    def __init__(self, sample: dict[str, Any], functions: Mapping[str, Json]) -> None:
        self.sample, self.functions = sample, functions
        self.modifiers = list(sample["modifiers"])
        self.used: set[str] = set()

    def replace(self, nominal: Any, parts: Sequence[tuple[int, Any, Any, Any]]) -> bool:
        if nominal == 1 and all(
            c == _FACTOR and _is_number(hi) and _is_number(lo) for _, hi, lo, c in parts
        ):
            for at, hi, lo, _ in parts:
                self._put(at, "normsys", {"hi": hi, "lo": lo})
            return True
        ratios = self._histogram(nominal)
        contents = self.sample["data"]["contents"]
        # Only an empty bin may have another nominal than its contents: uncertainties are
        # relative to these.
        if ratios is None or any(
            r != 1 and abs(n) > EMPTY for r, n in zip(ratios, contents, strict=True)
        ):
            return False
        for at, hi, lo, number in parts:
            up, down = self._template(hi), self._template(lo)
            code = next((c for c, n in _SHIFTS.items() if n == number), None)
            if up is None or down is None or code is None:
                return False
            self._put(at, "histosys", {"hi": {"contents": up}, "lo": {"contents": down}})
            if code != DEFAULT_CODE["histosys"]:
                self.modifiers[at]["interpolation"] = code
        given = self._template(nominal)
        self.sample["data"] = {**self.sample["data"], "contents": given}
        return True

    def _put(self, at: int, kind: str, data: Json) -> None:
        self.modifiers[at] = {**self.modifiers[at], "type": kind, "data": data}

    def _template(self, name: Any) -> list[float] | None:
        """Gives the events of a template; those that are written beside it if they fit."""
        ratios, contents = self._histogram(name), self.sample["data"]["contents"]
        if ratios is None:
            return None
        events = self.functions[name].get("events")
        if isinstance(events, list) and len(events) == len(ratios) and all(map(_is_number, events)):
            bins = zip(events, contents, ratios, strict=True)
            if all(n != 0 and v / n == r for v, n, r in bins):
                return events
        return _times(ratios, contents)

    def _histogram(self, name: Any) -> list[float] | None:
        function = self.functions.get(name, {}) if isinstance(name, str) else {}
        data = function.get("data")
        values = data.get("contents") if isinstance(data, Mapping) else None
        if function.get("type") != "histogram" or not isinstance(values, list):
            return None
        if len(values) != len(self.sample["data"]["contents"]) or not all(map(_is_number, values)):
            return None
        self.used.add(str(name))
        return values


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _times(ratios: Sequence[float], contents: Sequence[float]) -> list[float]:
    return [n if r == 1 else product(r, n) for r, n in zip(ratios, contents, strict=True)]


def product(relative: float, nominal: float) -> float:
    """Gives the shortest decimal number whose ratio to ``nominal`` is ``relative``.

    Rounding makes relative x nominal miss what was divided; among the numbers with exactly this
    ratio, the one that a person would have written is taken.

    >>> 1.1 / 3 * 3, product(1.1 / 3, 3)
    (1.1, 1.1)
    >>> 0.7 / 0.1 * 0.1, product(0.7 / 0.1, 0.1)
    (0.7, 0.7)
    """
    plain = relative * nominal
    for digits in (6, 10, 12, 14, 15, 16, 17):
        short = float(f"{plain:.{digits}g}")
        if nominal and short / nominal == relative:
            return short
    return plain
