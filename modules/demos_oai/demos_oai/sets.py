# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Sets: the administration's, which are searches, and families that a site computes."""

from functools import cache
from typing import Protocol

import sqlalchemy as sa
from flask import current_app
from invenio_base.utils import obj_or_import_string
from invenio_db import db
from invenio_oaiserver.models import OAISet
from invenio_oaiserver.percolator import sets_search_all

from .protocol import SetInfo
from .protocol.requests import SET_SPEC
from .records.models import OAIMembership


class SetFamily(Protocol):
    """Sets that are computed from a record."""

    def specs(self, source: dict) -> list[str]:
        """Return the setSpecs of a record, given as it is indexed."""

    def sets(self) -> list[SetInfo]:
        """Return the sets that are listed even while they are empty."""

    def describe(self, spec: str) -> SetInfo | None:
        """Return what is known of a set; None where it is none of the family's."""


@cache
def _family(name):
    return obj_or_import_string(name)()


def families():
    """Return the set families of the site."""
    return [_family(name) for name in current_app.config["DEMOS_OAI_SET_FAMILIES"]]


def with_parents(specs):
    """Return setSpecs with those of the sets above them, each once.

    >>> with_parents(["models:atlas", "models:cms"])
    ['models', 'models:atlas', 'models:cms']
    """
    found = set()
    for spec in specs:
        parts = spec.split(":")
        found |= {":".join(parts[:length]) for length in range(1, len(parts) + 1)}
    return sorted(found)


def specs_of(source):
    """Return the setSpecs of a record.

    Args:
        source: the record as it is indexed.
    """
    # The framework's sets are queries; what they say of a document the search engine tells.
    specs = list(sets_search_all([source])[0])
    for family in families():
        specs += family.specs(source)
    return with_parents(spec for spec in specs if SET_SPEC.fullmatch(spec))


def all_sets():
    """Return all sets: those that families always list first, others by their setSpecs.

    Programs that look at a repository take the first set as an example.
    """
    first = {one.spec: one for family in families() for one in family.sets()}
    found = {
        one.spec: SetInfo(one.spec, one.name or one.spec, one.description or "")
        for one in db.session.scalars(sa.select(OAISet))
        if SET_SPEC.fullmatch(one.spec)
    }
    for spec in db.session.scalars(sa.select(OAIMembership.spec).distinct()):
        if spec not in found and spec not in first:
            known = (family.describe(spec) for family in families())
            found[spec] = next((one for one in known if one), None) or SetInfo(spec, spec)
    others = sorted(spec for spec in found if spec not in first)
    return [*first.values(), *(found[spec] for spec in others)]
