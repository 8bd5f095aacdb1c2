# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``root``: what ROOT 6.40 reads and writes (measured, see the conversion page)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from demos_formats.histfactory.model import ALPHA, DEFAULT_CODE
from demos_formats.hs3.auxiliary import is_huge
from demos_formats.hs3.detect import histfactory, modifiers
from demos_formats.hs3.dialects.base import At, Dialect, Json, Writing, refused
from demos_formats.hs3.groups import Group
from demos_formats.hs3.released import EMPTY, product, release

_CODES = {
    "normsys": {0: "code0", 1: "code1", 2: "code2", 4: "code4", 5: "code4"},
    "histosys": {0: "code0", 2: "code2", 4: "code4p"},
}
_DOMAIN: Final = "default_domain"
_NOTHING: Final = 1e-70
"""An uncertainty that is none: where all errors of a sample are zero, ROOT takes sqrt(events)."""


class Root(Dialect):
    """Relative shapesys values, constraints by name, staterror constraint on the channel."""

    name: ClassVar[str] = "root"
    title: ClassVar[str] = "HS3, dialect root"
    purpose: ClassVar[str] = "For ROOT (RooFit)."
    writable: ClassVar[bool] = True
    packages: ClassVar[tuple[str, ...]] = ("root",)
    precedence: ClassVar[int] = 1
    staterror_constraint: ClassVar[str] = "Poisson"
    clips: ClassVar[bool] = True
    adds_in_order: ClassVar[bool] = True
    constrains_alpha: ClassVar[bool] = True
    named_observables: ClassVar[bool] = True
    legal_names: ClassVar[bool] = True
    smallest_factor: ClassVar[float | None] = 2.0**-52
    disagreements: ClassVar[Mapping[str, str]] = {
        "negative_template": "ROOT clips a negative sum of nominal and histosys shifts, and a "
        "negative product of normsys factors, to zero; pyhf and this package do not. What this "
        "package writes for ROOT keeps ROOT from it, if not told otherwise.",
        "narrow": "ROOT computes constraints as probabilities: further than 38 standard deviations "
        "from the observed value its log-likelihood is minus infinity. A constraint of this model "
        "is so narrow that this is a small step. What this package writes for ROOT has auxiliary "
        "counts above 5e5 as channels.",
        "staterror": "ROOT 6.40 reads the constraint of staterrors from the channel alone and "
        "takes Poisson where the channel is silent, whatever its writer put on the modifier; a "
        "sample whose errors are all zero gets the square root of its events.",
        "other_code": "ROOT 6.40 interpolates every histosys of a histfactory_dist as code4p, "
        "whatever the document says. What this package writes for ROOT keeps ROOT from it.",
        "partial_lumi": "HistFactory in C++ multiplies every sample by the luminosity; a model "
        "rebuilt with it (not read from HS3) differs.",
    }

    def marks(self, document: Json) -> bool:
        """Find ROOT's own sections and keys."""
        misc = document.get("misc")
        if isinstance(misc, Mapping) and "ROOT_internal" in misc:
            return True
        return any(
            "staterror" in channel
            or any("constraint_name" in m or "constraint_type" in m for m in modifiers(channel))
            for channel in histfactory(document)
        )

    def absolute(self, vals: Sequence[float], contents: Sequence[float]) -> list[float]:
        """Multiplies relative uncertainties by the nominal events."""
        return [product(v, n) for v, n in zip(vals, contents, strict=True)]

    def code(self, said: Any, kind: str) -> str:
        """Read ROOT's integer codes, too."""
        if isinstance(said, int):
            return _CODES[kind].get(said, f"ROOT code {said}")
        return super().code(said, kind)

    def errors(self, errors: Sequence[float]) -> list[float]:
        """Takes what is written for no uncertainty as zero."""
        return [0.0 if e <= _NOTHING else e for e in errors]

    def channel_constraint(self, channel: Json) -> str | None:
        """Reads the channel's ``staterror`` object."""
        said = channel.get("staterror", {})
        found = said.get("constraint_type", said.get("constraint"))
        return None if found is None else str(found)

    def relative_threshold(self, channel: Json) -> float:
        """Reads ``relThreshold`` of the channel's ``staterror`` object."""
        return float(channel.get("staterror", {}).get("relThreshold", 0.0))

    def finish(self, document: dict[str, Any]) -> dict[str, Any]:
        """Add the domain without which ROOT ends the process, and ``x`` of Gaussian constraints.

        ROOT 6.36 writes Gaussians without ``x`` that its own reader refuses.
        """
        domains = list(document.get("domains", ()))
        if all(d["name"] != _DOMAIN for d in domains):
            axes = {a["name"]: a for d in reversed(domains) for a in d.get("axes", ())}
            added = {"name": _DOMAIN, "type": "product_domain", "axes": list(axes.values())}
            document = {**document, "domains": [added, *domains]}
        incomplete = {"gaussian_dist", "normal_dist"}
        if any(d["type"] in incomplete and "x" not in d for d in document["distributions"]):
            values = {
                p["name"]: p.get("value")
                for point in reversed(document.get("parameter_points", ()))
                for p in point.get("parameters", ())
            }
            document = {
                **document,
                "distributions": [
                    {**d, "x": values.get(f"nom_{d['mean']}", values.get(d["mean"], 0.0))}
                    if d["type"] in incomplete and "x" not in d and isinstance(d.get("mean"), str)
                    else d
                    for d in document["distributions"]
                ],
            }
        return document

    def write_channel(
        self, channel: Json, groups: Mapping[tuple[str, ...], Group], out: Writing
    ) -> dict[str, Any]:
        """Adds the channel's ``staterror`` object, the only place where ROOT looks."""
        written = super().write_channel(channel, groups, out)
        written["samples"] = [
            release(
                sample,
                [m.get("interpolation", "") for m in given.get("modifiers", ())],
                channel["axes"],
                f"{channel['name']}_{sample['name']}",
                out,
            )
            for sample, given in zip(written["samples"], channel["samples"], strict=True)
        ]
        primary = self.primary(groups, out)
        if primary is not None:
            written["staterror"] = {"relThreshold": 0.0, "constraint_type": primary.constraint}
            sigmas = primary.uncertainties()
            written["samples"] = [_with_errors(s, sigmas) for s in written["samples"]]
        return written

    def write_modifier(self, m: Json, at: At, out: Writing) -> dict[str, Any]:
        """Writes one modifier for ROOT."""
        kind, group = m["type"], at.group
        if group is None:
            return self._scalar(m, out)
        if kind == "shapefactor" and not any(p in out.explicit for p in group.parameters):
            return dict(m)
        written = {"name": m["name"], "type": kind, "parameters": m["parameters"]}
        if group is at.primary:
            return written | {"constraint_type": group.constraint}
        terms = self.terms(group, out)
        if any(map(is_huge, terms)) and all(t is None or t.kind == "poisson" for t in terms):
            self._drop(group, out)
            out.count(at.channel, m["name"], group, terms)
            return written | {"type": "shapefactor"}
        explicit = any(p in out.explicit for p in group.parameters)
        if kind == "shapesys" and not explicit and group.constraint != "Gauss":
            contents = at.sample["data"]["contents"]
            relative = [
                v / n if n > 0 and v > 0 else 0.0
                for v, n in zip(m["data"]["vals"], contents, strict=True)
            ]
            return written | {"constraint_type": group.constraint, "data": {"vals": relative}}
        return written | self._stand_in(group, out)

    def observed(self, group: Group, out: Writing) -> dict[str, float]:
        """Declares the observed value of Gaussian factors without a range.

        ROOT would make it with the range [0, 10] and normalise the Gaussian to that range, which
        shifts the likelihood by 1e-5 and more for uncertainties above 20 %.
        """
        terms = zip(group.parameters, self.terms(group, out), strict=True)
        return {f"nom_{p}": 1.0 for p, t in terms if t is not None and t.kind == "gauss"}

    def _scalar(self, m: Json, out: Writing) -> dict[str, Any]:
        parameter = m["parameter"]
        written = {"name": m["name"], "type": m["type"], "parameter": parameter}
        if m["type"] == "normfactor":
            written["name"] = parameter
        else:
            written["data"] = m["data"]
            if m["interpolation"] != DEFAULT_CODE[m["type"]]:
                written["interpolation"] = int(m["interpolation"][4])
        if parameter in out.explicit:
            written["constraint_name"] = out.explicit[parameter][0]
        elif m["type"] in ALPHA:
            if not out.constant(parameter):
                raise refused(f"{parameter!r} has no constraint, ROOT always adds one", self.name)
            written["constraint"] = "Const"
        return written

    def _stand_in(self, group: Group, out: Writing) -> dict[str, Any]:
        """Says any per-bin factor by a shapesys with relative values."""
        terms = self.terms(group, out)
        self._drop(group, out)
        kinds = {t.kind for t in terms if t is not None}
        if kinds <= {"gauss"} and all(t is None or t.centre == 1 for t in terms):
            vals = [t.width if t else 0.0 for t in terms]
            return {"type": "shapesys", "constraint_type": "Gauss", "data": {"vals": vals}}
        if kinds == {"poisson"} and all(t is None or t.centre == t.width for t in terms):
            vals = [t.width**-0.5 if t else 0.0 for t in terms]
            return {"type": "shapesys", "constraint_type": "Poisson", "data": {"vals": vals}}
        raise refused(
            f"The factors {group.parameters[0]!r} ... have auxiliary data away from their "
            "nominal values",
            self.name,
        )

    def _drop(self, group: Group, out: Writing) -> None:
        for p in group.parameters:
            if p in out.explicit:
                out.drop(out.explicit[p][0])


