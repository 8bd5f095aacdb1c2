# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""From CMS' list to the papers of models."""

from __future__ import annotations

from typing import Any

from ..text import doi_of
from ..types import MappingError


def papers_from_json(answer: Any) -> dict[str, str]:
    """Translate the list.

    Args:
        answer: ``/artifacts/output.json``: lists of DOIs by INSPIRE's number of the paper, which
            is the older form of HEPData's lists of analyses (schema 0.1.0).

    Returns:
        INSPIRE's numbers by the models' DOIs, in the order of the list.

    Raises:
        MappingError: If it is no such list, with the place.

    Examples:
        >>> papers_from_json({"1124338": ["10.17181/c2948-e8875"]})
        {'10.17181/c2948-e8875': '1124338'}
        >>> papers_from_json({"analyses": []})
        Traceback (most recent call last):
        demos_harvest.peers.types.MappingError: /analyses: an INSPIRE number is due as a name
    """
    if not isinstance(answer, dict):
        raise MappingError("an object is due here", "")
    found: dict[str, str] = {}
    for number, names in answer.items():
        if not str(number).isdigit():
            raise MappingError("an INSPIRE number is due as a name", f"/{number}")
        if not isinstance(names, list):
            raise MappingError("a list of DOIs is due here", f"/{number}")
        for position, name in enumerate(names):
            doi = doi_of(name)
            if doi is None:
                raise MappingError("a DOI is due here", f"/{number}/{position}")
            found.setdefault(doi, str(number))
    return found
