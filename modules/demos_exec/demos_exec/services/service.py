# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The service that starts, shows and ends runs."""

import threading
import time
import uuid
from contextlib import contextmanager

from flask import current_app
from invenio_db import db
from invenio_records_resources.services.base import Service
from invenio_records_resources.services.errors import PermissionDeniedError
from sqlalchemy import delete, func, select, update

from .. import states
from ..catalogue import PLATFORM_KINDS, patches_of, target_of, validator_of
from ..operations import InvalidRequest
from ..operations.validation import digest_of, merged
from ..records.models import ModelRun, RunEvent, RunResultFile
from . import images, machine, steps
from .errors import (
    BusyError,
    InvalidRunError,
    NotCancellableError,
    NotReadyError,
    RunGoneError,
    RunNotFoundError,
    StillOpenError,
)
from .results import run_to_dict
from .submission import Asked, ask, insert_run, replayed

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
        backends: name to backend; ``default`` is the one of the platform's worker.
        max_waiting: requests of this process that may wait at once.
    """

    def __init__(self, config, backends, max_waiting):
        super().__init__(config)
        self.backends = backends
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
        target = target_of(identity, model_id, version)
        config = current_app.config
        about = {
            "id": target.model_id,
            "version": target.version_id,
            "digest": target.digest,
            "interface": images.CONTRACT,
            "job_control": ["sync-execute", "async-execute", "dismiss"],
        }
        if target.kind in PLATFORM_KINDS:
            validator = validator_of(identity, target, patches_of(identity, target))
            backend = self.backends["default"]
            described = backend.describe()
            operations = validator.describe()
            about |= {
                "image": {"ref": None, "digest": described.get("digest")},
                "examples": _examples(validator),
                "how_to_run_locally": "demos cls FILE --json",
            }
        else:
            image = images.runnable(target.container)
            backend = self.backends["docker"]
            described = {"name": backend.name, "available": True, "network": "none"}
            operations = images.describe(image)
            about |= {
                "image": {"ref": image.ref, "digest": image.digest, "size": image.size},
                "examples": image.interface.get("examples", []),
                "smoke_test": image.smoke,
                "how_to_run_locally": f"docker run --network none -v ./demos:/demos {image.ref}",
            }
        shown = (
            "name",
            "available",
            "message",
            "isolation",
            "memory",
            "network",
            "workers",
            "queue",
        )
        return {
            **about,
            "executable": bool(described.get("available")),
            **({} if described.get("available") else {"reason": "backend_unavailable"}),
            "operations": operations,
            "limits": config["DEMOS_EXEC_LIMITS"],
            "backends": [{"default": True, **{k: described[k] for k in shown if k in described}}],
            "estimate": self._estimate(target),
        }

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
    def worker_digest(self):
        """Give the digest of the platform's worker as the backend says it.

        Returns:
            The digest.

        Raises:
            BusyError: if the backend does not answer.
        """
        digest = self.backends["default"].digest()
        if digest is None:
            message = "The run backend does not answer."
            raise BusyError(message, {"reason": "backend_unavailable"}, retry_after=10)
        return digest

    def create(
        self, identity, model_id, body, *, owner, key=None, wait=0.0, derived_from=None, reuse=True
    ):
        """Start a run.

        Args:
            identity: who runs.
            model_id: the model's id or alias.
            body: ``operation``, ``inputs``, ``parameters``, ``resources``.
            owner: whose quota counts.
            key: idempotency key.
            wait: seconds to wait for its end.
            derived_from: the run that this one repeats.
            reuse: whether a known result may answer.

        Returns:
            The run, and whether it is a replay of an earlier request.
        """
        self.require_permission(identity, "create")
        body_sha256 = digest_of([str(model_id), body])
        earlier = replayed(owner, key, body_sha256)
        if earlier is not None:
            return self._tell(earlier), True
        asked = ask(identity, model_id, dict(body), self.worker_digest)
        backend = self._backend_of(asked)
        run, replay = insert_run(
            identity,
            asked,
            owner=owner,
            key=key,
            body_sha256=body_sha256,
            backend=backend.name,
            derived_from=derived_from,
            reuse=reuse,
        )
        if replay:
            return self._tell(run), True
        if not steps.is_open(run):
            return run, False
        if backend.direct:
            with self._room_to_wait(wait) as seconds:
                ours = steps.start(run, backend, asked.documents, wait=seconds, told=seconds > 0)
            return run if ours else self._tell(db.session.get(ModelRun, run.id)), False
        from ..tasks import start_run  # noqa: PLC0415 - tasks import the services

        start_run.delay(str(run.id), run.attempt)
        stored = db.session.get(ModelRun, run.id)
        self._await(stored, wait)
        return self._tell(stored), False

    def _backend_of(self, asked: Asked):
        return self.backends["docker" if asked.image else "default"]

    def backend_of(self, run):
        """Give the backend of a run.

        Args:
            run: the run.

        Returns:
            The backend.
        """
        return self.backends["docker" if run.image else "default"]

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
        if steps.is_open(run) and wait > 0 and not (unless and unless(run)):
            backend = self.backend_of(run)
            if backend.direct and run.status == states.RUNNING:
                with self._room_to_wait(wait) as seconds:
                    steps.look(run, backend, wait=seconds, told=True)
            else:
                self._await(run, wait)
        elif steps.is_open(run) and run.status == states.RUNNING:
            backend = self.backend_of(run)
            if backend.direct:
                steps.look(run, backend, told=True)
        return self._tell(run)

    @staticmethod
    def _tell(run):
        """Note that somebody learns how a run ended, if it has; give the run."""
        if not run.told and not steps.is_open(run):
            db.session.execute(update(ModelRun).where(ModelRun.id == run.id).values(told=True))
            db.session.commit()
        return run

    def search(self, identity, *, model=None, status=None, everybody=False, page=1, size=25):
        """List runs, the newest first.

        Args:
            identity: who asks.
            model: only runs of this model.
            status: only runs in this state.
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
        if model:
            wanted.append(ModelRun.model_id == model)
        if status:
            wanted.append(ModelRun.status == status)
        size = min(max(size, 1), MAX_PAGE)
        total = db.session.scalar(select(func.count()).select_from(ModelRun).where(*wanted))
        rows = db.session.scalars(
            select(ModelRun)
            .where(*wanted)
            .order_by(ModelRun.created.desc())
            .limit(size)
            .offset((max(page, 1) - 1) * size)
        )
        return {"hits": {"total": total, "hits": [run_to_dict(run) for run in rows]}}

    def _require_files(self, identity, run):
        """What is derived from restricted bytes is for who may read them, still."""
        if run.restricted:
            target_of(identity, run.model_id, run.version_id)

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
        self._require_files(identity, run)
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
        self._require_files(identity, run)
        backend = self.backend_of(run)
        if run.status == states.RUNNING and backend.direct:
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
        rows = db.session.scalars(select(RunEvent).filter_by(run_id=run.id).order_by(RunEvent.id))
        return run, list(rows)

    #
    # Ending
    #
    def _require_owner(self, identity, run, owner):
        """Refuse to end what somebody else started without signing in.

        Who asks the same question is told the name of that run, and may read it.
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
            .values(dropped=machine.now(), result_id=None, log=None, idempotency_key=None)
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
        body = {"operation": run.request["operation"], "version": run.version_id}
        body |= changed(run.request, changes)
        return self.create(
            identity,
            run.model_id,
            body,
            owner=owner,
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


def _examples(validator):
    example = {"name": "default", "operation": "cls", "inputs": {}, "parameters": {"mu": 1.0}}
    if validator.patches:
        example["inputs"] = {"patch": next(iter(validator.patches))}
    elif not validator.has_poi:
        example = {"name": "default", "operation": "fit", "inputs": {}, "parameters": {}}
    return [example]
