# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The service that starts, shows and ends runs."""

import threading
import time
import uuid
from contextlib import contextmanager

from flask import current_app
from invenio_db import db
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError
from invenio_records_resources.services.base import Service
from invenio_records_resources.services.errors import PermissionDeniedError
from sqlalchemy import delete, func, select, update

from .. import states
from ..catalogue import open_entry, require_readable
from ..clock import now
from ..errors import (
    InvalidRunError,
    NotCancellableError,
    NotPreparedError,
    NotReadyError,
    RunGoneError,
    RunNotFoundError,
    StillOpenError,
)
from ..operations import InvalidRequest
from ..operations.validation import digest_of, merged
from ..records.models import ModelRun, RunEvent, RunResultFile
from ..runtimes.table import backends_for, runtime_for
from . import machine, steps
from .overview import overview
from .results import run_to_dict
from .submission import ask, insert_run, open_model, replayed

CLOSED = (PermissionDeniedError, PIDDeletedError, PIDDoesNotExistError)
"""What the registry raises of a model that somebody may not read, or not any more."""

SHOWN = ("available", "message", "isolation", "memory", "network", "workers", "queue")
"""What ``execute`` shows of a backend's own description."""

MAX_PAGE = 100
BRIEF_SECONDS = 0.25
"""How long a request may wait, whoever else waits."""

MIN_POLL_SECONDS, MAX_POLL_SECONDS = 0.02, 0.25
"""Between two looks of a waiting request into the database: a tenth of what it has waited so far,
within these bounds."""


