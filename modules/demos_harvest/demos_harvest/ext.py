# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The extension."""

from . import config
from .resources.config import IntegrationsResourceConfig, LookupResourceConfig
from .resources.integrations import IntegrationsResource
from .resources.lookups import LookupResource


class DemosHarvest:
    """The harvest of models that other archives hold."""

    def __init__(self, app=None):
        """Initialise the extension, and an application if one is given."""
        if app is not None:
            self.init_app(app)

    def init_app(self, app):
        """Initialise an application."""
        for name in dir(config):
            if name.startswith("DEMOS_"):
                app.config.setdefault(name, getattr(config, name))
        self.lookup_resource = LookupResource(LookupResourceConfig())
        self.integrations_resource = IntegrationsResource(IntegrationsResourceConfig())
        app.extensions["demos-harvest"] = self
