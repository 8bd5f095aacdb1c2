# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Pages and templates of the instance."""

from flask import Blueprint


def create_blueprint(app):
    """Create the blueprint that brings the instance's templates."""
    return Blueprint("demos_site", __name__, template_folder="templates")
