# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The page that opens a file in the browser, without an upload."""

from flask import g, redirect, render_template, request, url_for
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError
from invenio_records_resources.services.errors import PermissionDeniedError

from ..errors import AmbiguousAliasError
from ..proxies import current_models_service
from ..services.links import model_links


def explore_page():
    """Show the page; an address of a model that the registry has leads to the model."""
    address = (request.args.get("url") or "").strip()
    models = []
    if address:
        try:
            rows, _ = current_models_service.resolve(g.identity, address)
            return redirect(url_for("demos_pages.model_page", pid_value=str(rows.work.id)))
        except AmbiguousAliasError as error:
            models = [_listed(model_id) for model_id in error.model_ids]
        except (PIDDoesNotExistError, PIDDeletedError, PermissionDeniedError):
            pass
    page = render_template(
        "demos_models/explore.html", address=address, models=[m for m in models if m]
    )
    return page, 200


def _listed(model_id):
    try:
        entry = current_models_service.read(g.identity, model_id).to_dict()
    except PermissionDeniedError:
        return None
    return {"title": entry["metadata"]["title"], "url": model_links(model_id)["self_html"]}
