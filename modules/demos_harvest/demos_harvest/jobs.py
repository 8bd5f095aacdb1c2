# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Harvests as jobs that an administrator runs and schedules."""

from invenio_i18n import lazy_gettext as _
from invenio_jobs.jobs import JobType, PredefinedArgsSchema
from marshmallow import ValidationError, fields, validates

from .tasks import harvest_peer


class HarvestArgs(PredefinedArgsSchema):
    """Arguments of a harvest."""

    job_arg_schema = fields.String(
        metadata={"type": "hidden"}, dump_default="HarvestArgs", load_default="HarvestArgs"
    )
    ids = fields.String(
        metadata={
            "title": _("Only these records"),
            "description": _("The peer's own identifiers, separated by commas."),
        },
        load_default="",
    )
    retry = fields.Boolean(
        metadata={
            "title": _("Only what failed"),
            "description": _("Try failed records again, also those that wait for a person."),
        },
        load_default=False,
    )


class OAIPMHArgs(HarvestArgs):
    """Arguments of a harvest of an archive known by OAI-PMH."""

    job_arg_schema = fields.String(
        metadata={"type": "hidden"}, dump_default="OAIPMHArgs", load_default="OAIPMHArgs"
    )
    source = fields.String(
        required=True,
        metadata={
            "title": _("Archive"),
            "description": _("A name from DEMOS_HARVEST_OAIPMH_SOURCES."),
        },
    )

    @validates("source")
    def _known(self, value):
        from flask import current_app  # noqa: PLC0415 - schemas are made without an application

        if value not in current_app.config["DEMOS_HARVEST_OAIPMH_SOURCES"]:
            raise ValidationError(_("There is no such archive in the configuration."))


class HarvestJob(JobType):
    """What the harvests of all peers share."""

    task = harvest_peer
    arguments_schema = HarvestArgs
    peer = None

    @classmethod
    def build_task_arguments(cls, job_obj, since=None, ids="", retry=False, **kwargs):
        """Translate the form's values.

        ``since`` is left alone: the harvest keeps a cursor of its own, which failed and partial
        runs move rightly. Somebody who wants a window names it on the command line.
        """
        wanted = [part.strip() for part in (ids or "").split(",") if part.strip()]
        return {"peer": cls.peer, "ids": wanted or None, "retry": bool(retry)}


class HarvestHEPDataJob(HarvestJob):
    """HEPData."""

    id = "harvest_hepdata"
    peer = "hepdata"
    title = _("Harvest HEPData")
    description = _("Likelihoods attached to HEPData's records and tables.")


class HarvestDataCiteJob(HarvestJob):
    """DataCite."""

    id = "harvest_datacite"
    peer = "datacite"
    title = _("Harvest DataCite")
    description = _("Describe likelihoods that have a DOI but cannot be fetched from HEPData.")


class HarvestZenodoJob(HarvestJob):
    """Zenodo."""

    id = "harvest_zenodo"
    peer = "zenodo"
    title = _("Harvest Zenodo")
    description = _("Models in Zenodo's records, by set.")


class HarvestCERNJob(HarvestJob):
    """The CERN repository."""

    id = "harvest_cern"
    peer = "cern"
    title = _("Harvest the CERN repository")
    description = _("Models for CMS Combine; described, not converted.")


class HarvestOAIPMHJob(HarvestJob):
    """Any archive."""

    id = "harvest_oaipmh"
    arguments_schema = OAIPMHArgs
    title = _("Harvest an archive by OAI-PMH")
    description = _("An archive from the configuration, by its set.")

    @classmethod
    def build_task_arguments(cls, job_obj, since=None, source=None, **kwargs):
        """Name the archive."""
        return {**super().build_task_arguments(job_obj, since, **kwargs), "peer": source}
