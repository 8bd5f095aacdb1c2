# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""nginx: TLS, static files, and what visitors see while the rest starts."""

from __future__ import annotations

import hashlib
import http.client
import os
import ssl
from pathlib import Path
from string import Template

from .. import envfile
from ..errors import OpsError
from ..installs import docs
from ..instance import Instance
from . import Program

SOURCES = Path(__file__).resolve().parent.parent / "nginx"
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")


def ping(port: int) -> None:
    """Ask nginx itself, not what is behind it.

    Raises:
        OpsError: When it answers something else.
    """
    # Its certificate is our own and says nothing about its health.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=context)
    try:
        connection.request("GET", "/.well-known/demos-proxy")
        if (status := connection.getresponse().status) != 204:
            raise OpsError(f"nginx answers {status}")
    finally:
        connection.close()


def configuration(instance: Instance) -> str:
    """Return nginx's configuration."""
    key, certificate = instance.tls
    return Template((SOURCES / "nginx.conf").read_text(encoding="utf-8")).substitute(
        brotli_module=f"load_module {BROTLI};" if BROTLI.exists() else "",
        brotli="brotli_static on;" if BROTLI.exists() else "",
        # Started by root it serves as the distribution's own user.
        user="user www-data;" if os.getuid() == 0 else "",
        run=instance.run,
        temporary=instance.run / "nginx",
        listen=instance.env.get("DEMOS_LISTEN") or "127.0.0.1",
        https=instance.ports["https"],
        site=instance.url,
        web=instance.ports["web"],
        key=key,
        certificate=certificate,
        static=instance.app / "static",
        docs=docs.folder(instance),
        pages=SOURCES,
        upload_limit=instance.env.get("DEMOS_UPLOAD_LIMIT") or "2g",
    )


def program(instance: Instance) -> Program:
    """Return nginx in front of the web processes."""
    config = instance.run / "nginx.conf"

    def prepare() -> None:
        (instance.run / "nginx").mkdir(parents=True, exist_ok=True)
        envfile.write(config, configuration(instance))

    port = instance.ports["https"]
    # A running nginx is started anew when its configuration is another.
    state = hashlib.sha256(configuration(instance).encode()).hexdigest()[:16]
    return Program(
        name="nginx",
        env={"DEMOS_CONFIGURATION": state},
        command=("/usr/sbin/nginx", "-e", "stderr", "-p", str(instance.run), "-c", str(config)),
        ports=(port,),
        needs=("web", "assets", "certificate"),
        prepare=prepare,
        probe=lambda: ping(port),
        stop_signal="QUIT",
        stop_wait=15,
        version=("/usr/sbin/nginx", "-v"),
    )
