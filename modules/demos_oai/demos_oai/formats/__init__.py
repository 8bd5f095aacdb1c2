# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Metadata formats: the table is the framework's ``OAISERVER_METADATA_FORMATS``.

A serializer takes ``(pid, {"_source": record})`` and returns the root element, or None for a record
that the format has nothing to say of.
"""

from hashlib import sha256
from types import SimpleNamespace
from urllib.parse import urljoin

from flask import current_app, g
from flask_principal import AnonymousIdentity
from invenio_access.permissions import any_user
from invenio_base.utils import obj_or_import_string
from lxml import etree

from ..protocol import Format
from ..xml import declared, written

RENDERER = "1"
"""Raised when payloads change for other reasons than their records: all are made anew then."""


def table():
    """Return the metadata formats of the repository."""
    config = current_app.config
    return [
        Format(prefix, urljoin(config["SITE_UI_URL"], entry["schema"]), entry["namespace"])
        for prefix, entry in config["OAISERVER_METADATA_FORMATS"].items()
    ]


def renderer():
    """Return a label of the code and settings that payloads depend on."""
    formats = current_app.config["OAISERVER_METADATA_FORMATS"]
    text = repr([RENDERER, current_app.config["SITE_UI_URL"], sorted(map(str, formats.items()))])
    return sha256(text.encode()).hexdigest()[:16]


def payloads(identifier, source):
    """Make a record's payloads in all formats, as anybody may see them.

    A format that fails takes nothing from the others.

    Args:
        identifier: the OAI identifier.
        source: the record as it is indexed.

    Returns:
        The payloads by prefix, and what went wrong by prefix.
    """
    made, problems = {}, {}
    pid = SimpleNamespace(pid_type="oai", pid_value=identifier)
    with current_app.test_request_context(base_url=current_app.config["SITE_UI_URL"]):
        g.identity = AnonymousIdentity()
        g.identity.provides.add(any_user)
        for one in table():
            try:
                root = _root(one.prefix, pid, source)
                if root is not None:
                    made[one.prefix] = written(declared(root, one.namespace, one.schema))
            except Exception as error:
                current_app.logger.warning(
                    "OAI-PMH: %s cannot be made of %s", one.prefix, identifier, exc_info=True
                )
                problems[one.prefix] = f"{type(error).__name__}: {error}"[:500]
    return made, problems


def _root(prefix, pid, source):
    serializer = current_app.config["OAISERVER_METADATA_FORMATS"][prefix]["serializer"]
    name, options = serializer if isinstance(serializer, tuple) else (serializer, {})
    found = obj_or_import_string(name)(pid, {"_source": source}, **options)
    root = found.getroot() if hasattr(found, "getroot") else found
    # A tree may get its namespaces only when it is written.
    return None if root is None else etree.fromstring(etree.tostring(root))
