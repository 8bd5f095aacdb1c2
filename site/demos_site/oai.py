# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""OAI-PMH of this instance: sets of models, and harvested entries beside the deposits."""

import re
from uuid import UUID

import sqlalchemy as sa
from dcxml import simpledc
from demos_models.oai import NAMESPACE, entries_of_deposit, hosted_elsewhere, works_elsewhere
from demos_models.oai.xml import deposit_etree
from demos_models.signals import entry_stored
from demos_oai.formats import table
from demos_oai.items import mark_stale, mark_stale_rows
from demos_oai.protocol import SetInfo
from demos_oai.sets import with_parents
from demos_oai.sources import ItemState
from demos_oai.xml import clean, declared, written
from flask import current_app
from invenio_pidstore.models import PersistentIdentifier
from lxml import etree

MODELS, HARVESTED = "models", "harvested"
ENTRIES = "entries"
PROVENANCE = "http://www.openarchives.org/OAI/2.0/provenance"
OPEN_LICENCE = re.compile(r"cc0|cc-by(-sa)?(-\d.*)?$|public-domain|odc-by|pddl|mit", re.IGNORECASE)
"""Licences under which an entry may be handed on."""


def specs_of_entry(entry):
    """Return the sets of one entry: ``models``, and below it experiment, format and kind.

    An experiment's set has a short name too, for whoever types it.

    >>> specs_of_entry({"metadata": {"experiment": "ATLAS"}, "format": "pyhf", "kind": "other"})
    ['models', 'models:atlas', 'models:experiment-atlas', 'models:kind-other', 'models:pyhf']
    """
    parts = [entry.get("format"), f"kind-{entry['kind']}"]
    if experiment := entry["metadata"].get("experiment"):
        parts += [experiment, f"experiment-{experiment}"]
    slugs = [re.sub(r"[^a-z0-9-]+", "-", part.lower()).strip("-") for part in parts if part]
    return with_parents(f"{MODELS}:{slug}" for slug in slugs if slug)


class ModelSets:
    """The sets ``models:...``."""

    def specs(self, source):
        """Return the sets of a deposit."""
        return sorted({s for e in entries_of_deposit(source["id"]) for s in specs_of_entry(e)})

    def sets(self):
        """Return the sets that are listed even while they are empty."""
        return [
            SetInfo(MODELS, "Statistical models"),
            SetInfo(HARVESTED, "Models hosted elsewhere", "Entries that are no deposits here."),
        ]

    def describe(self, spec):
        """Return what is known of a set."""
        if not spec.startswith(f"{MODELS}:"):
            return None
        part = spec.partition(":")[2]
        word, _, value = part.partition("-")
        names = {"kind": f"of the kind {value}", "experiment": f"of the experiment {value}"}
        return SetInfo(spec, f"Statistical models {names.get(word, f'({part})')}")


class HarvestedEntries:
    """Entries that are no deposits: what the registry knows of models hosted elsewhere."""

    name = ENTRIES

    def state(self, key):
        """Return what may be handed on of an entry; None where that is nothing."""
        entry = clean(hosted_elsewhere(UUID(key)))
        if entry is None or not OPEN_LICENCE.match(entry["metadata"].get("licence") or ""):
            return None
        made = {"oai_dc": _dublin_core(entry)}
        made["demos"] = deposit_etree(entry["id"], entry["links"]["self_html"], [entry])
        declarations = {one.prefix: (one.namespace, one.schema) for one in table()}
        prefix = current_app.config["OAISERVER_ID_PREFIX"]
        return ItemState(
            f"oai:{prefix}:models/{key}",
            {
                name: written(declared(root, *declarations[name]))
                for name, root in made.items()
                if name in declarations
            },
            [HARVESTED, *specs_of_entry(entry)],
            about=_provenance(entry),
        )

    def keys(self):
        """Yield the entries that may be handed on."""
        yield from works_elsewhere()


def _dublin_core(entry):
    metadata, publication = entry["metadata"], entry["metadata"].get("publication") or {}
    identifiers = [entry["links"]["self_html"]]
    identifiers += [source["url"] for source in entry["sources"] if source.get("url")]
    doi, arxiv = publication.get("doi"), publication.get("arxiv")
    relations = [*([f"doi:{doi}"] if doi else []), *([f"arXiv:{arxiv}"] if arxiv else [])]
    creators = [one["name"] for one in metadata.get("creators") or () if one.get("name")]
    content = {
        "titles": [metadata["title"]],
        "creators": creators or list(metadata.get("collaborations") or ()),
        "descriptions": [metadata["description"]] if metadata.get("description") else [],
        "subjects": list(metadata.get("keywords") or ()),
        "identifiers": identifiers,
        "relations": relations,
        "rights": [metadata["licence"]],
        "types": ["Statistical model"],
    }
    tree = simpledc.dump_etree({name: values for name, values in content.items() if values})
    return etree.fromstring(etree.tostring(tree))


def _provenance(entry):
    source = next(iter(entry["sources"]), None)
    if source is None or not source.get("url"):
        return b""
    root = etree.Element(f"{{{PROVENANCE}}}provenance", nsmap={None: PROVENANCE})
    day = entry["created"][:10]
    origin = etree.SubElement(
        root, f"{{{PROVENANCE}}}originDescription", harvestDate=f"{day}T00:00:00Z", altered="true"
    )
    address = source["url"].split("/")
    for name, text in (
        ("baseURL", "/".join(address[:3])),
        ("identifier", source["url"]),
        ("datestamp", day),
        ("metadataNamespace", NAMESPACE),
    ):
        etree.SubElement(origin, f"{{{PROVENANCE}}}{name}").text = text
    return written(declared(root, PROVENANCE, f"{PROVENANCE}.xsd"))


def _entry_stored(app, work_id, record_ids, **_):
    """Have the deposits of an entry looked at again, and the entry itself."""
    mark_stale(ENTRIES, work_id)
    if record_ids:
        pid = PersistentIdentifier
        deposits = sa.select(sa.literal("records"), sa.cast(pid.object_uuid, sa.String)).where(
            pid.pid_type == "recid", pid.pid_value.in_(record_ids), pid.object_uuid.isnot(None)
        )
        mark_stale_rows(deposits)


def finalize_app(app):
    """Listen to the registry."""
    entry_stored.connect(_entry_stored)
