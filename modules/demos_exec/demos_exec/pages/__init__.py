# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The pages ``/runs`` and ``/runs/{id}``."""

from flask import Blueprint, render_template
from flask_login import current_user
from invenio_i18n import gettext as _
from invenio_records_resources.services.errors import PermissionDeniedError

from ..errors import RunError
from .runs import run_page, runs_page


def create_blueprint(app):
    """Create the blueprint of the pages."""
    blueprint = Blueprint("demos_runs_pages", __name__, template_folder="../templates")
    blueprint.add_url_rule("/runs", view_func=runs_page)
    blueprint.add_url_rule("/runs/<run_id>", view_func=run_page)
    blueprint.register_error_handler(RunError, _refused)
    blueprint.register_error_handler(PermissionDeniedError, _closed)
    return blueprint


def _say(title, text, status, **values):
    return render_template("demos_models/problem.html", title=title, text=text, **values), status


def _refused(error):
    """Answer that there is no such run, or no longer."""
    return _say(_("No such run"), error.message, error.status)


def _closed(error):
    """Answer that a run belongs to somebody else."""
    return _say(
        _("You may not see this run"),
        _("A run is open to the one who started it. Log in with the account that did."),
        403,
        login=not current_user.is_authenticated,
    )
