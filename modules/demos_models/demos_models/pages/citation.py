# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""How to cite a model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..resources.serializers.common import creators_of

MAX_NAMES = 10
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "%": r"\%",
        "&": r"\&",
        "#": r"\#",
        "_": r"\_",
        "$": r"\$",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def _names(entry: Mapping[str, Any]) -> list[str]:
    return [creator["name"] for creator in creators_of(entry["metadata"])]


def _year(entry: Mapping[str, Any]) -> str:
    return str(entry["metadata"].get("publication_date") or entry["created"])[:4]


def _address(entry: Mapping[str, Any], doi: str | None) -> str:
    return f"https://doi.org/{doi}" if doi else entry["links"]["self_html"]


def text(entry: Mapping[str, Any], doi: str | None) -> str:
    """Give a citation as one line.

    Args:
        entry: the entry with its links.
        doi: the DOI to cite, if there is one.

    >>> text({"metadata": {"title": "T", "creators": [{"name": "A"}]}, "version": {"number": 2},
    ...     "created": "2026-01-01"}, "10.1/x")
    'A (2026). T (version 2) [statistical model]. DEMOS portal. https://doi.org/10.1/x'
    """
    names = _names(entry)
    who = "; ".join(names[:MAX_NAMES]) + (" et al." if len(names) > MAX_NAMES else "")
    title = entry["metadata"]["title"]
    return (
        f"{who + ' ' if who else ''}({_year(entry)}). {title} "
        f"(version {entry['version']['number']}) [statistical model]. DEMOS portal. "
        f"{_address(entry, doi)}"
    )


def bibtex(entry: Mapping[str, Any], doi: str | None) -> str:
    """Give a citation as BibTeX.

    Args:
        entry: the entry with its links.
        doi: the DOI to cite, if there is one.
    """
    fields = {
        "author": " and ".join(f"{{{name.translate(_TEX)}}}" for name in _names(entry)[:MAX_NAMES]),
        "title": f"{{{entry['metadata']['title'].translate(_TEX)}}}",
        "year": _year(entry),
        "publisher": "DEMOS portal",
        "version": str(entry["version"]["number"]),
        "doi": doi or "",
        "url": _address(entry, doi),
    }
    key = re.sub(r"[^0-9a-f]", "", entry["id"])[:12]
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{demos{key},", *lines, "}"])
