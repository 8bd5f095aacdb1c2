# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The vocabulary below ``/terms/``, and the pages of the sitemap."""

import json

from flask import Blueprint, Response, abort, render_template, request

from . import sitemaps
from .vocabulary import BASE, document, vocabulary

JSON_LD = "application/ld+json"
DATA = (JSON_LD, "application/json")


def terms(name=None):
    """Answer the vocabulary or one of its terms: as a page, or in SKOS for machines.

    Args:
        name: The term.
    """
    found = document(name)
    if found is None:
        abort(404)
    best = request.accept_mimetypes.best_match(["text/html", *DATA], default=JSON_LD)
    if best in DATA:
        response = Response(json.dumps(found, ensure_ascii=False, indent=1), mimetype=best)
    else:
        all_terms = vocabulary()
        page = render_template(
            "demos_fair/terms.html",
            vocabulary=all_terms,
            base=BASE,
            concepts=[all_terms.concepts[name]] if name else list(all_terms.concepts.values()),
            one=name is not None,
        )
        response = Response(page, mimetype="text/html")
    response.vary.add("Accept")
    response.cache_control.public = True
    response.cache_control.max_age = 300
    return response


def create_blueprint(app):
    """Return the routes.

    Args:
        app: The application.
    """
    blueprint = Blueprint("demos_fair", __name__, template_folder="templates")
    blueprint.add_url_rule("/terms/", view_func=terms, endpoint="terms", strict_slashes=False)
    blueprint.add_url_rule("/terms/<string:name>", view_func=terms, endpoint="term")
    blueprint.add_url_rule(
        "/sitemap/<string:name>-<int:number>.xml", view_func=sitemaps.page, endpoint="sitemap"
    )
    return blueprint
