# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The Flask extension."""

from . import config, signals
from .views import ENDPOINT, oai2d


class DemosOAI:
    """OAI-PMH that keeps to the protocol.

    Args:
        app: the application.
    """

    def __init__(self, app=None):
        if app:
            self.init_app(app)

    def init_app(self, app):
        """Set up configuration, and listen to what changes.

        Args:
            app: the application.
        """
        for key in dir(config):
            if key.startswith("DEMOS_OAI_"):
                app.config.setdefault(key, getattr(config, key))
        signals.connect()
        app.extensions["demos-oai"] = self


def finalize_app(app):
    """Answer at the framework's own address.

    The rule, its name and its limits stay the framework's; only who answers is another.

    Args:
        app: the application.
    """
    if ENDPOINT in app.view_functions:
        app.view_functions[ENDPOINT] = oai2d
