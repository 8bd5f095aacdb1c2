# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A self-signed certificate, unless one is given."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from ..instance import Instance
from ..steps import Job


def alternative_names(url: str) -> str:
    """Return the names that the certificate is for.

    >>> alternative_names("https://demos.example.org")
    'IP:127.0.0.1,DNS:localhost,DNS:demos.example.org'
    """
    names = ["IP:127.0.0.1", "DNS:localhost"]
    host = urlsplit(url).hostname or "localhost"
    try:
        names.append(f"IP:{ipaddress.ip_address(host)}")
    except ValueError:
        names.append(f"DNS:{host}")
    return ",".join(dict.fromkeys(names))


def install(instance: Instance, job: Job) -> bool:
    """Make key and certificate in ``var/tls``."""
    key, certificate = instance.tls
    if key.exists() and certificate.exists():
        return False
    key.parent.mkdir(parents=True, exist_ok=True)
    key.parent.chmod(0o700)
    part = key.with_suffix(".part")
    job.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-noenc", "-days", "825", "-subj", "/CN=DEMOS portal", "-sha256"),
            *("-addext", f"subjectAltName={alternative_names(instance.url)}"),
            *("-keyout", str(part), "-out", str(certificate)),
        ]
    )
    part.rename(key)
    return True
