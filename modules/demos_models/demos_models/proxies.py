# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Proxies to the objects of the current application."""

from flask import current_app
from werkzeug.local import LocalProxy

current_models_extension = LocalProxy(lambda: current_app.extensions["demos-models"])
"""The extension."""

current_models_service = LocalProxy(lambda: current_models_extension.service)
"""The service that reads and searches models."""

current_registry = LocalProxy(lambda: current_models_extension.registry)
"""The one path into the registry."""
