# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Components of the deposits' services: where a deposit meets the registry."""

from flask import current_app
from invenio_db import db
from invenio_db.uow import Operation
from invenio_drafts_resources.services.records.components import ServiceComponent
from invenio_records_resources.services.files.components import FileServiceComponent

from ..errors import AnalysisPendingError, ModelFilesInvalidError
from ..registry import analyse, outbox
from ..registry.contents import RECOGNISED_FORMATS, message_of, problems_of
from . import deposits


class AnalyseFileOp(Operation):
    """Analyses a file after its commit: small ones at once, large ones by a worker."""

    def __init__(self, file_id, key, size):
        """Set the stored file, its name in the deposit and its size."""
        self._file_id, self._key, self._size = str(file_id), key, size
        self._generations = {}

    def on_register(self, uow):
        """Owe the analysis."""
        self._generations = outbox.request(outbox.ANALYSE, self._file_id)

    def on_post_commit(self, uow):
        """Analyse, or ask a worker to."""
        if self._size > current_app.config["DEMOS_MODELS_ANALYSE_INLINE_MAX_BYTES"]:
            outbox.send(outbox.ANALYSE, self._file_id)
            return
        analyse.analyse_file(self._file_id, self._key)
        outbox.done(outbox.ANALYSE, self._generations)
        db.session.commit()


class AskAgainOp(Operation):
    """Asks for analyses that are missing when the unit of work fails for want of them."""

    def __init__(self, file_ids):
        """Set the stored files."""
        self._file_ids = file_ids

    def on_post_rollback(self, uow):
        """Ask a worker."""
        for file_id in self._file_ids:
            outbox.send(outbox.ANALYSE, file_id)


class ModelFilesComponent(FileServiceComponent):
    """For the draft files' service: looks into every file that is committed."""

    def commit_file(self, identity, id_, file_key, record):
        """Have a committed file analysed unless its content is known."""
        file = record.files[file_key].file
        if file is None or file.size > current_app.config["DEMOS_MODELS_ANALYSE_MAX_BYTES"]:
            return
        self.uow.register(AnalyseFileOp(file.file_id, file_key, file.size))


class ModelsComponent(ServiceComponent):
    """For the records' service: shows findings, enforces them and joins the registry."""

    def _findings(self, draft, errors):
        if errors is None:
            return
        declared = deposits.resource_type_of(draft) == deposits.DECLARED
        for content in deposits.read_files(draft).contents:
            if content.format not in RECOGNISED_FORMATS and not declared:
                continue
            for severity, label in (
                ("error", "error" if declared else "info"),
                ("warning", "info"),
            ):
                messages = [
                    message_of(f) for f in content.findings if f.get("severity") == severity
                ]
                if messages:
                    errors.append(
                        {
                            "field": f"files.entries.{content.place}",
                            "messages": messages,
                            "severity": label,
                        }
                    )

    def update_draft(self, identity, data=None, record=None, errors=None, **kwargs):
        """Show the findings of a saved draft's files."""
        self._findings(record, errors)

    def read_draft(self, identity, draft=None, errors=None, **kwargs):
        """Show the findings of a draft's files."""
        self._findings(draft, errors)

    def publish(self, identity, draft=None, record=None, **kwargs):
        """Refuse a declared model that is none, and join the registry.

        Raises:
            AnalysisPendingError: a declared model's file is not analysed yet.
            ModelFilesInvalidError: a declared model has no valid model file, or a
                broken one.
        """
        reading = deposits.read_files(record)
        if deposits.resource_type_of(record) == deposits.DECLARED:
            if reading.pending:
                self.uow.register(AskAgainOp([reading.files[key] for key in reading.pending]))
                raise AnalysisPendingError(reading.pending)
            if problems := problems_of(reading.contents):
                raise ModelFilesInvalidError(problems)
        deposits.join_deposit(record, self.uow, reading)
        if reading.pending:
            self.uow.register(outbox.FollowUpOp(outbox.JOIN, record.pid.pid_value))

    def lift_embargo(self, identity, draft=None, record=None, **kwargs):
        """Open the entries of a deposit whose embargo ends."""
        deposits.join_deposit(record, self.uow)

    def delete(self, identity, record=None, **kwargs):
        """Take a deposit that an administrator erases out of the registry."""
        deposits.leave_deposit(record.pid.pid_value, "deleted", self.uow)

    def delete_record(self, identity, data=None, record=None, **kwargs):
        """Take a deleted deposit out of the registry."""
        deposits.leave_deposit(record.pid.pid_value, "deleted", self.uow)

    def restore_record(self, identity, data=None, record=None, **kwargs):
        """Bring a restored deposit back."""
        deposits.join_deposit(record, self.uow)
