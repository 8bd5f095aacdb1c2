# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What was understood of a draft's files, for the form in which it is described."""

from pathlib import Path

import orjson
from flask import current_app, g, jsonify, render_template
from invenio_cache import current_cache
from invenio_db import db
from invenio_files_rest.models import FileInstance
from markupsafe import Markup

from ..deposit.deposits import DECLARED
from ..drawing import drawing_document, thumbnail
from ..registry.analyse import local_path
from ..registry.contents import RECOGNISED_FORMATS
from ..services import deposit_models
from .figures import channel_svg

SHOWN = 20
"""Contents of files that are told; a pallet can hold hundreds."""

MAX_DRAWN_BYTES = 4 * 1024**2
"""A larger document is drawn when it is published, by a worker."""

NO_TITLES = ("workspace", "model", "likelihood", "bkgonly", "background-only")
"""Names of files that say nothing of what is in them."""

KEEP_SECONDS = 3600


def first_names(names, most=12):
    """Return the first of several names as one text, and how many more there are.

    >>> first_names(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    text = ", ".join(names[:most])
    return f"{text} and {len(names) - most} more" if len(names) > most else text


def understood(pid_value):
    """Answer what was understood of a draft: a fragment of a page, and what may be filled in."""
    _, reading = deposit_models.contents(g.identity, pid_value, draft=True)
    contents = [c for c in reading.contents if _is_told(c)]
    digests = {c.digest for c in contents if c.is_model}
    model = next((c for c in contents if c.is_model), None)
    html = render_template(
        "demos_models/understood.html",
        contents=contents[:SHOWN],
        more=max(len(contents) - SHOWN, 0),
        unknown=[c.place for c in reading.contents if not _is_told(c)],
        digests=digests,
        pending=reading.pending,
        figure=_figure(model, reading) if model else None,
    )
    suggested = {}
    if model:
        suggested["metadata.resource_type"] = DECLARED
        title = Path(model.key).stem.split(".")[0].replace("_", " ").strip()
        if title.lower() not in NO_TITLES:
            suggested["metadata.title"] = title
    answer = jsonify(html=html, pending=bool(reading.pending), suggested=suggested)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _is_told(content):
    """Tell whether a content is a document of a model, or was meant to be one."""
    return content.format in RECOGNISED_FORMATS or content.key.lower().endswith(".json")


def _figure(content, reading):
    """Return the figure of a pyhf workspace's main channel, None where it is not drawn here."""
    plain = content.format == "pyhf" and content.member is None
    if not plain or (content.size or 0) > MAX_DRAWN_BYTES:
        return None
    key = f"demos-understood:{content.sha256}"
    kept = current_cache.get(key)
    if kept is None:
        kept = _draw(reading.files[content.key])
        current_cache.set(key, kept, timeout=KEEP_SECONDS)
    return Markup(kept) if kept else None  # noqa: S704 - every name in it is escaped


def _draw(file_id):
    file = db.session.get(FileInstance, file_id)
    try:
        with local_path(file) as path:
            drawing = drawing_document(orjson.loads(path.read_bytes()))
        if drawing is None:
            return ""
        name = thumbnail(drawing)["channel"]
        return str(channel_svg(next(c for c in drawing["channels"] if c["name"] == name)))
    except (ArithmeticError, LookupError, TypeError, ValueError):
        current_app.logger.exception("A model could not be drawn")
        return ""
