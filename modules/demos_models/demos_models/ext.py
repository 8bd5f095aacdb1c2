# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The extension."""

from . import config, tasks
from .deposit.following import follow_deposits
from .registry import outbox
from .registry.registry import ModelRegistry
from .resources.config import ModelResourceConfig
from .resources.deposits import DepositModelsResource, DepositModelsResourceConfig
from .resources.problems import register_problem_handlers
from .resources.resource import ModelResource
from .services.config import ModelServiceConfig
from .services.service import ModelService


class DemosModels:
    """The registry of statistical models."""

    def __init__(self, app=None):
        """Initialise the extension, and an application if one is given."""
        if app is not None:
            self.init_app(app)

    def init_app(self, app):
        """Initialise an application."""
        self.init_config(app)
        self.registry = ModelRegistry(app.config["DEMOS_MODELS_PERMISSION_POLICY"])
        self.service = ModelService(ModelServiceConfig.build(app))
        self.resource = ModelResource(ModelResourceConfig.build(app), self.service, self.registry)
        self.deposit_resource = DepositModelsResource(DepositModelsResourceConfig())
        register_problem_handlers(app)
        follow_deposits()
        outbox.sends(tasks.follow_up.delay)
        app.extensions["demos-models"] = self

    @staticmethod
    def init_config(app):
        """Set defaults."""
        for name in dir(config):
            if name.startswith("DEMOS_"):
                app.config.setdefault(name, getattr(config, name))


def finalize_app(app):
    """Register the service and the indexer with the framework."""
    extension = app.extensions["demos-models"]
    app.extensions["invenio-records-resources"].registry.register(
        extension.service, service_id="demos-models"
    )
    app.extensions["invenio-indexer"].registry.register(
        extension.service.indexer, indexer_id="demos-models"
    )


api_finalize_app = finalize_app
