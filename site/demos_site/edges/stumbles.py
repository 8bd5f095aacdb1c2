# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Where the framework answers an ordinary request with an error of the server."""

from flask import current_app, request
from flask_login import current_user
from invenio_db import db
from invenio_pages.views import render_page
from sqlalchemy.exc import DataError
from werkzeug.exceptions import BadRequest, NotFound


def no_such_value(error):
    """Answer a value that the database cannot hold: an identifier that is no number, say."""
    db.session.rollback()
    if request.method in {"GET", "HEAD"}:
        return NotFound("There is nothing of this name.")
    return BadRequest("A value is not of the kind that is wanted here.")


def mend(app):
    """Answer values that no column can hold."""
    app.register_error_handler(DataError, no_such_value)


def page():
    """Show a static page that the framework routes to this name at its first visit."""
    return render_page(request.path)


def sign_in_first():
    """Lead a stranger from the administration to the sign-in."""
    inside = request.path.rstrip("/").split("/")[1:2] == ["administration"]
    if inside and not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()
    return None


def mend_pages(app):
    """Give static pages their view, and strangers the sign-in."""
    app.view_functions.setdefault("invenio_pages.view", page)
    app.before_request(sign_in_first)
