# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The OAI-PMH metadata format ``demos``: a deposit's models."""

from flask import current_app
from invenio_db import db

from ..records.models import EntryMetadata, ModelSource, ModelVersion
from ..registry.audience import EVERYBODY
from ..registry.entry import Rows, build_entry
from ..registry.types import PORTAL_HOST
from ..services.links import model_links
from .xml import NAMESPACE, deposit_etree

__all__ = ("NAMESPACE", "demos_etree")


def demos_etree(pid, record):
    """Give the payload of one deposit.

    Harvesters see what anybody sees, whoever asks.

    Args:
        pid: the deposit's OAI identifier.
        record: a search hit of the deposit, ``{"_source": ...}``.

    Returns:
        The root element.
    """
    record_id = record["_source"]["id"]
    url = f"{current_app.config['SITE_UI_URL']}/records/{record_id}"
    return deposit_etree(record_id, url, _entries(record_id))


def _entries(record_id):
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
        rows = Rows.load(work, current_app.config["DEMOS_MODELS_AUTHORITATIVE_HOSTS"])
        entry = build_entry(rows, EVERYBODY, version)
        if entry is not None:
            yield {**entry, "links": model_links(entry["id"], entry["kind"])}
