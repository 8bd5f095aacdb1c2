# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``spec``: the text of the HS3 standard, written only where the text has one reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from demos_formats.histfactory.model import ALPHA
from demos_formats.hs3.dialects.base import STANDARD, At, Dialect, Json, Writing, refused

_STRUCTURED = {
    "code0": {"type": "add", "in": "poly1", "out": None},
    "code1": {"type": "mult", "in": "exp", "out": None},
    "code2": {"type": "add", "in": "poly2", "out": "poly1"},
    "code4p": {"type": "add", "in": "poly6", "out": "poly1"},
    "code4": {"type": "mult", "in": "poly6", "out": "exp"},
}


class Spec(Dialect):
    """Structured interpolation; shapesys (three readings) becomes factor and constraint."""

    name: ClassVar[str] = "spec"
    title: ClassVar[str] = "HS3, as specified"
    purpose: ClassVar[str] = "For other HS3 readers."
    writable: ClassVar[bool] = True
    fallback: ClassVar[bool] = True
    disagreements: ClassVar[Mapping[str, str]] = {
        "shapesys": "The text of the standard gives shapesys values a meaning that no tool "
        "follows; they are read as absolute uncertainties.",
        "histosys": "The text of the standard calls histosys templates additions; they are read as "
        "absolute templates, as all tools do.",
    }

    def write_modifier(self, m: Json, at: At, out: Writing) -> dict[str, Any]:
        """Writes one modifier in the words of the standard."""
        kind, group = m["type"], at.group
        if kind in ALPHA:
            written = {
                "name": m["name"],
                "type": kind,
                "parameter": m["parameter"],
                "interpolation": _STRUCTURED[m["interpolation"]],
                "data": m["data"],
            }
            constraint = self._constraint(m["parameter"], out)
            return written | ({"constraint": constraint} if constraint else {})
        if group is None or (
            kind == "shapefactor" and not any(p in out.explicit for p in group.parameters)
        ):
            return dict(m)
        if group is at.primary:
            return {
                "name": m["name"],
                "type": kind,
                "parameters": m["parameters"],
                "constraint": group.constraint,
            }
        return self.as_shapefactor(m, group, at.channel, out)

    def _constraint(self, parameter: str, out: Writing) -> str:
        """Names the constraint type; nothing where an explicit distribution says it."""
        if parameter not in out.explicit:
            if not out.constant(parameter):
                raise refused(
                    f"{parameter!r} has no constraint, this dialect always adds one", self.name
                )
            return "Const"
        name, constraint = out.explicit[parameter]
        if constraint != STANDARD:
            return ""
        out.drop(name)
        return "Gauss"
