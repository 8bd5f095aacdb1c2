# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The one path into the registry."""

import uuid
from dataclasses import asdict
from datetime import datetime

from invenio_db import db
from invenio_db.uow import unit_of_work
from invenio_records_resources.services.errors import PermissionDeniedError

from ..records.models import EntryMetadata, ModelDoubt, ModelSource
from . import analyse, storage
from .candidates import candidates_of
from .join import Joiner
from .staging import stage, understood
from .types import Proposal, Registration, Source
from .works import leave


class ModelRegistry:
    """Registers models, wherever they are hosted.

    Args:
        permission_policy_cls: says who may.
    """

    def __init__(self, permission_policy_cls):
        self._policy = permission_policy_cls

    def require_permission(self, identity, action):
        """Raise unless an identity may do something.

        Raises:
            PermissionDeniedError: it may not.
        """
        if not self._policy(action, identity=identity).allows(identity):
            raise PermissionDeniedError(action)

    def is_empty(self):
        """Tell whether no source was ever registered; a withdrawn one counts."""
        return ModelSource.query.first() is None

    def register(self, identity, source, content, metadata, *, uow=None):
        """Register a model that somebody else hosts.

        Bytes are stored and analysed before the transaction that joins them begins.
        Registering the same again changes nothing.

        Args:
            identity: who registers; needs the curators' permission.
            source: where the model is hosted, a ``Source``.
            content: its bytes, a path to them, or None for a model that is only
                described (its ``kind`` is in the metadata then).
            metadata: the fields of the metadata block without ``demos_id``, and
                ``aliases``.
            uow: a unit of work to join; one of its own if not given.

        Returns:
            A ``Registration``.

        Raises:
            PermissionDeniedError: the identity may not register models.
            RegistrationError: the content holds no valid model, or the metadata names
                no known kind.
        """
        staged = self.stage(identity, [Proposal(source, content, metadata)])
        if uow is None:
            db.session.commit()
        if staged[0].error:
            raise staged[0].error
        (registration,) = self.register_staged(identity, staged, uow=uow)
        return registration

    def stage(self, identity, proposals):
        """Analyse and store what is to be registered; no model is written yet.

        Args:
            identity: who registers; needs the curators' permission.
            proposals: ``Proposal`` objects.

        Returns:
            One ``Staged`` per proposal, in order; one that cannot be registered has an
            ``error``. The caller commits, so that storing is over before others wait.

        Raises:
            PermissionDeniedError: the identity may not register models.
        """
        self.require_permission(identity, "register")
        return stage(proposals)

    @unit_of_work()
    def register_staged(self, identity, staged, *, uow=None):
        """Register what was staged, all in one transaction and in this order.

        Args:
            identity: who registers; needs the curators' permission.
            staged: from ``stage``; those with an error are passed over.
            uow: a unit of work to join; one of its own if not given.

        Returns:
            A ``Registration`` for each in order, None for one that was passed over.

        Raises:
            PermissionDeniedError: the identity may not register models.
        """
        self.require_permission(identity, "register")
        return self._join(staged, uow)

    @unit_of_work()
    def withdraw(self, identity, host, key, reason, uow=None):
        """Mark a source, with the members of a pallet, as gone from its host.

        Args:
            identity: who withdraws; needs the curators' permission.
            host: the source's host.
            key: the source's key.
            reason: why, in a word or two.
            uow: a unit of work to join.

        Returns:
            How many sources are gone by it.

        Raises:
            PermissionDeniedError: the identity may not withdraw.
        """
        self.require_permission(identity, "register")
        sources = [s for s in _sources(host, key) if s.gone_at is None]
        leave(sources, reason, uow)
        return len(sources)

    @unit_of_work()
    def decide(self, identity, doubt_id, action, *, uow=None):
        """Decide a doubtful registration.

        Args:
            identity: who decides; needs the curators' permission.
            doubt_id: from ``Registration.doubt_id``.
            action: ``"new"`` for a model of its own, ``"drop"``, or
                ``{"version_of": model_id}``.
            uow: a unit of work to join; one of its own if not given.

        Returns:
            The ``Registration``; None for ``"drop"``.

        Raises:
            PermissionDeniedError: the identity may not decide.
            LookupError: there is no such doubt, or no such model.
            ValueError: there is no such action.
        """
        self.require_permission(identity, "register")
        doubt = db.session.get(ModelDoubt, uuid.UUID(str(doubt_id)))
        if doubt is None:
            raise LookupError(f"There is no doubtful registration {doubt_id}.")
        if action == "drop":
            db.session.delete(doubt)
            return None
        work_id = None
        if isinstance(action, dict) and set(action) == {"version_of"}:
            work_id = uuid.UUID(str(action["version_of"]))
            if db.session.get(EntryMetadata, work_id) is None:
                raise LookupError(f"There is no model {work_id}.")
        elif action != "new":
            raise ValueError(f"{action!r} is none of 'new', 'drop' and {{'version_of': id}}.")
        source = _source_from_json(doubt.request["source"])
        result = None
        if doubt.file_id is not None:
            result = analyse.known([doubt.file_id])[str(doubt.file_id)]
        staged = understood(source, doubt.request["metadata"], result, doubt.file_id)
        if staged.error:
            raise staged.error
        for spec in staged.specs:
            spec.work_id = work_id
        db.session.delete(doubt)
        (registration,) = self._join([staged], uow, decided=True)
        return registration

    def _join(self, staged, uow, *, decided=False):
        if all(item.error for item in staged):
            return [None] * len(staged)
        joiner = Joiner([spec for item in staged for spec in item.specs])
        registrations, kept = [], []
        for item in staged:
            if item.error:
                registrations.append(None)
                continue
            candidates = [] if decided else candidates_of(item, joiner.known)
            if candidates:
                registrations.append(_keep_doubt(item, candidates))
                continue
            joined = joiner.add(item.specs)
            registrations.append(_registration(joined, item.findings))
            kept += [
                (j.version, f"source/{j.source.key}", j.source.file_id)
                for j in joined
                if j.source.file_id and j.version is not None
            ]
        with db.session.no_autoflush:
            storage.keep_all(kept)
        joiner.finish(uow)
        return registrations


