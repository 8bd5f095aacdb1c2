# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Writes the typed model as a pyhf workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from demos_formats.errors import FormatError, RefusedError
from demos_formats.findings import Finding, error
from demos_formats.histfactory.from_pyhf import ParameterSet, Workspace, configure, read_workspace
from demos_formats.histfactory.model import (
    ALPHA,
    DEFAULT_CODE,
    Analysis,
    Constraint,
    Model,
    Modifier,
    Parameter,
    Sample,
)

Json = dict[str, Any]
LUMI: Final = "lumi"


@dataclass(slots=True)
class _Group:
    """The HS3 parameters of one pyhf parameter, and what uses them."""

    hs3: tuple[str, ...]
    kinds: set[str]
    uses: list[tuple[str, Sample, Modifier]]
    type: str = ""
    name: str = ""

    @property
    def first(self) -> str:
        """A modifier's name, for messages and as the wish for a name."""
        return self.uses[0][2].name


def write_workspace(model: Model, block: Mapping[str, Any]) -> tuple[Json, Json]:
    """Writes a pyhf workspace.

    Args:
        model: The model.
        block: The document's ``misc.demos`` block, which remembers names and spellings; what it
            says is used only where it agrees with the model.

    Returns:
        The workspace, and the complete ``modifier_settings`` that it needs.

    Raises:
        RefusedError: With one finding per thing that pyhf cannot say.
    """
    return _Writer(model, block).write()


