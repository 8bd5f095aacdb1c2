# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Build the images that models run in, from an official base or from Debian's packages.

``python docker/worker/build.py [--docker-host URL] [--tag NAME] [--base IMAGE]``, run by the
Python of the portal's environment, builds the worker and the example model and prints each image's
name and identifier. What was built from the same files is not built again.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from demos_exec.pool.closure import digest, packages
from docker.errors import APIError, ImageNotFound

import docker

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent / "example-model"
EXAMPLE_TAG = "demos-example-model:1"
OFFICIAL = "python:3.11-slim-bookworm"
DEBIAN = "demos-base:bookworm"
LABEL = "org.demos.inputs"


def base_image(client: docker.DockerClient, wanted: str | None) -> str:
    """Give a base image with Python 3.11.

    Args:
        client: the engine.
        wanted: a base that was asked for.

    Returns:
        Its name: the official one, or one that is made with debootstrap where no registry answers.
    """
    for name in (wanted, DEBIAN) if wanted else (OFFICIAL, DEBIAN):
        try:
            client.images.get(name)
        except ImageNotFound:
            continue
        return name
    try:
        client.images.pull(wanted or OFFICIAL)
    except APIError as error:
        print(f"no registry answers ({error.explanation}): debootstrap", file=sys.stderr)
        return debian_image(client)
    return wanted or OFFICIAL


def debian_image(client: docker.DockerClient) -> str:
    """Make a base image from Debian's packages.

    Args:
        client: the engine.

    Returns:
        Its name.
    """
    with tempfile.TemporaryDirectory(prefix="demos-base-") as folder:
        root = Path(folder) / "root"
        command = ["debootstrap", "--variant=minbase", "--include=python3", "bookworm", str(root)]
        subprocess.run(command, check=True, stdout=sys.stderr)
        shutil.rmtree(root / "var/cache/apt", ignore_errors=True)
        shutil.rmtree(root / "var/lib/apt/lists", ignore_errors=True)
        archive = Path(folder) / "base.tar"
        subprocess.run(
            ["tar", "-C", str(root), "--exclude=./dev/*", "-cf", str(archive), "."], check=True
        )
        repository, tag = DEBIAN.split(":")
        client.api.import_image_from_file(str(archive), repository=repository, tag=tag)
    return DEBIAN


def worker_files(context: Path) -> None:
    """Copy what the worker imports into the build's folder.

    Args:
        context: the folder.
    """
    shutil.copy(HERE / "Dockerfile", context)
    left_out = shutil.ignore_patterns("__pycache__", "*.pyi", "tests")
    for name, place in packages().items():
        target = context / "lib" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if place.is_dir():
            shutil.copytree(place, target, ignore=left_out)
        else:
            shutil.copy(place, target)


def example_files(context: Path) -> None:
    """Copy the example model into the build's folder.

    Args:
        context: the folder.
    """
    shutil.copytree(EXAMPLE, context, dirs_exist_ok=True)


def build(
    client: docker.DockerClient, tag: str, base: str, sources: bytes, fill: Callable[[Path], None]
) -> None:
    """Build an image unless it is of the same sources, and say so.

    Args:
        client: the engine.
        tag: its name.
        base: the base image's name.
        sources: what decides its content, besides the base.
        fill: puts the Dockerfile and its files into a folder.
    """
    parts = sources + str(client.images.get(base).id).encode()
    inputs = hashlib.sha256(parts).hexdigest()
    try:
        known = client.images.get(tag)
    except ImageNotFound:
        known = None
    if known is not None and known.labels.get(LABEL) == inputs:
        print(f"found {tag} {known.id}")
        return
    with tempfile.TemporaryDirectory(prefix="demos-image-") as folder:
        fill(Path(folder))
        # No step needs the network; an engine without a bridge has none to give.
        image, _ = client.images.build(
            path=folder,
            tag=tag,
            buildargs={"BASE": base},
            labels={LABEL: inputs},
            network_mode="none",
            rm=True,
            forcerm=True,
        )
    print(f"built {tag} {image.id}")


def main() -> None:
    """Build what is not built."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--docker-host", default=os.environ.get("DEMOS_EXEC_DOCKER_HOST"))
    cli.add_argument("--tag", default=os.environ.get("DEMOS_EXEC_WORKER_IMAGE") or "demos-worker")
    cli.add_argument("--base", help="an image with Python 3.11")
    given = cli.parse_args()
    host = given.docker_host
    client = docker.DockerClient(base_url=host, timeout=600) if host else docker.from_env()
    base = base_image(client, given.base)
    recipe = (HERE / "Dockerfile").read_bytes()
    build(client, given.tag, base, digest().encode() + recipe, worker_files)
    example = b"".join(path.read_bytes() for path in sorted(EXAMPLE.iterdir()))
    build(client, EXAMPLE_TAG, base, example, example_files)


if __name__ == "__main__":
    main()
