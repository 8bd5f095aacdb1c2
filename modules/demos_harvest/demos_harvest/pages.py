# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Pages: a link straight to a model, and the list for HEPData."""

from flask import current_app, jsonify, redirect, render_template, request, url_for
from flask_login import current_user

from .backlinks import analyses
from .connections import IMPORTABLE
from .lookups.answers import configured_hosts, models_of
from .lookups.mirror import LookupFailedError, find, refresh
from .lookups.references import understand
from .lookups.resources import record_of_resource

TEMPLATE = "demos_harvest/import.html"
PAUSE = 3
"""Seconds until the page asks again."""


def analyses_json():
    """Send the list of analyses in HEPData's schema."""
    document = analyses()
    if document is None:
        return jsonify({"message": "There are no analyses yet."}), 404
    response = jsonify(document)
    response.cache_control.max_age = 3600
    response.cache_control.public = True
    return response


def import_page():
    """Open the model behind a link to HEPData, Zenodo or another archive.

    A model that is here is shown at once; one that is not is fetched while the page waits.
    """
    text = request.args.get("url", "")
    reference = understand(text, configured_hosts())
    if reference is None or reference.peer not in IMPORTABLE:
        return _page("unknown", 400, text=text)
    source_id = reference.source_id
    if source_id is None:
        try:
            source_id = record_of_resource(reference.file)
        except LookupFailedError as error:
            return _page("failed", error.status, text=text, problem=error.problem)
    item = find(reference.peer, source_id)
    models = _models(item, reference.file) if item is not None else []
    if len(models) == 1:
        return redirect(f"/models/{models[0]['id']}")
    if models:
        return _page("several", 200, text=text, models=models, record=item.record)
    if item is not None and item.state in ("skipped", "doubtful", "dead", "deleted"):
        return _page(item.state, 404, text=text, problem=item.error, record=item.record)
    if not _may_import(reference.peer):
        return redirect(url_for("security.login", next=request.full_path))
    run = refresh(reference.peer, source_id)
    if run.status == "failed":
        return _page("failed", 503, text=text, problem=run.error)
    return _page("waiting", 202, text=text, pause=PAUSE)


def _may_import(peer):
    """Tell whether the visitor may have a record fetched.

    Archives whose content is curated are open to everybody; elsewhere anybody could upload a
    large file and have it copied here.
    """
    return peer in current_app.config["DEMOS_HARVEST_OPEN_IMPORTS"] or (
        current_user.is_authenticated
    )


def _models(item, wanted):
    files = (item.record or {}).get("files") or []
    chosen = [f for f in files if wanted in (f["filename"], f["key"].rpartition("/")[2])]
    host = (item.record or {}).get("host")
    return [model for file in chosen or files for model in models_of(host, file["key"])]


def _page(state, status, **context):
    body = render_template(TEMPLATE, state=state, **context)
    headers = {"Cache-Control": "no-store"}
    if status == 202:
        headers["Retry-After"] = str(PAUSE)
    return body, status, headers
