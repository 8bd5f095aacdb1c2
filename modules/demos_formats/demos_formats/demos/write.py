# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Writes the typed model as a DEMOS document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from demos_formats.histfactory.from_pyhf import Workspace
from demos_formats.histfactory.model import Channel, Constraint, Model, Modifier, Parameter
from demos_formats.histfactory.names import Namespace
from demos_formats.version import DIALECT, HS3_VERSION, PACKAGE

DEFAULT_DOMAIN: Final = "default_domain"
DEFAULT_POINT: Final = "default_values"
"""Names that ROOT insists on."""

Json = dict[str, Any]


def write_document(read: Workspace, measurements: Sequence[Mapping[str, Any]]) -> Json:
    """Writes a workspace as a DEMOS document without its ``misc`` block.

    Args:
        read: The workspace.
        measurements: Its measurements, in the order of the model's analyses.

    Returns:
        The HS3 part of the document and the block of names; numbers are shared with the source.
    """
    return _Writer(read).document(measurements)


class _Writer:
    def __init__(self, read: Workspace) -> None:
        self.read = read
        self.model: Model = read.model
        self.names: Namespace = read.namespace
        self.distributions: list[Json] = []
        self.functions: list[Json] = []
        self.constraints: dict[tuple[Any, ...], str] = {}
        self.likelihoods: list[Json] = []
        self.domains: list[Json] = []
        self.points: list[Json] = []
        self.base = {
            hs3: value.constraint
            for entry in read.sets.values()
            if entry.group in ("shapesys", "staterror")
            for hs3, value in zip(entry.hs3, entry.values, strict=True)
        }

    def document(self, measurements: Sequence[Mapping[str, Any]]) -> Json:
        for name in (DEFAULT_DOMAIN, DEFAULT_POINT):
            self.names.reserve(name)
        channels = self.model.channels
        axes = {
            c.name: [{"name": f"obs_x_{c.name}", "min": 0, "max": c.bins, "nbins": c.bins}]
            for c in channels
        }
        self.distributions = [_distribution(c, axes[c.name]) for c in channels]
        data = {
            c.data_name: {
                "name": c.data_name,
                "type": "binned",
                "axes": axes[c.name],
                "contents": c.data,
            }
            for c in channels
        }
        for name, (channel, contents) in self.model.unused_data.items():
            axis = {
                "name": f"obs_x_{channel}",
                "min": 0,
                "max": len(contents),
                "nbins": len(contents),
            }
            axes[channel] = [axis]
            data[name] = {"name": name, "type": "binned", "axes": [axis], "contents": contents}
        analyses = [self._analysis(i) for i in range(len(self.model.analyses))]
        document: Json = {
            "metadata": {
                "hs3_version": HS3_VERSION,
                "dialect": DIALECT,
                "packages": [PACKAGE],
            },
            "distributions": self.distributions,
        }
        if self.functions:
            document["functions"] = self.functions
        document |= {
            "data": [data[name] for name in self.model.data_order],
            "likelihoods": self.likelihoods,
            "domains": self.domains,
            "parameter_points": self.points,
            "analyses": analyses,
        }
        block: Json = {
            "parameters": [n.to_dict() for n in self.read.names],
            "measurements": list(measurements),
            "synthetic_axes": [a[0]["name"] for a in axes.values()],
        }
        if self.model.unused_data:
            block["unused_data"] = {n: c for n, (c, _) in self.model.unused_data.items()}
        renamed = {
            "channels": {
                c.distribution: c.name for c in channels if c.distribution != f"model_{c.name}"
            },
            "measurements": {
                written["name"]: given["name"]
                for written, given in zip(analyses, measurements, strict=True)
                if written["name"] != given["name"]
            },
        }
        if any(renamed.values()):
            block["names"] = {k: v for k, v in renamed.items() if v}
        document["misc"] = {"demos": block}
        return document

    def _analysis(self, index: int) -> Json:
        analysis = self.model.analyses[index]
        written: Json = {
            "name": self.names.reserve(analysis.name or "analysis"),
            "likelihood": self._likelihood(analysis.parameters),
            "domains": [self._domain(analysis.name, analysis.parameters)],
            "init": self._point(analysis.name, analysis.parameters),
        }
        if analysis.pois:
            written["parameters_of_interest"] = analysis.pois
        return written

    def _likelihood(self, parameters: Mapping[str, Parameter]) -> str:
        auxiliary = [
            self._constraint(name, p.constraint)
            for name, p in parameters.items()
            if p.constraint is not None and self.base.get(name) != p.constraint
        ]
        for likelihood in self.likelihoods:
            if likelihood["aux_distributions"] == auxiliary:
                return str(likelihood["name"])
        likelihood = {
            "name": self.names.reserve("likelihood_obsData"),
            "distributions": [c.distribution for c in self.model.channels],
            "data": [c.data_name for c in self.model.channels],
            "aux_distributions": auxiliary,
        }
        self.likelihoods.append(likelihood)
        return str(likelihood["name"])

    def _constraint(self, parameter: str, constraint: Constraint) -> str:
        key = (parameter, constraint.kind, constraint.centre, constraint.width)
        if key not in self.constraints:
            name = self.constraints[key] = self.names.reserve(f"{parameter}Constraint")
            self.distributions.append(
                explicit_constraint(name, parameter, constraint, self.functions, self.names)
            )
        return self.constraints[key]

    def _domain(self, analysis: str, parameters: Mapping[str, Parameter]) -> str:
        axes = [{"name": n, "min": p.lower, "max": p.upper} for n, p in parameters.items()]
        for domain in self.domains:
            if domain["axes"] == axes:
                return str(domain["name"])
        name = self.names.reserve(f"{analysis}_domain") if self.domains else DEFAULT_DOMAIN
        self.domains.append({"name": name, "type": "product_domain", "axes": axes})
        return name

    def _point(self, analysis: str, parameters: Mapping[str, Parameter]) -> str:
        values: list[Json] = [
            {"name": n, "value": p.init, "const": True} if p.fixed else {"name": n, "value": p.init}
            for n, p in parameters.items()
        ]
        for point in self.points:
            if point["parameters"] == values:
                return str(point["name"])
        name = self.names.reserve(f"{analysis}_values") if self.points else DEFAULT_POINT
        self.points.append({"name": name, "parameters": values})
        return name


