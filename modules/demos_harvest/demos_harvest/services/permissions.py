# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Who may do what."""

from invenio_administration.generators import Administration
from invenio_records_permissions import BasePermissionPolicy
from invenio_records_permissions.generators import AnyUser, AuthenticatedUser, SystemProcess


class LookupsPermissionPolicy(BasePermissionPolicy):
    """Look-ups: what archives show to everybody is shown to everybody here."""

    can_read = (AnyUser(), SystemProcess())
    can_fetch = (AuthenticatedUser(), SystemProcess())
    """Have a record of any archive fetched: anybody could upload a large file there."""
    can_fetch_open = (AnyUser(), SystemProcess())
    """Have a record fetched of an archive whose content is curated."""


class IntegrationsPermissionPolicy(BasePermissionPolicy):
    """The harvest: for administrators."""

    can_search = (Administration(), SystemProcess())
    can_read = (Administration(), SystemProcess())
    can_harvest = (Administration(), SystemProcess())
    can_decide = (Administration(), SystemProcess())
    can_read_run = (AnyUser(), SystemProcess())
    """Whoever was given the identifier of a run may watch it."""


class HarvestedRecordsPermissionPolicy(BasePermissionPolicy):
    """Records of harvested models: administrators make them."""

    can_create = (Administration(), SystemProcess())
