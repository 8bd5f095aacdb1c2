# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""One portal on this machine: its folders, ports and environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from . import envfile, ports
from .errors import OpsError

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("local", "compose", "external")


@dataclass(frozen=True)
class Instance:
    """A source tree, a folder for everything generated, and an environment.

    Args:
        root: The source tree.
        var: Where data, logs, secrets and the Python environment are kept.
        env: The variables of ``var/env``.
    """

    root: Path
    var: Path
    env: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def here(cls, environ: Mapping[str, str] = os.environ) -> Instance:
        """Return the instance that the environment names (``DEMOS_VAR``), as last brought up."""
        var = Path(environ.get("DEMOS_VAR") or ROOT / "var").expanduser().resolve()
        try:
            return cls(ROOT, var, envfile.read(var / "env"))
        except PermissionError:
            owner = var.owner()
            raise OpsError(f"{var} belongs to {owner}", f"run this as {owner}") from None

    @property
    def env_file(self) -> Path:
        """The generated environment, readable by its owner alone."""
        return self.var / "env"

    @property
    def data(self) -> Path:
        """The services' data."""
        return self.var / "data"

    @property
    def logs(self) -> Path:
        """Logs of programs; those of steps are in its folder ``up``."""
        return self.var / "log"

    @property
    def run(self) -> Path:
        """Generated configuration and process ids."""
        return self.var / "run"

    @property
    def installed(self) -> Path:
        """What was installed and can be shared by several instances of one checkout."""
        return Path(self.env.get("DEMOS_INSTALLED") or self.var)

    @property
    def tools(self) -> Path:
        """The small environment that holds the installer and the supervisor."""
        return self.installed / "tools"

    @property
    def venv(self) -> Path:
        """The portal's Python environment."""
        return Path(self.env.get("DEMOS_VENV") or self.installed / "venv")

    @property
    def node(self) -> Path:
        """Node and pnpm, for the asset build."""
        return self.installed / "node"

    @property
    def app(self) -> Path:
        """Flask's instance folder."""
        return self.var / "instance"

    @property
    def tls(self) -> tuple[Path, Path]:
        """Key and certificate: the given ones, else our own."""
        key, certificate = self.env.get("DEMOS_TLS_KEY"), self.env.get("DEMOS_TLS_CERTIFICATE")
        if key and certificate:
            return Path(key), Path(certificate)
        return self.var / "tls" / "key.pem", self.var / "tls" / "certificate.pem"

    @cached_property
    def ports(self) -> dict[str, int]:
        """The port of each name."""
        text = self.env.get("DEMOS_PORT_BASE") or str(ports.DEFAULT_BASE)
        if not text.isdecimal() or not 1024 <= int(text) <= 65000:
            raise OpsError(
                f"DEMOS_PORT_BASE is {text!r}", "give a port number between 1024 and 65000"
            )
        return ports.block(int(text))

    @property
    def services(self) -> str:
        """Where the services come from: ``local``, ``compose`` or ``external``."""
        mode = self.env.get("DEMOS_SERVICES") or "local"
        if mode not in SERVICES:
            raise OpsError(f"DEMOS_SERVICES is {mode!r}", f"choose one of {', '.join(SERVICES)}")
        return mode

    @property
    def url(self) -> str:
        """The portal's base URL."""
        return self.env.get("DEMOS_SITE_URL") or f"https://127.0.0.1:{self.ports['https']}"
