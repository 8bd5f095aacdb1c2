# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Settings, all with the prefix ``DEMOS_OAI_``; the rest is the framework's ``OAISERVER_*``."""

from datetime import timedelta

from .formats import datacite, dcat, marcxml

DEMOS_OAI_PAGE_SIZE = 10
"""Records, headers or sets of the first two pages of a list."""

DEMOS_OAI_LARGEST_PAGE = 100
"""Of later pages, which double until they have as many; a page costs the same however late it is
in its list."""

DEMOS_OAI_TOKEN_LIFETIME = timedelta(hours=24)
"""How long a list can be continued after it was begun."""

DEMOS_OAI_SET_FAMILIES = []
"""Import names of set families, beside the sets of the administration; see ``sets.SetFamily``."""

DEMOS_OAI_SOURCES = {}
"""Sources of items by name, as import names, beside those of the entry points
``demos_oai.sources``; None leaves a source out."""

DEMOS_OAI_BEAT_SCHEDULE = {
    "oai-refresh": {"task": "demos_oai.tasks.refresh_stale", "schedule": timedelta(minutes=1)},
    "oai-reconcile": {"task": "demos_oai.tasks.reconcile", "schedule": timedelta(hours=6)},
}
"""To merge into ``CELERY_BEAT_SCHEDULE``."""

_MARC = {
    "serializer": "demos_oai.formats.marcxml:marcxml",
    "schema": marcxml.SCHEMA,
    "namespace": marcxml.NAMESPACE,
}
_DATACITE = {
    "serializer": "demos_oai.formats.datacite:datacite",
    "schema": datacite.SCHEMA,
    "namespace": datacite.KERNEL,
}
_OAI_DATACITE = {
    "serializer": "demos_oai.formats.datacite:oai_datacite",
    "schema": datacite.WRAPPER_SCHEMA,
    "namespace": datacite.WRAPPER,
}

DEMOS_OAI_METADATA_FORMATS = {
    "oai_dc": {
        "serializer": "invenio_rdm_records.oai:dublincore_etree",
        "schema": "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
        "namespace": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    },
    "oai_datacite": _OAI_DATACITE,
    "datacite": _DATACITE,
    "marcxml": _MARC,
    "dcat": {
        "serializer": "demos_oai.formats.dcat:dcat",
        "schema": dcat.SCHEMA_PATH,
        "namespace": dcat.NAMESPACE,
    },
    "oai_datacite4": _OAI_DATACITE,
    "datacite4": _DATACITE,
    "marc21": _MARC,
}
"""The framework's formats, each valid against the schema that it declares; to be given to
``OAISERVER_METADATA_FORMATS``. A schema that begins with a slash is the site's own."""
