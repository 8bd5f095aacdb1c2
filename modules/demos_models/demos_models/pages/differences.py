# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What changed between two versions of a model, in a physicist's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from invenio_i18n import gettext as _

MOST_NAMES = 5
"""Names that a sentence lists; of more only the number is given."""


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return sentences on what a version has and the one before it has not, and the reverse.

    Args:
        before: The structure of the earlier version.
        after: The structure of the later version.

    Returns:
        Sentences; none where channels, bins, samples and parameters are the same.
    """
    old, new = _by_name(before.get("channels")), _by_name(after.get("channels"))
    both = [name for name in new if name in old]
    rebinned = [name for name in both if new[name].get("bins") != old[name].get("bins")]
    samples = [name for name in both if set(new[name]["samples"]) != set(old[name]["samples"])]
    parameters = [_by_name(s.get("parameters")) for s in (before, after)]
    found = [
        (_("new channels: %(names)s"), [n for n in new if n not in old]),
        (_("channels left out: %(names)s"), [n for n in old if n not in new]),
        (_("other binning: %(names)s"), rebinned),
        (_("other samples in %(names)s"), samples),
        (_("new parameters: %(names)s"), [n for n in parameters[1] if n not in parameters[0]]),
        (_("parameters left out: %(names)s"), [n for n in parameters[0] if n not in parameters[1]]),
    ]
    return [sentence % {"names": _listed(names)} for sentence, names in found if names]


def _by_name(items: Any) -> dict[str, Mapping[str, Any]]:
    """Return the named items of a list; HS3 that is no HistFactory only counts them."""
    if not isinstance(items, list):
        return {}
    return {str(item["name"]): item for item in items if isinstance(item, Mapping)}


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = len(names) - MOST_NAMES
    text = ", ".join(names[:MOST_NAMES])
    return text if more <= 0 else _("%(names)s and %(count)s more", names=text, count=more)
