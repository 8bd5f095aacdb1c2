# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The documents of an entry and where to download them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from demos_formats.hs3.dialects import dialects

DOCUMENTS = (
    ("pyhf", "pyhf", "file?format=pyhf", "For pyhf, cabinetry and everything that reads them."),
    *(
        (f"hs3-{name}", dialect.title, f"file?format=hs3&dialect={name}", dialect.purpose)
        for name, dialect in dialects().items()
        if dialect.writable
    ),
    ("demos", "DEMOS", "file?format=demos", "Every convention written out, with provenance."),
)
"""Name, label, address and purpose of the derivatives."""

FORMATS = {"pyhf": "pyhf", "hs3": "HS3", "demos": "DEMOS"}


def documents_of_entry(
    entry: Mapping[str, Any], checks: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """Give the documents of an entry.

    Args:
        entry: the entry with its links, as its reader may see it.
        checks: what was checked; None for who may not read files.

    Returns:
        ``[{"label", "purpose", "state", "url", "size", "sha256", "reasons"}]``, the
        document as deposited first.
    """
    if checks is None or "file" not in entry["links"]:
        return []
    base = f"{entry['links']['self']}/"
    # An older version's documents are asked for by the version's number.
    suffix = "" if entry["version"]["is_latest"] else f"&version={entry['version']['number']}"
    hosted = next((s for s in entry["sources"] if s.get("sha256")), {})
    found = [
        {
            "label": FORMATS.get(entry["format"], entry["format"]),
            "purpose": "As deposited.",
            "state": "ready",
            "url": f"{base}file?format=source{suffix}",
            "size": hosted.get("size"),
            "sha256": hosted.get("sha256"),
        }
    ]
    for name, label, path, purpose in DOCUMENTS:
        document = checks["derivatives"].get(name, {"state": "pending"})
        if name == entry["format"]:
            continue
        found.append(
            {
                "label": label,
                "purpose": purpose,
                "state": document["state"],
                "url": f"{base}{path}{suffix}",
                "size": document.get("size"),
                "sha256": document.get("sha256"),
                "reasons": document.get("findings") or [],
            }
        )
    return found
