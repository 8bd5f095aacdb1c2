# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The repository that the protocol asks, in PostgreSQL."""

from datetime import UTC, datetime

import sqlalchemy as sa
from flask import current_app
from invenio_db import db

from . import formats
from .protocol import Identity, Item
from .records.models import OAIItem, OAIMembership, OAIPayload
from .sets import all_sets

OAI_IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"


class SQLRepository:
    """What is stored of items, by statements whose cost does not depend on the page."""

    def identify(self):
        """Return what Identify says; the address is the server's."""
        config = current_app.config
        earliest = db.session.scalar(sa.select(sa.func.min(OAIItem.datestamp)))
        sample = db.session.scalar(
            sa.select(OAIItem.identifier).where(~OAIItem.deleted).order_by(OAIItem.id).limit(1)
        )
        return Identity(
            name=config["OAISERVER_REPOSITORY_NAME"],
            base_url="",
            emails=config["OAISERVER_ADMIN_EMAILS"],
            earliest=earliest or datetime.now(UTC),
            descriptions=[
                *([_oai_identifier(sample)] if sample else []),
                *(one.encode() if isinstance(one, str) else one for one in self._descriptions()),
            ],
        )

    @staticmethod
    def _descriptions():
        return current_app.config.get("OAISERVER_DESCRIPTIONS") or ()

    def formats(self, identifier=None):
        """Return the formats of the repository or of an item; None for an unknown item."""
        if identifier is None:
            return formats.table()
        prefixes = db.session.execute(
            sa.select(OAIItem.id, OAIPayload.prefix)
            .outerjoin(
                OAIPayload, sa.and_(OAIPayload.item_id == OAIItem.id, OAIPayload.xml.isnot(None))
            )
            .where(OAIItem.identifier == identifier)
        ).all()
        if not prefixes:
            return None
        available = {prefix for _, prefix in prefixes}
        return [one for one in formats.table() if one.prefix in available]

    def sets(self):
        """Return all sets."""
        return all_sets()

    def get(self, identifier, prefix):
        """Return an item in a format, or None."""
        found = db.session.execute(
            _columns(metadata=True)
            .where(OAIPayload.prefix == prefix)
            .where(OAIItem.identifier == identifier)
        ).all()
        return next(iter(_items(found)), None)

    def count(self, selection):
        """Return the length of a list."""
        listed = sa.select(sa.func.count()).select_from(OAIItem)
        query = _selected(listed.join(OAIPayload, OAIPayload.item_id == OAIItem.id), selection)
        return db.session.scalar(query)

    def page(self, selection, after, size, *, metadata):
        """Return the items of a list that follow a sort key."""
        query = _selected(_columns(metadata=metadata), selection)
        if selection.set_spec is not None:
            query = query.add_columns(OAIMembership.left)
        if after is not None:
            second, number = after
            moment = datetime.fromtimestamp(second, UTC)
            query = query.where(
                sa.tuple_(OAIItem.datestamp, OAIItem.id)
                > sa.tuple_(sa.literal(moment), sa.literal(number))
            )
        query = query.order_by(OAIItem.datestamp, OAIItem.id).limit(size)
        return _items(db.session.execute(query).all())


def _columns(*, metadata):
    there = OAIPayload.xml.isnot(None).label("there")
    columns = [OAIItem.id, OAIItem.identifier, OAIItem.datestamp, there]
    columns += [OAIPayload.xml, OAIPayload.about] if metadata else []
    return sa.select(*columns).join(OAIPayload, OAIPayload.item_id == OAIItem.id)


def _selected(query, selection):
    query = query.where(OAIPayload.prefix == selection.prefix)
    if selection.set_spec is not None:
        query = query.join(OAIMembership, OAIMembership.item_id == OAIItem.id).where(
            OAIMembership.spec == selection.set_spec
        )
    if selection.first is not None:
        query = query.where(OAIItem.datestamp >= selection.first)
    if selection.last is not None:
        query = query.where(OAIItem.datestamp <= selection.last)
    return query


def _items(rows):
    """Return items of rows, with the sets that they are in."""
    if not rows:
        return []
    sets = {}
    memberships = sa.select(OAIMembership.item_id, OAIMembership.spec).where(
        OAIMembership.item_id.in_([row.id for row in rows]), ~OAIMembership.left
    )
    for number, spec in db.session.execute(memberships.order_by(OAIMembership.spec)):
        sets.setdefault(number, []).append(spec)
    items = []
    for row in rows:
        about = getattr(row, "about", None)
        items.append(
            Item(
                number=row.id,
                identifier=row.identifier,
                datestamp=row.datestamp,
                sets=sets.get(row.id, ()),
                deleted=not row.there or getattr(row, "left", False),
                metadata=getattr(row, "xml", None) or b"",
                abouts=[about] if about else (),
            )
        )
    return items


def _oai_identifier(sample):
    """Return the description of identifiers, where they have the form ``oai:REPOSITORY:KEY``."""
    repository = sample.split(":")[1]
    return (
        f'<oai-identifier xmlns="{OAI_IDENTIFIER}" '
        f'xsi:schemaLocation="{OAI_IDENTIFIER} {OAI_IDENTIFIER}.xsd">'
        f"<scheme>oai</scheme><repositoryIdentifier>{repository}</repositoryIdentifier>"
        f"<delimiter>:</delimiter><sampleIdentifier>{sample}</sampleIdentifier>"
        "</oai-identifier>"
    ).encode()
