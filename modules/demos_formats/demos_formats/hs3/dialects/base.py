# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What dialects have in common; each dialect overrides what it does differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from demos_formats.errors import RefusedError
from demos_formats.findings import error
from demos_formats.histfactory.model import (
    ALPHA,
    CODES,
    DEFAULT_CODE,
    PER_BIN,
    SCALAR,
    Constraint,
)
from demos_formats.hs3.groups import Group

Json = Mapping[str, Any]

SPEC_NAMES = {
    "lin": "code0",
    "log": "code1",
    "exp": "code1",
    "parabolic": "code2",
    "poly6": "code4p",
}
"""Interpolations by the names of the specification's text (0.2.9)."""
STANDARD = Constraint("gauss", 0.0, 1.0)
"""The constraint of a parameter that counts standard deviations."""


IMPLIED = {
    "Gauss": STANDARD,
    "Poisson": Constraint("poisson", 1.0, 1.0),
    "LogNormal": Constraint("lognormal", 1.0, 1.0),
}
"""Constraint types of scalar modifiers."""


class Writing(Protocol):
    """What a dialect may ask of the document that is being written."""

    @property
    def explicit(self) -> Mapping[str, tuple[str, Constraint]]:
        """Constraint distributions by parameter: name and term."""

    @property
    def clipped(self) -> bool:
        """Whether negative templates are left to the reader, as the source leaves them."""

    def constant(self, parameter: str) -> bool:
        """Tells whether a parameter never moves."""

    def reach(self, parameter: str) -> tuple[float, float]:
        """Gives the range of a parameter over all domains."""

    def count(self, channel: str, name: str, group: Group, terms: list[Constraint | None]) -> None:
        """Adds the auxiliary counts of a group as a channel of its own."""

    def function(self, name: str, content: Json) -> str:
        """Adds a function under this name or, where it is taken, another one."""

    def drop(self, distribution: str) -> None:
        """Leaves out a constraint that the dialect implies."""

    def require(self, parameter: str, constraint: Constraint, channel: str) -> None:
        """Adds an explicit constraint distribution to the channel's likelihoods."""


@dataclass(frozen=True, slots=True)
class At:
    """Where a modifier is.

    Args:
        sample: Its canonical sample.
        group: Its per-bin parameters; None for a scalar one.
        primary: The staterrors that the channel's one set of gammas can say.
        channel: Name of the distribution.
    """

    sample: Json
    group: Group | None
    primary: Group | None
    channel: str


def refused(what: str, dialect: str, hint: str = "") -> RefusedError:
    """Makes the error for something that a dialect cannot say."""
    return RefusedError(error("cannot_convert", "", f"{what} (dialect {dialect}).", hint))


