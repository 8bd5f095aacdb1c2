# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``pyhs3``: what pyhs3 0.4 reads and writes (measured, see the conversion page)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from demos_formats.histfactory.model import ALPHA, DEFAULT_CODE
from demos_formats.hs3.detect import histfactory, modifiers
from demos_formats.hs3.dialects.base import IMPLIED, At, Dialect, Json, Writing


class PyHS3(Dialect):
    """Absolute values, constraint type on each modifier, codes inside ``data``."""

    name: ClassVar[str] = "pyhs3"
    title: ClassVar[str] = "HS3, dialect pyhs3"
    purpose: ClassVar[str] = "For pyhs3."
    writable: ClassVar[bool] = True
    packages: ClassVar[tuple[str, ...]] = ("pyhs3",)
    disagreements: ClassVar[Mapping[str, str]] = {
        "staterror": "pyhs3 0.4.2 cannot evaluate staterrors; later versions can.",
        "empty_shapesys": "pyhs3 divides by the uncertainty of every shapesys bin: a bin without "
        "one is NaN there.",
    }

    def marks(self, document: Json) -> bool:
        """Find its own keys, and shapesys values that are counts of events."""
        for channel in histfactory(document):
            if "barlow_beeston_method" in channel:
                return True
            for m in modifiers(channel):
                data = m.get("data")
                if isinstance(data, Mapping) and ("interpolation" in data or _absolute(m, data)):
                    return True
        return False

    def interpolation(self, modifier: Json, channel: Json) -> str:
        """Read the code from inside ``data``, too."""
        said = modifier.get("data", {}).get("interpolation")
        if said is not None:
            return str(said)
        return super().interpolation(modifier, channel)

    def parameters(self, modifier: Json, channel: str, bins: int) -> list[str]:
        """Names staterror parameters as pyhs3 does."""
        if modifier["type"] == "staterror":
            return [f"staterror_{channel}_bin{i}" for i in range(bins)]
        return super().parameters(modifier, channel, bins)

    def write_modifier(self, m: Json, at: At, out: Writing) -> dict[str, Any]:
        """Writes one modifier for pyhs3."""
        kind, group = m["type"], at.group
        if kind in ALPHA:
            data = m["data"]
            if m["interpolation"] != DEFAULT_CODE[kind]:
                data = {**data, "interpolation": m["interpolation"]}
            return {
                "name": m["name"],
                "type": kind,
                "parameter": m["parameter"],
                "constraint": self.implied_alpha(m, out, IMPLIED),
                "data": data,
            }
        if group is None:
            written = {"name": m["parameter"], "type": kind, "parameter": m["parameter"]}
            if m["parameter"] in out.explicit:
                written["constraint_name"] = out.explicit[m["parameter"]][0]
            return written
        explicit = any(p in out.explicit for p in group.parameters)
        if kind == "shapefactor" and not explicit:
            return dict(m)
        if group is at.primary and group.constraint != "Const":
            return {
                "name": m["name"],
                "type": kind,
                "parameters": m["parameters"],
                "constraint": group.constraint,
            }
        if kind == "shapesys" and not explicit and group.constraint == "Poisson":
            return dict(m)
        return self.as_shapefactor(m, group, at.channel, out)


def _absolute(m: Json, data: Json) -> bool:
    """Tell a shapesys whose uncertainties are events."""
    if not (m.get("type") == "shapesys" and m.get("constraint") and m.get("parameters")):
        return False
    vals = data.get("vals")
    # Nobody publishes a bin with an uncertainty above 100 %: such numbers are events.
    return isinstance(vals, list) and any(isinstance(v, int | float) and v > 1 for v in vals)
