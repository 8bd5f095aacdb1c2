# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What the pages say when something is not there."""

from flask import g, render_template, request
from flask_login import current_user
from invenio_i18n import gettext as _
from invenio_records_resources.services.errors import PermissionDeniedError

from ..proxies import current_models_service


def _say(title, text, status, **values):
    page = render_template("demos_models/problem.html", title=title, text=text, **values)
    return page, status


def not_found(error):
    """Answer that there is no such model."""
    return _say(_("No such model"), _("There is no model of this name in the registry."), 404)


def gone(error):
    """Answer that a model has been withdrawn."""
    return _say(
        _("This model has been withdrawn"),
        _("Nobody hosts it any more. Its identifier will not be used again."),
        410,
    )


def not_allowed(error):
    """Answer that this is not for everybody, with the way to log in."""
    return _say(
        _("You may not see this model"),
        _("Its owner has restricted who may read it."),
        403,
        login=not current_user.is_authenticated,
        next=request.full_path.rstrip("?"),
    )


def ambiguous(error):
    """List the models that share a name."""
    models = []
    for model_id in error.model_ids:
        try:
            models.append(current_models_service.read(g.identity, model_id).to_dict())
        except PermissionDeniedError:
            continue
    return _say(
        _("Several models have this name"),
        _("%(alias)s is the name of %(count)s models.", alias=error.alias, count=len(models)),
        300,
        models=models,
    )
