# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""How sources become versions of works: the writing half of the registry.

Everything here runs inside the caller's transaction and reads no file. Two
producers of the same content meet at an advisory lock on its digest, so the second
finds what the first has written.
"""

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from flask import current_app
from invenio_db import db
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import joinedload

from ..records.models import EntryMetadata, ModelAlias, ModelSource, ModelVersion
from . import outbox
from .entry import keeper_of, names_of_source
from .sources import Joined
from .works import refresh, write_aliases


def lock(*names):
    """Serialise with everybody who locks one of these names, until the transaction ends."""
    if db.session.get_bind().dialect.name == "postgresql":
        # All wait in one order, so that two cannot wait for each other.
        names = sa.func.unnest(sa.cast(sorted(set(names)), ARRAY(sa.Text))).column_valued()
        db.session.execute(
            sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(names, 0)))
        )


def join(specs, uow):
    """Join sources to the registry.

    Args:
        specs: the sources of one producer's call; those of one lineage together.
        uow: the unit of work that they belong to.

    Returns:
        One ``Joined`` per spec, in order.
    """
    joiner = Joiner(specs)
    joined = joiner.add(specs)
    joiner.finish(uow)
    return joined


class Joiner:
    """Joins several calls' sources in one transaction, as if one came after the other."""

    def __init__(self, specs):
        """Lock out whoever joins the same, and read what is known.

        Args:
            specs: the sources of all calls.
        """
        lock(
            *(f"demos-digest:{s.digest}" for s in specs if s.digest),
            *(f"demos-source:{s.host}:{s.lineage or s.key}" for s in specs),
        )
        self.known = Known(specs)
        self._done = []
        self._works, self._new, self._owed = set(), [], []

    def add(self, specs):
        """Join the sources of one call.

        Args:
            specs: the sources; those of one lineage together.

        Returns:
            One ``Joined`` per spec, in order; the session knows them, the database not yet.
        """
        outcome = []
        lone = sum(s.role == "model" for s in specs) == 1
        # As they were before the call: its sources are no earlier versions of one another.
        lineages = {(s.host, s.lineage): s for s in specs}
        lineages = {name: self.known.lineage(spec) for name, spec in lineages.items()}
        for spec in specs:
            rows = lineages[spec.host, spec.lineage]
            joined, before, is_new = _join_one(spec, self.known, rows, lone)
            outcome.append(joined)
            self._note(joined, spec, before, is_new)
        self._done += zip(outcome, specs, strict=True)
        return outcome

    def _note(self, joined, spec, before, is_new):
        version = joined.version
        if joined.status != "unchanged":
            self._works |= {v.work_id for v in (before, version) if v is not None}
        if is_new:
            self._new.append(version)
        if version is not None and version.digest and (is_new or _owes_derivatives(joined, spec)):
            self._owed.append(version.id)
        self.known.add(joined, spec)

    def finish(self, uow):
        """Write what was joined, and owe what follows from it.

        Args:
            uow: the unit of work that it belongs to.
        """
        db.session.flush()
        write_aliases(
            [
                (joined.source, joined.version, joined.status != "created")
                for joined, spec in self._done
                if joined.status != "unchanged"
                and joined.version is not None
                and spec.role == "model"
            ]
        )
        _adopt_patchsets(self._new)
        if self._owed:
            uow.register(outbox.FollowUpOp(outbox.DERIVE, *dict.fromkeys(self._owed)))
        refresh(self._works, uow)


class Known:
    """What the registry holds already of some sources, read at once and kept up to date."""

    def __init__(self, specs):
        """Read it.

        Args:
            specs: the sources.
        """
        keys = [(s.host, s.key) for s in specs]
        lineages = {(s.host, s.lineage) for s in specs if s.lineage}
        rows = (
            db.session.query(ModelSource)
            .options(joinedload(ModelSource.version).joinedload(ModelVersion.work))
            .filter(
                sa.tuple_(ModelSource.host, ModelSource.key).in_(keys)
                | sa.tuple_(ModelSource.host, ModelSource.lineage).in_(list(lineages))
            )
        )
        self.sources = {(row.host, row.key): row for row in rows}
        digests = {d for s in specs for d in (s.digest, s.applies_to) if d}
        rows = db.session.query(ModelVersion).filter(ModelVersion.digest.in_(digests))
        self.versions = {row.digest: row for row in rows}
        self._named = _works_by_name({name for s in specs if s.digest is None for name in s.names})

    def lineage(self, spec):
        """Give the models' sources of a source's lineage, the newest first."""
        rows = [
            row
            for row in self.sources.values()
            if spec.lineage
            and (row.host, row.lineage) == (spec.host, spec.lineage)
            and row.role == "model"
            and row.version is not None
        ]
        return sorted(rows, key=lambda row: (row.record_order, row.created), reverse=True)

    def has(self, host, key):
        """Say whether a file, or a member of it, is a source already, also one that is gone."""
        return any(h == host and (k == key or k.startswith(f"{key}#")) for h, k in self.sources)

    def named_alike(self, spec):
        """Give the works that share an identifier with a model that is only described."""
        return sorted({w for name in spec.names for w in self._named.get(name, ())}, key=str)

    def add(self, joined, spec):
        """Take a source into account that was joined."""
        self.sources[spec.host, spec.key] = joined.source
        if self._named and joined.version is not None and spec.role == "model":
            for name in self._named.keys() & names_of_source(joined.source):
                self._named[name].add(joined.version.work_id)