def explicit_constraint(
    name: str, parameter: str, constraint: Constraint, functions: list[Json], names: Namespace
) -> Json:
    """Writes a constraint term as a distribution of its own.

    Args:
        name: Name of the distribution.
        parameter: The constrained parameter.
        constraint: The term.
        functions: Receives the product that scales a Poisson mean.
        names: The document's namespace.

    Returns:
        An HS3 distribution.
    """
    if constraint.kind == "gauss":
        return {
            "name": name,
            "type": "gaussian_dist",
            "x": parameter,
            "mean": constraint.centre,
            "sigma": constraint.width,
        }
    if constraint.kind == "lognormal":
        return {
            "name": name,
            "type": "lognormal_dist",
            "x": constraint.centre,
            "mu": parameter,
            "sigma": constraint.width,
        }
    mean = names.reserve(f"{parameter}_poisMean")
    functions.append({"name": mean, "type": "product", "factors": [parameter, constraint.width]})
    return {"name": name, "type": "poisson_dist", "x": constraint.centre, "mean": mean}


def _distribution(channel: Channel, axes: list[Json]) -> Json:
    samples = []
    for sample in channel.samples:
        data: Json = {"contents": sample.contents}
        modifiers = [_modifier(m, data) for m in sample.modifiers]
        samples.append({"name": sample.name, "data": data, "modifiers": modifiers})
    return {
        "name": channel.distribution,
        "type": "histfactory_dist",
        "axes": axes,
        "samples": samples,
    }


def _modifier(m: Modifier, data: Json) -> Json:
    kind = m.kind
    if kind == "histosys":
        return {
            "name": m.name,
            "type": kind,
            "parameter": m.parameters[0],
            "interpolation": m.code,
            "data": {"hi": {"contents": m.hi}, "lo": {"contents": m.lo}},
        }
    if kind == "normsys":
        return {
            "name": m.name,
            "type": kind,
            "parameter": m.parameters[0],
            "interpolation": m.code,
            "data": {"hi": m.hi, "lo": m.lo},
        }
    if kind == "normfactor":
        return {"name": m.name, "type": kind, "parameter": m.parameters[0]}
    if kind == "shapefactor":
        return {"name": m.name, "type": kind, "parameters": m.parameters}
    if kind == "shapesys":
        return {
            "name": m.name,
            "type": kind,
            "parameters": m.parameters,
            "constraint": "Poisson",
            "data": {"vals": m.vals},
        }
    written: Json = {
        "name": m.name,
        "type": kind,
        "parameters": m.parameters,
        "constraint": "Gauss",
    }
    # A sample has room for one set of errors; a further staterror brings its own.
    if "errors" in data:
        written["data"] = {"uncertainties": m.vals}
    else:
        data["errors"] = m.vals
    return written
