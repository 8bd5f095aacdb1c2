# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""References to the same model elsewhere, in one shape whoever wrote them.

``{"hepdata": {"record_id", "doi", "url"}, "zenodo": {"record_id", "doi", "url"},
"github": {"repo", "commit", "url"}, ..., "others": [...]}``: one object by host, further
ones of the same host in the list ``others``, each with its ``host``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

OTHERS = "others"

_HEPDATA_DOI = re.compile(r"^10\.17182/hepdata\.(\d+)", re.IGNORECASE)
_ZENODO_DOI = re.compile(r"^10\.5281/zenodo\.(\d+)$", re.IGNORECASE)
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)$", re.IGNORECASE)
_HEPDATA = re.compile(
    r"^(?:https?://(?:www\.)?hepdata\.net/record/|hepdata:)?(ins\d+|\d+)\b", re.IGNORECASE
)
_ZENODO = re.compile(r"^(?:https?://(?:www\.)?zenodo\.org/records?/)?(\d+)\b", re.IGNORECASE)
_GITHUB = re.compile(
    r"^(?:https?://(?:www\.)?github\.com/)?([\w.-]+/[\w.-]+?)(?:\.git)?"
    r"(?:/(?:tree|commit|blob)/([^/\s?#]+)\S*)?/?$",
    re.IGNORECASE,
)
_HOSTS = (
    ("hepdata", re.compile(r"hepdata|10\.17182/", re.IGNORECASE)),
    ("zenodo", re.compile(r"zenodo", re.IGNORECASE)),
    ("github", re.compile(r"^https?://(?:www\.)?github\.com/", re.IGNORECASE)),
)


def host_of(identifier: str) -> str | None:
    """Return the host that an identifier points to.

    >>> host_of("10.17182/hepdata.89408"), host_of("https://github.com/a/b"), host_of("x")
    ('hepdata', 'github', None)
    """
    return next((name for name, pattern in _HOSTS if pattern.search(identifier)), None)


def reference(host: str, text: str) -> dict[str, Any]:
    """Return a reference in the shape of its host.

    Args:
        host: ``hepdata``, ``zenodo``, ``github`` or another one.
        text: A DOI, a URL or the host's own identifier.

    Returns:
        ``{"record_id", "doi", "url"}``, for ``github`` ``{"repo", "commit", "url"}``; what
        the text does not say is None.

    >>> reference("hepdata", "ins1748602")["url"]
    'https://www.hepdata.net/record/ins1748602'
    >>> reference("zenodo", "https://zenodo.org/records/12")["doi"]
    '10.5281/zenodo.12'
    >>> reference("github", "https://github.com/a/b/tree/0a1b2c3d")
    ... # doctest: +NORMALIZE_WHITESPACE
    {'repo': 'a/b', 'commit': '0a1b2c3d', 'url': 'https://github.com/a/b/tree/0a1b2c3d'}
    """
    text = text.strip()
    if host == "github":
        found = _GITHUB.match(text)
        repo, commit = found.groups() if found else (None, None)
        tree = f"/tree/{commit}" if commit else ""
        return {
            "repo": repo,
            "commit": commit,
            "url": f"https://github.com/{repo}{tree}" if repo else text,
        }
    doi = found[1] if (found := _DOI.match(text)) else None
    record_id, url = None, f"https://doi.org/{doi}" if doi else None
    if host == "hepdata":
        found = _HEPDATA_DOI.match(doi) if doi else _HEPDATA.match(text)
        record_id = found[1].lower() if found else None
        if record_id and not doi:
            url = f"https://www.hepdata.net/record/{record_id}"
    elif host == "zenodo":
        found = _ZENODO_DOI.match(doi) if doi else _ZENODO.match(text)
        record_id = found[1] if found else None
        if record_id:
            doi, url = f"10.5281/zenodo.{record_id}", f"https://zenodo.org/records/{record_id}"
    if url is None and text.startswith(("http://", "https://")):
        url = text
    if doi is None and url is None and record_id is None:
        record_id = text
    return {"record_id": record_id, "doi": doi, "url": url}


def references_of(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return references in their one shape.

    Args:
        given: By host a text, a reference as an object, or a list of either; ``others``
            is a list of objects with their ``host``.

    >>> references_of({"zenodo": ["10.5281/zenodo.1", "10.5281/zenodo.2"]})["others"]
    ... # doctest: +NORMALIZE_WHITESPACE
    [{'host': 'zenodo', 'record_id': '2', 'doi': '10.5281/zenodo.2',
      'url': 'https://zenodo.org/records/2'}]
    """
    result: dict[str, Any] = {}
    for host, value in (given or {}).items():
        for one in value if isinstance(value, list) else [value]:
            if host == OTHERS and isinstance(one, Mapping):
                merge_references(result, {str(one.get("host") or OTHERS): dict(one)})
            elif isinstance(one, str) and one.strip():
                merge_references(result, {host: reference(host, one)})
            elif isinstance(one, Mapping) and one:
                merge_references(result, {host: _completed(host, one)})
    return result


def _completed(host: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with the keys of its host, also those that follow from the others."""
    values = {k: v for k, v in given.items() if k != "host" and v}
    texts = [values.get(key) for key in ("record_id", "doi", "url", "repo")]
    shape = reference(host, next((str(t) for t in texts if t), ""))
    for text in texts:
        if text:
            follows = reference(host, str(text))
            shape = {k: v or follows.get(k) for k, v in shape.items()}
    return {**shape, **values}


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether two references of one host can be the same: nothing in them differs.

    HEPData has a number of its own for a record beside INSPIRE's: those do not compare.
    """
    for key in ("record_id", "doi", "repo", "commit"):
        mine, theirs = one.get(key), other.get(key)
        if not (mine and theirs) or str(mine).lower() == str(theirs).lower():
            continue
        if key == "record_id" and str(mine).startswith("ins") != str(theirs).startswith("ins"):
            continue
        return False
    return True


def merge_references(target: dict[str, Any], given: Mapping[str, Any]) -> list[str]:
    """Add references to others: host by host, further ones of a host under ``others``.

    Args:
        target: What is there; changed in place.
        given: What is added, in the one shape.

    Returns:
        The hosts, or ``others``, that something was added to.
    """
    changed = []
    for host, value in given.items():
        if host == OTHERS:
            for one in value:
                changed += _add_other(target, one)
            continue
        mine = target.get(host)
        if mine is None:
            target[host] = dict(value)
            changed.append(host)
        elif _same(mine, value):
            for key, part in value.items():
                if part and not mine.get(key):
                    mine[key] = part
                    changed.append(host)
        else:
            changed += _add_other(target, {"host": host, **value})
    return changed


def _add_other(target: dict[str, Any], one: Mapping[str, Any]) -> list[str]:
    others = target.setdefault(OTHERS, [])
    if any(o.get("host") == one.get("host") and _same(o, one) for o in others):
        return []
    others.append(dict(one))
    return [OTHERS]


def references_in(references: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return all references in the one shape, each with its host."""
    return [
        (one.get("host", host), one)
        for host, value in references.items()
        for one in (value if host == OTHERS else [value])
    ]


def identifiers_in(references: Mapping[str, Any]) -> list[str]:
    """Return the identifiers that references in the one shape hold: DOIs, records, URLs."""
    found = []
    for at, one in references_in(references):
        record = one.get("record_id")
        found += [one.get("doi"), one.get("url")]
        if at == "hepdata" and str(record or "").startswith("ins"):
            found.append(record)
    return [text for text in found if text]
