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
from .citation import citation_of, doi_of
from .identifiers import aliases_of, normalise
from .merge import Contribution, entitled, merge, ordered
from .references import merge_references, references_of
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
    def load_all(cls, works, authoritative=()):
        """Read the rows of several works, with as many queries as for one."""
        found = cls.read(list(works), authoritative)
        analyses = by_sha256(s.sha256 for rows in found for s in rows.models)
        derivatives = derivatives_of(v.id for rows in found for v in rows.versions)
        for rows in found:
            rows.analyses, rows.derivatives = analyses, derivatives
        return found

    @classmethod
    def read(cls, works, authoritative=()):
        """Read the rows of works, without what is derived from their bytes."""
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

    def entitled(self, audience):
        """Return the visible sources of those who may say something about the entry.

        Those are the keeper of the first source and authoritative hosts: everybody else
        has added a copy.
        """
        visible = [s for s in self.models if audience.record(s)]
        return [c.row for c in entitled(_contributions(visible), self.authoritative)]

    def patchsets_of(self, version, audience):
        """Return the patchsets for a version whose bytes an audience may read.

        Only patchsets of those who may say something about the entry are its grid.
        """
        keepers = {keeper_of(s) for s in self.entitled(audience)}
        return [
            s
            for s in self.sources
            if s.role == "patchset"
            and s.version_id == version.id
            and audience.files(s)
            and (keeper_of(s) in keepers or s.host in self.authoritative)
        ]

    def names(self, audience):
        """Return the identifiers by which an audience knows the entry.

        Returns:
            ``{(scheme, value): version ids}``. A copy's own DOI or address names the
            versions that have it; None among them says that the name is one of the work:
            the paper's, or one that only those give who may speak for the entry.
        """
        names = {}
        mine = {s.id for s in self.entitled(audience)}
        for source in self.models:
            if not audience.record(source):
                continue
            own = own_names(source)
            for name in own:
                names.setdefault(name, set()).add(source.version_id)
            if source.id in mine:
                for name in names_of_source(source) - own:
                    names.setdefault(name, set()).add(None)
        return names

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
        spoken = entitled(_contributions(visible), self.authoritative)
        first = ordered(spoken, self.authoritative)[0].row
        heads = {}
        for source in sorted(visible, key=lambda s: (s.record_order, s.created)):
            if keeper_of(source) == keeper_of(first):
                heads[source.lineage or source.key] = source
        newest = max(heads.values(), key=lambda s: s.created)
        return next(v for v in self.versions if v.id == newest.version_id)


def source_name(source):
    """Name a source in the provenance of fields, without the names of its files."""
    return f"{source.host}:{source.record_id}" if source.record_id else source.host


def keeper_of(source):
    """Return who keeps a source: the owner of a deposit, else the host."""
    if source.host != PORTAL_HOST:
        return (source.host, None)
    owner = next((t for t in source.readers if t.startswith("user:")), None)
    return (source.host, owner or source.lineage)


def own_names(source):
    """Return the identifiers of a source itself: its DOIs and its address at its host.

    What a deposit says of other places is a claim of its depositor; what another host's
    record says of itself has come from that host.
    """
    data = source.data
    given = [data.get("doi"), data.get("concept_doi")]
    if source.host != PORTAL_HOST:
        given += [source.url, source.record_id, *(data.get("aliases") or ())]
    return {name for value in given if value and (name := normalise(value))}


def names_of_source(source):
    """Return all identifiers that a source gives, in their normal forms."""
    return own_names(source) | aliases_of(source.data, [source.url] if source.url else [])


def _contributions(sources, shown=None):
    return [
        Contribution(
            source=source_name(s),
            host=s.host,
            lineage=s.lineage or s.key,
            order=s.record_order,
            since=s.created,
            data=_said(s),
            keeper=keeper_of(s),
            shown=shown is None or s.version_id == shown.id,
            row=s,
        )
        for s in sources
    ]


def _said(source):
    """Return what a source says: its metadata, its licence, and where it is itself."""
    data = {**({"licence": source.licence} if source.licence else {}), **source.data}
    references = references_of(data.get("external_references"))
    if source.host != PORTAL_HOST:
        here = {"record_id": source.record_id, "doi": data.get("doi"), "url": source.url}
        own = {}
        merge_references(own, references_of({source.host: {k: v for k, v in here.items() if v}}))
        merge_references(own, references)
        references = own
    data["external_references"] = references
    return data


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
            return {**row.report, "declared_by": _declarer(source)}
    return None


def _declarer(source):
    """Return who declared a source's results: the source and its authors."""
    names = [c.get("name") for c in source.data.get("creators") or ()]
    return {"source": source_name(source), "authors": names or source.data.get("collaborations")}


def _checks(analysis, derivatives, sources, spoken):
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
    if closure := closure_of([s for s in sources if s in spoken], derivatives):
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
    spoken = rows.entitled(audience)
    collaborations = metadata.get("collaborations") or ()
    creators = metadata.get("creators") or [
        {"name": name, "type": "organizational"} for name in collaborations
    ]
    if creators:
        metadata["creators"] = creators
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
    number = versions.index(version) + 1
    first = [s for s in spoken if s.version_id == version.id] or shown
    entry_metadata["citation"] = citation_of(
        entry_metadata, first, number, rows.authoritative, _page_of(model_id)
    )
    if structure:
        entry_metadata["structure"] = {k: structure[k] for k in SUMMARY if k in structure}
    if analysis:
        entry_metadata["checks"] = _checks(analysis, derivatives, readable, spoken)
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
            **_embargo(shown),
        },
        "version": {
            "id": str(version.id),
            "number": number,
            "count": len(versions),
            "is_latest": version is current,
            **({"digest": version.digest} if readable and version.digest else {}),
        },
        "metadata": entry_metadata,
        **({"structure": structure} if structure else {}),
        "sources": [_source(s, audience, s in spoken) for s in shown],
        "records": sorted({s.record_id for s in visible if s.host == PORTAL_HOST and s.record_id}),
    }


def _page_of(model_id):
    return f"{current_app.config['SITE_UI_URL']}/models/{model_id}"


def _embargo(sources):
    """Return until when the first embargoed source is, where no other is open."""
    if any(s.access_record == s.access_files == "public" for s in sources):
        return {}
    embargoes = (s.data.get("embargo") for s in sources)
    return next(({"embargo": embargo} for embargo in embargoes if embargo), {})


def _url(source):
    if source.host == PORTAL_HOST:
        return f"{current_app.config['SITE_UI_URL']}/records/{source.record_id}"
    return source.url


def _source(source, audience, speaks):
    entry = {
        "host": source.host,
        "url": _url(source),
        # The DOI of somebody else's deposit would stand beside the authors' in every export.
        "doi": doi_of(source) if speaks or source.host != PORTAL_HOST else None,
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
