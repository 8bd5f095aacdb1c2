# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A harvested model as an InvenioRDM record of this portal."""

from dataclasses import asdict, dataclass

from demos_models.errors import AmbiguousAliasError
from demos_models.proxies import current_models_service
from demos_models.records.models import ModelAlias, ModelSource, ModelVersion
from demos_models.registry import PORTAL_HOST
from flask import current_app
from invenio_access.permissions import system_identity
from invenio_communities.communities.records.api import Community
from invenio_communities.proxies import current_communities
from invenio_db import db
from invenio_files_rest.models import FileInstance
from invenio_pidstore.errors import PIDDoesNotExistError
from invenio_pidstore.models import PersistentIdentifier
from invenio_rdm_records.proxies import (
    current_rdm_records_service,
    current_record_communities_service,
)
from invenio_rdm_records.records.api import RDMRecord

from .connections import title_of
from .harvesting.locks import advisory_lock
from .peers.text import doi_of

PUBLISHERS = {"hepdata": "HEPData", "zenodo": "Zenodo", "cern": "CERN"}


class ImportRefusedError(Exception):
    """A model that cannot be made a record; the message says why."""


@dataclass(frozen=True)
class Imported:
    """A record made of a model.

    Attributes:
        status: ``created`` or ``unchanged``.
        id: The record.
        doi: Its DOI, if it has one.
        url: Its page.
    """

    status: str
    id: str
    doi: str | None
    url: str

    def to_dict(self):
        """Return it as JSON."""
        return asdict(self)


def import_model(identity, id_or_alias):
    """Publish a harvested model as a record, with the DOI it has at its archive.

    Doing it again finds the record that was made.

    Args:
        identity: Who imports, and owns the record.
        id_or_alias: The model.

    Returns:
        An ``Imported``.

    Raises:
        ImportRefusedError: If it is not there, hosted here already or only described.
    """
    source = _source_of(identity, id_or_alias)
    with advisory_lock("import", str(source.file_id)) as held:
        if not held:
            raise ImportRefusedError("This model is being imported already.")
        doi = _doi_of(source)
        record_id = _existing(source, doi)
        if record_id is not None:
            return _imported("unchanged", record_id, doi)
        draft = current_rdm_records_service.create(identity, _record_of(source, doi))
        try:
            _attach(identity, draft.id, source)
            record = current_rdm_records_service.publish(identity, draft.id)
        except Exception:
            db.session.rollback()
            current_rdm_records_service.delete_draft(identity, draft.id)
            raise
        current_record_communities_service.bulk_add(
            system_identity, _community_id(), [record.id], set_default=True
        )
        return _imported("created", record.id, doi)


def _imported(status, record_id, doi):
    url = f"{current_app.config['SITE_UI_URL']}/records/{record_id}"
    return Imported(status, record_id, doi, url)


def _source_of(identity, id_or_alias):
    try:
        entry = current_models_service.read(identity, id_or_alias)
    except PIDDoesNotExistError as error:
        raise ImportRefusedError("There is no such model.") from error
    except AmbiguousAliasError as error:
        raise ImportRefusedError(str(error)) from error
    sources = (
        db.session.query(ModelSource)
        .join(ModelVersion, ModelSource.version_id == ModelVersion.id)
        .filter(ModelVersion.work_id == entry.id, ModelSource.role == "model")
        .filter(ModelSource.host != PORTAL_HOST, ModelSource.gone_at.is_(None))
        .order_by(ModelVersion.position.desc(), ModelSource.created)
        .all()
    )
    if not sources:
        raise ImportRefusedError("The model is a deposit of this portal already.")
    for source in sources:
        if source.file_id is not None and source.access_files == "public":
            return source
    raise ImportRefusedError("The model is only described here: its bytes are elsewhere.")


