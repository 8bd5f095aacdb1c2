# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The Flask extension, and what it does at the framework's own addresses."""

from flask import current_app, g, request
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError, PIDUnregistered
from invenio_rdm_records.proxies import current_rdm_records_service
from invenio_rdm_records.services.errors import DeletionStatusException, RecordDeletedException
from invenio_records_resources.services.errors import PermissionDeniedError
from sqlalchemy.exc import NoResultFound

from . import config, sitemaps
from .exports.json_ld import document as json_ld
from .negotiation import negotiated
from .records import describe_all
from .signposting import header, landing_page, part_of

LANDING_PAGE = "invenio_app_rdm_records.record_detail"
RELATIONS = {
    "record_files.read_content": "collection",
    "record_files.read": "collection",
    "records.read": "describes",
}
"""What answers of the REST API are to the record's page."""

UNSEEN = (
    DeletionStatusException,
    NoResultFound,
    PIDDeletedError,
    PIDDoesNotExistError,
    PIDUnregistered,
    PermissionDeniedError,
    RecordDeletedException,
)
"""What the page says in its own words."""


class DemosFAIR:
    """What machines find.

    Args:
        app: The application.
    """

    def __init__(self, app=None):
        if app:
            self.init_app(app)

    def init_app(self, app):
        """Set defaults.

        Args:
            app: The application.
        """
        for key in dir(config):
            if key.startswith("DEMOS_FAIR_"):
                app.config.setdefault(key, getattr(config, key))
        app.extensions["demos-fair"] = self


def finalize_app(app):
    """Negotiate at landing pages, and answer sitemaps and robots.

    Args:
        app: The application of the pages.
    """
    views = app.view_functions
    if LANDING_PAGE in views:
        views[LANDING_PAGE] = negotiated(views[LANDING_PAGE], _record, _links)
    if "transform_record" in app.jinja_env.filters:
        app.jinja_env.filters["transform_record"] = _mended(
            app.jinja_env.filters["transform_record"]
        )
    for endpoint, view in (
        ("invenio_sitemap.sitemap_root", sitemaps.index),
        ("invenio_app_rdm.robots", sitemaps.robots),
    ):
        if endpoint in views:
            views[endpoint] = view


def api_finalize_app(app):
    """Link answers of the REST API to their landing pages.

    Args:
        app: The application of the REST API.
    """
    app.after_request(_link_to_page)


def _record(pid_value, **_):
    """Return the record of a landing page; None where the page has to say something."""
    if set(request.args) & {"preview", "include_deleted", "preview_file"}:
        return None
    try:
        found = current_rdm_records_service.read(g.identity, pid_value)
    except UNSEEN:
        return None
    (resource,) = describe_all([found.to_dict()])
    return resource


def _links(response):
    """Return the links of a record's page; the page has described the record already."""
    resource = g.pop("demos_fair_resource", None)
    return header(landing_page(resource)) if resource and response.status_code == 200 else None


def _mended(transform):
    """Return the filter of templates that makes JSON-LD, with ours in place of the framework's."""

    def transform_record(record, serializer, *args, **options):
        if serializer != "SchemaorgJSONLDSerializer" or record.get("is_draft"):
            return transform(record, serializer, *args, **options)
        try:
            (g.demos_fair_resource,) = describe_all([record])
        except Exception:
            # A page must not end with its description.
            current_app.logger.exception("A record cannot be described")
            return None
        return json_ld(g.demos_fair_resource)

    return transform_record


def _link_to_page(response):
    """Say to which page a file or a description of the REST API belongs."""
    arguments = request.view_args or {}
    endpoint, recid = request.endpoint, arguments.get("pid_value")
    if not recid or response.status_code >= 400:
        return response
    site = current_app.config["SITE_UI_URL"]
    rel = RELATIONS.get(endpoint)
    if rel:
        response.headers["Link"] = header(part_of(f"{site}/records/{recid}", rel))
    return response
