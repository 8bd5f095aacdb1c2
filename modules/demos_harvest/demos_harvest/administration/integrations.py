# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The integrations page: how each peer is doing, and what to do about it."""

from demos_models.proxies import current_registry
from flask import flash, g, redirect, request, url_for
from flask_wtf import FlaskForm
from invenio_administration.views.base import AdminView
from invenio_i18n import lazy_gettext as _
from werkzeug.exceptions import BadRequest
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from ..connections import harvested_peers
from ..imports import ImportRefusedError, import_model
from ..integrations import doubts, integrations, problems
from ..resources.integrations import settle_doubt
from ..runs import start_in_background


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
            {**peer, "problems": problems(peer["name"]), "doubts": doubts(peer["name"])}
            for peer in integrations()
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
        if form.target.data not in harvested_peers():
            raise BadRequest(_("There is no such peer."))
        run = start_in_background(form.target.data, retry=form.action.data == "retry")
        if run.status == "failed":
            return run.error["message"], "error"
        return _("The harvest of %(peer)s has begun.", peer=form.target.data), "success"

    @staticmethod
    def _decide(form):
        choice = form.model.data or "new"
        action = choice if choice in ("new", "drop") else {"version_of": choice}
        try:
            registration = current_registry.decide(g.identity, form.target.data, action)
        except (LookupError, ValueError) as error:
            return str(error), "error"
        settle_doubt(form.target.data, registration)
        return _("The decision was noted."), "success"

    @staticmethod
    def _import(form):
        try:
            imported = import_model(g.identity, form.model.data)
        except ImportRefusedError as error:
            return str(error), "error"
        return _("The record is %(url)s", url=imported.url), "success"
