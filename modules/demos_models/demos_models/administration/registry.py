# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The registry's page: what it holds, what it owes, and what is parked until somebody asks."""

from flask import flash, redirect, request, url_for
from flask_wtf import FlaskForm
from invenio_administration.views.base import AdminView
from invenio_db import db
from invenio_i18n import lazy_gettext as _
from werkzeug.exceptions import BadRequest
from wtforms import HiddenField
from wtforms.validators import Length

from .. import maintenance
from ..registry import outbox

SHOWN = 200
"""Follow-ups that are listed."""


class RetryForm(FlaskForm):
    """One button of the page; the form carries the token against forged requests."""

    kind = HiddenField(validators=[Length(max=64)])
    key = HiddenField(validators=[Length(max=255)])


class RegistryView(AdminView):
    """Entries, follow-ups that are owed, and those that are parked."""

    name = "registry"
    url = "/registry"
    template = "demos_models/administration/registry.html"
    title = _("Registry")
    menu_label = _("Registry")
    category = _("Site management")
    icon = "sitemap"

    def get(self):
        """Show the page."""
        owed = outbox.owed()
        parked = [entry for entry in owed if entry.parked_at]
        waiting = [entry for entry in owed if not entry.parked_at]
        return self.render(
            title=self.title,
            stats=maintenance.stats(),
            parked=parked[:SHOWN],
            n_parked=len(parked),
            waiting=waiting[:SHOWN],
            n_waiting=len(waiting),
            form=RetryForm(formdata=None),
        )

    def post(self):
        """Owe once more what is parked, then show the page again."""
        form = RetryForm()
        if not form.validate():
            raise BadRequest(_("The form is out of date. Load the page again."))
        again = outbox.retry(form.kind.data or None, form.key.data or None)
        db.session.commit()
        for kind, key in again:
            outbox.send(kind, key)
        flash(_("%(count)s follow-ups are tried again.", count=len(again)), category="success")
        return redirect(url_for(request.endpoint))
