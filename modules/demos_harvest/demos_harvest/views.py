# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Blueprints."""

from flask import Blueprint

from .pages import analyses_json, import_page


def create_lookup_blueprint(app):
    """Return the look-ups of the REST API."""
    return app.extensions["demos-harvest"].lookup_resource.as_blueprint()


def create_integrations_blueprint(app):
    """Return the integrations of the REST API."""
    return app.extensions["demos-harvest"].integrations_resource.as_blueprint()


def create_analyses_blueprint(app):
    """Return the list for HEPData where the REST API is described."""
    blueprint = Blueprint("demos_analyses", __name__)
    blueprint.add_url_rule("/analyses.json", view_func=analyses_json)
    return blueprint


def create_pages_blueprint(app):
    """Return the pages."""
    blueprint = Blueprint("demos_harvest_pages", __name__, template_folder="templates")
    blueprint.add_url_rule("/analyses.json", view_func=analyses_json)
    blueprint.add_url_rule("/models/import", view_func=import_page)
    return blueprint
