# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Containers of any allowed image, one per run, by the Docker Engine's API."""

import contextlib
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from demos_exec.backends import folder
from demos_exec.backends.archive import BadOutput, pack, parse_result, unpack
from demos_exec.backends.base import (
    IMAGE,
    Backend,
    BackendUnavailable,
    Config,
    Image,
    Job,
    Refused,
    State,
)
from demos_exec.site import site_of

WAIT_STEP = 0.1
LOG_BYTES = 128 * 1024
LOG_FLOOD = 1024 * 1024
EXIT_INPUT = 2
KILLED = 137
STOPPED = 143
"""An engine that starts again after a crash ends its containers with SIGTERM; nobody else does."""


class DockerBackend(Backend):
    """Runs container images, hardened and without a network.

    Args:
        config: the application's configuration.
    """

    name = "docker"
    title = "a hardened container of the Docker Engine for each run"
    rank = 20
    runs = frozenset({IMAGE})

    @classmethod
    def enabled(cls, config: Config) -> bool:
        """Tell whether the site is set up for containers.

        Args:
            config: the application's configuration.

        Returns:
            True if it is.
        """
        return config["DEMOS_EXEC_BACKEND"] == "docker"

    @classmethod
    def from_config(cls, config: Config) -> "DockerBackend":
        """Build it from the site's settings.

        Args:
            config: the application's configuration.

        Returns:
            The backend; web processes never connect it.
        """
        return cls(config)

    def __init__(self, config: Config) -> None:
        self._config = config
        self._site = site_of(config["DEMOS_EXEC_POOL_SOCKET"])
        self._connected = None
        self.limits = config["DEMOS_EXEC_LIMITS"]
        self._image_max_bytes = config["DEMOS_EXEC_IMAGE_MAX_BYTES"]

    @property
    def client(self) -> Any:
        """The engine's client, connected on first use: web processes never do.

        Raises:
            BackendUnavailable: if no engine answers.
        """
        if self._connected is None:
            import docker  # noqa: PLC0415 - 0.2 s that web processes need not spend

            host = self._config["DEMOS_EXEC_DOCKER_HOST"]
            try:
                self._connected = (
                    docker.DockerClient(base_url=host, timeout=30) if host else docker.from_env()
                )
                self._connected.ping()
            except Exception as error:
                self._connected = None
                raise BackendUnavailable(f"No Docker Engine answers: {error}") from error
        return self._connected

    @contextlib.contextmanager
    def _engine(self) -> Any:
        """Give the client; what its connection does wrong is the engine being away."""
        from docker.errors import APIError, DockerException  # noqa: PLC0415 - as above

        try:
            yield self.client
        except OSError as error:  # so are requests' errors; or a disk is full
            self._connected = None
            raise BackendUnavailable(str(error)) from error
        except APIError as error:
            if error.is_server_error():
                raise BackendUnavailable(str(error)) from error
            raise
        except DockerException as error:
            raise BackendUnavailable(str(error)) from error

    def describe(self) -> dict[str, Any]:
        """Say what the engine is.

        Returns:
            Isolation, version; ``available`` false with the reason otherwise.
        """
        try:
            with self._engine() as client:
                version = client.version()["Version"]
        except BackendUnavailable as error:
            return {"available": False, "message": str(error)}
        return {"available": True, "version": version, **self._sandbox()}

    def _sandbox(self) -> dict[str, Any]:
        return {
            "isolation": "container",
            "memory": "cgroup",
            "network": "none",
        }

    def prepare(self, reference: str) -> Image:
        """Fetch an image, unless the engine has it.

        Args:
            reference: the image as a model names it.

        Returns:
            The image.

        Raises:
            BackendUnavailable: if no engine answers.
            Refused: if the image cannot be fetched or is larger than it may be.
        """
        from docker.errors import APIError, ImageNotFound  # noqa: PLC0415 - as above

        with self._engine() as client:
            try:
                image = client.images.get(reference)
            except ImageNotFound:
                try:
                    image = client.images.pull(reference)
                except APIError as error:
                    message = f"The image cannot be fetched: {str(error.explanation)[:300]}"
                    raise Refused("image_pull_failed", message) from error
        size = image.attrs["Size"]
        if size > self._image_max_bytes:
            message = f"The image has {size} bytes, {self._image_max_bytes} are allowed."
            raise Refused("image_not_allowed", message)
        digests = {d.partition("@")[2] for d in image.attrs.get("RepoDigests") or ()}
        return Image(image.id, frozenset({image.id, *digests}), size, image.labels)

    def holds(self, image_id: str) -> bool:
        """Tell whether the engine has an image.

        Args:
            image_id: the image's identifier.

        Returns:
            True if it has.

        Raises:
            BackendUnavailable: if no engine answers.
        """
        from docker.errors import ImageNotFound  # noqa: PLC0415 - as above

        with self._engine() as client:
            try:
                client.images.get(image_id)
            except ImageNotFound:
                return False
        return True

    def start(self, job: Job, wait: float = 0.0) -> State:
        """Create and start a run's container, or find it.

        Args:
            job: the attempt.
            wait: seconds to wait for its end.

        Returns:
            Its state.

        Raises:
            BackendUnavailable: if no engine answers.
            Refused: if the image is not there.
        """
        from docker.errors import APIError, ImageNotFound  # noqa: PLC0415
        from docker.types import Mount  # noqa: PLC0415

        from demos_exec.containers import (  # noqa: PLC0415
            DEADLINE_LABEL,
            LABEL,
            SITE_LABEL,
            hardened,
        )

        deadline = time.time() + job.limits["wall_seconds"]
        # What an image holds below /demos stays out of the volume: it is no output of the run.
        volume = Mount("/demos", None, type="volume", no_copy=True)
        with self._engine() as client:
            try:
                container = client.containers.create(
                    job.image,
                    name=job.handle,
                    labels={
                        LABEL: job.handle,
                        SITE_LABEL: self._site,
                        DEADLINE_LABEL: str(deadline),
                    },
                    **hardened(job.limits, mounts=[volume]),
                )
            except ImageNotFound as error:
                message = "The image is no longer in the engine."
                raise Refused("image_pull_failed", message) from error
            except APIError as error:
                if error.status_code == 409:  # the name is taken: this attempt was created before
                    return self.poll(job.handle, wait)
                if error.is_client_error():
                    raise Refused("system_error", str(error.explanation)[:500]) from error
                raise
            files = {"request.json": json.dumps(job.request).encode()}
            self._send(container, files)
            container.start()
        return self.poll(job.handle, wait)

    @staticmethod
    def _volume(container: Any) -> Path | None:
        """Give the folder of the run's volume, where that is all there is below ``/demos``.

        An image may ask for volumes of its own, which hide what is in the folder.
        """
        sources = {m["Destination"]: Path(m["Source"]) for m in container.attrs["Mounts"]}
        if any(place.startswith("/demos/") for place in sources):
            return None
        return sources["/demos"] if folder.is_ours(sources["/demos"]) else None

    def _send(self, container: Any, files: dict[str, bytes]) -> None:
        if volume := self._volume(container):
            folder.put(volume, files)
        else:
            container.put_archive("/demos", pack(files))

    def _container(self, client: Any, handle: str) -> Any:
        from docker.errors import NotFound  # noqa: PLC0415

        try:
            return client.containers.get(handle)
        except NotFound:
            return None

    def poll(self, handle: str, wait: float = 0.0) -> State:
        """Ask how a container is; end one that is past its deadline.

        Args:
            handle: the attempt.
            wait: seconds to wait for its end.

        Returns:
            Its state, with the output when it has ended.

        Raises:
            BackendUnavailable: if no engine answers.
        """
        end = time.monotonic() + wait
        with self._engine() as client:
            container = self._container(client, handle)
            if container is None:
                return State("unknown")
            if container.status == "created":
                # Whoever created it died before it was started: it never ran.
                return self._never_started(container)
            while container.status not in ("exited", "dead"):
                if time.time() > self._deadline(container):
                    self._kill(container)
                elif fault := self._fault(container):
                    self._kill(container)
                    return self._ended(container, *fault)
                elif time.monotonic() >= end:
                    return State("running", sandbox=self._sandbox())
                else:
                    time.sleep(WAIT_STEP)
                container.reload()
            return self._collect(container)

    def _never_started(self, container: Any) -> State:
        container.remove(force=True, v=True)
        return State("unknown")

    @staticmethod
    def _kill(container: Any) -> None:
        from docker.errors import APIError  # noqa: PLC0415

        with contextlib.suppress(APIError):  # it has ended meanwhile
            container.kill()
        container.wait(timeout=10)

    def _fault(self, container: Any) -> tuple[str, str] | None:
        """Name what a running container does that it must not, if anything."""
        log = container.logs(stdout=True, stderr=True)
        # The engine writes each line as a JSON object of some 90 bytes more.
        if len(log) + 90 * log.count(b"\n") > LOG_FLOOD:
            return "log_flood", "It floods its log."
        most = self.limits["disk_bytes"]
        for mount in container.attrs["Mounts"]:
            if _stored(Path(mount["Source"]), most) > most:
                return "output_too_large", f"It wrote more than {most} bytes."
        return None

    def _deadline(self, container: Any) -> float:
        from demos_exec.containers import DEADLINE_LABEL  # noqa: PLC0415

        return float(container.labels.get(DEADLINE_LABEL, "inf"))

    def _collect(self, container: Any) -> State:
        """Name how a container ended, and take its output."""
        container.reload()
        state = container.attrs["State"]
        code = state["ExitCode"]
        if state["OOMKilled"]:
            return self._ended(container, "out_of_memory", "More memory was used than allowed.")
        if code == KILLED and self._finished(state) >= self._deadline(container) - 0.5:
            return self._ended(container, "timeout", "Not done within its time limit.")
        try:
            files = self._output(container)
        except BadOutput as bad:
            return self._ended(container, bad.reason, bad.message)
        if code == EXIT_INPUT:
            return self._ended(container, "invalid_input", self._error(files))
        if code == STOPPED:
            return self._ended(container, "backend_lost", "The engine stopped it.")
        if code != 0:
            return self._ended(container, "nonzero_exit", f"It ended with exit code {code}.")
        text = files.pop("result.json", None)
        if text is None:
            return self._ended(container, "no_output", "It wrote no result.json.")
        try:
            parse_result(text)
        except BadOutput as bad:
            return self._ended(container, bad.reason, bad.message)
        files.pop("progress", None)
        log, truncated = self._log(container)
        return State(
            "done",
            outcome={"status": "successful", "usage": self._usage(state)},
            result=text,
            files=files,
            log=log,
            log_truncated=truncated,
            sandbox=self._sandbox(),
        )

    def _output(self, container: Any) -> dict[str, bytes]:
        """Read what a container left in ``out/``.

        Where it sends an archive, the engine holds a lock of the container meanwhile: a reader
        that stops early must hang up, or every later question about the container waits for it.
        The SDK's call gives no way to do so.
        """
        caps = {
            "max_bytes": self.limits["result_bytes"],
            "max_files": self.limits["result_files"] + 1,
        }
        if volume := self._volume(container):
            return folder.take(volume, **caps)
        api = container.client.api
        url = f"{api.base_url}/v{api.api_version}/containers/{container.id}/archive"
        request = {"params": {"path": "/demos/out"}, "stream": True, "timeout": 30}
        with api.get(url, **request) as answer:
            answer.raise_for_status()
            return unpack(answer.iter_content(256 * 1024), **caps)

    def _ended(self, container: Any, reason: str, message: str) -> State:
        container.reload()
        log, truncated = self._log(container)
        outcome = {
            "status": "failed",
            "reason": reason,
            "message": message,
            "usage": self._usage(container.attrs["State"]),
        }
        return State(
            "done",
            outcome=outcome,
            log=log,
            log_truncated=truncated,
            sandbox=self._sandbox(),
        )

    @staticmethod
    def _error(files: dict[str, bytes]) -> str:
        with contextlib.suppress(BadOutput, KeyError):
            return str(parse_result(files["error.json"]).get("message"))[:1000]
        return "It refused its input."

    @staticmethod
    def _finished(state: dict[str, Any]) -> float:
        return _time(state["FinishedAt"])

    def _usage(self, state: dict[str, Any]) -> dict[str, Any]:
        wall = max(0.0, self._finished(state) - _time(state["StartedAt"]))
        return {"wall_s": round(wall, 3), "exit_code": state["ExitCode"]}

    def _log(self, container: Any) -> tuple[str, bool]:
        """Read the beginning and the end of what the engine has kept."""
        data = container.logs(stdout=True, stderr=True, tail=5000)
        if len(data) <= LOG_BYTES:
            return data.decode("utf-8", "replace").replace("\x00", "�"), False
        half = LOG_BYTES // 2
        kept = data[:half] + b"\n... output left out ...\n" + data[-half:]
        return kept.decode("utf-8", "replace").replace("\x00", "�"), True

    def log(self, handle: str, offset: int) -> tuple[bytes, bool]:
        """Read what a container has written so far.

        Args:
            handle: the attempt.
            offset: bytes to skip.

        Returns:
            The bytes, and whether some are lost.

        Raises:
            BackendUnavailable: if no engine answers.
        """
        with self._engine() as client:
            container = self._container(client, handle)
            if container is None:
                return b"", False
            text, truncated = self._log(container)
            return text.encode()[offset:], truncated

    def cancel(self, handle: str, wait: float = 0.0) -> State:
        """End a container at once.

        Args:
            handle: the attempt.
            wait: not used: when this returns it has ended.

        Returns:
            A dismissed state.

        Raises:
            BackendUnavailable: if no engine answers.
        """
        self.clean(handle)
        outcome = {"status": "dismissed", "reason": "cancelled", "message": "Cancelled."}
        return State("done", outcome=outcome)

    def clean(self, handle: str) -> None:
        """Remove a container with its volume.

        Args:
            handle: the attempt.

        Raises:
            BackendUnavailable: if no engine answers.
        """
        from docker.errors import APIError, NotFound  # noqa: PLC0415

        with self._engine() as client:
            try:
                client.api.remove_container(handle, force=True, v=True)
            except NotFound:
                return
            except APIError as error:
                if error.status_code != 409:  # it is being removed already
                    raise

    def handles(self) -> list[str]:
        """List the runs' containers.

        Returns:
            Their handles.

        Raises:
            BackendUnavailable: if no engine answers.
        """
        from demos_exec.containers import LABEL, SITE_LABEL  # noqa: PLC0415

        ours = {"label": [LABEL, f"{SITE_LABEL}={self._site}"]}
        with self._engine() as client:
            found = client.api.containers(all=True, filters=ours)
        return [one["Labels"][LABEL] for one in found]


def _time(text: str) -> float:
    """Read the engine's time with nanoseconds; the zero time of what never started is 0."""
    if text.startswith("0001"):
        return 0.0
    moment = datetime.fromisoformat(text[:26].rstrip("Z")).replace(tzinfo=UTC)
    return moment.timestamp()


def _stored(folder: Path, enough: int) -> int:
    """Sum the bytes below a folder, until there are enough; 0 where it is on another host."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += (Path(place) / name).lstat().st_blocks * 512
            if total > enough:
                return total
    return total


BACKEND = DockerBackend
