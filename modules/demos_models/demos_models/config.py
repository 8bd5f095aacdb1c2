# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What the registry contributes to an instance's settings, and its own defaults."""

from invenio_records_resources.services import FileServiceConfig

DEMOS_NAMESPACES = {}
"""For ``RDM_NAMESPACES``."""

DEMOS_CUSTOM_FIELDS = []
"""For ``RDM_CUSTOM_FIELDS``."""

DEMOS_CUSTOM_FIELDS_UI = []
"""For ``RDM_CUSTOM_FIELDS_UI``."""

DEMOS_MODELS_RDM_COMPONENTS = []
"""To append to ``RDM_RECORDS_SERVICE_COMPONENTS``."""

DEMOS_MODELS_FILE_COMPONENTS = [*FileServiceConfig.components]
"""For ``RDM_DRAFT_FILES_SERVICE_COMPONENTS``."""

DEMOS_OAI_FORMATS = {}
"""To merge into ``OAISERVER_METADATA_FORMATS``."""
