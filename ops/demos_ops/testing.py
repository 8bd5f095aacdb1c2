# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``make test``: parts that need nothing, services of their own, or a portal of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import access, environment, lock, preflight, up
from .errors import OpsError
from .installs import system
from .instance import Instance
from .parts import PARTS, SUITE, Command, Part
from .programs import programs
from .steps import Job, Runner, Step
from .supervisor import Supervisor

PORT_BASE = 5100
"""Where the services of the tests are, unless ``DEMOS_TEST_PORT_BASE`` says otherwise."""

NO_SERVICES = "needs services"
"""What tests say that are skipped for want of services; where there are some, that is a failure."""

NOTHING_COLLECTED = "(exit 5)"
"""What pytest ends with in a folder of whose tests none is chosen."""

TAIL = 150
"""Lines of the log of a failed part that are shown."""


@dataclass
class Result:
    """How a part went."""

    name: str
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    log: Path | None = None

    @property
    def words(self) -> str:
        """Return the counts of tests as words."""
        return ", ".join(f"{number} {what}" for what, number in self.counts.items() if number)


def test_instance(environ: dict[str, str]) -> Instance:
    """Return the instance of the tests: own ports and data, beside the portal's.

    It has the development packages too, in an environment of its own, and shares
    with the portal what is large and the same: jars, Node, the installer.
    """
    main = Instance.here(environ)
    base = environ.get("DEMOS_TEST_PORT_BASE") or str(PORT_BASE)
    instance = Instance.here({"DEMOS_VAR": str(main.var / "test")})
    given = {
        # What the tester gives to a portal that is served is not the tests' affair.
        **{key: value for key, value in environ.items() if key.startswith("DEMOS_TEST_")},
        "DEMOS_PORT_BASE": base,
        "DEMOS_INSTALLED": str(main.installed),
        "DEMOS_VENV": str(main.installed / "venv-test"),
        "DEMOS_DEVELOPMENT": "yes",
        # Harvesters' validators refuse the domains that are reserved for examples.
        "DEMOS_ADMIN_EMAIL": "librarian@demos-portal.org",
        # Programs ask more often than a person; limits have tests of their own.
        "INVENIO_RATELIMIT_GUEST_USER": "1000000 per hour;100000 per minute",
        "INVENIO_RATELIMIT_AUTHENTICATED_USER": "1000000 per hour;100000 per minute",
        # No test is to be joined by a harvest of the night.
        "INVENIO_DEMOS_HARVEST_SCHEDULE": "False",
        # Where containers are required, the tests' portal runs models in them.
        "DEMOS_EXEC_BACKEND": "docker" if environ.get("DEMOS_REQUIRE_DOCKER") == "1" else "local",
        "DEMOS_OPENSEARCH_HEAP": environ.get("DEMOS_OPENSEARCH_HEAP", "1g"),
    }
    return environment.write(instance, given)


