# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Where the portal is and who we are: a file of the user's own, or the environment."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_URL = "https://127.0.0.1:5000"


def _folder(variable: str, fallback: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / fallback) / "demos"


def cache_folder() -> Path:
    """Gives the folder of downloaded files."""
    return _folder("XDG_CACHE_HOME", ".cache")


def _file() -> Path:
    return _folder("XDG_CONFIG_HOME", ".config") / "portal.json"


@dataclass(frozen=True)
class Settings:
    """How to reach a portal.

    Args:
        url: Its base URL.
        token: A personal access token, or None for a reader who has not signed in.
        verify: Whether its TLS certificate is checked; or the path of a certificate to trust.
    """

    url: str = DEFAULT_URL
    token: str | None = None
    verify: bool | str = True


def load() -> Settings:
    """Reads the settings: ``DEMOS_URL``, ``DEMOS_TOKEN``, ``DEMOS_VERIFY``, else the file.

    Returns:
        The settings.
    """
    try:
        kept = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        kept = {}
    url = os.environ.get("DEMOS_URL") or kept.get("url", DEFAULT_URL)
    # A token belongs to the portal it was made for: never send it to another one.
    own = kept.get("token") if url == kept.get("url") else None
    verify: bool | str = kept.get("verify", True)
    if given := os.environ.get("DEMOS_VERIFY"):
        verify = given if given not in ("0", "1") else given == "1"
    return Settings(url.rstrip("/"), os.environ.get("DEMOS_TOKEN") or own, verify)


def save(settings: Settings) -> Path:
    """Writes the settings so that only their owner can read them.

    Args:
        settings: What to keep.

    Returns:
        The file.
    """
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"url": settings.url, "token": settings.token, "verify": settings.verify})
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
    part.replace(path)
    return path
