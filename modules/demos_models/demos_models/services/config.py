# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Configuration of the models' service."""

from invenio_i18n import lazy_gettext as _
from invenio_records_resources.services import RecordServiceConfig, SearchOptions
from invenio_records_resources.services.base.config import ConfiguratorMixin, FromConfig
from invenio_records_resources.services.records.links import pagination_endpoint_links
from invenio_records_resources.services.records.params import (
    FacetsParam,
    QueryStrParam,
    SortParam,
)

from ..permissions import ModelPermissionPolicy
from ..records.api import Entry
from ..registry.index import ModelIndexer
from .facets import FACETS, FiltersParam, WindowParam
from .queryparser import DATES, NUMBERS, ModelQueryParser
from .results import ModelList
from .schema import ModelSchema

SHORT_NAMES = {
    "title": "metadata.title",
    "description": "metadata.description",
    "experiment": "metadata.experiment",
    "collaboration": "metadata.collaborations",
    "analysis": "metadata.analysis_id",
    "keyword": "metadata.keywords",
    "author": "metadata.creators.name.text",
    "licence": "metadata.licence",
    "created": "created",
    "updated": "updated",
    "identifier": "identifiers",
    "identifiers": "identifiers",
    "doi": "identifiers",
    "arxiv": "identifiers",
    "hepdata": "identifiers",
    "inspire": "identifiers",
    "id": "identifiers",
    "channel": "structure.channels",
    "sample": "structure.samples",
    "parameter": "structure.parameters",
    "modifier": "structure.modifiers",
    "poi": "structure.pois",
    "n_bins": "structure.n_bins",
    "n_channels": "structure.n_channels",
    "n_samples": "structure.n_samples",
    "n_parameters": "structure.n_parameters",
    "format": "format",
    "kind": "kind",
    "host": "hosts",
    "record": "records",
}
"""Names of fields in a query string. Other fields cannot be asked for."""

KINDS = {
    "created": DATES,
    "updated": DATES,
    **{f"structure.{n}": NUMBERS for n in ("n_bins", "n_channels", "n_samples", "n_parameters")},
}
"""Fields whose values are checked before the search engine is asked."""

TEXT_FIELDS = [
    "metadata.title^5",
    "metadata.description",
    "metadata.creators.name.text^2",
    "metadata.collaborations.text^2",
    "metadata.experiment.text^3",
    "metadata.analysis_id.text^4",
    "metadata.analysis_id^4",
    "metadata.keywords.text^2",
    "metadata.publication.inspire_id",
    "identifiers^4",
    "structure.channels.text^2",
    "structure.channels",
    "structure.samples.text",
    "structure.samples",
    "structure.parameters",
    "structure.pois",
]


class FieldQueryParser(ModelQueryParser):
    """The parser that knows what the registry's fields hold."""

    kinds = KINDS


class ModelSearchOptions(SearchOptions):
    """How models are searched."""

    facets = FACETS
    query_parser_cls = FieldQueryParser.factory(
        mapping=SHORT_NAMES,
        allow_list=[field.split("^")[0] for field in TEXT_FIELDS],
        fields=TEXT_FIELDS,
        allow_leading_wildcard=False,
        default_operator="AND",
        lenient=True,
    )
    params_interpreters_cls = [
        QueryStrParam,
        WindowParam,
        SortParam,
        FiltersParam,
        FacetsParam,
    ]
    sort_options = {
        "bestmatch": {"title": _("Best match"), "fields": ["_score", "-created", "id"]},
        "newest": {"title": _("Newest"), "fields": ["-created", "id"]},
        "oldest": {"title": _("Oldest"), "fields": ["created", "id"]},
        "updated": {"title": _("Recently updated"), "fields": ["-updated", "id"]},
        "title": {"title": _("Title"), "fields": ["metadata.title.sort", "id"]},
        "largest": {"title": _("Most bins"), "fields": ["-structure.n_bins", "id"]},
        "smallest": {"title": _("Fewest bins"), "fields": ["structure.n_bins", "id"]},
    }


class ModelServiceConfig(RecordServiceConfig, ConfiguratorMixin):
    """Configuration of the models' service."""

    service_id = "demos-models"
    indexer_queue_name = "demos-models"
    indexer_cls = ModelIndexer
    record_cls = Entry
    schema = ModelSchema
    search = ModelSearchOptions
    result_list_cls = ModelList
    permission_policy_cls = FromConfig(
        "DEMOS_MODELS_PERMISSION_POLICY", default=ModelPermissionPolicy
    )
    components = []
    links_search = pagination_endpoint_links("demos_models.search")
