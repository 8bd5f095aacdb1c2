# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Pages: a link straight to a model, and the list for HEPData."""

from flask import g, jsonify, redirect, render_template, request, url_for

from .backlinks import analyses
from .proxies import current_harvest, current_lookups_service

TEMPLATE = "demos_harvest/import.html"
PAUSE = 1
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
    """Open the model behind a link to an archive.

    A model that is here is shown at once; one that is not is fetched while the page waits.
    """
    text = request.args.get("url", "")
    opened = current_lookups_service.open(g.identity, text)
    if opened.state == "found":
        return redirect(f"/models/{opened.models[0]['id']}")
    if opened.state == "login":
        return redirect(url_for("security.login", next=request.full_path))
    body = render_template(
        TEMPLATE,
        text=text,
        pause=PAUSE,
        state=opened.state,
        models=opened.models,
        record=opened.record,
        problem=opened.problem,
        archives=[peer.title for peer in current_harvest.peers.values() if peer.importable],
    )
    headers = {"Cache-Control": "no-store"}
    if opened.status == 202:
        headers["Retry-After"] = str(PAUSE)
    return body, opened.status, headers
