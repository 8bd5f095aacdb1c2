# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What a model's page draws: figures of its channels, and what the front-end starts from."""

import orjson
from invenio_i18n import gettext as _
from markupsafe import Markup

from ..drawing import Channel, Sample, small_svg, stack_svg
from ..drawing.stack import shown_samples
from ..errors import DerivativeImpossibleError, DerivativePendingError
from ..proxies import current_models_service
from ..registry.conversions import TOO_LARGE_TO_DRAW


def drawing_of(identity, entry, version=None):
    """Return what is drawn of an entry: made once for its content, when it was analysed.

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
            identity, entry["id"], format="drawing", version=version
        )
    except DerivativePendingError:
        return None, "pending"
    except DerivativeImpossibleError as error:
        large = any(finding["code"] == TOO_LARGE_TO_DRAW for finding in error.findings)
        return None, "large" if large else "impossible"
    return orjson.loads(content.read()), None


def thumbnail_svg(hit):
    """Return the small figure of a hit of a search for a template; empty where it has none."""
    small = hit.get("thumbnail")
    return Markup(small_svg(small)) if small else ""  # noqa: S704 - every name in it is escaped


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
