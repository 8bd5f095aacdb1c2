# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Sitemaps that are true when they are asked for: read from the database, page by page.

The framework's are made once a day, so that a new portal has none and lists what was deleted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import sqlalchemy as sa
from flask import Response, abort, current_app
from invenio_base.utils import obj_or_import_string
from invenio_db import db
from invenio_rdm_records.proxies import current_rdm_records_service
from invenio_rdm_records.records.systemfields.deletion_status import RecordDeletionStatusEnum
from lxml import etree

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
PAGE = 10_000
"""Addresses of one sitemap; the protocol allows 50,000."""


class Section(Protocol):
    """A part of the sitemap."""

    name: str

    def count(self) -> int:
        """Return how many addresses it has."""

    def page(self, offset: int, limit: int) -> Iterable[tuple[str, str]]:
        """Yield addresses with the moment of their last change, ISO 8601.

        Args:
            offset: How many come before.
            limit: How many at most.
        """


class RecordsSection:
    """The public records."""

    name = "records"

    def _query(self, *columns):
        model = current_rdm_records_service.record_cls.model_cls
        return sa.select(*columns).where(
            model.json.isnot(None),
            model.json["access"]["record"].as_string() == "public",
            model.deletion_status == RecordDeletionStatusEnum.PUBLISHED.value,
        )

    def count(self):
        """Return how many addresses it has."""
        return db.session.scalar(self._query(sa.func.count()))

    def page(self, offset, limit):
        """Yield addresses with the moment of their last change."""
        model = current_rdm_records_service.record_cls.model_cls
        query = self._query(model.json["id"].as_string(), model.updated)
        query = query.order_by(model.created, model.id).offset(offset).limit(limit)
        for recid, updated in db.session.execute(query):
            yield f"{current_app.config['SITE_UI_URL']}/records/{recid}", updated.isoformat()


def sections() -> dict[str, Section]:
    """Return the sections by name."""
    names = current_app.config["DEMOS_FAIR_SITEMAP_SECTIONS"]
    return {one.name: one for one in (obj_or_import_string(name)() for name in names)}


def _answer(root: str, item: str, entries: Iterable[tuple[str, str | None]]) -> Response:
    tree = etree.Element(f"{{{NAMESPACE}}}{root}", nsmap={None: NAMESPACE})
    for location, changed in entries:
        one = etree.SubElement(tree, f"{{{NAMESPACE}}}{item}")
        etree.SubElement(one, f"{{{NAMESPACE}}}loc").text = location
        if changed:
            stamp = changed if changed.endswith(("Z", "+00:00")) else f"{changed}Z"
            etree.SubElement(one, f"{{{NAMESPACE}}}lastmod").text = stamp
    response = Response(
        etree.tostring(tree, xml_declaration=True, encoding="UTF-8"), mimetype="application/xml"
    )
    response.cache_control.public = True
    response.cache_control.max_age = 300
    return response


def index() -> Response:
    """Answer the list of all sitemaps."""
    site = current_app.config["SITE_UI_URL"]
    pages = (
        (f"{site}/sitemap/{name}-{number}.xml", None)
        for name, section in sections().items()
        for number in range(max(1, -(-section.count() // PAGE)))
    )
    return _answer("sitemapindex", "sitemap", pages)


def page(name: str, number: int) -> Response:
    """Answer one sitemap.

    Args:
        name: The name of its section.
        number: Its number within the section, from 0.
    """
    section = sections().get(name)
    if section is None or (number and number * PAGE >= section.count()):
        abort(404)
    return _answer("urlset", "url", section.page(number * PAGE, PAGE))


ROBOTS = """\
User-agent: *
Allow: /api/records
Allow: /api/models
Allow: /api/openapi.json
Disallow: /api/
Disallow: /administration
Disallow: /account
Disallow: /uploads
Disallow: /me
Disallow: /login
Disallow: /logout
Disallow: /search
Disallow: /*?preview=

Sitemap: {site}/sitemap.xml
"""
"""Metadata and files may be read; what is of people or costs a search may not."""


def robots() -> Response:
    """Answer what crawlers may read, as text."""
    text = ROBOTS.format(site=current_app.config["SITE_UI_URL"])
    response = Response(text, mimetype="text/plain")
    response.cache_control.public = True
    response.cache_control.max_age = 300
    return response