def test_environment(instance: Instance, *, with_portal: bool) -> dict[str, str]:
    """Return what the tests find in their environment."""
    urls = environment.service_urls(instance)
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("INVENIO_", "PYTEST_", "VIRTUAL_ENV", "PYTHONPATH"))
    }
    env |= {
        "PATH": f"{instance.venv / 'bin'}:{instance.node / 'bin'}:{env.get('PATH', os.defpath)}",
        "DEMOS_TEST_DATABASE_URI": urls["DEMOS_DATABASE_URI"].removesuffix("/demos"),
        "DEMOS_TEST_SEARCH_HOSTS": urls["DEMOS_SEARCH_HOSTS"],
        "DEMOS_TEST_REDIS_URL": urls["DEMOS_REDIS_URL"],
        "DEMOS_TEST_BROKER_URL": urls["DEMOS_BROKER_URL"].rstrip("/"),
        "DEMOS_VAR": str(instance.var),
        "DEMOS_SCREENSHOTS": str(instance.var / "screenshots"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if host := instance.env.get("DEMOS_EXEC_DOCKER_HOST"):
        env["DEMOS_EXEC_DOCKER_HOST"] = host
    if with_portal:
        env |= {
            "DEMOS_URL": instance.url,
            "DEMOS_TOKEN": access.token(instance),
            "DEMOS_ADMIN_EMAIL": instance.env["DEMOS_ADMIN_EMAIL"],
            "DEMOS_ADMIN_PASSWORD": instance.env["DEMOS_ADMIN_PASSWORD"],
        }
    return env


def read_counts(report: Path) -> tuple[dict[str, int], list[str]]:
    """Read pytest's report.

    Args:
        report: The JUnit file.

    Returns:
        How many tests passed, failed and were skipped; and which were skipped for
        want of services.
    """
    if not report.exists():
        return {}, []
    suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314 - our own file
    assert suite is not None
    number = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
    failed = number["failures"] + number["errors"]
    counts = {
        "passed": number["tests"] - failed - number["skipped"],
        "failed": failed,
        "skipped": number["skipped"],
    }
    lacking = [
        str(case.get("name"))
        for case in suite.iter("testcase")
        for skip in case.iter("skipped")
        if NO_SERVICES in (skip.get("message") or "")
    ]
    return counts, lacking


class Session:
    """Runs parts one after another while what later ones need is being prepared.

    Args:
        instance: The instance of the tests.
        parts: The parts to run.
        chosen: Further arguments of pytest, which choose among the tests.
    """

    def __init__(
        self, instance: Instance, parts: Iterable[Part], chosen: Sequence[str] = ()
    ) -> None:
        self.instance = instance
        self.chosen = chosen
        self.parts = list(parts)
        self.results: list[Result] = []
        self.turn = threading.Lock()
        self.runner = Runner(instance.logs / "test")

    def work(self, part: Part, job: Job) -> bool:
        """Run one part and note how it went; a failure does not stop the others."""
        with self.turn:
            begin = time.monotonic()
            result = Result(part.name, log=job.log)
            self.results.append(result)
            commands = part.commands(self.instance)
            if self.chosen:
                commands = [command for command in commands if "pytest" in command.words]
            if not commands:
                result.problems.append("there is nothing to run")
            env = test_environment(self.instance, with_portal=part.needs == "portal")
            for command in commands:
                self.command(command, part, env, job, result)
            if self.chosen and not any(result.counts.values()) and not result.problems:
                result.problems.append("no test is chosen")
            result.seconds = time.monotonic() - begin
        return True

    def command(
        self,
        command: Command,
        part: Part,
        env: dict[str, str],
        job: Job,
        result: Result,
    ) -> None:
        """Run one command of a part."""
        words = list(command.words)
        report = job.log.with_suffix(".xml")
        report.unlink(missing_ok=True)
        if "pytest" in words:
            words += [*self.chosen, "-o", "junit_family=xunit2", f"--junitxml={report}"]
        try:
            job.run(words, env=env, cwd=command.folder, timeout=part.limit)
        except OpsError as error:
            where = command.folder.relative_to(self.instance.root)
            nothing_chosen = self.chosen and NOTHING_COLLECTED in error.message
            if not nothing_chosen:
                result.problems.append(f"{error.message} [in {where}]")
        counts, lacking = read_counts(report)
        for what, count in counts.items():
            result.counts[what] = result.counts.get(what, 0) + count
        if lacking and part.needs != "nothing":
            result.problems.append(f"skipped for want of services: {', '.join(lacking[:5])}")

    def steps(self) -> list[Step]:
        """Return the preparation that the parts need, and the parts."""
        wanted = {part.needs for part in self.parts}
        packages = [one for part in self.parts for one in part.packages]
        if "portal" in wanted:
            steps = up.portal_steps(self.instance)
        elif "services" in wanted:
            steps = [
                *up.service_steps(self.instance, programs(self.instance)),
                *up.python_steps(self.instance),
                *up.container_steps(self.instance),
            ]
            steps = [step for step in steps if step.name not in ("nginx", "doi-registry")]
        else:
            steps = [*up.base_steps(self.instance), *up.python_steps(self.instance)]
        if packages:
            needed = {name: system.CHECKS[name] for name in packages}
            steps.append(
                Step("test packages", lambda job: system.install(needed, job), ("system packages",))
            )
        if any(part.with_node for part in self.parts):
            steps += up.front_steps(self.instance, {step.name for step in steps})
        before = tuple(step.name for step in steps)
        early = ("python packages", "engine", "test packages", "front-end packages")
        for part in self.parts:
            steps.append(
                Step(
                    f"test {part.name}",
                    lambda job, part=part: self.work(part, job),  # type: ignore[misc]
                    early if part.needs == "nothing" else before,
                )
            )
        return steps

    def report(self, seconds: float) -> bool:
        """Print what failed, and the time of each part.

        Returns:
            Whether all is well.
        """
        for result in self.results:
            if result.problems and result.log is not None:
                lines = result.log.read_text(errors="replace").splitlines()
                print(f"\n---- {result.name}: {'; '.join(result.problems)}\n     ({result.log})")
                print("\n".join(lines[-TAIL:]))
        print()
        for result in self.results:
            word = "failed" if result.problems else "passed"
            print(f"  {word:7} {result.name:<12} {result.seconds:7.1f} s  {result.words}")
        print(f"  {'':7} {'in all':<12} {seconds:7.1f} s, installing and services included")
        return not any(result.problems for result in self.results)


def begin_anew(instance: Instance) -> None:
    """Stop and remove what an earlier run of the tests left."""
    Supervisor(instance).stop()
    for path in (instance.data, instance.app / "data", instance.logs / "test"):
        shutil.rmtree(path, ignore_errors=True)


def outside_suite(name: str, instance: Instance) -> int:
    """Run one of the commands that are no tests: documentation, benchmarks."""
    runner = Runner(instance.logs / "test")
    runner.run([*up.base_steps(instance), *up.python_steps(instance)])
    codes = [
        subprocess.call(
            command.words, cwd=command.folder, env=test_environment(instance, with_portal=False)
        )
        for command in PARTS[name].commands(instance)
    ]
    return max(codes, default=0)


def run(names: list[str], chosen: Sequence[str] = ()) -> int:
    """Run parts of the tests.

    Args:
        names: The parts; none are all of the suite.
        chosen: Further arguments of pytest, as in ``make test-unit ARGS="-k patchset"``.

    Returns:
        The exit code.

    Raises:
        OpsError: When there is no such part, or what it needs cannot be had.
    """
    unknown = sorted(set(names) - set(PARTS))
    if unknown:
        raise OpsError(f"no part {', '.join(unknown)}", f"there are {', '.join(PARTS)}")
    begin = time.monotonic()
    instance = test_instance(dict(os.environ))
    if names and not PARTS[names[0]].test:
        return outside_suite(names[0], instance)
    parts = [PARTS[name] for name in names or SUITE]
    # Not the instance's own lock: some tests bring their portal down and up by the commands.
    with lock.exclusive(instance.run, "test"):
        needs_services = any(part.needs != "nothing" for part in parts)
        if needs_services:
            begin_anew(instance)
            preflight.check(instance, programs(instance))
        session = Session(instance, parts, chosen)
        try:
            session.runner.run(session.steps())
        finally:
            if needs_services and not os.environ.get("DEMOS_TEST_KEEP"):
                Supervisor(instance).stop()
            well = session.report(time.monotonic() - begin)
    sys.stdout.flush()
    return 0 if well else 1
