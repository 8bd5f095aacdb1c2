# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The named parts of an HS3 document whose structure is only counted."""

import orjson
from invenio_i18n import gettext as _

from ..errors import DerivativeImpossibleError, DerivativePendingError
from ..proxies import current_models_service

MAX_BYTES = 4 * 1024**2
"""A larger document is not read for its names."""

MAX_NAMES = 300


def named_parts(identity, entry, version=None):
    """Return distributions, functions, data and likelihoods of an HS3 document by name.

    Args:
        identity: the reader, who may read the files.
        entry: the entry.
        version: the version that is shown.

    Returns:
        ``[{"title", "total", "names": [(name, type)]}]``; empty for other documents.
    """
    if entry["format"] not in ("hs3", "demos"):
        return []
    try:
        content = current_models_service.content(identity, entry["id"], version=version)
        document = orjson.loads(content.read()) if content.size <= MAX_BYTES else {}
    except (DerivativeImpossibleError, DerivativePendingError, orjson.JSONDecodeError):
        return []
    titles = {
        "distributions": _("Distributions by name"),
        "functions": _("Functions by name"),
        "data": _("Data by name"),
        "likelihoods": _("Likelihoods by name"),
    }
    found = []
    for key, title in titles.items():
        listed = document.get(key) if isinstance(document, dict) else None
        items = [i for i in listed or () if isinstance(i, dict) and "name" in i]
        if items:
            names = [(str(i["name"]), str(i.get("type") or "")) for i in items[:MAX_NAMES]]
            found.append({"title": title, "total": len(items), "names": names})
    return found
