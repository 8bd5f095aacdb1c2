# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Results of the models' service."""

import hashlib

import orjson
from invenio_records_resources.services.base.results import ServiceItemResult
from invenio_records_resources.services.records.results import RecordList

from .links import model_links


class ModelItem(ServiceItemResult):
    """An entry as its reader may see it."""

    def __init__(self, entry):
        """Keep the entry."""
        self._entry = entry

    @property
    def id(self):
        """The ``demos_id``."""
        return self._entry["id"]

    @property
    def data(self):
        """The entry with its links."""
        shown = self._entry["version"]
        version = None if shown["is_latest"] else shown["id"]
        return {**self._entry, "links": model_links(self.id, self._entry["kind"], version)}

    @property
    def etag(self):
        """A digest of just what this reader sees, so that it tells nothing else."""
        body = orjson.dumps(self._entry, option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(body).hexdigest()

    def to_dict(self):
        """Give the entry with its links."""
        return self.data


class ModelList(RecordList):
    """A page of search results, served as the index holds them."""

    HIDDEN = ("view.*", "structure.parameters", "provenance", "identifiers", "labels")
    """Parts of the documents that are there to be searched, not to be shown."""

    @property
    def hits(self):
        """Iterate over the hits."""
        for hit in self._results:
            entry = hit.to_dict()
            entry.pop("view", None)
            yield {**entry, "links": model_links(entry["id"], entry.get("kind"))}
