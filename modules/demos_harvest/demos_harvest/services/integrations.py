# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The service that shows and steers the harvest of every peer."""

import uuid

import sqlalchemy as sa
from demos_models.api import registry
from flask import current_app
from invenio_db import db
from invenio_db.uow import unit_of_work
from invenio_records_resources.services.base import Service

from ..background import start_in_background
from ..connections import peer_named
from ..errors import NoBrokerError, UnknownDoubtError, UnknownPeerError, UnknownRunError
from ..records.models import DOUBTFUL, REGISTERED, SKIPPED, HarvestItem, HarvestRun
from ..status import doubts, problems, run_to_dict, runs_of, state_of, states


class IntegrationsService(Service):
    """How the peers are doing, and what an administrator can do about it."""

    def search(self, identity):
        """Return the state of every harvested peer, as JSON."""
        self.require_permission(identity, "search")
        return states()

    def read(self, identity, peer):
        """Return the state of one peer with its runs, problems and doubts, as JSON.

        Raises:
            UnknownPeerError: If no such peer is harvested.
        """
        self.require_permission(identity, "read")
        self._harvested(peer)
        return {
            **state_of(peer),
            "runs": [with_links(run) for run in runs_of(peer, self.config.runs)],
            "problems": problems(peer),
            "doubts": doubts(peer),
        }

    def harvest(self, identity, peer, **arguments):
        """Have a peer harvested in the background.

        Args:
            identity: Who asks.
            peer: The peer.
            **arguments: ``since``, ``ids``, ``retry`` as a harvest takes them.

        Returns:
            The run as JSON.

        Raises:
            UnknownPeerError: If no such peer is harvested.
            NoBrokerError: If there is nobody to do it now.
        """
        self.require_permission(identity, "harvest")
        self._harvested(peer)
        run = start_in_background(peer, **arguments)
        if run.status == "failed":
            raise NoBrokerError(run.error["message"])
        return with_links(run)

    def read_run(self, identity, run_id):
        """Return a run as JSON.

        Raises:
            UnknownRunError: If there is no such run.
        """
        self.require_permission(identity, "read_run")
        run = db.session.get(HarvestRun, uuid.UUID(str(run_id)))
        if run is None:
            raise UnknownRunError("There is no such run.")
        return with_links(run)

    @unit_of_work()
    def decide(self, identity, doubt_id, action, *, uow=None):
        """Decide what a doubtful registration is.

        The registry and the record that raised the doubt change in one transaction.

        Args:
            identity: Who decides.
            doubt_id: The doubtful registration.
            action: ``"new"`` for a model of its own, ``"drop"``, or
                ``{"version_of": model_id}``.
            uow: A unit of work to join; one of its own if not given.

        Returns:
            The entries that follow from the decision.

        Raises:
            UnknownDoubtError: If there is no such doubt, or no such model.
            ValueError: If there is no such action.
        """
        self.require_permission(identity, "decide")
        try:
            registration = registry.decide(identity, doubt_id, action, uow=uow)
        except LookupError as error:
            raise UnknownDoubtError(str(error)) from error
        models = list(registration.model_ids) if registration else []
        _settle(doubt_id, registration.status if registration else SKIPPED, models)
        return models

    @staticmethod
    def _harvested(peer):
        if not peer_named(peer).harvested:
            raise UnknownPeerError(f"There is no harvested peer {peer!r}.")


def with_links(run):
    """Return a run as JSON with its address."""
    site = current_app.config["SITE_API_URL"]
    return {**run_to_dict(run), "links": {"self": f"{site}/integrations/runs/{run.id}"}}


def _settle(doubt_id, status, models):
    """Note a decision on the item that raised the doubt."""
    named = sa.cast(HarvestItem.files, sa.Text).contains(str(doubt_id))
    for item in HarvestItem.query.filter(HarvestItem.state == DOUBTFUL, named):
        for key, note in (item.files or {}).items():
            if note.get("doubt") == str(doubt_id):
                item.files = {**item.files, key: {"status": status, "models": models}}
        if not any(n.get("doubt") for n in item.files.values()):
            item.state = REGISTERED if item.models else SKIPPED
