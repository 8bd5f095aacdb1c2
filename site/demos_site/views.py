# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Pages and templates of the instance."""

from flask import Blueprint

from .errors import error_page


def create_blueprint(app):
    """Create the blueprint that brings the instance's templates and the addresses of errors."""
    blueprint = Blueprint("demos_site", __name__, template_folder="templates")
    blueprint.add_url_rule("/errors/<code>", view_func=error_page)
    return blueprint