class Dialect:
    """One reading of HS3's HistFactory channels.

    A dialect describes itself: a file in this folder, or a class under the entry point group
    ``demos.dialects``, is all that the command, the API, its description and the pages need.
    """

    name: ClassVar[str] = ""
    """How it is asked for, and what ``metadata.dialect`` says."""
    title: ClassVar[str] = ""
    """Its name for readers."""
    purpose: ClassVar[str] = ""
    """Who reads documents in it, in a sentence."""
    writable: ClassVar[bool] = False
    """Whether documents can be written in it."""
    packages: ClassVar[tuple[str, ...]] = ()
    """Packages whose writers use it, in lower case, as ``metadata.packages`` names them."""
    fallback: ClassVar[bool] = False
    """Whether a document that nothing gives away is read in it; one dialect has this."""
    precedence: ClassVar[int] = 0
    """Of two dialects whose marks a document has, the one with the higher number reads it."""
    staterror_constraint: ClassVar[str] = "Gauss"
    """Constraint of a staterror that does not say."""
    clips: ClassVar[bool] = False
    """Whether its readers clip negative templates at zero."""
    adds_in_order: ClassVar[bool] = False
    """Whether its readers add and multiply normalisation factors in the order of the document."""
    alpha_constraint: ClassVar[str | None] = "Gauss"
    """Constraint of a normsys or histosys that does not say and has no distribution."""
    constrains_alpha: ClassVar[bool] = False
    """Whether its readers constrain the parameter of each normsys and histosys, whatever other
    distributions say."""
    named_observables: ClassVar[bool] = False
    """Whether the observed value of a constraint is the constant ``nom_<parameter>``."""
    legal_names: ClassVar[bool] = False
    """Whether its readers take only names of letters, digits and underscores."""
    smallest_factor: ClassVar[float | None] = None
    """What its readers take for a normsys factor that is not positive; None where that is wrong."""
    disagreements: ClassVar[Mapping[str, str]] = {}
    """How tools that read this dialect are known to differ from the likelihood as written, by the
    feature of a model that makes them differ (:mod:`demos_formats.features`)."""

    # -- recognising -----------------------------------------------------------------------

    def marks(self, document: Json) -> bool:
        """Tell whether the content of a document gives its writer away.

        Args:
            document: An HS3 document of any quality; nothing in it has been checked.

        Returns:
            True where it has something that only this dialect's writers write.
        """
        return False

    # -- reading ---------------------------------------------------------------------------

    def absolute(self, vals: Sequence[float], contents: Sequence[float]) -> list[float]:
        """Gives shapesys values as absolute uncertainties, in events per bin."""
        return list(vals)

    def errors(self, errors: Sequence[float]) -> list[float]:
        """Gives a sample's absolute uncertainties, in events per bin."""
        return list(errors)

    def interpolation(self, modifier: Json, channel: Json) -> str:
        """Return the interpolation code of a normsys or histosys in pyhf's names.

        Args:
            modifier: The modifier.
            channel: Its distribution; ``default_interpolation`` holds for modifiers that say
                nothing, where their type has it.

        Returns:
            The code; another text where it is none.
        """
        said = modifier.get("interpolation")
        if said is not None:
            return self.code(said, modifier["type"])
        common = channel.get("default_interpolation")
        if common is None:
            return DEFAULT_CODE[modifier["type"]]
        code = self.code(common, modifier["type"])
        known = code in CODES[modifier["type"]] or all(code not in x for x in CODES.values())
        return code if known else DEFAULT_CODE[modifier["type"]]

    def code(self, said: Any, kind: str) -> str:
        """Return the code that an interpolation of a modifier type says, in pyhf's names."""
        if isinstance(said, Mapping):
            return _structured(said)
        return SPEC_NAMES.get(str(said), str(said))

    def channel_constraint(self, channel: Json) -> str | None:
        """Gives the constraint type that a channel states for all its staterrors."""
        return None

    def relative_threshold(self, channel: Json) -> float:
        """Gives the relative uncertainty below which staterror bins are fixed."""
        return 0.0

    def parameters(self, modifier: Json, channel: str, bins: int) -> list[str]:
        """Names the parameters of a modifier that does not name them.

        Args:
            modifier: The modifier.
            channel: Name of its distribution.
            bins: Number of bins.

        Returns:
            One name, or one per bin.
        """
        name = modifier["name"]
        if modifier["type"] == "normfactor":
            return [name]
        if modifier["type"] in ALPHA:
            return [f"alpha_{name}"]
        stem = f"stat_{channel.removeprefix('model_')}" if modifier["type"] == "staterror" else name
        return [f"gamma_{stem}_bin_{i}" for i in range(bins)]

    # -- writing ---------------------------------------------------------------------------

    def finish(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return a written document with what the dialect's readers want besides its channels."""
        return document

    def write_channel(
        self, channel: Json, groups: Mapping[tuple[str, ...], Group], out: Writing
    ) -> dict[str, Any]:
        """Writes a canonical channel in this dialect.

        Args:
            channel: The canonical distribution.
            groups: Its per-bin parameters.
            out: The document that is being written.

        Returns:
            The distribution.

        Raises:
            RefusedError: For what the dialect cannot say.
        """
        primary, name = self.primary(groups, out), channel["name"]
        samples = []
        for sample in channel["samples"]:
            modifiers = [
                self.write_modifier(m, At(sample, _group(m, groups), primary, name), out)
                if m["type"] in SCALAR | PER_BIN
                else dict(m)
                for m in sample.get("modifiers", ())
            ]
            samples.append({**sample, "modifiers": modifiers})
            if _has_staterror(sample) and not _has_staterror(samples[-1]):
                data = {k: v for k, v in sample["data"].items() if k != "errors"}
                samples[-1]["data"] = data
        return {**channel, "samples": samples}

    def primary(self, groups: Mapping[tuple[str, ...], Group], out: Writing) -> Group | None:
        """Finds the group of staterrors that the dialect's one set of gammas can say."""
        for group in groups.values():
            if all(
                m["type"] == "staterror" and "uncertainties" not in m.get("data", {})
                for _, m in group.uses
            ) and not any(p in out.explicit for p in group.parameters):
                return group
        return None

    def write_modifier(self, m: Json, at: At, out: Writing) -> dict[str, Any]:
        """Writes one canonical modifier in this dialect."""
        raise NotImplementedError

    def terms(self, group: Group, out: Writing) -> list[Constraint | None]:
        """Gives the constraint term of each bin: explicit, else implied."""
        return [
            out.explicit[p][1] if p in out.explicit else implied
            for p, implied in zip(group.parameters, group.implied(), strict=True)
        ]

    def observed(self, group: Group, out: Writing) -> dict[str, float]:
        """Gives global observables that the dialect wants as constants of the default point."""
        return {}

    def as_shapefactor(self, m: Json, group: Group, channel: str, out: Writing) -> dict[str, Any]:
        """Writes per-bin factors as free ones with explicit constraint distributions."""
        for parameter, term in zip(group.parameters, self.terms(group, out), strict=True):
            if term is not None and parameter not in out.explicit:
                out.require(parameter, term, channel)
        return {"name": m["name"], "type": "shapefactor", "parameters": m["parameters"]}

    def implied_alpha(self, m: Json, out: Writing, known: Mapping[str, Constraint]) -> str:
        """Names the constraint type that says what a parameter's explicit constraint says."""
        parameter = m["parameter"]
        if parameter not in out.explicit:
            raise refused(
                f"{parameter!r} has no constraint, this dialect always adds one", self.name
            )
        name, constraint = out.explicit[parameter]
        for said, meant in known.items():
            if constraint == meant:
                out.drop(name)
                return said
        raise refused(
            f"{parameter!r} has a constraint other than the standard one",
            self.name,
            "The dialect root can say it.",
        )


def _group(m: Json, groups: Mapping[tuple[str, ...], Group]) -> Group | None:
    return groups.get(tuple(m["parameters"])) if m["type"] in PER_BIN else None


def _has_staterror(sample: Json) -> bool:
    return any(m["type"] == "staterror" for m in sample.get("modifiers", ()))


def _structured(said: Json) -> str:
    key = [said.get("type"), said.get("in"), said.get("out")]
    known = {
        "code0": ["add", "poly1", None],
        "code1": ["mult", "exp", None],
        "code2": ["add", "poly2", "poly1"],
        "code4p": ["add", "poly6", "poly1"],
        "code4": ["mult", "poly6", "exp"],
    }
    return next((code for code, meant in known.items() if meant == key), str(dict(said)))