def _doi_of(source):
    """Return the DOI of exactly this file: the longest one that the source knows."""
    values = [
        row[0]
        for row in db.session.query(ModelAlias.value).filter_by(source_id=source.id, scheme="doi")
    ]
    paper = doi_of((source.data.get("publication") or {}).get("doi"))
    own = [v for v in values if v != paper and not v.startswith("10.48550/")]
    if source.host == "hepdata":
        own = [v for v in own if "/r" in v.removeprefix("10.17182/")]
    return max(own, key=len, default=None)


def _existing(source, doi):
    """Return the record that was made of this file before."""
    if doi:
        pid = PersistentIdentifier.query.filter_by(pid_type="doi", pid_value=doi).one_or_none()
        if pid is not None and pid.object_uuid is not None:
            return RDMRecord.get_record(pid.object_uuid).pid.pid_value
    digest = source.container_sha256 or source.sha256
    twin = (
        db.session.query(ModelSource)
        .filter(ModelSource.host == PORTAL_HOST, ModelSource.gone_at.is_(None))
        .filter(
            (ModelSource.container_sha256 == digest)
            | (ModelSource.container_sha256.is_(None) & (ModelSource.sha256 == digest))
        )
        .first()
    )
    return twin.record_id if twin else None


def _record_of(source, doi):
    data = source.data
    publication = data.get("publication") or {}
    creators = [
        {"person_or_org": {"type": "organizational", "name": name}}
        for name in data.get("collaborations") or []
    ] or [
        {"person_or_org": {"type": "organizational", "name": creator["name"]}}
        for creator in data.get("creators") or []
    ]
    host = title_of(source.host)
    metadata = {
        "resource_type": {"id": "model"},
        "title": data["title"],
        "creators": creators or [{"person_or_org": {"type": "organizational", "name": host}}],
        "publication_date": (data.get("publication_date") or f"{source.created:%Y-%m-%d}"),
        "publisher": PUBLISHERS.get(source.host, host),
        "description": data.get("description") or "",
        "related_identifiers": _related(source, publication, doi),
    }
    if source.version_label:
        metadata["version"] = source.version_label
    if source.licence:
        metadata["rights"] = [{"id": source.licence.lower()}]
    record = {
        "access": {"record": "public", "files": "public"},
        "files": {"enabled": True},
        "metadata": {k: v for k, v in metadata.items() if v},
        "pids": {},
    }
    if doi:
        record["pids"]["doi"] = {"identifier": doi, "provider": "external"}
    return record


def _related(source, publication, doi):
    """Return the edges of the record, with the relations of DataCite."""
    edges = []

    def add(identifier, scheme, relation):
        if identifier and identifier != doi:
            edges.append(
                {
                    "identifier": identifier,
                    "scheme": scheme,
                    "relation_type": {"id": relation},
                }
            )

    add(publication.get("doi"), "doi", "issupplementto")
    add(publication.get("arxiv"), "arxiv", "issupplementto")
    if doi and source.host == "hepdata":
        add(doi.rpartition("/")[0], "doi", "ispartof")
    add(source.url, "url", "isidenticalto")
    return edges


def _attach(identity, draft_id, source):
    stored = db.session.get(FileInstance, source.file_id)
    name = (source.filename or source.key).rpartition("/")[2]
    files = current_rdm_records_service.draft_files
    files.init_files(identity, draft_id, data=[{"key": name}])
    with stored.storage().open(mode="rb") as stream:
        files.set_file_content(identity, draft_id, name, stream)
    files.commit_file(identity, draft_id, name)


def _community_id():
    """Return the community of imported records, making it on first use."""
    wanted = current_app.config["DEMOS_HARVEST_COMMUNITY"]
    try:
        return str(Community.pid.resolve(wanted["slug"]).id)
    except PIDDoesNotExistError:
        created = current_communities.service.create(
            system_identity,
            {
                "slug": wanted["slug"],
                "metadata": {"title": wanted["title"], "description": wanted["description"]},
                "access": {"visibility": "public", "record_submission_policy": "closed"},
            },
        )
        return str(created.id)
