# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What a deposit's page shows of its models, and what a model's page of its deposits."""

from flask import g

from ..deposit.deposits import sources_of_deposit
from ..permissions import audience_of
from ..registry.analyse import by_sha256
from ..services.links import model_links

SHOWN = 10
"""Models that a deposit's page lists; a pallet can hold hundreds."""


def models_of_deposit(record_id):
    """Give the models of a published deposit that the current user may see.

    Args:
        record_id: the deposit.

    Returns:
        ``{"total", "shown"}`` with the first of them, each ``{"id", "url", "label", "kind",
        "format", "structure"}``; what follows from a file's bytes only for those who may
        read it.
    """
    audience = audience_of(g.identity)
    sources = [
        s
        for s in sources_of_deposit(record_id)
        if s.role == "model" and s.version is not None and audience.record(s)
    ]
    shown = sorted(sources, key=lambda s: s.key)[:SHOWN]
    analyses = by_sha256(s.sha256 for s in shown if s.sha256 and audience.files(s))
    return {"total": len(sources), "shown": [_model(s, analyses, audience) for s in shown]}


def _model(source, analyses, audience):
    readable = audience.files(source)
    analysis = (analyses.get(source.sha256) or {}) if readable else {}
    model_id = str(source.version.work_id)
    return {
        "id": model_id,
        "url": model_links(model_id)["self_html"],
        "label": (source.member or source.filename) if readable else None,
        "kind": source.version.kind,
        "format": analysis.get("format"),
        "structure": analysis.get("structure"),
    }
