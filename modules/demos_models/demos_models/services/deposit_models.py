# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What was understood of a deposit's files, for those who may read them."""

from invenio_rdm_records.proxies import current_rdm_records_service
from invenio_records_resources.services.errors import PermissionDeniedError

from ..deposit.deposits import read_files, sources_of_deposit
from .links import model_links


def contents(identity, recid, draft=False):
    """Read the analyses of the files of a draft or a record.

    Args:
        identity: the reader.
        recid: the deposit.
        draft: whether its draft is meant.

    Returns:
        The draft or record, and a ``DepositFiles``.

    Raises:
        PermissionDeniedError: the identity may not read the files.
        PIDDoesNotExistError: there is no such deposit.
    """
    service = current_rdm_records_service
    if draft:
        record = service.draft_cls.pid.resolve(recid, registered_only=False)
        actions = ("read_draft", "draft_read_files")
    else:
        record = service.record_cls.pid.resolve(recid)
        actions = ("read_deleted", "read_files")
    for action in actions:
        if not service.check_permission(identity, action, record=record):
            raise PermissionDeniedError(action)
    return record, read_files(record)


def read(identity, recid, draft=False):
    """Read what was understood of the files of a draft or a record.

    Args:
        identity: the reader.
        recid: the deposit.
        draft: whether its draft is meant.

    Returns:
        ``{"hits": {"total", "hits": [{"key", "format", "valid", "structure", "findings",
        "model"}]}, "pending": [names]}``. Files that are still being analysed are in
        ``pending`` alone.

    Raises:
        PermissionDeniedError: the identity may not read the files.
        PIDDoesNotExistError: there is no such deposit.
    """
    record, reading = contents(identity, recid, draft)
    models = {}
    if not draft:
        models = {
            s.version.digest: str(s.version.work_id)
            for s in sources_of_deposit(record.pid.pid_value)
            if s.role == "model" and s.version is not None and s.version.digest
        }
    hits = []
    for content in reading.contents:
        model_id = models.get(content.digest) if content.is_model else None
        hits.append(
            {
                "key": content.key,
                **({"member": content.member} if content.member else {}),
                "format": content.format,
                "valid": content.valid,
                "structure": content.structure,
                "findings": content.findings,
                "model": {"id": model_id, "links": model_links(model_id)} if model_id else None,
            }
        )
    return {"hits": {"total": len(hits), "hits": hits}, "pending": reading.pending}
