# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is inside an HS3 document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from demos_formats.demos.read import choose, read_document
from demos_formats.errors import FormatError
from demos_formats.histfactory.model import Model
from demos_formats.hs3.canonical import to_canonical
from demos_formats.hs3.dialects import find, recognise
from demos_formats.hs3.legal import restored
from demos_formats.hs3.semantics import mentioned


def structure(document: Mapping[str, Any]) -> dict[str, Any]:
    """Describes a valid HS3 document.

    Args:
        document: The document, of any dialect.

    Returns:
        For a HistFactory likelihood the same keys as for a pyhf workspace; otherwise counts by
        type of ``distributions``, ``functions`` and ``data``, and the number of ``parameters``.
    """
    document = restored(document)
    try:
        canonical = to_canonical(document, find(recognise(document)))
        return describe(read_document(canonical), canonical)
    except FormatError:
        return _counts(document)


def describe(model: Model, document: Mapping[str, Any]) -> dict[str, Any]:
    """Describes a HistFactory model under the names of its source.

    Args:
        model: The model.
        document: The document it was read from, for names that it records and for POIs that no
            modifier defines.

    Returns:
        The structure.
    """
    block = document.get("misc", {}).get("demos", {})
    recorded = {p["hs3"]: p["pyhf"] for p in block.get("parameters", ())}
    constrained = {n for n, p in model.parameters.items() if p.constraint is not None}
    types: Counter[str] = Counter()
    components: dict[str, list[str]] = {}
    for _, _, m in model.modifiers():
        lumi = m.kind == "normfactor" and m.parameters[0] in constrained
        types["lumi" if lumi else m.kind] += 1
        wish = m.parameters[0] if len(m.parameters) == 1 else m.name
        for p in m.parameters:
            components.setdefault(p, [recorded.get(p, wish)])
    sizes = Counter(names[0] for names in components.values())
    kinds = {
        names[0]: (c.kind if (c := model.parameters[p].constraint) else "none")
        for p, names in reversed(components.items())
    }
    return {
        "channels": [
            {"name": c.name, "bins": c.bins, "samples": [s.name for s in c.samples]}
            for c in model.channels
        ],
        "modifiers": dict(sorted(types.items())),
        "n_channels": len(model.channels),
        "n_bins": sum(c.bins for c in model.channels),
        "n_samples": sum(len(c.samples) for c in model.channels),
        "n_parameters": len(components),
        "parameters": [{"name": n, "components": sizes[n], "constraint": kinds[n]} for n in sizes],
        "measurements": measurements(model, document),
    }


def measurements(model: Model, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the measurements of a model.

    Args:
        model: The model.
        document: The document it was read from.

    Returns:
        ``name``, ``poi`` (under the name of its source) and ``poi_defined`` of each.
    """
    block = document.get("misc", {}).get("demos", {})
    recorded = {p["hs3"]: p["pyhf"] for p in block.get("parameters", ())}
    remembered = block.get("measurements", ())
    wishes = {m["name"]: m["config"]["poi"] for m in remembered}
    chosen, _ = choose(document, None)
    for analysis in (chosen, *document.get("analyses", ())):
        if analysis and analysis["name"] not in wishes:
            named = analysis.get("parameters_of_interest") or [""]
            wishes[analysis["name"]] = named[0]
    return [
        {
            "name": a.name,
            "poi": recorded.get(a.pois[0], a.pois[0]) if a.pois else wishes.get(a.name, ""),
            "poi_defined": bool(a.pois),
        }
        for a in model.analyses
    ]


def _counts(document: Mapping[str, Any]) -> dict[str, Any]:
    counted = {
        section: dict(sorted(Counter(x["type"] for x in document.get(section, ())).items()))
        for section in ("distributions", "functions", "data")
    }
    return {**counted, "parameters": len(_parameters(document))}


def _parameters(document: Mapping[str, Any]) -> set[str]:
    """Names that a parameter point gives a value and the model depends on."""
    valued = {
        p["name"]
        for point in document.get("parameter_points", ())
        for p in point.get("parameters", ())
    }
    bounded = {a["name"] for d in document.get("domains", ()) for a in d.get("axes", ())}
    axes = {a["name"] for d in document.get("data", ()) for a in d.get("axes", ())}
    return ((valued | bounded) & mentioned(document)) - axes
