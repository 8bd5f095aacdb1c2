# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The search documents of an entry: one per view."""

import uuid

from flask import current_app
from invenio_db import db
from invenio_db.uow import Operation
from invenio_indexer.api import RecordIndexer
from invenio_search import current_search_client
from invenio_search.engine import search
from invenio_search.utils import build_alias_name

from ..records.api import Entry
from ..records.models import EntryMetadata, ModelSource, ModelVersion
from . import outbox
from .audience import possible_view_ids, view_id, views_of
from .entry import Rows, build_entry

BATCH = 50

NAME_LIMIT = 8191
"""Names longer than a keyword field can hold are not indexed; nobody searches for them."""


VERDICTS = ("equivalent", "different", "reproduced", "deviates")
"""What the certificate and the declared results can say for certain."""

REQUIRED = ("external_references", "publication", "container")


def _names(values):
    return sorted({v for v in values if isinstance(v, str) and len(v.encode()) <= NAME_LIMIT})


def search_document(entry, view, names=()):
    """Give an entry's document for one view.

    Args:
        entry: what the view's audience may see.
        view: the view.
        names: the identifiers, ``(scheme, value)``, by which its audience knows the entry.

    Returns:
        The document; what is derived from bytes is in it only if the entry has it.
    """
    structure = entry.get("structure") or {}
    channels = structure.get("channels") or []
    modifiers = structure.get("modifiers") or {}
    measurements = structure.get("measurements") or []
    summary = {
        key: structure[key]
        for key in ("n_channels", "n_bins", "n_samples", "n_parameters")
        if key in structure
    }
    parts = {
        "channels": _names(c.get("name") for c in channels),
        "samples": _names(s for c in channels for s in c.get("samples") or ()),
        "parameters": _names(parameter_names(structure)),
        "modifiers": _names(modifiers),
        "pois": _names(m.get("poi") for m in measurements),
    }
    document = {k: v for k, v in entry.items() if k not in ("structure", "$schema")}
    document["identifiers"] = sorted(
        {value for _, value in names if len(value.encode()) <= NAME_LIMIT}
        | {entry["id"], *entry["records"]}
    )
    document["hosts"] = sorted({s["host"] for s in entry["sources"]})
    document["structure"] = {**summary, **{k: v for k, v in parts.items() if v}}
    document["view"] = {
        "tokens": list(view.tokens),
        "preferred": list(view.preferred),
        "top": view.top,
    }
    metadata = dict(entry["metadata"])
    provenance = metadata.pop("provenance", None)
    # What the schema of the metadata requires is there in hits too, empty or not.
    document["metadata"] = {
        k: v for k, v in metadata.items() if k in REQUIRED or v not in (None, {}, [])
    }
    if provenance:
        document["provenance"] = provenance
    return document


def parameter_names(structure):
    """Give the names of a structure's parameters and named modifiers.

    The structure of HS3 that is no HistFactory only counts its parameters.

    >>> list(parameter_names({"parameters": [{"name": "mu"}, "lumi"]}))
    ['mu', 'lumi']
    >>> list(parameter_names({"parameters": 3}))
    []
    """
    parameters = structure.get("parameters")
    for parameter in parameters if isinstance(parameters, list) else ():
        yield parameter if isinstance(parameter, str) else parameter.get("name")
    yield from structure.get("modifier_names") or ()


def search_documents(rows):
    """Give a work's documents as they should be in the index: ``{document id: document}``."""
    result = {}
    for view in views_of(rows.sources):
        entry = build_entry(rows, view.audience)
        if entry is not None:
            names = rows.names(view.audience)
            document = search_document(entry, view, names)
            version = next(v for v in rows.versions if str(v.id) == entry["version"]["id"])
            grid = bool(rows.patchsets_of(version, view.audience))
            document["labels"] = labels_of(entry["metadata"], patch_grid=grid)
            if small := _thumbnail(rows, entry):
                document["thumbnail"] = small
            result[view_id(rows.work.id, view.key)] = document
    return result


def labels_of(metadata, patch_grid):
    """Return what facets count beside the entry's own fields.

    Args:
        metadata: the entry's.
        patch_grid: whether patchsets apply to the model.

    >>> labels_of({"energies": [{"value": 13.0, "unit": "TeV"}],
    ...     "checks": {"certificate": "equivalent", "closure": "reproduced"}}, patch_grid=False)
    {'energy': ['13 TeV'], 'patch_grid': 'no', 'verdict': ['equivalent', 'reproduced']}
    """
    checks = metadata.get("checks") or {}
    verdicts = [checks[key] for key in ("certificate", "closure") if checks.get(key) in VERDICTS]
    return {
        "energy": [f"{e['value']:g} {e['unit']}" for e in metadata.get("energies") or ()],
        "patch_grid": "yes" if patch_grid else "no",
        "verdict": verdicts,
    }


