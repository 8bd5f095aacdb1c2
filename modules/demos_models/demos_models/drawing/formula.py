# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The formula of a HistFactory likelihood, with the parts that a model has and no others.

The notation is that of the HistFactory paper (CERN-OPEN-2012-016) and of pyhf's documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_NAMES = 4
"""Free factors that are named; of more only their number is given."""


@dataclass(frozen=True)
class Formula:
    """A formula and what its symbols mean.

    Attributes:
        lines: MathML, one ``<math>`` for each line.
        tex: The same in TeX.
        symbols: ``[(symbol as HTML, kind, count, names)]``; ``kind`` names what the
            symbol stands for, ``names`` are the first few parameters.
    """

    lines: tuple[str, ...]
    tex: str
    symbols: tuple[tuple[str, str, int, tuple[str, ...]], ...]


def _row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _i(name: str) -> str:
    return f"<mi>{name}</mi>"


def _o(name: str) -> str:
    return f"<mo>{name}</mo>"


def _sub(base: str, below: str) -> str:
    return f"<msub>{_i(base)}{_i(below)}</msub>"


def _big(sign: str, below: str, above: str = "") -> str:
    if above:
        return f"<munderover>{_o(sign)}{below}{above}</munderover>"
    return f"<munder>{_o(sign)}{below}</munder>"


def _call(name: str, *inside: str) -> str:
    return _row(f'<mi mathvariant="normal">{name}</mi>', _o("("), *inside, _o(")"))


def formula(structure: Mapping[str, Any]) -> Formula | None:
    r"""Write the likelihood of a structure.

    Args:
        structure: A HistFactory structure with ``n_channels``, ``modifiers`` and ``parameters``.

    Returns:
        The formula, or None where the structure is of another kind.

    >>> parameters = [{"name": "mu", "constraint": "none"},
    ...               {"name": "jes", "constraint": "gaussian"}]
    >>> found = formula({"n_channels": 2, "modifiers": {"normfactor": 1, "normsys": 3},
    ...                  "parameters": parameters})
    >>> print(found.tex.splitlines()[1])
    \nu_{cb} = \sum_{s} \varphi_s \prod_{p} \eta_{ps}(\alpha_p) \, \nu^0_{scb}
    >>> [(kind, count) for _, kind, count, _ in found.symbols]
    [('none', 1), ('gaussian', 1)]
    """
    channels, kinds = structure.get("n_channels"), structure.get("modifiers")
    parameters = structure.get("parameters")
    if not channels or not isinstance(kinds, Mapping) or not isinstance(parameters, list):
        return None
    groups: dict[str, list[str]] = {"none": [], "gaussian": [], "poisson": []}
    counts = dict.fromkeys(groups, 0)
    for parameter in parameters:
        group = parameter.get("constraint") or "none"
        if group not in groups:
            return None
        groups[group].append(str(parameter["name"]))
        counts[group] += int(parameter.get("components") or 1)
    probability, probability_tex = _probability(channels, counts)
    rate, rate_tex = _rate(kinds)
    symbols = (("&phi;", "none"), ("&alpha;, &gamma;", "gaussian"), ("&gamma;", "poisson"))
    return Formula(
        lines=(
            f'<math display="block">{probability}</math>',
            f'<math display="block">{rate}</math>',
        ),
        tex=f"{probability_tex}\n{rate_tex}",
        symbols=tuple(
            (symbol, group, counts[group], tuple(groups[group][:MOST_NAMES]))
            for symbol, group in symbols
            if counts[group]
        ),
    )


def _probability(channels: int, counts: Mapping[str, int]) -> tuple[str, str]:
    """Write the product of all probabilities."""
    parts = [_i("L"), _o("("), _i("&theta;"), _o(")"), _o("=")]
    tex = "L(\\theta) ="
    if channels > 1:
        parts.append(_big("&prod;", _row(_i("c"), _o("="), "<mn>1</mn>"), f"<mn>{channels}</mn>"))
        tex += f" \\prod_{{c=1}}^{{{channels}}}"
    parts.append(_big("&prod;", _row(_i("b"), _o("&isin;"), _i("c"))))
    parts.append(_call("Pois", _sub("n", "cb"), _o("|"), _sub("&nu;", "cb")))
    tex += " \\prod_{b \\in c} \\mathrm{Pois}(n_{cb} \\mid \\nu_{cb})"
    if count := counts["gaussian"]:
        parts.append(_big("&prod;", _row(_i("p"), _o("="), "<mn>1</mn>"), f"<mn>{count}</mn>"))
        parts.append(_call("N", _sub("a", "p"), _o("|"), _sub("&alpha;", "p")))
        tex += f" \\prod_{{p=1}}^{{{count}}} \\mathrm{{N}}(a_p \\mid \\alpha_p)"
    if count := counts["poisson"]:
        parts.append(_big("&prod;", _row(_i("q"), _o("="), "<mn>1</mn>"), f"<mn>{count}</mn>"))
        parts.append(
            _call("Pois", _sub("&tau;", "q"), _o("|"), _sub("&tau;", "q"), _sub("&gamma;", "q"))
        )
        tex += f" \\prod_{{q=1}}^{{{count}}} \\mathrm{{Pois}}(\\tau_q \\mid \\tau_q \\gamma_q)"
    return _row(*parts), tex


def _rate(kinds: Mapping[str, int]) -> tuple[str, str]:
    """Write the expected events of a bin."""
    argument = [_o("("), _sub("&alpha;", "p"), _o(")")]
    parts = [_sub("&nu;", "cb"), _o("="), _big("&sum;", _i("s"))]
    tex = "\\nu_{cb} = \\sum_{s}"
    if kinds.get("lumi"):
        parts.append(_i("&lambda;"))
        tex += " \\lambda"
    if kinds.get("normfactor"):
        parts.append(_sub("&phi;", "s"))
        tex += " \\varphi_s"
    if kinds.get("normsys"):
        parts += [_big("&prod;", _i("p")), _sub("&eta;", "ps"), *argument]
        tex += " \\prod_{p} \\eta_{ps}(\\alpha_p)"
    if any(kinds.get(kind) for kind in ("staterror", "shapesys", "shapefactor")):
        parts.append(_sub("&gamma;", "scb"))
        tex += " \\gamma_{scb}"
    nominal = "<msubsup><mi>&nu;</mi><mi>scb</mi><mn>0</mn></msubsup>"
    if kinds.get("histosys"):
        shift = [_big("&sum;", _i("p")), _sub("&Delta;", "pscb"), *argument]
        parts += [_o("("), nominal, _o("+"), *shift, _o(")")]
        tex += " \\left( \\nu^0_{scb} + \\sum_{p} \\Delta_{pscb}(\\alpha_p) \\right)"
    else:
        parts += [_o("&it;"), nominal]
        tex += " \\, \\nu^0_{scb}"
    return _row(*parts), tex
