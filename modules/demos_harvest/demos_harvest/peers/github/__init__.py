# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""GitHub: model files at a commit, branch or release."""

from ..peer import Link, Peer
from .client import GitHub

__all__ = ("PEER", "GitHub")

PEER = Peer(
    name="github",
    title="GitHub",
    url="https://api.github.com",
    build=lambda setup: GitHub(setup.http),
    purpose="A file of a repository at a commit, branch or release.",
    rates={"default": ("60/hour",)},
    importable=True,
    sites=("github.com",),
    links=(
        Link(
            r"/(?P<repo>[\w.-]+/[\w.-]+)/(?:blob|raw|tree)/(?P<ref>[\w.-]+)"
            r"/(?P<path>(?:.+/)?(?P<file>[^/]+))",
            record="{repo}@{ref}:{path}",
        ),
    ),
)
