# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Entries in all exports of the portal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from demos_fair.resource import Resource
from demos_fair.serializers import response_handlers

from ..registry.entry import derivatives_of
from ..services.description import describe


def documents_of(entries: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what was made of the bytes of entries, by version.

    Args:
        entries: Entries as their reader may see them; of those whose files the reader may
            not read nothing is said.
    """
    readable = [e["version"]["id"] for e in entries if e.get("structure") and e.get("version")]
    return {
        str(version_id): {
            name: {
                "size": row.size,
                "sha256": row.sha256,
                "converter": row.converter,
                "created": row.created.isoformat(),
            }
            for name, row in rows.items()
            if row.state == "ready"
        }
        for version_id, rows in (derivatives_of(readable) if readable else {}).items()
    }


def resources_of(entries: Iterable[Mapping[str, Any]]) -> list[Resource]:
    """Return entries as what catalogues ask for.

    Args:
        entries: The entries with their links, as their reader may see them.
    """
    found = list(entries)
    documents = documents_of(found)
    return [describe(e, documents.get(str((e.get("version") or {}).get("id")))) for e in found]


def is_entry(document: Mapping[str, Any]) -> bool:
    """Tell whether an answer is an entry, and not a part of one.

    Args:
        document: The answer.
    """
    return "demos_id" in document


HANDLERS = response_handlers(resources_of, is_entry)
"""How entries are answered, by media type."""
