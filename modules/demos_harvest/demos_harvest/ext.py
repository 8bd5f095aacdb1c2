# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The extension."""

from copy import deepcopy

from . import config
from .connections import configured_peers
from .resources.config import IntegrationsResourceConfig, LookupResourceConfig
from .resources.integrations import IntegrationsResource
from .resources.lookups import LookupResource
from .services import (
    HarvestedRecordsService,
    HarvestedRecordsServiceConfig,
    IntegrationsService,
    IntegrationsServiceConfig,
    LookupsService,
    LookupsServiceConfig,
)


class DemosHarvest:
    """The harvest of models that other archives hold."""

    def __init__(self, app=None):
        """Initialise the extension, and an application if one is given."""
        if app is not None:
            self.init_app(app)

    def init_app(self, app):
        """Initialise an application.

        Raises:
            PeerDescriptionError: If two peers clash, or the settings name an unknown one.
        """
        for name in dir(config):
            if name.startswith("DEMOS_HARVEST_"):
                app.config.setdefault(name, getattr(config, name))
        self._app, self._seen = app, None
        self.lookups_service = LookupsService(LookupsServiceConfig)
        self.integrations_service = IntegrationsService(IntegrationsServiceConfig)
        self.records_service = HarvestedRecordsService(HarvestedRecordsServiceConfig)
        lookups = LookupResourceConfig()
        lookups.peers = tuple(peer.name for peer in self.peers.values() if peer.looked_up)
        self.lookup_resource = LookupResource(lookups, self.lookups_service)
        self.integrations_resource = IntegrationsResource(
            IntegrationsResourceConfig(), self.integrations_service, self.records_service
        )
        app.extensions["demos-harvest"] = self

    @property
    def peers(self):
        """The peers by name, as the application's settings have them at the moment."""
        names = ("DEMOS_HARVEST_PEERS", "DEMOS_HARVEST_OAIPMH_SOURCES")
        settings = [self._app.config[name] for name in names]
        if self._seen != settings:
            self._peers = configured_peers(self._app)
            self._seen = deepcopy(settings)
        return self._peers


class RouteTakenError(ValueError):
    """A peer's name is that of another part of the REST API."""


def finalize_app(app):
    """Register the services and the jobs."""
    from .jobs import job_types  # noqa: PLC0415 - the tasks need a Celery application

    extension = app.extensions["demos-harvest"]
    services = app.extensions["invenio-records-resources"].registry
    for service in (
        extension.lookups_service,
        extension.integrations_service,
        extension.records_service,
    ):
        services.register(service, service_id=service.config.service_id)
    jobs = app.extensions["invenio-jobs"].registry
    for job in job_types(extension.peers.values()):
        jobs.register(job)


def api_finalize_app(app):
    """Do the same for the REST application, whose routes must have one owner each."""
    finalize_app(app)
    own = {f"/{name}/" for name in app.extensions["demos-harvest"].lookup_resource.config.peers}
    for rule in app.url_map.iter_rules():
        taken = next((p for p in own if rule.rule.startswith(p)), None)
        if taken and not rule.endpoint.startswith("demos_harvest."):
            raise RouteTakenError(
                f"The peer {taken.strip('/')!r} cannot be looked up: {rule.rule} has its name."
            )
