# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The service that reads and searches models."""

import uuid

from flask import current_app
from invenio_db import db
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError
from invenio_records_resources.services import RecordService
from invenio_records_resources.services.errors import PermissionDeniedError

from ..errors import AmbiguousAliasError
from ..permissions import audience_of
from ..records.models import ModelAlias, ModelSource
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
            identity: the reader.
            id_or_alias: the ``demos_id``, a DOI, an arXiv or HEPData id, or a URL.

        Returns:
            ``(rows, audience)``: the entry's rows and what the reader may see.

        Raises:
            PIDDoesNotExistError: nothing that the reader may see has this name.
            PIDDeletedError: it is gone.
            PermissionDeniedError: the reader may see nothing of it.
            AmbiguousAliasError: several entries have this name.
        """
        audience = audience_of(identity, self.config.permission_policy_cls)
        try:
            model_id = str(uuid.UUID(str(id_or_alias)))
        except ValueError:
            model_id = self._by_alias(str(id_or_alias), audience)
        record = self.record_cls.pid.resolve(model_id)
        rows = Rows.load(record.model, current_app.config["DEMOS_MODELS_AUTHORITATIVE_HOSTS"])
        if not rows.models:
            raise PIDDeletedError("demos", model_id, record)
        if not rows.visible_versions(audience):
            raise PermissionDeniedError("read")
        return rows, audience

    def _by_alias(self, alias, audience):
        found = normalise(alias)
        if found is None:
            raise PIDDoesNotExistError("demos", alias)
        rows = (
            db.session.query(ModelAlias.work_id, ModelSource)
            .join(ModelSource, ModelAlias.source_id == ModelSource.id)
            .filter(ModelAlias.value == found[1], ModelSource.gone_at.is_(None))
        )
        works = sorted({str(work_id) for work_id, source in rows if audience.record(source)})
        if not works:
            raise PIDDoesNotExistError("demos", alias)
        if len(works) > 1:
            raise AmbiguousAliasError(alias, works)
        return works[0]

    @staticmethod
    def _version(rows, audience, version):
        """Pick a version by its id or number; the current one if neither is given."""
        if version is None:
            return rows.current_version(audience)
        versions = rows.visible_versions(audience)
        for number, candidate in enumerate(versions, start=1):
            if str(version) in (str(candidate.id), str(number)):
                return candidate
        raise PIDDoesNotExistError("demos", f"{rows.work.id} version {version}")

    def open(self, identity, id_or_alias, version=None):
        """Resolve an entry once, for everything that a request asks of it.

        Args:
            identity: The reader.
            id_or_alias: The ``demos_id`` or an alias.
            version: A version's id or number; the current one if not given.

        Returns:
            A ``ReadableEntry``.

        Raises:
            PIDDoesNotExistError: See ``resolve``, as for the other errors.
        """
        rows, audience = self.resolve(identity, id_or_alias)
        return ReadableEntry(rows, audience, self._version(rows, audience, version))

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

    def versions(self, identity, id_or_alias):
        """List the versions that the reader may see, the newest first."""
        return _page(self.open(identity, id_or_alias).versions)

    def content(self, identity, id_or_alias, format="source", dialect=None, version=None):
        """Return a model's bytes, as they came or as they were converted."""
        return self.open(identity, id_or_alias, version).content(format, dialect)

    def resolve_for_run(self, identity, id_or_alias, version=None):
        """Say what a run of a model is about; see ``ReadableEntry.target``."""
        return self.open(identity, id_or_alias, version).target


def _page(hits):
    return {"hits": {"total": len(hits), "hits": hits}}
