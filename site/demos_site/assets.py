# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``python -m demos_site.assets``: build JavaScript and style sheets of the instance.

What InvenioRDM documents as ``collect``, ``webpack clean create install build``, in one
process, with the committed lock file, and with a time limit on the parts that run
outside Python. The result is kept for as long as nothing that it was made from changes.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from flask_webpackext.proxies import current_webpack
from invenio_app.factory import create_app
from invenio_assets.proxies import current_assets

LOCK = "pnpm-lock.yaml"
INSTALL_LIMIT = 600
BUILD_LIMIT = 420


class AssetsError(Exception):
    """The assets cannot be built; the message says why and what to do."""


def main(argv=None):
    """Build what is out of date."""
    cli = argparse.ArgumentParser(prog="python -m demos_site.assets")
    cli.add_argument("--source", type=Path, default=Path.cwd(), help="the instance's checkout")
    cli.add_argument("--lock", action="store_true", help="resolve anew and write the lock files")
    cli.add_argument("--force", action="store_true", help="build although nothing changed")
    arguments = cli.parse_args(argv)
    app = create_app()
    with app.app_context():
        try:
            build(app, arguments.source, lock=arguments.lock, force=arguments.force)
        except AssetsError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


def build(app, source, lock=False, force=False):
    """Build the assets of ``app`` from the checkout at ``source``."""
    project, static = Path(current_webpack.project.path), Path(app.static_folder)
    _step("collect", current_assets.collect.collect)
    shutil.copytree(source / "static", static, dirs_exist_ok=True)
    _step("create", current_webpack.project.create)
    # Last, since it holds our package manager's settings too.
    shutil.copytree(source / "assets", project, dirs_exist_ok=True, ignore=_no_keepers)

    stamp, digest = static / "dist" / ".digest", _digest(project)
    if not force and not lock and stamp.is_file() and stamp.read_text() == digest:
        print("assets are up to date", flush=True)
        return
    frozen = "--no-frozen-lockfile" if lock else "--frozen-lockfile"
    _step("install", lambda: _pnpm(project, INSTALL_LIMIT, "install", frozen))
    if lock:
        shutil.copy2(project / LOCK, source / "assets" / LOCK)
    _step("build", lambda: _pnpm(project, BUILD_LIMIT, "run", "build"))
    stamp.write_text(digest)


def _no_keepers(_, names):
    """Leave out what keeps folders in git, and the portal's own front-end: it has its own build."""
    return [n for n in names if n in (".gitkeep", "demos_portal")]


def _step(name, action):
    started = time.monotonic()
    action()
    print(f"{name} {time.monotonic() - started:.1f} s", flush=True)


def _pnpm(project, limit, *args):
    """Run pnpm, killing the whole group of processes when it takes too long."""
    environment = {**os.environ, "CI": "true", "NODE_OPTIONS": "--max-old-space-size=4096"}
    child = subprocess.Popen(["pnpm", *args], cwd=project, env=environment, start_new_session=True)
    try:
        code = child.wait(timeout=limit)
    except subprocess.TimeoutExpired as error:
        os.killpg(child.pid, 9)
        child.wait()
        raise AssetsError(
            f"'pnpm {' '.join(args)}' gave no result in {limit} s and was ended. The bundler is "
            "known to hang now and then: run it again; if it hangs again, remove "
            f"{project / 'node_modules'} and run it once more."
        ) from error
    if code:
        raise AssetsError(f"'pnpm {' '.join(args)}' ended with code {code}; its output is above.")


def _digest(project):
    """Digest of all sources in the project folder, installed packages left out."""
    digest = hashlib.sha256()
    for path in sorted(p for p in project.rglob("*") if "node_modules" not in p.parts):
        if path.is_file():
            digest.update(str(path.relative_to(project)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
