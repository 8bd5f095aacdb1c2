# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What an identifier or address means: which peer, which record, which file."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from ..peers.text import arxiv_of, doi_of

MAX_LENGTH = 1000


@dataclass(frozen=True)
class Reference:
    """An identifier, understood.

    Attributes:
        scheme: ``doi``, ``arxiv``, ``inspire`` or ``url``.
        value: Its normal form.
        peer: The peer that holds the record; None for papers and unknown places.
        source_id: The peer's identifier of the record.
        file: The file that is meant: a name, or HEPData's number of a resource.
    """

    scheme: str
    value: str
    peer: str | None = None
    source_id: str | None = None
    file: str | None = None


Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], dict[str, str | None]]]


def _record(peer: str) -> Callable[[re.Match[str]], dict[str, str | None]]:
    return lambda m: {"peer": peer, "source_id": m["id"], "file": m.groupdict().get("file")}


def _place(peer: str) -> Callable[[re.Match[str]], dict[str, str | None]]:
    return lambda m: {
        "peer": peer,
        "source_id": f"{m['repo']}@{m['ref']}:{m['path']}",
        "file": m["path"].rpartition("/")[2],
    }


DOIS: tuple[Rule, ...] = (
    (re.compile(r"10\.17182/hepdata\.(?P<id>\d+)(?:\.v\d+)?(?:/\w+)?"), _record("hepdata")),
    (re.compile(r"10\.(?:5281|5072)/zenodo\.(?P<id>\d+)"), _record("zenodo")),
    (re.compile(r"10\.14278/rodare\.(?P<id>\d+)"), _record("rodare")),
    (re.compile(r"10\.17181/(?P<id>[a-z0-9]{5}-[a-z0-9]{5})"), _record("cern")),
    (re.compile(r"10\.7483/opendata\.[a-z]+\.(?P<id>[\w.]+)"), lambda m: {}),
)
URLS: dict[str, tuple[Rule, ...]] = {
    "hepdata": (
        (
            re.compile(r"/record/resource/(?P<file>\d+)"),
            lambda m: {"peer": "hepdata", "file": m["file"]},
        ),
        (re.compile(r"/record/(?P<id>(?:ins)?\d+)"), _record("hepdata")),
    ),
    "zenodo": (
        (
            re.compile(r"/(?:api/)?records?/(?P<id>\d+)(?:/files/(?P<file>[^/]+)(?:/content)?)?"),
            _record("zenodo"),
        ),
    ),
    "cern": (
        (
            re.compile(r"/records/(?P<id>[a-z0-9]{5}-[a-z0-9]{5})(?:/files/(?P<file>[^/]+))?"),
            _record("cern"),
        ),
    ),
    "rodare": ((re.compile(r"/record/(?P<id>\d+)(?:/files/(?P<file>[^/]+))?"), _record("rodare")),),
    "opendata": ((re.compile(r"/record/(?P<id>\d+)"), _record("opendata")),),
    "github": (
        (
            re.compile(
                r"/(?P<repo>[\w.-]+/[\w.-]+)/(?:blob|raw|tree)/(?P<ref>[\w.-]+)/(?P<path>.+)"
            ),
            _place("github"),
        ),
    ),
    "gitlab": (
        (
            re.compile(
                r"/(?P<repo>[\w.-]+(?:/[\w.-]+)+)/-/(?:blob|raw)/(?P<ref>[\w.-]+)/(?P<path>.+)"
            ),
            _place("gitlab"),
        ),
    ),
}
HOSTS = {
    "www.hepdata.net": "hepdata",
    "hepdata.net": "hepdata",
    "zenodo.org": "zenodo",
    "www.zenodo.org": "zenodo",
    "sandbox.zenodo.org": "zenodo",
    "repository.cern": "cern",
    "rodare.hzdr.de": "rodare",
    "opendata.cern.ch": "opendata",
    "github.com": "github",
    "gitlab.com": "gitlab",
}


def understand(text: str, hosts: dict[str, str] | None = None) -> Reference | None:
    """Understand an identifier or address.

    Args:
        text: As somebody wrote it.
        hosts: Further host names (with port) of peers, as configured.

    Returns:
        The reference, or None for what is no identifier.

    Examples:
        >>> understand("https://doi.org/10.17182/hepdata.89408.v3/r2").source_id
        '89408'
        >>> understand("arXiv:1908.03122v2").value, understand("ins1748602").source_id
        ('1908.03122', 'ins1748602')
        >>> understand("https://zenodo.org/records/42/files/a%20b.json?download=1").file
        'a b.json'
        >>> understand("https://github.com/a/b/blob/main/c/d.json").source_id
        'a/b@main:c/d.json'
        >>> understand("no identifier") is None
        True
    """
    text = text.strip()
    if not text or len(text) > MAX_LENGTH or any(c.isspace() for c in text):
        return None
    if match := re.fullmatch(r"(?:hepdata:)?(ins\d{1,12})", text, re.IGNORECASE):
        number = match.group(1).lower()
        return Reference("inspire", number.removeprefix("ins"), "hepdata", number)
    parts = urlsplit(text)
    if parts.scheme in ("http", "https") and "doi.org" not in parts.netloc:
        return _url(text, {**HOSTS, **(hosts or {})})
    if doi := doi_of(text):
        if doi.startswith("10.48550/arxiv."):
            return Reference("arxiv", doi.removeprefix("10.48550/arxiv."))
        for pattern, fields in DOIS:
            if found := pattern.fullmatch(doi):
                return Reference("doi", doi, **fields(found))
        return Reference("doi", doi)
    if match := re.fullmatch(r"(?:inspire|inspirehep):(\d{1,12})", text, re.IGNORECASE):
        return Reference("inspire", match.group(1), "hepdata", f"ins{match.group(1)}")
    arxiv = re.fullmatch(
        r"(?:arxiv:)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?", text, re.IGNORECASE
    )
    return Reference("arxiv", arxiv.group(1)) if arxiv else None


def _url(text: str, hosts: dict[str, str]) -> Reference | None:
    parts = urlsplit(text)
    path = unquote(parts.path).rstrip("/")
    host = parts.netloc.lower()
    if host in ("arxiv.org", "www.arxiv.org", "export.arxiv.org"):
        identifier = arxiv_of(path.removesuffix(".pdf").partition("/")[2].partition("/")[2])
        return Reference("arxiv", identifier) if identifier else None
    if host == "inspirehep.net":
        match = re.search(r"/(?:literature|record)/(\d+)", path)
        if match:
            return Reference("inspire", match.group(1), "hepdata", f"ins{match.group(1)}")
        return None
    for pattern, fields in URLS.get(hosts.get(host, ""), ()):
        if found := pattern.fullmatch(path):
            return Reference("url", text, **fields(found))
    return Reference("url", text)
