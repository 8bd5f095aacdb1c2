# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Configuration of the services."""

from invenio_records_resources.services.base import ServiceConfig

from .permissions import (
    HarvestedRecordsPermissionPolicy,
    IntegrationsPermissionPolicy,
    LookupsPermissionPolicy,
)


class LookupsServiceConfig(ServiceConfig):
    """Look-ups."""

    service_id = "demos-lookups"
    permission_policy_cls = LookupsPermissionPolicy


class IntegrationsServiceConfig(ServiceConfig):
    """The harvest of every peer."""

    service_id = "demos-integrations"
    permission_policy_cls = IntegrationsPermissionPolicy
    runs = 20
    """Runs of a peer that are shown."""


class HarvestedRecordsServiceConfig(ServiceConfig):
    """Records of harvested models."""

    service_id = "demos-harvested-records"
    permission_policy_cls = HarvestedRecordsPermissionPolicy