def _thumbnail(rows, entry):
    """Return the small figure of an entry, where its bytes may be read and it is drawn."""
    derivatives = rows.derivatives.get(uuid.UUID(entry["version"]["id"]), {})
    drawing = derivatives.get("drawing")
    drawn = "structure" in entry and drawing is not None and drawing.state == "ready"
    return drawing.report["thumbnail"] if drawn else None


def load(works):
    """Read the rows of works."""
    return Rows.load_all(works, current_app.config["DEMOS_MODELS_AUTHORITATIVE_HOSTS"])


def actions(works):
    """Give the bulk actions that bring the index up to date with works."""
    index = build_alias_name(Entry.index._name)
    source_ids = {}
    for work_id, source_id in (
        db.session.query(ModelVersion.work_id, ModelSource.id)
        .join(ModelSource, ModelSource.version_id == ModelVersion.id)
        .filter(ModelVersion.work_id.in_([work.id for work in works]))
    ):
        source_ids.setdefault(work_id, []).append(source_id)
    for rows in load(works):
        work = rows.work
        wanted = search_documents(rows)
        common = {"_index": index, "version": work.version_id, "version_type": "external_gte"}
        for document_id in sorted(possible_view_ids(work.id, source_ids.get(work.id, ()))):
            action = {"_op_type": "delete", "_id": document_id, **common}
            if document_id in wanted:
                action |= {"_op_type": "index", "_source": wanted[document_id]}
            yield action


def _actions_of(work_ids):
    work_ids = list(work_ids)
    for start in range(0, len(work_ids), BATCH):
        batch = work_ids[start : start + BATCH]
        works = db.session.query(EntryMetadata).filter(EntryMetadata.id.in_(batch))
        yield from actions(works.all())


def index_works(work_ids, refresh=False):
    """Bring the index up to date with works.

    Args:
        work_ids: the works; those that do not exist are passed over.
        refresh: whether to wait until searches see it.

    Raises:
        opensearchpy.helpers.BulkIndexError: the index refused a document.
    """
    errors = []
    for ok, item in search.helpers.streaming_bulk(
        current_search_client, _actions_of(work_ids), raise_on_error=False, refresh=refresh
    ):
        ((operation, outcome),) = item.items()
        # A newer version in the index, or nothing there to delete, is as it should be.
        if (
            not ok
            and outcome["status"] != 409
            and (operation, outcome["status"]) != ("delete", 404)
        ):
            errors.append(item)
    if errors:
        raise search.helpers.BulkIndexError(f"{len(errors)} documents were refused", errors)


class IndexWorksOp(Operation):
    """Indexes works after the commit; owed to the outbox until it has succeeded."""

    def __init__(self, work_ids):
        """Set the works."""
        self._work_ids = [str(work_id) for work_id in work_ids]
        self._generations = {}

    def on_register(self, uow):
        """Owe the index."""
        self._generations = outbox.request(outbox.INDEX, *self._work_ids)

    def on_commit(self, uow):
        """Index; a search engine that is away must not fail what is committed.

        Who has published searches next: the index is small, so nobody has to wait for it.
        """
        try:
            index_works(self._work_ids, refresh=True)
            outbox.done(outbox.INDEX, self._generations)
            db.session.commit()
        except Exception:
            db.session.rollback()
            current_app.logger.warning(
                "Indexing of %s is put off", ", ".join(self._work_ids), exc_info=True
            )


class ModelIndexer(RecordIndexer):
    """The framework's indexer for the registry, which writes one document per view."""

    def index(self, record, arguments=None, **kwargs):
        """Index a work."""
        index_works([record.id], refresh=bool((arguments or {}).get("refresh")))

    def delete(self, record, **kwargs):
        """Take what is gone out of the index."""
        index_works([record.id], refresh=bool(kwargs.get("refresh")))

    def _index_action(self, payload):
        return list(actions([self.record_cls.get_record(payload["id"]).model]))

    _delete_action = _index_action

    def _actionsiter(self, message_iterator):
        for action_list in super()._actionsiter(message_iterator):
            yield from action_list
