# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``python -m demos_ops COMMAND``, which the Makefile calls."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable

from . import access, chroot, compose, development, diagnose, lock, status, testing, up
from .errors import OpsError
from .instance import Instance
from .steps import Job
from .supervisor import Supervisor

CONFLICT = 3


def do_up(instance: Instance, arguments: argparse.Namespace) -> int:
    """Bring the portal up and say how to get in."""
    with lock.exclusive(instance.var, "up"):
        instance = up.up(instance, force_set_up=arguments.set_up)
    env = instance.env
    print(f"\n  {instance.url}\n  administrator: {env['DEMOS_ADMIN_EMAIL']}")
    print(f"  password:      {env['DEMOS_ADMIN_PASSWORD']}   (kept in {instance.env_file})\n")
    return 0


def do_down(instance: Instance, arguments: argparse.Namespace) -> int:
    """Stop what was started, and only that."""
    with lock.exclusive(instance.var, "down"):
        stopped = Supervisor(instance).stop() if instance.env else False
        if instance.env and instance.services == "compose":
            compose.down(instance, Job("down", instance.logs / "down.log"))
    chroot.release(instance)
    print("down" if stopped else "nothing was running")
    return 0


def do_reset(instance: Instance, arguments: argparse.Namespace) -> int:
    """Remove all records, users and files, after a question."""
    if not arguments.yes:
        if not sys.stdin.isatty():
            raise OpsError("this removes all data, and nobody can be asked", "make reset YES=1")
        print(f"This removes every record, user and file in {instance.data} and {instance.app}.")
        if input("Type `reset` to go on: ").strip() != "reset":
            print("nothing was changed")
            return 1
    with lock.exclusive(instance.var, "reset"):
        if instance.env:
            Supervisor(instance).stop()
            if instance.services == "compose":
                log = instance.logs / "down.log"
                compose.down(instance, Job("down", log), volumes=True)
        for path in (instance.data, instance.app / "data"):
            shutil.rmtree(path, ignore_errors=True)
        access.token_file(instance).unlink(missing_ok=True)
    print("reset: `make up` starts from nothing")
    return 0


def do_status(instance: Instance, arguments: argparse.Namespace) -> int:
    """Show what runs; the exit code says whether all is well."""
    return 0 if status.show(instance) else CONFLICT


def do_logs(instance: Instance, arguments: argparse.Namespace) -> int:
    """Follow the logs, of all programs or of one."""
    names = arguments.arguments or ["*"]
    files = sorted(str(path) for name in names for path in instance.logs.glob(f"{name}.log"))
    if not files:
        raise OpsError(f"there is no log of {' '.join(names)} in {instance.logs}")
    return subprocess.call(["tail", "-n", str(arguments.lines), "-F", *files])


def do_url(instance: Instance, arguments: argparse.Namespace) -> int:
    """Print the base URL."""
    print(instance.url)
    return 0


def do_token(instance: Instance, arguments: argparse.Namespace) -> int:
    """Print a token of the administrator."""
    print(access.token(instance))
    return 0


def do_run(instance: Instance, arguments: argparse.Namespace) -> int:
    """Become a command with the portal's environment: ``run invenio ARGS``."""
    name, *rest = arguments.arguments
    command = instance.venv / "bin" / name
    if not instance.env or not command.exists():
        raise OpsError(f"there is no {command}", "`make up` makes it")
    words = shlex.split(" ".join(rest)) if len(rest) == 1 else rest
    path = f"{instance.venv / 'bin'}:{instance.node / 'bin'}:{os.environ.get('PATH', os.defpath)}"
    env = {**os.environ, **instance.env, "PATH": path}
    os.execve(command, [str(command), *words], env)  # noqa: S606


def do_test(instance: Instance, arguments: argparse.Namespace) -> int:
    """Run parts of the tests."""
    return testing.run(arguments.arguments, shlex.split(arguments.args))


def do_dev(instance: Instance, arguments: argparse.Namespace) -> int:
    """Make the environment of development."""
    development.make(testing.test_instance(dict(os.environ)))
    return 0


def do_worker_image(instance: Instance, arguments: argparse.Namespace) -> int:
    """Build the images that models run in."""
    up.worker_images(instance)
    return 0


COMMANDS: dict[str, Callable[[Instance, argparse.Namespace], int]] = {
    name.removeprefix("do_").replace("_", "-"): function
    for name, function in list(globals().items())
    if name.startswith("do_")
}


def main() -> int:
    """Run a command; a failure is told in one line."""
    parser = argparse.ArgumentParser(prog="demos_ops", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--set-up", action="store_true", help="look at database and indices again")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--lines", type=int, default=50, help="lines of each log to begin with")
    parser.add_argument("--args", default="", help="further arguments of pytest")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    try:
        instance = Instance.here()
        if arguments.command in ("up", "test"):
            chroot.settle(instance)
        return COMMANDS[arguments.command](instance, arguments)
    except OpsError as error:
        print(f"\n  failed  {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\n  stopped; run the same command again to go on", file=sys.stderr)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        message, hint = diagnose.cause(str(error)) or (error.strerror or str(error), "")
        print(f"\n  failed  {OpsError(message + where, hint)}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
