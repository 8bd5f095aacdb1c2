# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""A model's figures for the pages of others: ``/embed/models/{id}`` in a frame."""

from functools import wraps

from flask import render_template, request, url_for
from flask_principal import AnonymousIdentity
from invenio_access.permissions import any_user
from invenio_pidstore.errors import PIDDoesNotExistError

from ..proxies import current_models_service
from .figures import drawing_of, model_data


def embed_page(pid_value):
    """Show a model's figures with their sliders, as everybody may see them.

    The page asks nobody who they are, so that a frame around it can make nobody do anything.
    """
    identity = AnonymousIdentity()
    identity.provides.add(any_user)
    version = request.args.get("version")
    entry = current_models_service.read(identity, pid_value, version=version).to_dict()
    if not entry.get("structure"):
        raise PIDDoesNotExistError("mdl", pid_value)
    drawing, _reason = drawing_of(identity, entry, version)
    channel = request.args.get("channel")
    if drawing and channel:
        drawing = _with_first(drawing, channel)
    return render_template(
        "demos_models/embed.html",
        entry=entry,
        metadata=entry["metadata"],
        drawing=drawing,
        model_data=model_data(entry, drawing, None) if drawing else None,
        address=url_for("demos_pages.model_page", pid_value=entry["id"], version=version),
    )


def _with_first(drawing, name):
    """Put the channel that is asked for first, where it is drawn."""
    channels = sorted(drawing["channels"], key=lambda channel: channel["name"] != name)
    return {**drawing, "channels": channels}


def embed_view(app):
    """Return the view that every site may put into a frame; all other pages stay closed to frames.

    Args:
        app: The application, whose content security policy the page keeps but for that.
    """
    policy = app.config.get("APP_DEFAULT_SECURE_HEADERS", {}).get("content_security_policy") or {}

    @wraps(embed_page)
    def view(pid_value):
        return embed_page(pid_value)

    view.talisman_view_options = {
        "frame_options": None,
        "content_security_policy": {**policy, "frame-ancestors": ["*"]},
    }
    return view
