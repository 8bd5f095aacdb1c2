# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``make up``: from a checkout to a served portal."""

from __future__ import annotations

import os
import shutil
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from . import compose, containers, digest, environment, lock, preflight
from .errors import OpsError
from .installs import (
    certificate,
    docs,
    engine,
    folders,
    front,
    node,
    opensearch,
    python,
    system,
    tools,
    worker_image,
)
from .instance import Instance
from .programs import Program, programs
from .steps import Job, Runner, Step
from .supervisor import Supervisor, source_digest

ASSET_SOURCES = (".js", ".jsx", ".less", ".css", ".overrides", ".variables", ".config", ".html")


def asset_digest(instance: Instance) -> str:
    """Return a digest of everything that the bundles are made from."""
    root = instance.root
    paths = [root / "Pipfile.lock", root / "invenio.cfg"]
    for folder in ("assets", "static"):
        paths += sorted(path for path in (root / folder).rglob("*") if path.is_file())
    for folder in ("site", "modules"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in ASSET_SOURCES or path.name in ("webpack.py", "pyproject.toml"):
                paths.append(path)
    # The front-end is built by itself.
    own = root / front.FRONT
    paths = [
        path
        for path in paths
        if "node_modules" not in path.parts and own not in path.parents and path.is_file()
    ]
    return digest.of_files(paths, *(str(path.relative_to(root)) for path in paths))


def build_assets(instance: Instance, job: Job) -> bool:
    """Build the bundles unless nothing that they are made from has changed."""
    stamp, wanted = instance.app / "assets-digest", asset_digest(instance)
    if digest.is_stamped(stamp, wanted):
        return False
    stamp.unlink(missing_ok=True)
    built = instance.installed / "instance"
    if built != instance.app and digest.is_stamped(built / "assets-digest", wanted):
        shutil.copytree(built / "static", instance.app / "static", dirs_exist_ok=True)
    else:
        path = f"{instance.node / 'bin'}:{os.environ.get('PATH', os.defpath)}"
        job.run(
            [str(instance.venv / "bin" / "python"), "-m", "demos_site.assets"],
            env={**instance.env, "PATH": path},
            cwd=instance.root,
            timeout=1200,
        )
    digest.put(stamp, wanted)
    restart_older(instance, "web", time.time())
    return True


def compress(instance: Instance, job: Job) -> bool:
    """Compress the static files once, so that nginx need not do it at each request."""
    stamp = instance.app / "compressed-digest"
    wanted = (instance.app / "assets-digest").read_text() + front.served_digest(instance)
    if digest.is_stamped(stamp, wanted):
        return False
    script = Path(__file__).with_name("compress.py")
    static = str(instance.app / "static")
    job.run(["nice", str(instance.venv / "bin" / "python"), str(script), static])
    digest.put(stamp, wanted)
    return True


def restart_older(instance: Instance, name: str, moment: float) -> None:
    """Restart a program that runs since before a moment, for it holds what was valid then."""
    supervisor = Supervisor(instance)
    if not supervisor.running():
        return
    state = supervisor.states().get(name, {})
    # A web process that was started in this run has not looked at the bundles yet.
    if state.get("statename") == "RUNNING" and state["start"] < moment - 600:
        supervisor.rpc.supervisor.stopProcess(name, True)
        supervisor.rpc.supervisor.startProcess(name, False)


def set_up(instance: Instance, job: Job, *, force: bool = False) -> bool:
    """Make database, indices and fixtures what the code wants, unless they are."""
    stamp = instance.data / "set-up-digest"
    wanted = digest.of_files([instance.env_file], source_digest(instance))
    if not force and digest.is_stamped(stamp, wanted):
        return False
    stamp.unlink(missing_ok=True)
    job.run(
        [str(instance.venv / "bin" / "python"), "-m", "demos_site.setup"],
        env=instance.env,
        cwd=instance.root,
        timeout=1800 if instance.env.get("DEMOS_VOCABULARIES") == "full" else 600,
    )
    digest.put(stamp, wanted)
    return True


def ready(instance: Instance, job: Job) -> bool:
    """Wait until a visitor gets the front page and the search."""
    # The certificate may be our own; this asks whether the portal serves, not whom it proves to be.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    for path in ("/api/records?size=1", "/"):
        request = urllib.request.Request(
            f"https://127.0.0.1:{instance.ports['https']}{path}",
            headers={"Host": instance.url.split("://", 1)[1]},
        )
        deadline = time.monotonic() + 90
        while True:
            try:
                with urllib.request.urlopen(request, timeout=60, context=context) as answer:  # noqa: S310
                    answer.read()
                break
            except urllib.error.HTTPError as error:
                job.note(f"{path}: {error.code}\n{error.read().decode(errors='replace')[:2000]}")
                if error.code != 503 or time.monotonic() > deadline:
                    raise OpsError(
                        f"{path} answers {error.code}", f"see {instance.logs}/web.log"
                    ) from None
                time.sleep(1)
    return False


def starter(instance: Instance, name: str) -> Callable[[Job], bool]:
    """Return the work of starting a program."""

    def work(job: Job) -> bool:
        program = programs(instance)[name]
        if not Path(program.command[0]).exists():
            raise OpsError(f"{program.command[0]} is not there")
        return Supervisor(instance).start_program(program)

    return work


def guarded(
    instance: Instance, name: str, install: Callable[[Instance, Job], bool]
) -> Callable[[Job], bool]:
    """Return the work of installing something that two instances may want at once."""

    def work(job: Job) -> bool:
        with lock.in_turn(instance.installed, name):
            return install(instance, job)

    return work


def base_steps(instance: Instance) -> list[Step]:
    """Return the steps that everything else needs."""
    return [
        Step("system packages", lambda job: system.install(system.packages(instance), job)),
        Step("tools", guarded(instance, "tools", tools.install)),
    ]


def service_steps(instance: Instance, watched: dict[str, Program]) -> list[Step]:
    """Return the steps up to running services."""
    jars = guarded(instance, "opensearch jars", opensearch.install)
    steps = [
        *base_steps(instance),
        Step(
            "supervisor",
            lambda job: Supervisor(instance).start(programs(instance), job.run),
            ("tools", "system packages"),
        ),
    ]
    if instance.services == "local":
        steps.append(Step("opensearch jars", jars, ("system packages",)))
    if instance.services == "compose":
        steps.append(Step("services", lambda job: compose.up(instance, job)))
    steps += [
        Step(program.name, starter(instance, program.name), ("supervisor", *program.needs))
        for program in watched.values()
        if not program.portal
    ]
    return steps


def python_steps(instance: Instance) -> list[Step]:
    """Return the steps that make the Python environment."""
    return [
        Step("python packages", guarded(instance, "python packages", python.install), ("tools",)),
        Step(
            "engine",
            guarded(instance, "engine", engine.install),
            ("python packages", "system packages"),
        ),
    ]


def front_steps(instance: Instance, present: set[str]) -> list[Step]:
    """Return the steps that let the front-end be built and tested, but those that are present."""
    made = front.prepare
    steps = [
        Step("node", guarded(instance, "node", node.install), ("tools",)),
        Step("front-end packages", guarded(instance, "front", made), ("node", "system packages")),
    ]
    return [step for step in steps if step.name not in present]


def container_steps(instance: Instance) -> list[Step]:
    """Return the steps that make the images in which models run, where they run in containers."""
    if not containers.wanted(instance):
        return []
    needs = ["python packages", "engine", "system packages"]
    needs += ["exec-dockerd"] * containers.is_own(instance)
    build = guarded(instance, "worker image", worker_image.install)
    return [Step("worker image", build, tuple(needs))]


def portal_steps(instance: Instance, *, force: bool = False) -> list[Step]:
    """Return all steps of ``make up``."""
    watched = programs(instance)
    services = [program.name for program in watched.values() if not program.portal]
    services = [name for name in services if name != "nginx"]
    return [
        *service_steps(instance, watched),
        *python_steps(instance),
        *container_steps(instance),
        Step("folders", lambda job: folders.install(instance, job)),
        Step(
            "certificate",
            lambda job: certificate.install(instance, job),
            ("system packages",),
        ),
        Step("node", guarded(instance, "node", node.install), ("tools",)),
        Step(
            "assets",
            lambda job: build_assets(instance, job),
            ("node", "python packages", "engine", "folders"),
        ),
        Step("docs", lambda job: docs.install(instance, job), ("python packages", "folders")),
        Step("front-end", guarded(instance, "front", front.install), ("node", "folders", "assets")),
        Step("compression", lambda job: compress(instance, job), ("assets", "front-end", "ready")),
        Step(
            "set-up",
            lambda job: set_up(instance, job, force=force),
            ("python packages", "engine", "folders", "services", *services),
            "run `make up` again; if it fails in the same way, `make reset` starts from nothing",
        ),
        *(
            Step(program.name, starter(instance, program.name), ("supervisor", *program.needs))
            for program in watched.values()
            if program.portal
        ),
        Step("ready", lambda job: ready(instance, job), ("nginx", "web", "worker")),
    ]


def worker_images(instance: Instance) -> None:
    """Build the images that models run in, and start what that needs.

    Raises:
        OpsError: When models do not run in containers here.
    """
    with lock.exclusive(instance.var, "up"):
        instance = environment.write(instance)
        if not containers.wanted(instance):
            raise OpsError(
                "models run in sandboxes here and need no image",
                "give DEMOS_EXEC_BACKEND=docker for containers",
            )
        names = ("system packages", "tools", "supervisor", "exec-dockerd")
        steps = service_steps(instance, programs(instance))
        steps = [step for step in steps if step.name in names]
        runner = Runner(instance.logs / "up")
        runner.run([*steps, *python_steps(instance), *container_steps(instance)])


def up(instance: Instance, *, force_set_up: bool = False) -> Instance:
    """Bring the portal up.

    Args:
        instance: The instance as last brought up.
        force_set_up: Whether to look at database and indices although nothing has changed.

    Returns:
        The instance with its present environment.
    """
    begin = time.monotonic()
    instance = environment.write(instance)
    preflight.check(instance, programs(instance))
    runner = Runner(instance.logs / "up")
    try:
        runner.run(portal_steps(instance, force=force_set_up))
    finally:
        runner.times["total"] = {"seconds": round(time.monotonic() - begin, 2), "changed": False}
        runner.save(instance.logs / "up" / "times.json")
    runner.show(f"  up in {time.monotonic() - begin:.0f} s")
    return instance
