# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""An entry as one audience may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from flask import current_app
from invenio_db import db

from ..records.models import EntryMetadata, ModelDerivative, ModelSource, ModelVersion
from .analyse import by_sha256
from .merge import Contribution, merge, ordered
from .types import PORTAL_HOST

SUMMARY = ("n_channels", "n_bins", "n_samples", "n_parameters")


@dataclass
class Rows:
    """All rows of one work that are still in force.

    What is derived from the bytes is large and read only when it is asked for, unless it was
    read for several works at once.

    Args:
        work: the work.
        versions: those that have sources, in order, the oldest first.
        sources: those that are not gone.
        authoritative: hosts whose metadata goes first.
    """

    work: EntryMetadata
    versions: Sequence[ModelVersion]
    sources: Sequence[ModelSource]
    authoritative: Sequence[str] = ()

    @classmethod
    def load(cls, work, authoritative=()):
        """Read the rows of a work."""
        return cls._read([work], authoritative)[0]

    @classmethod
    def load_all(cls, works, authoritative=()):
        """Read the rows of several works, with as many queries as for one."""
        found = cls._read(list(works), authoritative)
        analyses = by_sha256(s.sha256 for rows in found for s in rows.models)
        derivatives = derivatives_of(v.id for rows in found for v in rows.versions)
        for rows in found:
            rows.analyses, rows.derivatives = analyses, derivatives
        return found

    @classmethod
    def _read(cls, works, authoritative):
        versions, sources = {}, {}
        found = (
            db.session.query(ModelVersion, ModelSource)
            .join(ModelSource, ModelSource.version_id == ModelVersion.id)
            .filter(ModelVersion.work_id.in_([work.id for work in works]))
            .filter(ModelSource.gone_at.is_(None))
            .order_by(ModelVersion.position, ModelSource.created, ModelSource.key)
        )
        for version, source in found:
            versions.setdefault(version.work_id, {})[version.id] = version
            sources.setdefault(version.work_id, []).append(source)
        return [
            cls(
                work,
                list(versions.get(work.id, {}).values()),
                sorted(sources.get(work.id, ()), key=lambda s: (s.created, s.key)),
                authoritative,
            )
            for work in works
        ]

    @cached_property
    def analyses(self):
        """The analyses of the sources by sha256."""
        return by_sha256(s.sha256 for s in self.models)

    @cached_property
    def derivatives(self):
        """By version, the newest derivative of every name."""
        return derivatives_of(v.id for v in self.versions)

    @property
    def models(self):
        """The sources of the model itself, without its patch sets."""
        return [s for s in self.sources if s.role == "model"]

    def sources_of(self, version, audience, files=False):
        """Give a version's sources that an audience may see, in order of precedence.

        Args:
            version: the version.
            audience: who looks.
            files: only those whose bytes the audience may read.
        """
        may = audience.files if files else audience.record
        mine = [s for s in self.models if s.version_id == version.id and may(s)]
        return [c.row for c in ordered(_contributions(mine, version), self.authoritative)]

    def patchsets_of(self, version, audience):
        """Give the sources of patch sets for a version whose bytes an audience may read."""
        return [
            s
            for s in self.sources
            if s.role == "patchset" and s.version_id == version.id and audience.files(s)
        ]

    def visible_versions(self, audience):
        """Give the versions of which an audience may see a source, the oldest first."""
        seen = {s.version_id for s in self.models if audience.record(s)}
        return [v for v in self.versions if v.id in seen]

    def current_version(self, audience):
        """Give the version that is meant where none is named.

        A lineage (a deposit with its versions, a HEPData record) stands for the content
        of its newest version. Of several lineages those of the keeper of the one that
        decides the metadata count, and of these the one that spoke last: the owner of a
        model can go back to an earlier content, and nobody else can.

        Returns:
            The version, or None where the audience may see nothing.
        """
        visible = [s for s in self.models if audience.record(s)]
        if not visible:
            return None
        first = ordered(_contributions(visible), self.authoritative)[0].row
        heads = {}
        for source in sorted(visible, key=lambda s: (s.record_order, s.created)):
            if _keeper(source) == _keeper(first):
                heads[source.lineage or source.key] = source
        newest = max(heads.values(), key=lambda s: s.created)
        return next(v for v in self.versions if v.id == newest.version_id)


def source_name(source):
    """Name a source in the provenance of fields, without the names of its files."""
    return f"{source.host}:{source.record_id}" if source.record_id else source.host


def _keeper(source):
    """Name who keeps a source: the owner of a deposit, else the host."""
    owner = next((t for t in source.readers if t.startswith("user:")), source.lineage)
    return (source.host, owner if source.host == PORTAL_HOST else None)


def _contributions(sources, shown=None):
    return [
        Contribution(
            source=source_name(s),
            host=s.host,
            lineage=s.lineage or s.key,
            order=s.record_order,
            since=s.created,
            data={**({"licence": s.licence} if s.licence else {}), **s.data},
            shown=shown is None or s.version_id == shown.id,
            row=s,
        )
        for s in sources
    ]


