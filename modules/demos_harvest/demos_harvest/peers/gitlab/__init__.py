# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""GitLab: model files at a commit, branch or release."""

from ..peer import Link, Peer
from .client import GitLab

__all__ = ("PEER", "GitLab")

PEER = Peer(
    name="gitlab",
    title="GitLab",
    url="https://gitlab.com",
    build=lambda setup: GitLab(setup.http),
    purpose="A file of a project at a commit, branch or release.",
    rates={"default": ("300/minute",)},
    importable=True,
    sites=("gitlab.com",),
    links=(
        Link(
            r"/(?P<repo>[\w.-]+(?:/[\w.-]+)+)/-/(?:blob|raw)/(?P<ref>[\w.-]+)"
            r"/(?P<path>(?:.+/)?(?P<file>[^/]+))",
            record="{repo}@{ref}:{path}",
        ),
    ),
)
