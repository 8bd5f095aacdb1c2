# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The administrator's token."""

from __future__ import annotations

import ssl
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from . import envfile
from .errors import OpsError
from .instance import Instance


def token_file(instance: Instance) -> Path:
    """Return where the token is kept."""
    return instance.var / "token"


def is_valid(instance: Instance, token: str) -> bool:
    """Ask the portal whether it accepts a token.

    Raises:
        OpsError: When the portal does not answer.
    """
    context = ssl.create_default_context()
    # Only this machine's portal is asked, at its own port, whatever name its certificate has.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    request = urllib.request.Request(
        f"https://127.0.0.1:{instance.ports['https']}/api/user/records?size=1",
        headers={"Authorization": f"Bearer {token}", "Host": instance.url.split("://", 1)[1]},
    )
    try:
        with urllib.request.urlopen(request, timeout=30, context=context):  # noqa: S310
            return True
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            return False
        raise OpsError(f"the portal answers {error.code}", "`make status`") from None
    except OSError:
        raise OpsError("the portal does not answer", "`make up`, `make status`") from None


def create(instance: Instance) -> str:
    """Create a token of the administrator."""
    done = subprocess.run(
        [
            *(str(instance.venv / "bin" / "invenio"), "tokens", "create"),
            *("-n", "make token", "-u", instance.env["DEMOS_ADMIN_EMAIL"]),
        ],
        env={"PATH": "/usr/bin:/bin", **instance.env},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not done.stdout.strip():
        lines = done.stderr.strip().splitlines() or ["no token was printed"]
        raise OpsError(f"no token could be created: {lines[-1]}", "`make status`")
    return done.stdout.split()[-1]


def token(instance: Instance) -> str:
    """Return the token that is kept, or a new one where that is not valid."""
    if not instance.env:
        raise OpsError("there is no portal", "`make up`")
    path = token_file(instance)
    if path.exists() and is_valid(instance, kept := path.read_text().strip()):
        return kept
    new = create(instance)
    envfile.write(path, new + "\n")
    return new
