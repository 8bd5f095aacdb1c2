# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Proxies to the objects of the current application."""

from flask import current_app
from werkzeug.local import LocalProxy

current_harvest = LocalProxy(lambda: current_app.extensions["demos-harvest"])
"""The extension; its ``peers`` is the table of peers."""

current_lookups_service = LocalProxy(lambda: current_harvest.lookups_service)
"""The service that says what other archives hold."""

current_integrations_service = LocalProxy(lambda: current_harvest.integrations_service)
"""The service that shows and steers the harvest of every peer."""

current_harvested_records_service = LocalProxy(lambda: current_harvest.records_service)
"""The service that makes records of harvested models."""
