# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Facets and filters of the search for models."""

import re

from invenio_i18n import lazy_gettext as _
from invenio_records_resources.services.errors import QuerystringValidationError
from invenio_records_resources.services.records.facets import TermsFacet
from invenio_records_resources.services.records.params import PaginationParam, ParamInterpreter
from invenio_search.engine import dsl
from marshmallow import ValidationError

experiment = TermsFacet(field="metadata.experiment", label=_("Experiment"))
format_ = TermsFacet(
    field="format",
    label=_("Format"),
    value_labels={"pyhf": "pyhf", "hs3": "HS3", "demos": "DEMOS"},
)
kind = TermsFacet(
    field="kind",
    label=_("Kind"),
    value_labels={
        "histfactory": "HistFactory",
        "hs3": "HS3",
        "combine": "Combine",
        "container": _("Container"),
        "other": _("Other"),
    },
)
host = TermsFacet(field="hosts", label=_("Hosted at"))
modifier = TermsFacet(field="structure.modifiers", label=_("Modifiers"))
energy = TermsFacet(field="labels.energy", label=_("Energy"))
poi = TermsFacet(field="structure.pois", label=_("Parameter of interest"))
patch_grid = TermsFacet(
    field="labels.patch_grid",
    label=_("Grid of signals"),
    value_labels={"yes": _("with a grid"), "no": _("without")},
)
verdict = TermsFacet(
    field="labels.verdict",
    label=_("Verdict"),
    value_labels={
        "equivalent": _("conversions agree"),
        "different": _("conversions differ"),
        "reproduced": _("reproduces the publication"),
        "deviates": _("deviates from the publication"),
    },
)

FACETS = {
    "experiment": experiment,
    "energy": energy,
    "kind": kind,
    "verdict": verdict,
    "patch_grid": patch_grid,
    "format": format_,
    "host": host,
    "poi": poi,
    "modifier": modifier,
}
"""Filters that are counted; the energy is filtered by its value in any unit, see below."""

NAME_FILTERS = {
    "record": "records",
    "channel": "structure.channels",
    "sample": "structure.samples",
    "parameter": "structure.parameters",
    "collaboration": "metadata.collaborations",
    "analysis": "metadata.analysis_id",
}
"""Filters by one exact name each; several values of one filter are alternatives."""

RANGE_FILTERS = ("n_channels", "n_bins", "n_samples", "n_parameters")
"""Filters by a number or a range of numbers, ``10-50``, ``10-`` or ``-50``."""

UNTOUCHED = ("token",)
"""Parameters that belong to the portal, not to the search: a secret link's token."""

PARAMETERS = ", ".join(("q", "sort", "page", "size", *FACETS, *NAME_FILTERS, *RANGE_FILTERS))
"""All parameters of a search, for messages."""

LAST_RESULT = 10_000
MAX_VALUES = 50
_ENERGY = re.compile(r"^(\d{1,7}(?:\.\d{1,6})?) ?(TeV|GeV|MeV)?$", re.IGNORECASE)
_UNITS = {"tev": ("TeV", 1), "gev": ("GeV", 1_000), "mev": ("MeV", 1_000_000)}
_RANGE = re.compile(r"^(\d{0,9})(?:(-)(\d{0,9}))?$", re.ASCII)


def parse_range(name, text):
    """Read a range of whole numbers.

    Args:
        name: the filter, for the message.
        text: ``10``, ``10-50``, ``10-`` or ``-50``.

    Returns:
        The bounds for a range query.

    Raises:
        ValidationError: this is no range.

    >>> parse_range("n_bins", "10-50"), parse_range("n_bins", "7")
    ({'gte': 10, 'lte': 50}, {'gte': 7, 'lte': 7})
    """
    match = _RANGE.match(text.strip())
    low, dash, high = match.groups() if match else ("", None, None)
    if not (low or high) or (low and high and int(low) > int(high)):
        raise ValidationError({name: ["Write a number, or a range such as 10-50, 10- or -50."]})
    if not dash:
        high = low
    return {k: int(v) for k, v in (("gte", low), ("lte", high)) if v}


def energy_query(text):
    """Find models by a centre-of-mass energy, in whichever unit it is stored.

    Args:
        text: ``13``, ``13 TeV``, ``900 GeV``; TeV where no unit is given.

    Returns:
        A query.

    Raises:
        ValidationError: this is no energy.

    >>> energy_query("13 TeV") == energy_query("13000 gev")
    True
    """
    match = _ENERGY.match(text.strip())
    if match is None:
        raise ValidationError({"energy": ["Write an energy, such as 13 TeV or 900 GeV."]})
    tev = float(match.group(1)) / _UNITS[(match.group(2) or "TeV").lower()][1]
    return dsl.Q(
        "bool",
        should=[
            dsl.Q("term", **{"metadata.energies.unit": unit})
            & dsl.Q("term", **{"metadata.energies.value": round(tev * factor, 6)})
            for unit, factor in _UNITS.values()
        ],
        minimum_should_match=1,
    )


class FiltersParam(ParamInterpreter):
    """Filters by names and sizes, beside the facets."""

    def apply(self, identity, search, params):
        """Add the filters that the request names."""
        values = params.get("facets") or {}
        for name, field in NAME_FILTERS.items():
            wanted = [v for v in values.pop(name, ()) if v][:MAX_VALUES]
            if wanted:
                params[name] = wanted
                search = search.filter("terms", **{field: wanted})
        for name in RANGE_FILTERS:
            wanted = [v for v in values.pop(name, ()) if v][:MAX_VALUES]
            if wanted:
                params[name] = wanted
                ranges = [
                    dsl.Q("range", **{f"structure.{name}": parse_range(name, v)}) for v in wanted
                ]
                search = search.filter(dsl.Q("bool", should=ranges, minimum_should_match=1))
        wanted = [v for v in values.pop("energy", ()) if v][:MAX_VALUES]
        if wanted:
            params["energy"] = wanted
            energies = [energy_query(v) for v in wanted]
            search = search.filter(dsl.Q("bool", should=energies, minimum_should_match=1))
        if unknown := sorted(set(values) - set(FACETS) - set(UNTOUCHED)):
            raise ValidationError(
                {
                    name: [f"There is no such parameter. There are: {PARAMETERS}."]
                    for name in unknown
                }
            )
        return search


class WindowParam(PaginationParam):
    """Pages through the first results; the search engine gives no more."""

    def apply(self, identity, search, params):
        """Refuse a page that lies behind the last result that can be had."""
        page, size = int(params.get("page", 1)), int(params.get("size", 25))
        if page * size > LAST_RESULT:
            raise QuerystringValidationError(
                f"Only the first {LAST_RESULT:,} results can be paged through. Narrow the query "
                "with filters or a range of created, or harvest all entries by OAI-PMH (/oai2d)."
            )
        return super().apply(identity, search, params)
