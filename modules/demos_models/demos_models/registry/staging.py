# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""From what a producer hands in to sources that can be joined: bytes stored and analysed."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from invenio_db import db

from ..errors import RegistrationError
from ..records.models import AnalysedFile, ModelSource
from . import analyse, storage
from .contents import contents_of, message_of
from .describe import specs_of
from .sources import SourceSpec
from .types import Source

DESCRIBED_KINDS = ("combine", "container", "other", "histfactory", "hs3")


@dataclass
class Staged:
    """A proposal that is ready to be joined.

    Args:
        source: where it is hosted.
        metadata: what its producer says of it.
        file_id: the stored file, None for a description.
        specs: the sources in it.
        findings: what the analysis said.
        error: why there is nothing to join.
    """

    source: Source
    metadata: Mapping[str, Any]
    file_id: Any = None
    specs: list[SourceSpec] = field(default_factory=list)
    findings: list[Mapping[str, Any]] = field(default_factory=list)
    error: RegistrationError | None = None


def stage(proposals):
    """Analyse and store what producers hand in.

    Args:
        proposals: ``Proposal`` objects.

    Returns:
        One ``Staged`` per proposal, in order; what is stored is flushed, not committed.
        Files without a model are not stored.
    """
    results = _analyses(proposals)
    new = [r for r, p in zip(results, proposals, strict=True) if r and p.file_id is None]
    analyse.remember(*new)
    staged = [
        understood(proposal.source, proposal.metadata, result, proposal.file_id)
        for proposal, result in zip(proposals, results, strict=True)
    ]
    _store(
        [
            (item, proposal.content, result["sha256"])
            for item, proposal, result in zip(staged, proposals, results, strict=True)
            if result and not item.error and item.file_id is None
        ]
    )
    return staged


def understood(source, metadata, result, file_id=None):
    """Find the sources in a proposal, or why there are none.

    Args:
        source: where it is hosted.
        metadata: what its producer says of it.
        result: the analysis of its file, None for a description.
        file_id: the stored file, if it is stored already.

    Returns:
        The ``Staged`` proposal.
    """
    staged = Staged(source, dict(metadata), file_id)
    try:
        if result is None:
            staged.specs = [_described(source, staged.metadata)]
        else:
            contents = contents_of(source.filename or source.key, result)
            staged.specs = _contained(source, staged.metadata, contents, file_id)
            staged.findings = [{**f, "file": c.place} for c in contents for f in c.findings]
    except RegistrationError as error:
        staged.error = error
    return staged


def _analyses(proposals):
    """Analyse contents; None for descriptions."""
    known = analyse.current({p.file_id: p.source.filename for p in proposals if p.file_id})
    results = []
    for proposal in proposals:
        content, name = proposal.content, proposal.source.filename
        if proposal.file_id is not None:
            results.append(known[proposal.file_id])
        elif content is None:
            results.append(None)
        elif isinstance(content, (bytes, bytearray, memoryview)):
            with tempfile.NamedTemporaryFile(prefix="demos-") as copy:
                copy.write(content)
                copy.flush()
                results.append(analyse.analyse(Path(copy.name), name))
        else:
            results.append(analyse.analyse(Path(os.fspath(content)), name))
    return results


def _store(contained):
    """Store contents; what a host's source has stored already is found by its sha256.

    Args:
        contained: proposals with their contents and the sha256 of these.
    """
    if not contained:
        return
    rows = (
        db.session.query(ModelSource.host, AnalysedFile.sha256, ModelSource.file_id)
        .join(AnalysedFile, AnalysedFile.file_id == ModelSource.file_id)
        .filter(AnalysedFile.sha256.in_({sha256 for _, _, sha256 in contained}))
    )
    files = {(host, sha256): file_id for host, sha256, file_id in rows}
    new = {
        (item.source.host, sha256): content
        for item, content, sha256 in contained
        if (item.source.host, sha256) not in files
    }
    files |= dict(zip(new, storage.store_files(new.values()), strict=True))
    for item, _, sha256 in contained:
        item.file_id = files[item.source.host, sha256]
        for spec in item.specs:
            spec.file_id = item.file_id
    analyse.link({item.file_id: sha256 for item, _, sha256 in contained})


def _common(source, metadata):
    return {
        "host": source.host,
        "url": source.url,
        "record_id": source.record_id,
        "lineage": source.lineage or source.record_id,
        "filename": source.filename,
        "licence": source.licence,
        "access_record": source.access.get("record", "public"),
        "access_files": source.access.get("files", "public"),
        "version_label": source.version,
        "record_order": int(source.version) if str(source.version or "").isdigit() else 0,
        "data": {k: v for k, v in metadata.items() if k != "kind"},
        "created": source.seen_at,
    }


def _described(source, metadata):
    kind = metadata.get("kind") or "other"
    if kind not in DESCRIBED_KINDS:
        message = f"{kind!r} is none of {', '.join(DESCRIBED_KINDS)}."
        raise RegistrationError([{"field": "kind", "messages": [message]}])
    return SourceSpec(key=source.key, digest=None, kind=kind, **_common(source, metadata))


def _contained(source, metadata, contents, file_id):
    specs = specs_of(contents, source.key, file_id, _common(source, metadata))
    if not specs:
        raise RegistrationError(
            [
                {"field": c.place, "messages": [message_of(f) for f in c.errors]}
                for c in contents
                if c.errors
            ]
            or [{"field": contents[0].place, "messages": ["There is no model in this file."]}]
        )
    return specs