def analysis_of(sources, analyses=None):
    """Give the analysis of the first source that has one.

    Args:
        sources: in order of precedence.
        analyses: what has been read by sha256; read if not given.
    """
    if analyses is None:
        analyses = by_sha256(s.sha256 for s in sources)
    return next((analyses[s.sha256] for s in sources if s.sha256 in analyses), None)


def derivatives_of(version_ids):
    """Return the newest derivative of every name: ``{version_id: {name: row}}``."""
    found = {}
    rows = (
        db.session.query(ModelDerivative)
        .filter(ModelDerivative.version_id.in_(list(version_ids)))
        .order_by(ModelDerivative.created)
    )
    for row in rows:
        found.setdefault(row.version_id, {})[row.name] = row
    return found


def closure_of(sources, derivatives):
    """Give the report on the declared results of the first source that has one."""
    for source in sources:
        row = derivatives.get(f"closure-{source.id.hex}")
        if row is not None:
            return row.report
    return None


def _checks(analysis, derivatives, sources):
    findings = analysis.get("findings") or []
    checks = {
        "valid": bool(analysis.get("valid")),
        "warnings": sum(f.get("severity") == "warning" for f in findings),
    }
    certificate = derivatives.get("certificate")
    if certificate is None:
        checks["certificate"] = "pending"
    elif certificate.state == "ready":
        checks["certificate"] = certificate.report["verdict"]
    else:
        checks["certificate"] = certificate.state
    if closure := closure_of(sources, derivatives):
        checks["closure"] = closure["verdict"]
    return checks


def container_of(rows, audience, version):
    """Give the container that a version names, or an empty mapping.

    Args:
        rows: the work's rows.
        audience: who looks.
        version: the version.
    """
    visible = [s for s in rows.models if audience.record(s)]
    metadata, _ = merge(_contributions(visible, version), rows.authoritative)
    return metadata.get("container") or {}


def build_entry(rows, audience, version=None):
    """Build an entry for an audience.

    Args:
        rows: the work's rows.
        audience: who looks.
        version: which version; the current one if not given.

    Returns:
        The entry as a dictionary, or None where the audience may see nothing of it.
    """
    versions = rows.visible_versions(audience)
    current = rows.current_version(audience)
    version = version or current
    if version is None or version not in versions:
        return None
    visible = [s for s in rows.models if audience.record(s)]
    shown = rows.sources_of(version, audience)
    readable = rows.sources_of(version, audience, files=True)
    metadata, provenance = merge(_contributions(visible, version), rows.authoritative)
    model_id = str(rows.work.id)
    described_only = version.digest is None
    analysis = analysis_of(readable, rows.analyses)
    derivatives = rows.derivatives.get(version.id, {}) if readable and not described_only else {}
    structure = (analysis or {}).get("structure") or None
    publication = metadata.get("publication") or {}
    entry_metadata = {
        "demos_id": model_id,
        "title": metadata.get("title") or "Untitled model",
        **{k: v for k, v in metadata.items() if k != "title"},
        "external_references": metadata.get("external_references") or {},
        "publication": {k: publication.get(k) for k in ("doi", "arxiv", "inspire_id")},
        "container": metadata.get("container") or {},
        "kind": version.kind,
        "provenance": provenance,
    }
    if structure:
        entry_metadata["structure"] = {k: structure[k] for k in SUMMARY if k in structure}
    if analysis:
        entry_metadata["checks"] = _checks(analysis, derivatives, readable)
    return {
        "id": model_id,
        "demos_id": model_id,
        "created": min(s.created for s in visible).isoformat(),
        "updated": max(s.seen_at for s in visible).isoformat(),
        "kind": version.kind,
        "format": (analysis or {}).get("format"),
        "dialect": (analysis or {}).get("dialect"),
        "access": {
            "record": "public" if any(s.access_record == "public" for s in shown) else "restricted",
            "files": "public"
            if any(s.access_record == s.access_files == "public" for s in shown)
            else "restricted",
        },
        "version": {
            "id": str(version.id),
            "number": versions.index(version) + 1,
            "count": len(versions),
            "is_latest": version is current,
            **({"digest": version.digest} if readable and version.digest else {}),
        },
        "metadata": entry_metadata,
        **({"structure": structure} if structure else {}),
        "sources": [_source(s, audience) for s in shown],
        "records": sorted({s.record_id for s in visible if s.host == PORTAL_HOST and s.record_id}),
    }


def _url(source):
    if source.host == PORTAL_HOST:
        return f"{current_app.config['SITE_UI_URL']}/records/{source.record_id}"
    return source.url


def _source(source, audience):
    entry = {
        "host": source.host,
        "url": _url(source),
        "record": source.record_id,
        "licence": source.licence,
        "version": source.version_label,
        "access": {"record": source.access_record, "files": source.access_files},
        "seen_at": source.seen_at.isoformat(),
    }
    if audience.files(source):
        entry |= {
            "filename": source.filename,
            "member": source.member,
            "sha256": source.sha256,
            "size": source.size,
        }
    return {k: v for k, v in entry.items() if v is not None}