class _Writer:
    def __init__(self, model: Model, block: Mapping[str, Any]) -> None:
        self.model = model
        self.block = block
        self.recorded = {p["hs3"]: (p["pyhf"], p["index"]) for p in block.get("parameters", ())}
        self.groups: dict[tuple[str, ...], _Group] = {}
        self.findings: list[Finding] = []

    def write(self) -> tuple[Json, Json]:
        codes = self._codes()
        self._collect()
        for group in self.groups.values():
            self._decide(group)
        self._stop()
        self._name()
        channels = [
            {
                "name": c.name,
                "samples": [self._sample(s) for s in c.samples],
            }
            for c in self.model.channels
        ]
        observed = {c.data_name: (c.name, c.data) for c in self.model.channels if c.data_name}
        observed |= self.model.unused_data
        observations = [observed[n] for n in self.model.data_order]
        observations += [(c.name, c.data) for c in self.model.channels if not c.data_name]
        self._stop()
        workspace: Json = {
            "channels": channels,
            "observations": [{"name": n, "data": d} for n, d in observations],
            "measurements": [],
            "version": "1.0.0",
        }
        settings = {t: {"interpcode": code} for t, code in codes.items()}
        probe = workspace | {
            "measurements": [{"name": "", "config": {"poi": "", "parameters": self._lumis()}}]
        }
        read = self._read_back(probe, settings)
        workspace["measurements"] = [
            self._measurement(a, read, i) for i, a in enumerate(self.model.analyses)
        ]
        self._stop()
        return workspace, settings

    def _refuse(self, message: str, hint: str = "") -> None:
        finding = error("cannot_convert", "", message, hint)
        if finding not in self.findings:
            self.findings.append(finding)

    def _stop(self) -> None:
        if self.findings:
            raise RefusedError(self.findings)

    def _codes(self) -> dict[str, str]:
        codes: dict[str, set[str]] = {t: set() for t in DEFAULT_CODE}
        for _, _, m in self.model.modifiers():
            if m.kind in codes:
                codes[m.kind].add(m.code)
        for type_, found in codes.items():
            if len(found) > 1:
                self._refuse(
                    f"{type_} modifiers use several interpolations ({', '.join(sorted(found))}); "
                    "pyhf has one for all."
                )
        recorded = self.block.get("modifier_settings", {})
        unused = {t: recorded.get(t, {}).get("interpcode", c) for t, c in DEFAULT_CODE.items()}
        return {t: min(found, default=unused[t]) for t, found in codes.items()}

    def _collect(self) -> None:
        owner: dict[str, tuple[str, ...]] = {}
        for channel, sample, m in self.model.modifiers():
            key = tuple(m.parameters)
            for p in key:
                if owner.setdefault(p, key) != key:
                    self._refuse(
                        f"{p!r} is shared between different bins or modifiers; pyhf's per-bin "
                        "parameters belong to one list of bins."
                    )
            if len(set(key)) != len(key):
                self._refuse(f"{m.name!r} uses one parameter for several bins.")
            group = self.groups.setdefault(key, _Group(key, set(), []))
            group.kinds.add(m.kind)
            group.uses.append((channel.name, sample, m))
        for channel in self.model.channels:
            for sample in channel.samples:
                seen = set()
                for m in sample.modifiers:
                    entry = (m.kind, tuple(m.parameters))
                    if entry in seen:
                        self._refuse(
                            f"Sample {sample.name!r} of {channel.name!r} has two {m.kind} "
                            f"modifiers on {m.parameters[0]!r}; pyhf keeps only the last."
                        )
                    seen.add(entry)
        self._stop()

    def _decide(self, group: _Group) -> None:
        """Finds the pyhf modifier type that says what the group says."""
        terms = [self.model.parameters[p].constraint for p in group.hs3]
        kinds = {t.kind for t in terms if t is not None}
        label = f"{group.first!r} ({group.hs3[0]})"
        if group.kinds <= ALPHA:
            group.type = "alpha"
            standard = terms[0] is not None and (terms[0].kind, terms[0].width) == ("gauss", 1)
            # The constraint of a parameter that never moves is a constant.
            if not standard and (kinds or not self.model.parameters[group.hs3[0]].fixed):
                self._refuse(
                    f"{label}: pyhf constrains normsys and histosys by a Gaussian of width 1 only."
                )
        elif group.kinds == {"normfactor"}:
            group.type = LUMI if kinds else "normfactor"
            if kinds - {"gauss"}:
                self._refuse(f"{label}: pyhf has no normfactor with such a constraint.")
        elif group.kinds & {"normfactor", *ALPHA}:
            self._refuse(
                f"{label} is used by {', '.join(sorted(group.kinds))}, which cannot share a "
                "parameter in pyhf."
            )
        elif not kinds:
            fixed = all(self.model.parameters[p].fixed for p in group.hs3)
            known = group.kinds - {"shapefactor"}
            group.type = min(known) if fixed and known else "shapefactor"
        elif any(
            t is None and not self.model.parameters[p].fixed
            for p, t in zip(group.hs3, terms, strict=True)
        ):
            self._refuse(f"{label}: some bins are constrained, others free; pyhf has all or none.")
        elif kinds == {"gauss"}:
            group.type = "staterror"
        elif kinds == {"poisson"}:
            self._poisson(group, terms, label)
        else:
            self._refuse(f"{label}: pyhf has no per-bin factor with such constraints.")
        if group.type == "staterror" and len({c for c, _, _ in group.uses}) > 1:
            self._refuse(f"{label}: pyhf cannot share statistical factors between channels.")

    def _poisson(self, group: _Group, terms: list[Constraint | None], label: str) -> None:
        group.type = "shapesys"
        if len(group.uses) > 1:
            self._refuse(
                f"{label}: Poisson-constrained factors act on several samples; "
                "pyhf's shapesys belongs to one sample.",
                "A Gaussian constraint could be written as a staterror.",
            )

    def _name(self) -> None:
        """Gives each group its pyhf name: as recorded, else from the document, made unique."""
        taken: dict[str, _Group] = {}
        recorded = [g for g in self.groups.values() if self._recorded(g)]
        others = [g for g in self.groups.values() if g not in recorded]
        for group in (*recorded, *others):
            wish = self._recorded(group) or self._wish(group)
            if group.type == LUMI:
                wish = LUMI
                if wish in taken:
                    self._refuse("pyhf has one luminosity; here are several constrained factors.")
            name, n = wish, 1
            while name in taken and not self._may_join(taken[name], group):
                n += 1
                name = f"{wish}_{group.uses[0][0]}" if n == 2 else f"{wish}_{n}"
            taken.setdefault(name, group)
            group.name = name
        self._stop()

    def _recorded(self, group: _Group) -> str:
        names = {self.recorded[p][0] for p in group.hs3 if p in self.recorded}
        complete = all(p in self.recorded for p in group.hs3)
        return names.pop() if complete and len(names) == 1 else ""

    def _wish(self, group: _Group) -> str:
        if group.type == "alpha":
            return group.hs3[0].removeprefix("alpha_") or group.hs3[0]
        if group.type == "normfactor":
            return group.hs3[0]
        return group.first

    def _may_join(self, other: _Group, group: _Group) -> bool:
        # pyhf appends the bins of staterrors of one name in several channels to one parameter.
        return (
            other.type == group.type == "staterror"
            and bool(self._recorded(group))
            and self._recorded(group) == self._recorded(other)
            and other.uses[0][0] != group.uses[0][0]
        )

    def _sample(self, sample: Sample) -> Json:
        modifiers = []
        for m in sample.modifiers:
            group = self.groups[tuple(m.parameters)]
            type_ = m.kind if group.type == "alpha" else group.type
            data: Any = None
            if type_ == "normsys":
                data = {"lo": m.lo, "hi": m.hi}
            elif type_ == "histosys":
                data = {"lo_data": m.lo, "hi_data": m.hi}
            elif type_ in ("shapesys", "staterror"):
                data = self._uncertainties(group, sample, m)
            modifiers.append({"name": group.name, "type": type_, "data": data})
        return {"name": sample.name, "data": sample.contents, "modifiers": modifiers}

    def _uncertainties(self, group: _Group, sample: Sample, m: Modifier) -> list[float]:
        parameters = [self.model.parameters[p] for p in group.hs3]
        if group.kinds == {group.type} and m.vals is not None:
            vals = m.vals
        elif group.type == "shapesys":
            vals = [
                n / t.width**0.5 if (t := p.constraint) else 0.0
                for n, p in zip(sample.contents, parameters, strict=True)
            ]
        else:
            vals = self._combined(group, sample, parameters)
        # A factor that is constant at one for a single bin is a bin without uncertainty.
        fixed = [p.fixed and p.init == 1 for p in parameters]
        if any(fixed) and not all(p.fixed for p in parameters):
            return [0.0 if f and v else v for f, v in zip(fixed, vals, strict=True)]
        return vals

    def _combined(self, group: _Group, sample: Sample, parameters: list[Parameter]) -> list[float]:
        """Puts the whole uncertainty of a bin on the first sample: only the sum counts."""
        if group.uses[0][1] is not sample:
            return [0.0] * len(parameters)
        totals = [
            sum(values) for values in zip(*(s.contents for _, s, _ in group.uses), strict=True)
        ]
        for total, p in zip(totals, parameters, strict=True):
            if p.constraint is not None and total <= 0:
                self._refuse(
                    f"{group.first!r}: a bin without events has a constrained factor; pyhf "
                    "takes uncertainties relative to the events."
                )
        return [
            t * p.constraint.width if p.constraint else 0.0
            for t, p in zip(totals, parameters, strict=True)
        ]

    def _lumis(self) -> list[Json]:
        return [
            {
                "name": g.name,
                "inits": [1.0],
                "bounds": [[0.0, 10.0]],
                "auxdata": [1.0],
                "sigmas": [1.0],
            }
            for g in self.groups.values()
            if g.type == LUMI
        ]

    def _read_back(self, workspace: Json, settings: Json) -> Workspace:
        try:
            return read_workspace(workspace, settings)
        except FormatError as e:
            raise RefusedError(
                error(
                    "cannot_convert",
                    "",
                    "The model has no pyhf workspace that says the same: "
                    + " ".join(f.message for f in e.findings),
                )
            ) from e

    def _measurement(self, analysis: Analysis, read: Workspace, index: int) -> Json:
        wanted = self._by_pyhf(analysis, read)
        recorded = self.block.get("measurements", ())
        for entry in recorded:
            if entry["name"] == analysis.name and self._agrees(entry, analysis, read, wanted):
                return {"name": entry["name"], "config": entry["config"]}
        poi = ""
        if len(analysis.pois) > 1:
            self._refuse(f"{analysis.name!r} has several parameters of interest; pyhf has one.")
        elif analysis.pois:
            poi = self.groups[self._key(analysis.pois[0])].name
        configs = [
            c
            for entry in read.sets.values()
            if (c := self._config(entry, [wanted[h] for h in entry.hs3])) is not None
        ]
        return {"name": analysis.name, "config": {"poi": poi, "parameters": configs}}

    def _key(self, parameter: str) -> tuple[str, ...]:
        return next(k for k in self.groups if parameter in k)

    def _by_pyhf(self, analysis: Analysis, read: Workspace) -> dict[str, Parameter]:
        """Gives the wanted parameters under the names that the new workspace gives them."""
        by_name: dict[str, list[str]] = {}
        ordered = sorted(self.groups.values(), key=lambda g: (g.name, g.uses[0][0]))
        for group in ordered:
            by_name.setdefault(group.name, []).extend(group.hs3)
        return {
            new: analysis.parameters[old]
            for entry in read.sets.values()
            for new, old in zip(entry.hs3, by_name[entry.name], strict=True)
        }

    def _agrees(
        self,
        recorded: Mapping[str, Any],
        analysis: Analysis,
        read: Workspace,
        wanted: dict[str, Parameter],
    ) -> bool:
        config = recorded["config"]
        values, findings = configure(read.sets.values(), config["parameters"], "")
        if findings or any(not _alike(values[n], wanted[n]) for n in wanted):
            return False
        entry = read.sets.get(config["poi"])
        poi = [g.hs3[0] for g in self.groups.values() if entry and g.name == entry.name]
        defined = poi[:1] if entry and len(entry.hs3) == 1 else []
        return defined == analysis.pois

    def _config(self, entry: ParameterSet, wanted: list[Parameter]) -> Json | None:
        """Gives the configuration that turns pyhf's defaults into what is wanted."""
        config: Json = {"name": entry.name}
        lumi = entry.group == LUMI
        base = entry.values or [Parameter(1.0, 0.0, 0.0, False, Constraint("gauss", 0.0, 0.0))]
        pairs = list(zip(base, wanted, strict=True))
        if lumi or any(b.init != w.init for b, w in pairs):
            config["inits"] = [w.init for w in wanted]
        if lumi or any((b.lower, b.upper) != (w.lower, w.upper) for b, w in pairs):
            config["bounds"] = [[w.lower, w.upper] for w in wanted]
        if [b.fixed for b in base] != [w.fixed for w in wanted]:
            if len({w.fixed for w in wanted}) > 1:
                self._refuse(
                    f"Some bins of {entry.name!r} are fixed away from one and others are free; "
                    "pyhf fixes all or none."
                )
            config["fixed"] = wanted[0].fixed
        self._constraints(entry, pairs, config)
        return config if len(config) > 1 else None

    def _constraints(
        self, entry: ParameterSet, pairs: list[tuple[Parameter, Parameter]], config: Json
    ) -> None:
        terms = [(b.constraint, w.constraint) for b, w in pairs]
        neutral = Constraint("gauss", 1.0, 1.0)
        if any(b and w and not _close(b.centre, w.centre) for b, w in terms):
            config["auxdata"] = [(w or b or neutral).centre for b, w in terms]
        if any(b and w and not _close(b.width, w.width) for b, w in terms):
            key = "factors" if entry.group == "shapesys" else "sigmas"
            config[key] = [(w or b or neutral).width for b, w in terms]
        for base, wanted in pairs:
            if (base.constraint is None) != (wanted.constraint is None) and not wanted.fixed:
                self._refuse(
                    f"{entry.name!r}: pyhf cannot leave out or add the constraint of a single bin."
                )


def _close(a: float, b: float) -> bool:
    return a == b or abs(a - b) <= 1e-13 * max(abs(a), abs(b))


def _alike(a: Parameter, b: Parameter) -> bool:
    if (a.init, a.lower, a.upper, a.fixed) != (b.init, b.lower, b.upper, b.fixed):
        return False
    if a.constraint is None or b.constraint is None:
        return a.constraint is b.constraint or a.fixed
    return (
        a.constraint.kind == b.constraint.kind
        and _close(a.constraint.centre, b.constraint.centre)
        and _close(a.constraint.width, b.constraint.width)
    )
