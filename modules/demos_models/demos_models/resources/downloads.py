# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Answers with a fixed content: validators, ranges, digests."""

import hashlib
from base64 import b64encode

from flask import request, send_file


def _cache_control(response):
    """Let browsers keep what they have, but ask again; shared caches keep nothing."""
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.vary.update(["Accept", "Authorization", "Cookie"])


def conditional(response, etag=None):
    """Give an answer a validator and honour the request's.

    Args:
        response: the answer.
        etag: the validator; a digest of the body if not given. Either depends on
            nothing but what this reader sees.

    Returns:
        The answer, or 304 without a body where the reader has it already.
    """
    etag = etag or hashlib.sha256(response.get_data()).hexdigest()
    # The same entry has several representations.
    kind = hashlib.sha256(response.mimetype.encode()).hexdigest()[:8]
    response.set_etag(f"{etag[:40]}-{kind}", weak=True)
    _cache_control(response)
    return response.make_conditional(request)


def base_name(name):
    r"""Return the last part of a file's name, which cannot lead a download out of its folder.

    >>> base_name("a/b/workspace.json"), base_name("a:b\\c.json"), base_name("..\\..")
    ('workspace.json', 'c.json', 'download')
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return last if last.strip(". ") else "download"


def send_content(content):
    """Stream a document, whole or in ranges.

    Args:
        content: a ``Content``.

    Returns:
        The answer, with the document's sha256 as its validator and as ``Repr-Digest``.
    """
    response = send_file(
        content.path if content.path is not None else content.open(),
        mimetype=content.mimetype,
        as_attachment=True,
        download_name=base_name(content.filename),
        conditional=True,
        etag=content.digest,
        last_modified=content.modified,
        max_age=0,
    )
    digest = b64encode(bytes.fromhex(content.digest)).decode()
    response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    response.headers["Digest"] = f"sha-256={digest}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    _cache_control(response)
    return response
