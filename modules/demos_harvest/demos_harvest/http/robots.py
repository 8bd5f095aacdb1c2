# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a peer asks of programs in its robots.txt (RFC 9309)."""

from __future__ import annotations

from urllib.robotparser import RobotFileParser

MAX_BYTES = 500 * 1024
"""As much of the file as RFC 9309 asks to be read."""


def allows(text: bytes, agent: str, url: str) -> bool:
    r"""Tell whether a robots.txt allows a program to ask for an address.

    Args:
        text: The file.
        agent: The program's name, without its version.
        url: The address.

    Examples:
        >>> text = b"User-agent: *\nDisallow: /search"
        >>> [allows(text, "DEMOS-portal", f"https://x.org{p}") for p in ("/search/ids", "/record")]
        [False, True]
    """
    parser = RobotFileParser()
    parser.parse(text[:MAX_BYTES].decode("utf-8", "replace").splitlines())
    return parser.can_fetch(agent, url)