def _works_by_name(names):
    works = {name: set() for name in names}
    if names:
        rows = db.session.query(ModelAlias.scheme, ModelAlias.value, ModelAlias.work_id).filter(
            sa.tuple_(ModelAlias.scheme, ModelAlias.value).in_(list(names))
        )
        for scheme, value, work_id in rows:
            works[scheme, value].add(work_id)
    return works


def _join_one(spec, known, lineage, lone):
    """Write one source: gives the outcome, its version before, and whether that is new now."""
    source = known.sources.get((spec.host, spec.key))
    before = source.version if source is not None else None
    if spec.role == "patchset":
        version, new = known.versions.get(spec.applies_to), False
    else:
        version, new = _version_for(spec, source, known, lineage, lone)
    values = {**spec.columns(), "version_id": version.id if version else None}
    changed = source is None or source.gone_at is not None or _differs(source, values)
    status = "created" if source is None else "updated" if changed else "unchanged"
    if changed:
        now = datetime.now(UTC)
        if source is None:
            source = ModelSource(id=uuid.uuid4(), created=spec.created or now, **values)
            db.session.add(source)
        else:
            for name, value in values.items():
                setattr(source, name, value)
        source.seen_at = now
        source.gone_at = source.gone_reason = None
        source.version = version
    return Joined(source, status), before, new


def _owes_derivatives(joined, spec):
    """Say whether a known content's source needs work: its bytes, or its results."""
    return joined.status != "unchanged" and bool(spec.member or spec.data.get("declared_results"))


def _differs(source, values):
    return any(getattr(source, name) != value for name, value in values.items())


def _version_for(spec, source, known, lineage, lone):
    version = known.versions.get(spec.digest)
    if version is not None:
        return version, False
    if spec.digest is None and source is not None and source.version is not None:
        return source.version, False
    work = source.version.work if source is not None and source.version else None
    if spec.work_id:
        work = db.session.get(EntryMetadata, spec.work_id)
    work = work or work_of_lineage(spec, lone, lineage)
    if work is not None and not spec.work_id and not _speaks_for(spec, work):
        work = None  # the next version of a copy is none of the entry
    last = None
    if work is None:
        work = _new_work()
    else:
        last = (
            db.session.query(ModelVersion)
            .filter_by(work_id=work.id)
            .order_by(ModelVersion.position.desc())
            .first()
        )
    if last is not None and spec.work_id and spec.digest is None:
        return last, False
    version = ModelVersion(
        id=uuid.uuid4(),
        work_id=work.id,
        position=(last.position if last else 0) + 1,
        digest=spec.digest,
        kind=spec.kind or "other",
    )
    version.work = work
    db.session.add(version)
    if spec.digest:
        known.versions[spec.digest] = version
    return version, True


def work_of_lineage(spec, lone, rows):
    """Find the work of which a new content is the next version.

    It is the one that had the same file name in the lineage; failing that the only
    one of the lineage, if the content is the only model there now as well.

    Args:
        spec: the content's source.
        lone: whether it is the only model of the producer's call; models that an earlier
            call found in the same version of the record are no fewer.
        rows: the ``Known.lineage`` of the content's source.

    Returns:
        The work or None.
    """
    for row in rows:
        if (row.filename, row.member) == (spec.filename, spec.member):
            return row.version.work
    here = (spec.record_id, spec.version_label)
    beside = any((r.record_id, r.version_label) == here and r.key != spec.key for r in rows)
    if lone and not beside and len({row.version.work_id for row in rows}) == 1:
        return rows[0].version.work
    return None


def _speaks_for(spec, work):
    """Say whether a source's keeper may add a version to a work.

    The keeper of its first source may, and authoritative hosts.
    """
    authoritative = current_app.config["DEMOS_MODELS_AUTHORITATIVE_HOSTS"]
    if spec.host in authoritative:
        return True
    first = (
        db.session.query(ModelSource)
        .join(ModelVersion, ModelSource.version_id == ModelVersion.id)
        .filter(ModelVersion.work_id == work.id, ModelSource.role == "model")
        .order_by(ModelSource.gone_at.isnot(None), ModelSource.created, ModelSource.key)
        .first()
    )
    return first is None or keeper_of(first) == keeper_of(spec)


def _new_work():
    work_id = uuid.uuid4()
    work = EntryMetadata(id=work_id, pid=str(work_id), json={})
    db.session.add(work)
    return work


def _adopt_patchsets(versions):
    """Give new versions the patch sets that came before them."""
    by_digest = {v.digest: v for v in versions if v.digest}
    if by_digest:
        for source in db.session.query(ModelSource).filter(
            ModelSource.role == "patchset",
            ModelSource.version_id.is_(None),
            ModelSource.applies_to.in_(by_digest),
        ):
            source.version = by_digest[source.applies_to]
