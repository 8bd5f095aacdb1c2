# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What a model's page draws: figures of its channels, and what the front-end starts from."""

from dataclasses import asdict

import orjson
from flask import current_app
from invenio_cache import current_cache
from invenio_i18n import gettext as _
from markupsafe import Markup

from ..drawing import Channel, Sample, expected_events, stack_svg
from ..drawing.stack import shown_samples
from ..errors import DerivativeImpossibleError, DerivativePendingError
from ..proxies import current_models_service

DRAWN = 6
"""Channels that are drawn at once; the others on demand, in the browser."""

MAX_BYTES = 32 * 1024**2
"""A larger document is not read for a page."""

KEEP_SECONDS = 30 * 24 * 3600
LAYOUT = 1
"""Raised when what is kept of a drawing changes."""


def drawing_of(identity, entry, version=None):
    """Return what is drawn of an entry, from its pyhf document.

    Args:
        identity: the reader, who may read the files.
        entry: the entry.
        version: the version that is shown.

    Returns:
        ``(drawing, reason)``: the drawing as a dictionary, or None and why: ``pending``,
        ``impossible`` or ``large``.
    """
    if entry["kind"] not in ("histfactory", "hs3"):
        return None, "impossible"
    try:
        content = current_models_service.content(
            identity, entry["id"], format="pyhf", version=version
        )
    except DerivativePendingError:
        return None, "pending"
    except DerivativeImpossibleError:
        return None, "impossible"
    key = f"demos-drawing:{LAYOUT}:{content.digest}"
    kept = current_cache.get(key)
    if kept is None:
        kept = orjson.dumps(_draw(content))
        current_cache.set(key, kept, timeout=KEEP_SECONDS)
    drawing = orjson.loads(kept)
    return (drawing, None) if drawing else (None, "large")


def _draw(content):
    """Compute what is kept of a document, or None where it is too large."""
    if content.size > MAX_BYTES:
        return None
    try:
        drawing = expected_events(orjson.loads(content.read()))
    except (ArithmeticError, LookupError, TypeError, ValueError):
        # A document that passed validation and cannot be drawn is ours to mend, not a reader's.
        current_app.logger.exception("A model could not be drawn")
        return None
    if drawing is None:
        return None
    return {
        "poi": drawing.poi,
        "parameters": [asdict(p) for p in drawing.parameters],
        "channels": [asdict(drawing.channels[i]) for i in drawing.order[:DRAWN]],
        "names": [drawing.channels[i].name for i in drawing.order],
        "regions": [
            {"name": drawing.channels[i].name, "bins": len(drawing.channels[i].total)}
            for i in drawing.order
        ],
        "signal": {"sample": drawing.sample, "yields": drawing.signal},
    }


def model_data(entry, drawing, patches):
    """Return what the front-end starts from (``ModelData`` in ``assets/demos_portal``).

    Args:
        entry: the entry with its links.
        drawing: as ``drawing_of`` gives it.
        patches: all patches of the entry, as the service gives them, or None.
    """
    version = None if entry["version"]["is_latest"] else str(entry["version"]["number"])
    suffix = f"&version={version}" if version else ""
    hits = patches["hits"]["hits"] if patches else []
    base = f"/api/models/{entry['id']}"
    sets = dict.fromkeys(hit["patchset"] for hit in hits)
    return {
        **drawing,
        "id": entry["id"],
        "version": version,
        "workspace": f"{base}/file?format=pyhf{suffix}",
        "patchsets": [f"{base}/patchset?sha256={sha256}{suffix}" for sha256 in sets],
        "points": [{"name": hit["name"], "values": hit["values"] or []} for hit in hits],
        "labels": next((hit["labels"] for hit in hits if hit.get("labels")), []),
    }


def _channel(kept):
    samples = [Sample(**sample) for sample in kept["samples"]]
    return Channel(**{**kept, "samples": samples})


def channel_svg(kept):
    """Return the figure of a channel for a template.

    Args:
        kept: a channel as ``drawing_of`` gives it.
    """
    return Markup(stack_svg(_channel(kept)))  # noqa: S704 - every name in it is escaped


def channel_legend(kept):
    """Return what the colours of a channel's figure mean, from top to bottom.

    Args:
        kept: a channel as ``drawing_of`` gives it.

    Returns:
        ``[(style, name)]``.
    """
    drawn = shown_samples(_channel(kept).samples)
    marks = [("signal" if s.is_signal else f"s{i}", s.name) for i, s in enumerate(drawn)][::-1]
    marks.append(("band", _("uncertainty before the fit")))
    return [*marks, ("data", _("data"))] if kept["observed"] is not None else marks
