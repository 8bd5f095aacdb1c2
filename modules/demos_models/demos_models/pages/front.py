# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What the front page shows of the registry: numbers, a figure, and the newest models."""

from flask import g
from invenio_search.engine import search as search_engine

from ..proxies import current_models_service
from .figures import drawing_of
from .listing import groups_of

NEWEST = 12
"""Models that are looked at for the cards; those of one record share one."""

CARDS = 6


def front_of_registry():
    """Return what the front page shows of the models that its reader may see.

    Returns:
        ``total``; ``counts`` by host and by kind, ``[(label, count)]``; ``groups`` for cards;
        ``featured``, a model whose figure is drawn, with its ``channel``; None where there is
        none. Nothing at all while the search engine is away: the front page stays.
    """
    try:
        found = current_models_service.search(
            g.identity, params={"sort": "newest", "size": NEWEST, "page": 1}
        ).to_dict()
    except (search_engine.exceptions.TransportError, search_engine.exceptions.ConnectionError):
        return None
    hits = found["hits"]["hits"]
    aggregations = found.get("aggregations") or {}
    return {
        "total": found["hits"]["total"],
        "hosts": len((aggregations.get("host") or {"buckets": ()})["buckets"]),
        "kinds": _counts(aggregations, "kind"),
        "with_grid": dict(_counts(aggregations, "patch_grid", key="key")).get("yes", 0),
        "groups": groups_of(hits)[:CARDS],
        "featured": _featured(hits),
    }


def _counts(aggregations, name, key="label"):
    buckets = (aggregations.get(name) or {"buckets": ()})["buckets"]
    return [(str(bucket[key]), bucket["doc_count"]) for bucket in buckets]


def _featured(hits):
    """Return the first model with a figure in which there is something to see."""
    drawn = [hit for hit in hits if hit.get("thumbnail")]
    for hit in sorted(drawn, key=lambda hit: -len(hit["thumbnail"]["expected"])):
        drawing, _ = drawing_of(g.identity, hit)
        if drawing:
            name = hit["thumbnail"]["channel"]
            channel = next(c for c in drawing["channels"] if c["name"] == name)
            return {"id": hit["id"], "title": hit["metadata"]["title"], "channel": channel}
    return None
