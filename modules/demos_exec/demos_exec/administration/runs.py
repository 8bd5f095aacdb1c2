# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The page of everybody's runs: the queue, why runs failed, who computes most, and cancel."""

from flask import flash, g, redirect, request, url_for
from flask_wtf import FlaskForm
from invenio_administration.views.base import AdminView
from invenio_i18n import lazy_gettext as _
from werkzeug.exceptions import BadRequest
from wtforms import HiddenField
from wtforms.validators import Length

from .. import states
from ..errors import RunError
from ..pages import words
from ..proxies import current_runs_service
from ..services.quota import owner_key

PAGE_SIZE = 50
LAST_PAGE = 1000


class CancelForm(FlaskForm):
    """One button of the page; the form carries the token against forged requests."""

    run = HiddenField(validators=[Length(max=64)])


class RunsView(AdminView):
    """Everybody's runs."""

    name = "runs"
    url = "/runs"
    template = "demos_exec/administration/runs.html"
    title = _("Runs")
    menu_label = _("Runs")
    category = _("Site management")
    icon = "play"

    def get(self):
        """Show the page."""
        status, reason = request.args.get("status"), request.args.get("reason")
        page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
        found = current_runs_service.search(
            g.identity,
            status=status if status in states.OPEN + states.TERMINAL else None,
            reason=reason if reason in states.REASONS else None,
            everybody=True,
            page=page,
            size=PAGE_SIZE,
        )
        return self.render(
            title=self.title,
            overview=current_runs_service.overview(g.identity),
            found=found,
            status=status,
            reason=reason,
            page=page,
            pages=min(-(-found["hits"]["total"] // PAGE_SIZE), LAST_PAGE),
            statuses=words.STATE,
            reasons=states.REASONS,
            form=CancelForm(formdata=None),
            open_states=states.OPEN,
        )

    def post(self):
        """Cancel a run, then show the page again."""
        form = CancelForm()
        if not form.validate():
            raise BadRequest(_("The form is out of date. Load the page again."))
        try:
            owner = owner_key(g.identity, request.remote_addr)
            current_runs_service.cancel(g.identity, form.run.data, owner=owner)
        except RunError as error:
            flash(error.message, category="error")
        else:
            flash(_("The run was cancelled."), category="success")
        return redirect(url_for(request.endpoint, **request.args.to_dict()))
