# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Settings, all with the prefix ``DEMOS_FAIR_``; what sites compose is below them."""

from invenio_app_rdm.config import APP_RDM_RECORD_EXPORTERS
from invenio_rdm_records.resources.config import record_serializers

from .exports import table
from .negotiation import spelled
from .records import describe_all
from .serializers import response_handlers

DEMOS_FAIR_ENRICHERS = []
"""Import names of functions that add to records what they do not say themselves; see
``records.Enricher``."""

DEMOS_FAIR_SITEMAP_SECTIONS = ["demos_fair.sitemaps:RecordsSection"]
"""Import names of what the sitemap lists; see ``sitemaps.Section``."""

RECORD_SERIALIZERS = {
    **{spelled(media_type): handler for media_type, handler in record_serializers.items()},
    **response_handlers(describe_all),
}
"""For ``RDM_RECORDS_SERIALIZERS``: the framework's media types, and those of the exports."""

RECORD_EXPORTERS = {
    **APP_RDM_RECORD_EXPORTERS,
    **{
        name: {
            "name": export.title,
            "serializer": "demos_fair.serializers:record_exporter",
            "params": {"name": name},
            "content-type": export.media_type,
            "filename": "{id}" + export.suffix,
        }
        for name, export in table().items()
    },
}
"""For ``APP_RDM_RECORD_EXPORTERS``: the framework's exports, and those of the table."""
