# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Configuration of the runs' service."""

from invenio_records_resources.services.base import ServiceConfig
from invenio_records_resources.services.base.config import ConfiguratorMixin, FromConfig

from .permissions import RunPermissionPolicy


class RunsServiceConfig(ServiceConfig, ConfiguratorMixin):
    """What an instance can change."""

    service_id = "demos-runs"
    permission_policy_cls = FromConfig("DEMOS_EXEC_PERMISSION_POLICY", default=RunPermissionPolicy)
