# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What a new source may belong to, where only a curator can tell."""

from . import analyse
from .entry import analysis_of
from .join import work_of_lineage
from .types import Candidate


def candidates_of(staged, known):
    """Say what a new source may belong to.

    A description without content goes to the one model that shares an identifier with
    it; several are a doubt. An unknown content is a doubt where a model of the same
    lineage has the same channels under another file name: it may be its next version.

    Args:
        staged: a ``Staged`` proposal; a description's ``work_id`` is set where it is clear.
        known: what the registry holds.

    Returns:
        The candidates; none where nothing is in doubt.
    """
    if known.has(staged.source.host, staged.source.key):
        return []
    candidates = {}
    lone = sum(s.role == "model" for s in staged.specs) == 1
    for spec in staged.specs:
        if spec.role == "patchset":
            continue
        if spec.digest is None:
            works = known.named_alike(spec)
            if len(works) == 1:
                spec.work_id = works[0]
            else:
                candidates |= dict.fromkeys(works, "shares an identifier")
        elif spec.digest not in known.versions:
            rows = known.lineage(spec)
            if rows and work_of_lineage(spec, lone, rows) is None:
                candidates |= dict.fromkeys(
                    _works_with_channels(spec, rows),
                    "has the same channels under another file name",
                )
    return [Candidate(str(work_id), reason) for work_id, reason in candidates.items()]


def _works_with_channels(spec, rows):
    mine = _channels(analyse.by_sha256([spec.sha256]).get(spec.sha256))
    versions = (spec.version_label, None)
    return sorted(
        {
            row.version.work_id
            for row in rows
            if mine and row.version_label not in versions and _channels(analysis_of([row])) == mine
        },
        key=str,
    )


def _channels(result):
    return {c.get("name") for c in ((result or {}).get("structure") or {}).get("channels") or ()}