def _registration(joined, findings):
    models = [j for j in joined if j.source.role == "model"]
    statuses = {j.status for j in joined}
    return Registration(
        status=statuses.pop() if len(statuses) == 1 else "updated",
        model_ids=[str(j.version.work_id) for j in models],
        version_ids=[str(j.version.id) for j in models],
        findings=findings,
    )


def _keep_doubt(staged, candidates):
    source = staged.source
    doubt = db.session.query(ModelDoubt).filter_by(host=source.host, key=source.key).one_or_none()
    if doubt is None:
        doubt = ModelDoubt(id=uuid.uuid4(), host=source.host, key=source.key)
        db.session.add(doubt)
    doubt.request = {"source": _source_to_json(source), "metadata": staged.metadata}
    doubt.file_id = staged.file_id
    doubt.candidates = [asdict(c) for c in candidates]
    return Registration(
        status="doubtful",
        findings=staged.findings,
        candidates=candidates,
        doubt_id=str(doubt.id),
    )


def _sources(host, key):
    members = ModelSource.key.startswith(f"{key}#", autoescape=True)
    return (
        db.session.query(ModelSource)
        .filter(ModelSource.host == host, (ModelSource.key == key) | members)
        .all()
    )


def _source_to_json(source):
    values = asdict(source)
    values["access"] = dict(source.access)
    values["seen_at"] = source.seen_at.isoformat() if source.seen_at else None
    return values


def _source_from_json(values):
    seen_at = values.get("seen_at")
    return Source(**{**values, "seen_at": datetime.fromisoformat(seen_at) if seen_at else None})
