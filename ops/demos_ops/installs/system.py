# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Debian's packages: only what is missing, and without starting anything of theirs."""

from __future__ import annotations

import ctypes.util
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .. import containers
from ..errors import OpsError
from ..instance import Instance
from ..steps import Job

POLICY = Path("/usr/sbin/policy-rc.d")


def command(name: str) -> Callable[[], bool]:
    """Return a check for a command, in the folders of system daemons too."""
    path = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"
    return lambda: shutil.which(name, path=path) is not None


def file(pattern: str) -> Callable[[], bool]:
    """Return a check for a file."""
    return lambda: any(Path("/").glob(pattern.lstrip("/")))


def library(name: str) -> Callable[[], bool]:
    """Return a check for a shared library."""
    return lambda: ctypes.util.find_library(name) is not None


LOCAL = {
    "postgresql": file("/usr/lib/postgresql/*/bin/postgres"),
    "redis-server": command("redis-server"),
    "rabbitmq-server": file("/usr/lib/rabbitmq/bin/rabbitmq-server"),
    "openjdk-17-jre-headless": command("java"),
    "maven": command("mvn"),
}
"""Package: whether there is what it is wanted for, for services of our own."""

PORTAL = {
    "openssl": command("openssl"),
    "nginx-light": command("nginx"),
    "libnginx-mod-http-brotli-static": file("/usr/lib/nginx/modules/*brotli_static*"),
    "bubblewrap": command("bwrap"),
    "libcairo2": library("cairo"),
    "fonts-dejavu-core": file("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
}
"""The same for the portal itself."""

ENGINE = {
    "cargo-web": command("cargo"),
    "rustc-web": command("rustc"),
    "gcc": command("cc"),
    "libc6-dev": file("/usr/include/stdio.h"),
}
"""The same for building the engine."""


CONTAINERS = {"docker.io": command("dockerd"), "debootstrap": command("debootstrap")}
"""The same for a container engine of our own, and for its first image."""


CHECKS = {"chromium": command("chromium")}
"""The same for tests."""


def missing(wanted: dict[str, Callable[[], bool]]) -> list[str]:
    """Return the packages that must be installed."""
    return [package for package, there in wanted.items() if not there()]


@contextmanager
def no_daemons(root: list[str], job: Job) -> Iterator[None]:
    """Keep package scripts from starting services: ours run under our own supervisor.

    Args:
        root: The prefix that makes a command run as root.
        job: Whose log it is.
    """
    if POLICY.exists():
        yield
        return
    script = r"printf '#!/bin/sh\nexit 101\n' > " + f"{POLICY} && chmod 755 {POLICY}"
    job.run([*root, "sh", "-c", script])
    try:
        yield
    finally:
        job.clean([*root, "rm", "-f", str(POLICY)])


def as_root() -> list[str]:
    """Return the prefix that makes a command run as root.

    Raises:
        OpsError: When there is no way to become root.
    """
    if os.getuid() == 0:
        return []
    if shutil.which("sudo"):
        return ["sudo", "-n"]
    raise OpsError("no sudo")


def install(wanted: dict[str, Callable[[], bool]], job: Job) -> bool:
    """Install what is missing.

    Args:
        wanted: Packages and their checks.
        job: Whose log it is.

    Raises:
        OpsError: When something is missing and this user may not install it.
    """
    packages = missing(wanted)
    if not packages:
        return False
    hint = f"as root: apt-get install --no-install-recommends {' '.join(packages)}"
    if not shutil.which("apt-get"):
        raise OpsError(f"{', '.join(packages)} missing, and this is no Debian", "install them")
    try:
        root = as_root()
    except OpsError:
        raise OpsError(f"{', '.join(packages)} missing, no root and no sudo", hint) from None
    if root:
        try:
            job.run([*root, "true"])
        except OpsError:
            raise OpsError(
                f"{', '.join(packages)} missing, and sudo wants a password", f"`sudo -v`, or {hint}"
            ) from None
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    if not any(Path("/var/lib/apt/lists").glob("*Packages*")):
        job.run([*apt, "update"], env=env)
    with no_daemons(root, job):
        arguments = ["install", "-y", "--no-install-recommends", *packages]
        try:
            job.run([*apt, *arguments], env=env)
        except OpsError:
            # Lists that are out of date name packages that are gone.
            job.run([*apt, "update"], env=env)
            job.run([*apt, *arguments], env=env)
    if left := missing({package: wanted[package] for package in packages}):
        raise OpsError(f"{', '.join(left)}: installed, and yet not found", hint)
    return True


def packages(instance: Instance) -> dict[str, Callable[[], bool]]:
    """Return what an instance needs of the system."""
    wanted = dict(PORTAL)
    if instance.services == "local":
        wanted |= LOCAL
    if (instance.root / "modules" / "demos_engine" / "pyproject.toml").exists():
        wanted |= ENGINE
    if containers.is_own(instance):
        wanted |= CONTAINERS
    return wanted
