# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A harvested model as an InvenioRDM record of this portal."""

import re
from dataclasses import asdict, dataclass

from demos_models.api import PORTAL_HOST, AmbiguousAliasError, HostedSource, sources_of
from demos_models.api import open as open_entry
from flask import current_app
from flask_principal import AnonymousIdentity
from invenio_access.permissions import any_user, system_identity
from invenio_communities.communities.records.api import Community
from invenio_communities.proxies import current_communities
from invenio_db import db
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError
from invenio_pidstore.models import PersistentIdentifier
from invenio_rdm_records.proxies import (
    current_rdm_records_service,
    current_record_communities_service,
)
from invenio_rdm_records.records.api import RDMRecord
from invenio_records_resources.services.base import Service
from invenio_records_resources.services.errors import PermissionDeniedError

from ..connections import peer_named
from ..errors import ImportRefusedError, UnknownPeerError
from ..harvesting.locks import advisory_lock
from ..peers.text import doi_of


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


class HarvestedRecordsService(Service):
    """Makes records of harvested models."""

    def create(self, identity, id_or_alias):
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
        self.require_permission(identity, "create")
        source, twin = _source_of(id_or_alias)
        with advisory_lock("import", str(source.file_id)) as held:
            if not held:
                raise ImportRefusedError("This model is being imported already.")
            doi = _doi_of(source)
            record_id = _with_doi(doi) or twin
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


def _everybody():
    identity = AnonymousIdentity()
    identity.provides.add(any_user)
    return identity


def _source_of(id_or_alias) -> tuple[HostedSource, str | None]:
    """Return the file that a record is made of, and the record that holds the same already."""
    try:
        sources = sources_of(open_entry(_everybody(), id_or_alias))
    except (PIDDoesNotExistError, PIDDeletedError, PermissionDeniedError) as error:
        raise ImportRefusedError("There is no such public model.") from error
    except AmbiguousAliasError as error:
        raise ImportRefusedError(str(error)) from error
    present = [source for source in sources if not source.gone]
    harvested = [source for source in present if source.host != PORTAL_HOST]
    if not harvested:
        raise ImportRefusedError("The model is a deposit of this portal already.")
    source = next((s for s in harvested if s.file_id is not None), None)
    if source is None:
        raise ImportRefusedError("The model is only described here: its bytes are elsewhere.")
    twins = (
        s.record_id
        for s in present
        if s.host == PORTAL_HOST and s.file_sha256 == source.file_sha256
    )
    return source, next(twins, None)


def _peer_of(source):
    """Return the description of a source's peer; None for one that is no peer any more."""
    try:
        return peer_named(source.host)
    except UnknownPeerError:
        return None


def _doi_of(source):
    """Return the DOI of exactly this file: the longest one that the source knows."""
    paper = doi_of((source.metadata.get("publication") or {}).get("doi"))
    own = [v for v in source.dois if v != paper and not v.startswith("10.48550/")]
    peer = _peer_of(source)
    if peer and peer.file_dois:
        own = [v for v in own if re.fullmatch(peer.file_dois, v)]
    return max(own, key=len, default=None)


def _with_doi(doi):
    """Return the record here that has a DOI."""
    pid = PersistentIdentifier.query.filter_by(pid_type="doi", pid_value=doi).one_or_none()
    if doi is None or pid is None or pid.object_uuid is None:
        return None
    return RDMRecord.get_record(pid.object_uuid).pid.pid_value


def _record_of(source, doi):
    data = source.metadata
    publication = data.get("publication") or {}
    creators = [_creator(c) for c in data.get("creators") or []] or [
        _creator({"name": name}) for name in data.get("collaborations") or []
    ]
    peer = _peer_of(source)
    title = peer.title if peer else source.host
    metadata = {
        "resource_type": {"id": "model"},
        "title": data["title"],
        "creators": creators or [{"person_or_org": {"type": "organizational", "name": title}}],
        "publication_date": data.get("publication_date") or f"{source.created:%Y-%m-%d}",
        "publisher": (peer.publisher if peer else "") or title,
        "description": data.get("description") or "",
        "related_identifiers": _related(source, publication, doi),
    }
    if source.version:
        metadata["version"] = source.version
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


def _creator(creator):
    """Return an author as InvenioRDM has one; whoever is not said to be a person is a group."""
    name = creator["name"]
    if creator.get("type") != "personal":
        return {"person_or_org": {"type": "organizational", "name": name}}
    family, _, given = (part.strip() for part in name.partition(","))
    person = {"type": "personal", "family_name": family, **({"given_name": given} if given else {})}
    if creator.get("orcid"):
        person["identifiers"] = [{"scheme": "orcid", "identifier": creator["orcid"]}]
    return {"person_or_org": person}


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
    peer = _peer_of(source)
    if doi and peer and peer.file_dois:
        add(doi.rpartition("/")[0], "doi", "ispartof")
    add(source.url, "url", "isidenticalto")
    return edges


def _attach(identity, draft_id, source):
    name = (source.filename or source.key).rpartition("/")[2]
    files = current_rdm_records_service.draft_files
    files.init_files(identity, draft_id, data=[{"key": name}])
    with source.content().open() as stream:
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
