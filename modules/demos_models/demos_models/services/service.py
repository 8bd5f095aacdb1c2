# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The service that reads and searches models."""

import uuid

from flask import current_app
from invenio_db import db
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError
from invenio_records_resources.services import RecordService
from invenio_records_resources.services.errors import PermissionDeniedError

from ..errors import AmbiguousAliasError, VersionDoesNotExistError
from ..permissions import audience_of
from ..records.models import EntryMetadata, ModelAlias
from ..registry.entry import Rows
from ..registry.identifiers import normalise
from .readable import ReadableEntry
from .results import ModelItem, ModelList


class ModelService(RecordService):
    """Reads and searches models.

    Every method gives what the identity may see: of a model with several sources only
    what follows from the sources that it may read.
    """

    def create_search(self, identity, record_cls, search_opts, **kwargs):
        """Leave out what is only there to be searched."""
        search = super().create_search(identity, record_cls, search_opts, **kwargs)
        return search.source(excludes=list(ModelList.HIDDEN))

    #
    # Finding an entry
    #
    def resolve(self, identity, id_or_alias):
        """Find an entry by its id or by another name.

        Args:
            identity: The reader.
            id_or_alias: The ``demos_id``, a DOI, an arXiv or HEPData id, or a URL.

        Returns:
            ``(rows, audience, version)``: the entry's rows, what the reader may see, and
            the version that the name names; None for a name of the work.

        Raises:
            PIDDoesNotExistError: Nothing that the reader may see has this name.
            PIDDeletedError: It is gone.
            PermissionDeniedError: The reader may see nothing of it.
            AmbiguousAliasError: Several entries have this name.
        """
        audience = audience_of(identity, self.config.permission_policy_cls)
        try:
            model_id = str(uuid.UUID(str(id_or_alias)))
        except ValueError:
            return self._by_alias(str(id_or_alias), audience)
        record = self.record_cls.pid.resolve(model_id)
        (rows,) = _load([record.model])
        if not rows.models:
            raise PIDDeletedError("demos", model_id, record)
        if not rows.visible_versions(audience):
            raise PermissionDeniedError("read")
        return rows, audience, None

    def _by_alias(self, alias, audience):
        name = normalise(alias)
        if name is None:
            raise PIDDoesNotExistError("demos", alias)
        works = (
            db.session.query(EntryMetadata)
            .join(ModelAlias, ModelAlias.work_id == EntryMetadata.id)
            .filter(ModelAlias.scheme == name[0], ModelAlias.value == name[1])
            .distinct()
        )
        found = [
            (rows, named)
            for rows in _load(works)
            if (named := rows.names(audience).get(name)) is not None
        ]
        if not found:
            raise PIDDoesNotExistError("demos", alias)
        if len(found) > 1:
            raise AmbiguousAliasError(alias, sorted(str(rows.work.id) for rows, _ in found))
        ((rows, named),) = found
        version = None
        if len(named) == 1 and None not in named:
            (version_id,) = named
            version = next(v for v in rows.versions if v.id == version_id)
        return rows, audience, version

    @staticmethod
    def _version(rows, audience, version):
        """Pick a version by its id or number; the current one if neither is given."""
        if version is None:
            return rows.current_version(audience)
        versions = rows.visible_versions(audience)
        for number, candidate in enumerate(versions, start=1):
            if str(version) in (str(candidate.id), str(number)):
                return candidate
        raise VersionDoesNotExistError(str(rows.work.id), str(version), len(versions))

    def open(self, identity, id_or_alias, version=None):
        """Resolve an entry once, for everything that a request asks of it.

        Args:
            identity: The reader.
            id_or_alias: The ``demos_id`` or an alias.
            version: A version's id or number; if not given the version that the alias
                names, else the current one.

        Returns:
            A ``ReadableEntry``.

        Raises:
            VersionDoesNotExistError: The reader sees no such version.
            PIDDoesNotExistError: See ``resolve``, as for the other errors.
        """
        rows, audience, named = self.resolve(identity, id_or_alias)
        if version is not None or named is None:
            named = self._version(rows, audience, version)
        return ReadableEntry(rows, audience, named)

    #
    # Reading
    #
    def read(self, identity, id_or_alias, version=None, **kwargs):
        """Read an entry; see ``open``.

        Returns:
            A ``ModelItem``.
        """
        return ModelItem(self.open(identity, id_or_alias, version).entry)

    def structure(self, identity, id_or_alias, version=None):
        """Read a model's structure: channels, samples, modifiers, parameters."""
        return self.open(identity, id_or_alias, version).structure

    def checks(self, identity, id_or_alias, version=None):
        """Read what was checked: findings, certificate of equivalence, declared results."""
        return self.open(identity, id_or_alias, version).checks

    def patches(self, identity, id_or_alias, version=None):
        """List the patches of the patchsets that apply to a model."""
        return _page(self.open(identity, id_or_alias, version).patches)

    def patchset_content(self, identity, id_or_alias, sha256=None, version=None):
        """Return the bytes of a patchset that applies to a model."""
        return self.open(identity, id_or_alias, version).patchset(sha256)

    def versions(self, identity, id_or_alias, version=None):
        """List the versions that the reader may see, the newest first."""
        return _page(self.open(identity, id_or_alias, version).versions)

    def content(self, identity, id_or_alias, format="source", dialect=None, version=None):
        """Return a model's bytes, as they came or as they were converted."""
        return self.open(identity, id_or_alias, version).content(format, dialect)

    def resolve_for_run(self, identity, id_or_alias, version=None):
        """Say what a run of a model is about; see ``ReadableEntry.target``."""
        return self.open(identity, id_or_alias, version).target


def _load(works):
    return Rows.read(list(works), current_app.config["DEMOS_MODELS_AUTHORITATIVE_HOSTS"])


def _page(hits):
    return {"hits": {"total": len(hits), "hits": hits}}
