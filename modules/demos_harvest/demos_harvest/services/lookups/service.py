# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The service of look-ups."""

from demos_models.api import DerivativePendingError, lineage_of, sources_at
from demos_models.api import open as open_entry
from flask import current_app
from invenio_db import db
from invenio_records_resources.services.base import Service

from ...connections import client_of, peer_named
from ...errors import (
    BadReferenceError,
    LookupFailedError,
    NoBrokerError,
    NoSuchFileError,
    NotMirroredError,
    SeveralFilesError,
    UndecidedError,
    UnknownPeerError,
    UnusableFileError,
)
from ...http import PeerError
from ...records.models import DEAD, DELETED, DOUBTFUL, SKIPPED
from .answers import lookup, models_of, record_answer, understood
from .mirror import brief, find, mirrored, refresh
from .results import Accepted, Conversion, Download, Opened, RecordAnswer


class LookupsService(Service):
    """Says what other archives hold, and which models here come from it."""

    def read(self, identity, peer, record_id):
        """Return what is known of a record.

        Args:
            identity: The reader.
            peer: The peer.
            record_id: Its identifier of the record.

        Returns:
            A ``RecordAnswer``.

        Raises:
            UnknownPeerError: If the peer is not looked up.
            LookupFailedError: If nothing is known and the peer gives nothing.
        """
        self.require_permission(identity, "read")
        found = self._mirrored(peer, record_id)
        return RecordAnswer(record_answer(identity, peer, found), found.age, found.stale)

    def lookup(self, identity, text):
        """Say what an identifier or address leads to.

        Args:
            identity: The reader.
            text: A DOI, an address, an arXiv or INSPIRE identifier.

        Returns:
            Models here, records at peers, the paper, as JSON.

        Raises:
            BadReferenceError: If the text is no identifier.
        """
        self.require_permission(identity, "read")
        reference = understood(text)
        if reference is None:
            raise BadReferenceError("This is no identifier that is understood here.")
        return lookup(identity, reference, text)

    def convert(self, identity, peer, record_id, *, resource=None, member=None, **wanted):
        """Return a model of a record in a format; have it fetched if it is not here.

        Args:
            identity: The reader.
            peer: The peer.
            record_id: Its identifier of the record.
            resource: The file, by its key, name or DOI; needed if there are several.
            member: The model in the file; needed if there are several.
            **wanted: ``format`` and ``dialect``.

        Returns:
            A ``Conversion``, or an ``Accepted`` while it is being fetched or converted.

        Raises:
            HarvestError: If it cannot be had; the class says why.
        """
        self.require_permission(identity, "read")
        found = self._mirrored(peer, record_id)
        file = _chosen_file(found.record, resource)
        models = models_of(identity, found.record.peer, file.key)
        if not models:
            return self._later(peer, found, file)
        model = _chosen_model(models, member)
        try:
            content = open_entry(identity, model["id"]).content(**wanted)
        except DerivativePendingError as error:
            return Accepted({"status": "running", "detail": str(error)}, error.retry_after)
        return Conversion(content, found.age, model)

    def download(self, identity, peer, record_id, name):
        """Return a file of a record as it is kept here, or where it is.

        Args:
            identity: The reader.
            peer: The peer.
            record_id: Its identifier of the record.
            name: The file's name.

        Returns:
            A ``Download``. A compressed document is kept unpacked under another name, and not
            given for the file.

        Raises:
            NoSuchFileError: If the record has no such model file.
            LookupFailedError: If nothing is known of the record.
        """
        self.require_permission(identity, "read")
        found = self._mirrored(peer, record_id)
        file = next((f for f in found.record.files if f.filename == name), None)
        if file is None:
            names = [f.filename for f in found.record.files]
            raise NoSuchFileError("The record has no such model file.", files=names)
        sources = sources_at(found.record.peer, file.key, identity)
        kept = next((s for s in sources if s.file_id and s.filename == file.filename), None)
        return Download(kept.content() if kept else None, file.url, found.age)

    def open(self, identity, text):
        """Find the model behind a link; have its record fetched if it is not here.

        Args:
            identity: The reader.
            text: A link or an identifier.

        Returns:
            An ``Opened``.
        """
        self.require_permission(identity, "read")
        reference = understood(text)
        if reference is None or not reference.peer or not peer_named(reference.peer).importable:
            return Opened("unknown", 400)
        peer, source_id = peer_named(reference.peer), reference.source_id
        if source_id is None:
            try:
                source_id = self._record_of_file(peer.name, reference.file)
            except LookupFailedError as error:
                return Opened("failed", error.status, problem=error.problem)
        item = find(peer.name, source_id)
        record = item.record if item is not None else None
        models = _opened_models(identity, record, reference.file)
        if models:
            return Opened("found" if len(models) == 1 else "several", 200, models, record)
        if item is not None and item.state in (SKIPPED, DOUBTFUL, DEAD, DELETED):
            return Opened(item.state, 404, record=record, problem=item.error)
        if not self.check_permission(identity, "fetch_open" if peer.open_import else "fetch"):
            return Opened("login", 401)
        run = refresh(peer.name, source_id)
        if run.status == "failed":
            return Opened("failed", 503, problem=run.error)
        return Opened("waiting", 202)

    @staticmethod
    def _mirrored(peer, record_id):
        if not peer_named(peer).looked_up:
            raise UnknownPeerError(f"Records of {peer!r} are not looked up.")
        return mirrored(peer, record_id)

    @staticmethod
    def _record_of_file(peer, number):
        """Return the record that a file belongs to: the registry knows, or the peer."""
        if lineage := lineage_of(peer, number):
            return lineage
        db.session.commit()  # no transaction is open while the peer is asked
        client = client_of(peer, brief())
        try:
            return client.record_of_file(number)
        except PeerError as error:
            status = 404 if error.code == "not_found" else 502
            raise LookupFailedError(status, error.to_dict()) from error
        finally:
            client.close()

    @staticmethod
    def _later(peer, found, file):
        """Say of a file that is not registered why, or when it will be."""
        note = found.files.get(file.key) or {}
        if "error" in note and not note["error"].get("retryable"):
            raise UnusableFileError(note["error"])
        if note.get("status") == "skipped" or file.download_url is None:
            detail = "The file's bytes are not kept here, so it cannot be converted."
            raise NotMirroredError(detail, url=file.url)
        if note.get("status") == "doubtful":
            raise UndecidedError("A curator has to say what this file belongs to.")
        run = refresh(peer, found.record.record_id)
        if run.status == "failed":
            raise NoBrokerError((run.error or {}).get("message"))
        url = f"{current_app.config['SITE_API_URL']}/integrations/runs/{run.id}"
        return Accepted({"status": run.status, "id": str(run.id), "links": {"self": url}}, 2, url)


def _chosen_file(record, wanted):
    files = [
        f
        for f in record.files
        if wanted in (None, f.key, f.filename, f.doi, f.key.rpartition("/")[2])
    ]
    if len(files) == 1:
        return files[0]
    choices = [{"resource": f.key.rpartition("/")[2], "filename": f.filename} for f in record.files]
    if not files:
        detail = "The record has no such model file." if choices else "The record has no model."
        raise NoSuchFileError(detail, resources=choices)
    raise SeveralFilesError("The record has several model files: name one.", resources=choices)


def _chosen_model(models, wanted):
    chosen = [m for m in models if wanted in (None, m["member"], m["id"])]
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        raise SeveralFilesError("The file holds several models: name a member.", members=models)
    raise NoSuchFileError("No such member.", members=models)


def _opened_models(identity, record, wanted):
    files = (record or {}).get("files") or []
    chosen = [f for f in files if wanted in (f["filename"], f["key"].rpartition("/")[2])]
    return [m for f in chosen or files for m in models_of(identity, record["peer"], f["key"])]
