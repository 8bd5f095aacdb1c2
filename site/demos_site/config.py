# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The settings that several modules share, composed for ``invenio.cfg``."""

from urllib.parse import urlsplit

from demos_exec import config as runs
from demos_fair import config as fair
from demos_models import config as models
from demos_oai import config as oai
from invenio_app.config import RATELIMIT_PER_ENDPOINT
from invenio_app_rdm.config import APP_RDM_DETAIL_SIDE_BAR_TEMPLATES, PREVIEWER_PREFERENCE
from invenio_app_rdm.config import CELERY_BEAT_SCHEDULE as RDM_BEAT_SCHEDULE
from invenio_app_rdm.config import SQLALCHEMY_ENGINE_OPTIONS as RDM_ENGINE_OPTIONS
from invenio_rdm_records.config import (
    RDM_PARENT_PERSISTENT_IDENTIFIER_PROVIDERS,
    RDM_PERSISTENT_IDENTIFIER_PROVIDERS,
    RDM_PERSISTENT_IDENTIFIERS,
)
from invenio_rdm_records.services.components import DefaultRecordsComponents

from .datacite import use_configured_datacite
from .edges.files import SoundFilesComponent


def trusted_hosts(site_url):
    """Name the hosts that requests may ask for: the public one, and this machine's own."""
    return sorted({urlsplit(site_url).hostname, "127.0.0.1", "localhost"})


RATE_LIMITS = {
    **RATELIMIT_PER_ENDPOINT,
    # One harvester at full speed; a page costs a few milliseconds.
    "invenio_oaiserver.response": "6000 per minute",
}
"""Limits of single endpoints, beside those of guests and users."""

ENGINE_OPTIONS = {**RDM_ENGINE_OPTIONS, "pool_size": 8}
"""More than this many threads of a process seldom work at once; each connection beyond is made
anew for its request."""

SECURE_HEADERS = {
    "content_security_policy": {
        "default-src": ["'self'", "data:", "'unsafe-inline'", "blob:"],
        # Uploads are hashed in a worker by WebAssembly.
        "script-src": ["'self'", "blob:", "'wasm-unsafe-eval'"],
        "frame-ancestors": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
    },
    "content_security_policy_report_only": False,
    "content_security_policy_report_uri": None,
    "force_file_save": False,
    "force_https": True,
    "force_https_permanent": False,
    "frame_options": "sameorigin",
    "frame_options_allow_from": None,
    "session_cookie_http_only": True,
    "session_cookie_secure": True,
    "strict_transport_security": True,
    "strict_transport_security_include_subdomains": True,
    "strict_transport_security_max_age": 31556926,
    "strict_transport_security_preload": False,
}

DEFAULT_LICENCE = {
    "id": "cc0-1.0",
    "title": "Creative Commons Zero v1.0 Universal",
    "description": "CC0 waives copyright and related rights worldwide.",
    "link": "https://creativecommons.org/publicdomain/zero/1.0/legalcode",
}
"""What the deposit form proposes: the licence under which HEPData publishes."""

NAMESPACES = models.DEMOS_MODELS_NAMESPACES
CUSTOM_FIELDS = models.DEMOS_MODELS_CUSTOM_FIELDS
CUSTOM_FIELDS_UI = models.DEMOS_MODELS_CUSTOM_FIELDS_UI
RECORD_SIDE_BAR_TEMPLATES = [
    APP_RDM_DETAIL_SIDE_BAR_TEMPLATES[0],  # the owner's menu stays on top
    "demos_models/records/models_panel.html",
    *APP_RDM_DETAIL_SIDE_BAR_TEMPLATES[1:],
]
PREVIEWERS = [*models.DEMOS_MODELS_PREVIEWERS, *PREVIEWER_PREFERENCE]
RECORDS_SERVICE_COMPONENTS = [*DefaultRecordsComponents, *models.DEMOS_MODELS_RDM_COMPONENTS]
DRAFT_FILES_SERVICE_COMPONENTS = [SoundFilesComponent, *models.DEMOS_MODELS_FILE_COMPONENTS]
OAI_METADATA_FORMATS = {**oai.DEMOS_OAI_METADATA_FORMATS, **models.DEMOS_MODELS_OAI_FORMATS}

RECORDS_SERIALIZERS = fair.RECORD_SERIALIZERS
RECORD_EXPORTERS = fair.RECORD_EXPORTERS
RECORD_ENRICHERS = [
    "demos_site.fair:with_checksums",
    "demos_site.fair:with_models",
    "demos_site.fair:with_inverses",
]
SITEMAP_SECTIONS = [
    *fair.DEMOS_FAIR_SITEMAP_SECTIONS,
    "demos_models.pages.sitemap:ModelsSection",
]

PERSISTENT_IDENTIFIERS = {
    **RDM_PERSISTENT_IDENTIFIERS,
    "doi": {
        **RDM_PERSISTENT_IDENTIFIERS["doi"],
        "providers": ["datacite", "external"],
        "ui": {"default_selected": "no"},
    },
}
"""Every public record gets a DOI of ours unless the depositor says that it has one."""

PID_PROVIDERS = use_configured_datacite(RDM_PERSISTENT_IDENTIFIER_PROVIDERS)
PARENT_PID_PROVIDERS = use_configured_datacite(RDM_PARENT_PERSISTENT_IDENTIFIER_PROVIDERS)

BEAT_SCHEDULE = {
    **RDM_BEAT_SCHEDULE,
    **models.DEMOS_MODELS_BEAT_SCHEDULE,
    **runs.DEMOS_EXEC_BEAT_SCHEDULE,
    **oai.DEMOS_OAI_BEAT_SCHEDULE,
}
"""What is done regularly: InvenioRDM's own, and what moves on registrations and runs."""

TASK_ROUTES = runs.DEMOS_EXEC_TASK_ROUTES
"""Runs have a worker of their own."""
