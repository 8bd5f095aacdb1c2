# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""RabbitMQ: the broker between the web processes and the workers."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

from .. import envfile
from ..errors import OpsError
from ..instance import Instance
from . import Program

SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"

CONFIG = """\
listeners.tcp.default = 127.0.0.1:{port}
distribution.listener.interface = 127.0.0.1
default_user = demos
default_pass = {password}
default_user_tags.administrator = true
disk_free_limit.absolute = 200MB
log.console = true
log.console.level = info
log.connection.level = error
log.file = false
"""


def greet(port: int) -> None:
    """Open an AMQP 0-9-1 connection and wait for the broker's first word.

    Raises:
        OpsError: When it says something else.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"AMQP\x00\x00\x09\x01")
        frame = connection.recv(11)
    # A method frame (1) on channel 0 that holds Connection.Start (class 10, method 10).
    if frame[:3] != b"\x01\x00\x00" or frame[7:11] != b"\x00\x0a\x00\x0a":
        raise OpsError("the broker does not greet")


def environment(instance: Instance) -> dict[str, str]:
    """Return what makes RabbitMQ a node of its own, beside any other on the machine."""
    home = instance.data / "rabbitmq"
    return {
        "HOME": str(home),
        "RABBITMQ_NODENAME": f"demos-{instance.ports['rabbitmq']}@localhost",
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_CONFIG_FILE": str(instance.run / "rabbitmq.conf"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "advanced.config"),
        "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
        "RABBITMQ_LOG_BASE": str(instance.logs),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(home / "config"),
        "RABBITMQ_SCHEMA_DIR": str(home / "schema"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(instance.ports["rabbitmq"]),
        "RABBITMQ_DIST_PORT": str(instance.ports["rabbitmq-distribution"]),
        "ERL_CRASH_DUMP": str(instance.logs / "rabbitmq-crash.dump"),
        # Without it a shell stays between the supervisor and the broker.
        "RUNNING_UNDER_SYSTEMD": "true",
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(instance.ports["epmd"]),
    }


def version() -> tuple[str, ...]:
    """Return the command that prints the installed version."""
    return ("/usr/bin/dpkg-query", "-W", "-f", "${Version}", "rabbitmq-server")


def control(instance: Instance, *arguments: str) -> str:
    """Run ``rabbitmqctl`` against the instance's broker and return what it prints."""
    done = subprocess.run(
        ["/usr/lib/rabbitmq/bin/rabbitmqctl", "-q", *arguments],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **environment(instance)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise OpsError((done.stderr or done.stdout).strip().splitlines()[0])
    return done.stdout


def program(instance: Instance) -> Program | None:
    """Return RabbitMQ where it is ours to run."""
    if instance.services != "local":
        return None
    port, home = instance.ports["rabbitmq"], instance.data / "rabbitmq"

    def prepare() -> None:
        home.mkdir(parents=True, exist_ok=True)
        (home / "enabled_plugins").write_text("[].\n")
        cookie = home / ".erlang.cookie"
        if envfile.write(cookie, instance.env["DEMOS_ERLANG_COOKIE"]):
            cookie.chmod(0o400)
        config = CONFIG.format(port=port, password=instance.env["DEMOS_BROKER_PASSWORD"])
        envfile.write(Path(environment(instance)["RABBITMQ_CONFIG_FILE"]), config)

    return Program(
        name="rabbitmq",
        command=(SERVER,),
        ports=(port, instance.ports["rabbitmq-distribution"]),
        env=environment(instance),
        needs=("epmd",),
        prepare=prepare,
        probe=lambda: greet(port),
        version=version(),
    )