class Root2022(Root):
    """ROOT of 2022 and 2023: Poisson shapesys values are the auxiliary counts themselves."""

    name: ClassVar[str] = "root-2022"
    title: ClassVar[str] = "HS3 of ROOT in 2022 and 2023"
    purpose: ClassVar[str] = "For reading what ROOT wrote then."
    writable: ClassVar[bool] = False
    packages: ClassVar[tuple[str, ...]] = ()

    def marks(self, document: Json) -> bool:
        """Nothing tells it from ROOT's later dialect: it is asked for by its name."""
        return False

    def absolute(self, vals: Sequence[float], contents: Sequence[float]) -> list[float]:
        """Turns auxiliary counts tau into uncertainties: events / sqrt(tau)."""
        return [n / v**0.5 if v > 0 else 0.0 for v, n in zip(vals, contents, strict=True)]


def _with_errors(sample: dict[str, Any], sigmas: Sequence[float]) -> dict[str, Any]:
    """Writes no error as zero, and none that ROOT would divide by almost no events."""
    data = sample["data"]
    if "errors" not in data:
        return sample
    bins = zip(data["errors"], data["contents"], sigmas, strict=True)
    errors = [_NOTHING if e == 0 or (n == EMPTY and not sigma) else e for e, n, sigma in bins]
    return {**sample, "data": {**data, "errors": errors}}
