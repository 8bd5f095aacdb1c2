# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""PostgreSQL, of the distribution, with its own cluster."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from ..errors import OpsError
from ..instance import Instance
from . import Program

SETTINGS = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 128MB
password_encryption = scram-sha-256
"""


def bin_dir() -> Path:
    """Return the folder of the newest PostgreSQL installed."""
    found = Path("/usr/lib/postgresql").glob("*/bin")
    return max(found, key=lambda path: int(path.parent.name), default=Path("/usr/bin"))


def initialise(data: Path, password: str) -> None:
    """Make the cluster, wholly or not at all.

    Args:
        data: Where it belongs; an existing one is kept.
        password: The password of its owner ``demos``.
    """
    if (data / "PG_VERSION").exists():
        return
    data.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data.parent, prefix="postgresql-new-") as new:
        secret = Path(new, "password")
        secret.write_text(password)
        cluster = Path(new, "cluster")
        subprocess.run(
            [
                *(str(bin_dir() / "initdb"), "-D", str(cluster), "-U", "demos"),
                *("--auth=scram-sha-256", f"--pwfile={secret}", "-E", "UTF8"),
                *("--locale=C.UTF-8", "--no-instructions"),
            ],
            check=True,
        )
        (cluster / "conf.d").mkdir()
        with (cluster / "postgresql.conf").open("a") as conf:
            conf.write("include_dir = 'conf.d'\n")
        (cluster / "conf.d" / "demos.conf").write_text(SETTINGS)
        cluster.rename(data)


def query(instance: Instance, sql: str, database: str = "postgres") -> str:
    """Run one statement as the owner and return what it prints."""
    done = subprocess.run(
        [
            *(str(bin_dir() / "psql"), "-XAtq", "-h", "127.0.0.1"),
            *("-p", str(instance.ports["postgresql"]), "-U", "demos", "-d", database, "-c", sql),
        ],
        env={
            "PATH": os.defpath,
            "PGPASSWORD": instance.env["DEMOS_DATABASE_PASSWORD"],
            "PGCONNECT_TIMEOUT": "5",
        },
        timeout=10,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise OpsError((done.stderr.strip() or "no answer").splitlines()[0])
    return done.stdout.strip()


def ping(instance: Instance) -> None:
    """Have a statement answered.

    Raises:
        OpsError: When it is not.
    """
    query(instance, "SELECT 1")


def program(instance: Instance) -> Program | None:
    """Return PostgreSQL where it is ours to run."""
    if instance.services != "local":
        return None
    home, port = instance.data / "postgresql", instance.ports["postgresql"]
    data = home / "cluster"
    postgres = str(bin_dir() / "postgres")
    return Program(
        name="postgresql",
        command=(postgres, "-D", str(data), "-p", str(port)),
        ports=(port,),
        user="postgres",
        home=home,
        prepare=lambda: initialise(data, instance.env["DEMOS_DATABASE_PASSWORD"]),
        probe=lambda: ping(instance),
        # Fast shutdown: clients are disconnected, nothing is recovered at the next start.
        stop_signal="INT",
        version=(postgres, "--version"),
    )
