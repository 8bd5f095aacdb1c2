# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a body is, judged by its first bytes and not by its label."""

from __future__ import annotations

from collections.abc import Mapping

from .errors import ChallengeError, NotPublicError, PeerError, UnexpectedContentError

HEAD = 1024
"""Bytes that suffice to judge."""


def looks_like(head: bytes) -> str:
    r"""Name the kind of content: html, xml, json, gzip, zip, tar, empty or other.

    Examples:
        >>> looks_like(b"<!DOCTYPE html><html>"), looks_like(b' {"a": 1}')
        ('html', 'json')
    """
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    if head[257:262] == b"ustar":
        return "tar"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not text:
        return "empty"
    if text.startswith((b"<!doctype html", b"<html")) or (
        text.startswith(b"<") and b"<html" in text[:HEAD] and not text.startswith(b"<?xml")
    ):
        return "html"
    if text.startswith(b"<?xml") and b"<html" in text[:HEAD]:
        return "html"
    if text.startswith(b"<"):
        return "xml"
    if text[:1] in b'{["-0123456789tfn':
        return "json"
    return "other"


def is_challenge(status: int, headers: Mapping[str, str], head: bytes) -> bool:
    """Tell whether an answer is a bot-protection page instead of the peer's own."""
    if "challenge" in headers.get("cf-mitigated", "").lower():
        return True
    return (
        status in (403, 429, 503)
        and "cloudflare" in headers.get("server", "").lower()
        and looks_like(head) == "html"
        and (b"just a moment" in head.lower() or b"cf-chl" in head.lower())
    )


def is_login(path: str) -> bool:
    """Tell whether a redirect leads to a login page.

    Examples:
        >>> is_login("/login/"), is_login("/record/ins1")
        (True, False)
    """
    return path.rstrip("/").rpartition("/")[2] in ("login", "signin", "sign_in", "authorize")


def check_body(
    expected: str, status: int, headers: Mapping[str, str], head: bytes, url: str
) -> PeerError | None:
    """Return the named error if a successful answer's body is not what was asked for.

    Args:
        expected: "json", "xml", "text" or "file" (anything that is not an HTML page).
        status: HTTP status.
        headers: The answer's headers, keys in lower case.
        head: The first bytes of the decoded body.
        url: What was asked.
    """
    if is_challenge(status, headers, head):
        return ChallengeError(
            "The peer's bot protection answered instead of the peer.", url=url, status=status
        )
    kind = looks_like(head)
    if kind == "html":
        if b"/login" in head.lower() and b"password" in head.lower():
            return NotPublicError("The peer shows a login page.", url=url, status=status)
        wanted = "a file" if expected == "file" else expected.upper()
        return UnexpectedContentError(
            f"The peer sent an HTML page where {wanted} is due.", url=url, status=status
        )
    if expected == "text":
        return None
    if expected == "file":
        if kind == "empty":
            return UnexpectedContentError("The file is empty.", url=url, status=status)
        return None
    if kind != expected:
        return UnexpectedContentError(
            f"The peer sent {kind} where {expected.upper()} is due.", url=url, status=status
        )
    return None
