# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Proxies to the current application's runs."""

from flask import current_app
from werkzeug.local import LocalProxy

current_exec = LocalProxy(lambda: current_app.extensions["demos-exec"])
"""The extension."""

current_runs_service = LocalProxy(lambda: current_exec.service)
"""The runs' service."""
