# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Settings of the registry, and what an instance composes into the framework's."""

from datetime import timedelta

from demos_formats.hs3.dialects import writable
from invenio_records_resources.services.files.config import FileServiceConfig

from .custom_fields import CUSTOM_FIELDS, CUSTOM_FIELDS_UI, NAMESPACES
from .deposit.components import ModelFilesComponent, ModelsComponent
from .oai.xml import NAMESPACE, SCHEMA_PATH
from .permissions import ModelPermissionPolicy

DEMOS_MODELS_AUTHORITATIVE_HOSTS = ("curator", "hepdata")
"""Hosts whose metadata go before those of all other sources, the first of them first."""

DEMOS_MODELS_ANALYSE_INLINE_MAX_BYTES = 4 * 1024**2
"""Files up to this size are analysed in the request that commits them."""

DEMOS_MODELS_ANALYSE_MAX_BYTES = 512 * 1024**2
"""Larger files are not looked into at all."""

DEMOS_MODELS_DERIVATIVES = (
    "demos",
    *(f"hs3-{dialect}" for dialect in writable()),
    "pyhf",
    "pyhf-settings",
    "inference",
    "drawing",
)
"""The documents that are derived from a model's content."""

DEMOS_MODELS_PERMISSION_POLICY = ModelPermissionPolicy
"""Who may find, read and register models."""

DEMOS_MODELS_REGISTER_MAX_BYTES = 256 * 1024**2
"""The largest content that curators can register over REST."""

DEMOS_MODELS_NAMESPACES = NAMESPACES
"""For ``RDM_NAMESPACES``."""

DEMOS_MODELS_CUSTOM_FIELDS = CUSTOM_FIELDS
"""For ``RDM_CUSTOM_FIELDS``."""

DEMOS_MODELS_CUSTOM_FIELDS_UI = CUSTOM_FIELDS_UI
"""For ``RDM_CUSTOM_FIELDS_UI``."""

DEMOS_MODELS_RDM_COMPONENTS = [ModelsComponent]
"""To append to ``RDM_RECORDS_SERVICE_COMPONENTS``."""

DEMOS_MODELS_FILE_COMPONENTS = [*FileServiceConfig.components, ModelFilesComponent]
"""For ``RDM_DRAFT_FILES_SERVICE_COMPONENTS``."""

DEMOS_MODELS_PREVIEWERS = ["demos_model", "demos_text"]
"""To put before the framework's in ``PREVIEWER_PREFERENCE``."""

DEMOS_MODELS_OAI_FORMATS = {
    "demos": {
        "serializer": "demos_models.oai:demos_etree",
        "schema": f"/schemas/{SCHEMA_PATH}",
        "namespace": NAMESPACE,
    }
}
"""To merge into ``OAISERVER_METADATA_FORMATS``; the site's address goes before ``schema``."""

DEMOS_MODELS_BEAT_SCHEDULE = {
    "demos-models-reconcile": {
        "task": "demos_models.tasks.reconcile",
        "schedule": timedelta(minutes=1),
    }
}
"""To add to ``CELERY_BEAT_SCHEDULE``."""