class RunsService(Service):
    """Starts, shows and ends runs.

    Args:
        config: the service's configuration.
        runtimes: name to runtime.
        backends: name to backend, the default of several first.
        later: has tasks done by other processes: ``start`` and ``prepare``.
        max_waiting: requests of this process that may wait at once.
    """

    def __init__(self, config, *, runtimes, backends, later, max_waiting):
        super().__init__(config)
        self.runtimes = runtimes
        self.backends = backends
        self._later = later
        self._waiting = threading.BoundedSemaphore(max_waiting)

    #
    # Describing
    #
    def describe(self, identity, model_id, version=None):
        """Say how a model can be run.

        Args:
            identity: who asks.
            model_id: the model's id or alias.
            version: a version's id or number.

        Returns:
            What ``execute`` answers.

        Raises:
            NotExecutableError: with the reason.
        """
        entry = open_entry(identity, model_id, version)
        target = entry.target
        runtime = runtime_for(self.runtimes, target)
        backends = backends_for(runtime, self.backends)
        default = next(iter(backends.values()))
        with self._prepared(runtime):
            about = runtime.describe(entry, default)
        described = {name: backend.describe() for name, backend in backends.items()}
        executable = any(found.get("available") for found in described.values())
        return {
            "id": target.model_id,
            "version": target.version_id,
            "digest": target.digest,
            "runtime": runtime.name,
            "interface": runtime.interface,
            "job_control": ["sync-execute", "async-execute", "dismiss"],
            **about,
            "executable": executable,
            **({} if executable else {"reason": "backend_unavailable"}),
            "limits": current_app.config["DEMOS_EXEC_LIMITS"],
            "backends": [
                {
                    "name": name,
                    "title": backends[name].title,
                    "default": backends[name] is default,
                    **{k: found[k] for k in SHOWN if k in found},
                }
                for name, found in described.items()
            ],
            "estimate": self._estimate(target),
        }

    @contextmanager
    def _prepared(self, runtime):
        """Have prepared what a model lacks, when that is found."""
        try:
            yield
        except NotPreparedError as error:
            self._later.prepare(runtime.name, error.what)
            raise

    def _estimate(self, target):
        """Say how long past runs of a model took."""
        same = (
            ModelRun.model_digest == target.digest
            if target.digest
            else ModelRun.version_id == target.version_id
        )
        rows = db.session.execute(
            select(ModelRun.operation, ModelRun.usage["wall_s"].as_float().label("wall"))
            .where(
                same,
                ModelRun.status == states.SUCCESSFUL,
                ModelRun.reused_from.is_(None),
            )
            .order_by(ModelRun.created.desc())
            .limit(50)
        ).all()
        by_operation = {}
        for operation, wall in rows:
            if wall is not None:
                by_operation.setdefault(operation, []).append(wall)
        return {
            "basis": f"last {len(rows)} runs",
            "seconds": {k: sorted(v)[len(v) // 2] for k, v in by_operation.items()},
        }

    #
    # Starting
    #
    def create(
        self,
        identity,
        model_id,
        body,
        *,
        owner,
        version=None,
        key=None,
        wait=0.0,
        derived_from=None,
        reuse=True,
    ):
        """Start a run.

        Args:
            identity: who runs.
            model_id: the model's id or alias.
            body: ``operation``, ``inputs``, ``parameters``, ``resources``, ``backend``,
                ``version``.
            owner: whose quota counts.
            version: a version's id or number; that of the body if not given.
            key: idempotency key.
            wait: seconds to wait for its end.
            derived_from: the run that this one repeats.
            reuse: whether a known result may answer.

        Returns:
            The run, and whether it is a replay of an earlier request.

        Raises:
            PermissionDeniedError: if the identity may not read the model's files, be the answer
                known or not.
        """
        self.require_permission(identity, "create")
        body_sha256 = digest_of([str(model_id), version, body])
        body = dict(body)
        if "version" in body:
            if version is not None and str(version) != str(body["version"]):
                message = "Another version than that of the address."
                raise InvalidRunError([{"pointer": "/version", "messages": [message]}])
            version = body.pop("version")
        entry = open_model(identity, model_id, version)
        earlier = replayed(owner, key, body_sha256)
        if earlier is None:
            with self._prepared(runtime_for(self.runtimes, entry.target)):
                asked = ask(entry, body, self.runtimes, self.backends)
            run = insert_run(
                identity,
                asked,
                owner=owner,
                key=key,
                body_sha256=body_sha256,
                derived_from=derived_from,
                reuse=reuse,
            )
            if run is not None:
                return self._begun(run, asked, wait), False
            earlier = replayed(owner, key, body_sha256)
        # The key may stand for an older version of the model, whose files are closed by now.
        require_readable(identity, earlier.model_id, earlier.version_id)
        return self._tell(earlier), True

    def _begun(self, run, asked, wait):
        """Start a run that was written just now; return it as it is after the wait."""
        if not steps.is_open(run):
            return run
        if asked.backend.direct:
            documents = asked.plan.documents
            with self._room_to_wait(wait) as seconds:
                ours = steps.start(run, asked.backend, documents, wait=seconds, told=seconds > 0)
            return run if ours else self._tell(db.session.get(ModelRun, run.id))
        self._later.start(str(run.id), run.attempt)
        stored = db.session.get(ModelRun, run.id)
        self._await(stored, wait)
        return self._tell(stored)

    def backend_of(self, run):
        """Return the backend of a run.

        Args:
            run: the run.

        Returns:
            The backend, None if the site has it no more.
        """
        return self.backends.get(run.backend)

    def _direct(self, run):
        """Return the backend of a run if this process may call it, else None."""
        backend = self.backend_of(run)
        return backend if backend is not None and backend.direct else None

    @contextmanager
    def _room_to_wait(self, seconds):
        """Give the time a request may wait: little if many of this process wait already.

        Most runs are over by then; to answer that they are not costs their senders, and this
        process, a further request each.
        """
        if seconds <= 0 or not self._waiting.acquire(blocking=False):
            yield min(seconds, BRIEF_SECONDS)
            return
        try:
            yield seconds
        finally:
            self._waiting.release()

    def _await(self, run, seconds):
        """Wait until a run ends that another process looks after."""
        with self._room_to_wait(seconds) as allowed:
            began = time.monotonic()
            while steps.is_open(run) and (waited := time.monotonic() - began) < allowed:
                db.session.rollback()
                time.sleep(min(MAX_POLL_SECONDS, max(MIN_POLL_SECONDS, waited / 10)))
                db.session.refresh(run)

    #
    # Reading
    #
    def _run(self, identity, run_id, action):
        try:
            run = db.session.get(ModelRun, uuid.UUID(str(run_id)))
        except ValueError:
            run = None
        # Somebody else's run answers as one that does not exist.
        if run is None or not self.check_permission(identity, action, run=run):
            raise RunNotFoundError("There is no such run.")
        if run.dropped is not None:
            raise RunGoneError("This run was deleted.")
        return run

    def read(self, identity, run_id, *, wait=0.0, unless=None):
        """Read a run; wait for a change if that is wanted.

        Args:
            identity: who asks.
            run_id: the run.
            wait: seconds to wait for its end.
            unless: called with the run; true when there is something new already.

        Returns:
            The run.
        """
        run = self._run(identity, run_id, "read")
        backend = self._direct(run) if run.status == states.RUNNING else None
        if steps.is_open(run) and wait > 0 and not (unless and unless(run)):
            if backend is not None:
                with self._room_to_wait(wait) as seconds:
                    steps.look(run, backend, wait=seconds, told=True)
            else:
                self._await(run, wait)
        elif backend is not None:
            steps.look(run, backend, told=True)
        return self._tell(run)

    @staticmethod
    def _tell(run):
        """Note that somebody learns how a run ended, if it has; give the run."""
        if not run.told and not steps.is_open(run):
            db.session.execute(update(ModelRun).where(ModelRun.id == run.id).values(told=True))
            db.session.commit()
        return run

    def shows(self, identity, run):
        """Tell whether somebody may see what a run says of its model, now.

        What a run says follows from the bytes of the model's files: it is for who may read them
        at the time of the answer, whatever was allowed when the run was made.

        Args:
            identity: who asks.
            run: the run.

        Returns:
            True if the identity may.
        """
        try:
            require_readable(identity, run.model_id, run.version_id)
        except CLOSED:
            return False
        return True

    def search(
        self, identity, *, model=None, status=None, reason=None, everybody=False, page=1, size=25
    ):
        """List runs, the newest first.

        Args:
            identity: who asks.
            model: only runs of this model.
            status: only runs in this state.
            reason: only runs that ended for this reason.
            everybody: other people's runs too, for those who may see them.
            page: from 1.
            size: runs a page.

        Returns:
            InvenioRDM's search shape.
        """
        self.require_permission(identity, "search")
        wanted = [ModelRun.dropped.is_(None)]
        if not (everybody and self.check_permission(identity, "see_all")):
            wanted.append(ModelRun.user_id == identity.id)
        for column, value in (
            (ModelRun.model_id, model),
            (ModelRun.status, status),
            (ModelRun.reason, reason),
        ):
            if value:
                wanted.append(column == value)
        size = min(max(size, 1), MAX_PAGE)
        total = db.session.scalar(select(func.count()).select_from(ModelRun).where(*wanted))
        runs = db.session.scalars(
            select(ModelRun)
            .where(*wanted)
            .order_by(ModelRun.created.desc())
            .limit(size)
            .offset((max(page, 1) - 1) * size)
        ).all()
        models = {(run.model_id, run.version_id): run for run in runs}
        seen = {place: self.shows(identity, run) for place, run in models.items()}
        hits = [run_to_dict(run, closed=not seen[run.model_id, run.version_id]) for run in runs]
        return {"hits": {"total": total, "hits": hits}}

    def overview(self, identity):
        """Say how everybody's runs are doing; see ``services.overview``.

        Args:
            identity: who asks.

        Raises:
            PermissionDeniedError: if the identity may not see everybody's runs.
        """
        self.require_permission(identity, "see_all")
        return overview()

    def results(self, identity, run_id):
        """Read a run's result.

        Args:
            identity: who asks.
            run_id: the run.

        Returns:
            The run; its result is ``run.result``.

        Raises:
            NotReadyError: if it has none, or not yet.
        """
        run = self.read(identity, run_id)
        require_readable(identity, run.model_id, run.version_id)
        if run.result_id is None:
            message = "The run has not ended." if steps.is_open(run) else run.message
            extra = {"run_status": run.status, "reason": run.reason}
            raise NotReadyError(message or "The run has no result.", extra)
        return run

    def result_file(self, identity, run_id, name):
        """Find a further output file of a run.

        Args:
            identity: who asks.
            run_id: the run.
            name: the file's name.

        Returns:
            A ``RunResultFile``.

        Raises:
            NotReadyError: if there is none of the name.
        """
        run = self.results(identity, run_id)
        file = db.session.scalar(
            select(RunResultFile).filter_by(result_id=run.result_id, name=name)
        )
        if file is None:
            raise NotReadyError("The run has no such output.")
        return file

    def log(self, identity, run_id, offset):
        """Read what a run wrote, from an offset.

        Args:
            identity: who asks.
            run_id: the run.
            offset: bytes to skip.

        Returns:
            The bytes, and whether something was left out of the log.
        """
        run = self._run(identity, run_id, "read")
        require_readable(identity, run.model_id, run.version_id)
        backend = self._direct(run) if run.status == states.RUNNING else None
        if backend is not None:
            handle = machine.handle_of(run)
            with machine.outside(run):
                return backend.log(handle, offset)
        return (run.log or "").encode()[offset:], run.log_truncated

    def events(self, identity, run_id):
        """List what happened to a run.

        Args:
            identity: who asks.
            run_id: the run.

        Returns:
            The run and its events, the first first.
        """
        run = self._run(identity, run_id, "read")
        require_readable(identity, run.model_id, run.version_id)
        rows = db.session.scalars(select(RunEvent).filter_by(run_id=run.id).order_by(RunEvent.id))
        return run, list(rows)

    #
    # Ending
    #
    def _require_owner(self, identity, run, owner):
        """Refuse to end what somebody else started without signing in.

        Whoever asks the same question is told the name of that run, and may read it.
        """
        mine = run.user_id is not None or run.owner_key == owner
        if not mine and not self.check_permission(identity, "see_all"):
            raise PermissionDeniedError("cancel")

    def cancel(self, identity, run_id, *, owner):
        """End a run.

        A cancel that crosses with the end of the run wins, as long as nobody was told of it.

        Args:
            identity: who asks.
            run_id: the run.
            owner: whose quota counts.

        Returns:
            The run.

        Raises:
            PermissionDeniedError: if somebody else started it without signing in.
            NotCancellableError: if it has ended and its owner knows.
        """
        run = self._run(identity, run_id, "cancel")
        self._require_owner(identity, run, owner)
        if steps.is_open(run):
            steps.cancel(run, self.backend_of(run), told=True)
        elif run.status == states.SUCCESSFUL and not run.told:
            machine.withdraw(run)
        db.session.refresh(run)
        if run.status != states.DISMISSED:
            raise NotCancellableError(f"The run is {run.status}.", {"run_status": run.status})
        return run

    def delete(self, identity, run_id, *, owner):
        """Drop a run that has ended: its results are not served any more.

        Args:
            identity: who asks.
            run_id: the run.
            owner: whose quota counts.

        Raises:
            PermissionDeniedError: if somebody else started it without signing in.
            StillOpenError: if it has not ended.
        """
        run = self._run(identity, run_id, "delete")
        self._require_owner(identity, run, owner)
        if steps.is_open(run):
            raise StillOpenError("Cancel the run first.", {"run_status": run.status})
        db.session.execute(
            update(ModelRun)
            .where(ModelRun.id == run.id)
            .values(dropped=now(), result_id=None, log=None, idempotency_key=None)
        )
        db.session.execute(delete(RunEvent).where(RunEvent.run_id == run.id))
        db.session.commit()

    def rerun(self, identity, run_id, changes, *, owner, wait=0.0):
        """Run again, with other parameters where they are given.

        Args:
            identity: who asks.
            run_id: the run.
            changes: ``inputs`` and ``parameters`` that differ; null is the default again.
            owner: whose quota counts.
            wait: seconds to wait for its end.

        Returns:
            The new run, and False.
        """
        run = self._run(identity, run_id, "read")
        body = {"operation": run.request["operation"], "backend": run.backend}
        body |= changed(run.request, changes)
        return self.create(
            identity,
            run.model_id,
            body,
            owner=owner,
            version=run.version_id,
            wait=wait,
            derived_from=run.id,
            reuse=bool(changes),
        )


def changed(request, changes):
    """Apply the changes of a rerun.

    Args:
        request: of the earlier run.
        changes: the request's body.

    Returns:
        ``inputs`` and ``parameters`` of the new run.

    Raises:
        InvalidRunError: if the changes are none.
    """
    errors = [
        {"pointer": f"/{name}", "messages": ["Only inputs and parameters can be changed."]}
        for name in changes
        if name not in ("inputs", "parameters")
    ]
    found = {}
    for part in ("inputs", "parameters"):
        given = changes.get(part) or {}
        if not isinstance(given, dict):
            errors.append({"pointer": f"/{part}", "messages": ["An object is needed."]})
            continue
        try:
            found[part] = merged(request, part, given)
        except InvalidRequest as error:
            errors += error.errors
    if errors:
        raise InvalidRunError(errors)
    return found
