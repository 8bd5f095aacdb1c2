# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What OAI-PMH says of models: the format ``demos``, sets, and entries that are no deposits.

Harvesters see what anybody sees, whoever asks.
"""

from flask import current_app
from invenio_db import db

from ..records.models import EntryMetadata, ModelSource, ModelVersion
from ..registry.audience import EVERYBODY
from ..registry.entry import Rows, build_entry
from ..registry.types import PORTAL_HOST
from ..services.links import model_links
from .xml import NAMESPACE, deposit_etree

__all__ = ("NAMESPACE", "demos_etree", "entries_of_deposit", "hosted_elsewhere", "works_elsewhere")


def demos_etree(pid, record):
    """Return the payload of one deposit in the format ``demos``.

    Args:
        pid: The deposit's OAI identifier.
        record: A search hit of the deposit, ``{"_source": ...}``.

    Returns:
        The root element; None for a deposit without a model that anybody may see.
    """
    record_id = record["_source"]["id"]
    entries = list(entries_of_deposit(record_id))
    if not entries:
        return None
    return deposit_etree(
        record_id, f"{current_app.config['SITE_UI_URL']}/records/{record_id}", entries
    )


def entries_of_deposit(record_id):
    """Yield the entries of the models in a deposit, as anybody may see them.

    Args:
        record_id: The deposit.
    """
    held = (
        db.session.query(EntryMetadata, ModelVersion)
        .join(ModelVersion, ModelVersion.work_id == EntryMetadata.id)
        .join(ModelSource, ModelSource.version_id == ModelVersion.id)
        .filter(
            ModelSource.host == PORTAL_HOST,
            ModelSource.record_id == record_id,
            ModelSource.role == "model",
            ModelSource.gone_at.is_(None),
        )
        .distinct(ModelVersion.id)
        .order_by(ModelVersion.id)
    )
    for work, version in held:
        entry = _public_entry(work, version)
        if entry is not None:
            yield entry


def hosted_elsewhere(work_id):
    """Return an entry that no public deposit here holds, as anybody may see it.

    Args:
        work_id: The entry.

    Returns:
        The entry with its links; None where there is none, or where a deposit stands for it.
    """
    work = db.session.get(EntryMetadata, work_id)
    entry = None if work is None else _public_entry(work)
    if entry is None or any(source["host"] == PORTAL_HOST for source in entry["sources"]):
        return None
    return entry


def works_elsewhere():
    """Yield the ids of entries with a source at another host."""
    query = (
        db.session.query(ModelVersion.work_id)
        .join(ModelSource, ModelSource.version_id == ModelVersion.id)
        .filter(ModelSource.host != PORTAL_HOST, ModelSource.gone_at.is_(None))
        .distinct()
    )
    for (work_id,) in query:
        yield str(work_id)


def _public_entry(work, version=None):
    (rows,) = Rows.read([work], current_app.config["DEMOS_MODELS_AUTHORITATIVE_HOSTS"])
    entry = build_entry(rows, EVERYBODY, version)
    return entry and {**entry, "links": model_links(entry["id"], entry["kind"])}
