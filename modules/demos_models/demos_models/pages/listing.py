# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The list of models: search, facets, sorting and paging by plain links and forms."""

from flask import g, redirect, render_template, request, url_for
from invenio_i18n import gettext as _
from invenio_records_resources.services.errors import QuerystringValidationError
from invenio_search.engine import search
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from ..proxies import current_models_service
from ..resources.config import ModelSearchArgsSchema
from ..services.config import SHORT_NAMES, ModelSearchOptions
from ..services.facets import FACETS, NAME_FILTERS, RANGE_FILTERS

PAGE_SIZE = 20
MAX_BUCKETS = 12
NEIGHBOURS = 2
"""How many pages before and after the current one have a link."""

TYPED = ("q", "page", "sort", *RANGE_FILTERS)
"""Arguments with a field of their own in the form; the others are kept as they are."""

LAST_HIT = 10_000
"""The search engine pages no further."""


def gallery_page():
    """Lead to the list of models, which is the gallery."""
    return redirect(url_for("demos_pages.search_page", **request.args.to_dict(flat=False)), 301)


def search_page():
    """Show a page of search results."""
    arguments = MultiDict((k, v) for k, v in request.args.items(multi=True) if v.strip())
    found, problem = None, None
    try:
        params = {"size": PAGE_SIZE, **ModelSearchArgsSchema().load(arguments)}
        page, size = params.get("page", 1), params["size"]
        found = current_models_service.search(g.identity, params=params).to_dict()
    except (ValidationError, QuerystringValidationError) as error:
        problem = _words(error)
    except search.RequestError:
        # What our parser takes and the search engine does not, as a row of negations.
        problem = _("The search engine cannot understand this query.")
    html = render_template(
        "demos_models/search.html",
        found=found,
        problem=problem,
        query=arguments.get("q", ""),
        sort=arguments.get("sort") or (found or {}).get("sortBy"),
        sort_options=ModelSearchOptions.sort_options,
        kept=[(k, v) for k, v in arguments.items(multi=True) if k not in TYPED],
        ranges={name: arguments.get(name, "") for name in RANGE_FILTERS},
        fields=sorted(SHORT_NAMES),
        groups=groups_of(found["hits"]["hits"]) if found else [],
        facets=_facets(arguments, found) if found else [],
        chosen=_chosen(arguments, found),
        pages=_pages(arguments, page, size, found["hits"]["total"]) if found else [],
    )
    return html, 400 if problem else 200


def _words(error):
    messages = getattr(error, "messages", None)
    if isinstance(messages, dict):
        return "; ".join(f"{k}: {' '.join(map(str, v))}" for k, v in messages.items())
    return str(error) or "The query cannot be understood."


def _address(arguments, **changes):
    """Give this page's address with other arguments; any change goes to the first page."""
    values = {k: arguments.getlist(k) for k in arguments if k != "page"}
    for name, value in changes.items():
        values[name] = value
    return url_for("demos_pages.search_page", **{k: v for k, v in values.items() if v})


def _facets(arguments, found):
    facets = []
    for name, facet in (found.get("aggregations") or {}).items():
        chosen = arguments.getlist(name)
        buckets = []
        for bucket in facet["buckets"][:MAX_BUCKETS]:
            key = str(bucket["key"])
            selected = key in chosen
            others = [v for v in chosen if v != key]
            buckets.append(
                {
                    "label": bucket.get("label") or key,
                    "count": bucket["doc_count"],
                    "selected": selected,
                    "url": _address(arguments, **{name: others if selected else [*chosen, key]}),
                }
            )
        if buckets:
            facets.append({"name": name, "label": facet["label"], "buckets": buckets})
    return facets


def _chosen(arguments, found):
    """Return the filters that are set, each with the address without it."""
    labels = {
        name: {str(b["key"]): b.get("label") for b in facet["buckets"]}
        for name, facet in ((found or {}).get("aggregations") or {}).items()
    }
    return [
        {
            "label": FACETS[name]._label if name in FACETS else name,
            "value": labels.get(name, {}).get(value) or value,
            "url": _address(
                arguments, **{name: [v for v in arguments.getlist(name) if v != value]}
            ),
        }
        for name in (*FACETS, *NAME_FILTERS, *RANGE_FILTERS)
        for value in arguments.getlist(name)
    ]


def groups_of(hits):
    """Gather the hits of one record behind the first of them, in the order of the hits.

    A record can hold a model for every region of an analysis, all of one title.
    """
    groups = {}
    for hit in hits:
        source = (hit.get("sources") or [{}])[0]
        key = (source.get("host"), source.get("record")) if source.get("record") else hit["id"]
        groups.setdefault(key, []).append(hit)
    return [{"first": first, "others": others} for first, *others in groups.values()]


def _pages(arguments, page, size, total):
    last = max(1, -(-min(total, LAST_HIT) // size))
    if last == 1:
        return []
    near = range(max(1, page - NEIGHBOURS), min(last, page + NEIGHBOURS) + 1)
    numbers = sorted({1, last, *near})
    pages = []
    for before, number in zip([0, *numbers], numbers, strict=False):
        pages.append(
            {
                "number": number,
                "url": _address(arguments, page=number),
                "current": number == page,
                "gap": number - before > 1,
            }
        )
    return pages
