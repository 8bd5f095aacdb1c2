# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The page that opens a file in the browser, without an upload."""

from flask import current_app, g, redirect, render_template, request, url_for
from invenio_i18n import gettext as _
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError
from invenio_records_resources.services.errors import PermissionDeniedError

from ..errors import AmbiguousAliasError
from ..proxies import current_models_service
from ..services.links import model_links

READER = "demos_harvest_pages.import_page"
"""The page that fetches a model of another archive, where that module is installed."""


def explore_page():
    """Show the page; an address leads to its model, or to the reader of other archives."""
    address = (request.args.get("url") or "").strip()
    models = []
    if address:
        try:
            rows = current_models_service.resolve(g.identity, address)[0]
            return redirect(url_for("demos_pages.model_page", pid_value=str(rows.work.id)))
        except AmbiguousAliasError as error:
            models = [_listed(model_id) for model_id in error.model_ids]
        except (PIDDoesNotExistError, PIDDeletedError, PermissionDeniedError):
            if READER in current_app.view_functions:
                return redirect(url_for(READER, url=address))
    models = [model for model in models if model]
    problem = None
    if address and not models:
        problem = _("“%(address)s” cannot be opened: no model here has it.", address=address[:200])
    return render_template(
        "demos_models/explore.html", address=address, models=models, problem=problem
    )


def _listed(model_id):
    try:
        entry = current_models_service.read(g.identity, model_id).to_dict()
    except PermissionDeniedError:
        return None
    return {"title": entry["metadata"]["title"], "url": model_links(model_id)["self_html"]}
