# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The pages ``/models`` and ``/models/{id}``, and the panel on a deposit's page."""

from demos_fair.negotiation import negotiated
from flask import Blueprint
from flask_menu import current_menu
from invenio_i18n import lazy_gettext as _
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError
from invenio_records_resources.services.errors import PermissionDeniedError

from ..errors import AmbiguousAliasError
from .assets import portal_assets
from .deposits import models_of_deposit
from .embed import embed_view
from .errors import ambiguous, gone, not_allowed, not_found
from .explore import explore_page
from .exports import export_page, resource_of
from .figures import channel_legend, channel_svg, thumbnail_svg
from .front import front_of_registry
from .landing import model_page
from .listing import gallery_page, search_page
from .understood import first_names, understood


def create_blueprint(app):
    """Give the routes of the pages."""
    blueprint = Blueprint(
        "demos_pages", __name__, template_folder="../templates", static_folder="../static"
    )
    blueprint.add_url_rule("/models", view_func=search_page)
    blueprint.add_url_rule("/gallery", view_func=gallery_page)
    blueprint.add_url_rule("/explore", view_func=explore_page)
    blueprint.add_url_rule(
        "/models/<path:pid_value>",
        endpoint="model_page",
        view_func=negotiated(model_page, resource_of),
    )
    blueprint.add_url_rule("/models/<uuid:pid_value>/export/<string:name>", view_func=export_page)
    blueprint.add_url_rule(
        "/embed/models/<path:pid_value>", endpoint="embed_page", view_func=embed_view(app)
    )
    blueprint.add_url_rule("/uploads/<pid_value>/understood", view_func=understood)
    blueprint.add_app_template_filter(first_names)
    blueprint.register_error_handler(PIDDoesNotExistError, not_found)
    blueprint.register_error_handler(PIDDeletedError, gone)
    blueprint.register_error_handler(PermissionDeniedError, not_allowed)
    blueprint.register_error_handler(AmbiguousAliasError, ambiguous)
    blueprint.app_context_processor(
        lambda: {
            "models_of_deposit": models_of_deposit,
            "portal_assets": portal_assets,
            "channel_svg": channel_svg,
            "channel_legend": channel_legend,
            "thumbnail_svg": thumbnail_svg,
            "front_of_registry": front_of_registry,
        }
    )
    return blueprint


def finalize_app(app):
    """Put the models into the main menu."""
    current_menu.submenu("main.models").register(
        endpoint="demos_pages.search_page", text=_("Models"), order=1
    )
