# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The integrations page: how each peer is doing, and what to do about it."""

from flask import flash, g, redirect, request, url_for
from flask_wtf import FlaskForm
from invenio_administration.views.base import AdminView
from invenio_i18n import lazy_gettext as _
from werkzeug.exceptions import BadRequest
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from ..errors import HarvestError, ImportRefusedError, NoBrokerError, UnknownPeerError
from ..proxies import current_harvested_records_service, current_integrations_service


class ActionForm(FlaskForm):
    """One button of the page; the form carries the token against forged requests."""

    action = HiddenField()
    target = HiddenField(validators=[Length(max=64)])
    model = StringField(validators=[Length(max=1000)])


class IntegrationsView(AdminView):
    """Peers, runs, failures and doubtful matches."""

    name = "integrations"
    url = "/integrations"
    template = "demos_harvest/administration/integrations.html"
    title = _("Integrations")
    menu_label = _("Integrations")
    category = _("Site management")
    icon = "exchange"

    def get(self):
        """Show the page."""
        peers = [
            current_integrations_service.read(g.identity, peer["name"])
            for peer in current_integrations_service.search(g.identity)
        ]
        return self.render(title=self.title, peers=peers, form=ActionForm(formdata=None))

    def post(self):
        """Do what a button says, then show the page again."""
        form = ActionForm()
        if not form.validate():
            raise BadRequest(_("The form is out of date. Load the page again."))
        actions = {
            "run": self._run,
            "retry": self._run,
            "decide": self._decide,
            "import": self._import,
        }
        if form.action.data not in actions:
            raise BadRequest(_("There is no such action."))
        message, category = actions[form.action.data](form)
        flash(message, category=category)
        return redirect(url_for(request.endpoint))

    @staticmethod
    def _run(form):
        try:
            current_integrations_service.harvest(
                g.identity, form.target.data, retry=form.action.data == "retry"
            )
        except UnknownPeerError as error:
            raise BadRequest(_("There is no such peer.")) from error
        except NoBrokerError as error:
            return error.message, "error"
        return _("The harvest of %(peer)s has begun.", peer=form.target.data), "success"

    @staticmethod
    def _decide(form):
        choice = form.model.data or "new"
        action = choice if choice in ("new", "drop") else {"version_of": choice}
        try:
            current_integrations_service.decide(g.identity, form.target.data, action)
        except (HarvestError, ValueError) as error:
            return str(error), "error"
        return _("The decision was noted."), "success"

    @staticmethod
    def _import(form):
        try:
            imported = current_harvested_records_service.create(g.identity, form.model.data)
        except ImportRefusedError as error:
            return str(error), "error"
        return _("The record is %(url)s", url=imported.url), "success"
