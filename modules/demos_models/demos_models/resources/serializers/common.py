# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What the translations share."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from flask_resources.serializers.base import BaseSerializer

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

UNKNOWN_CREATOR = {"name": "Unknown", "type": "organizational"}


def without_empty(document: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing.

    >>> without_empty({"a": 0, "b": None, "c": "", "d": [], "e": {}})
    {'a': 0}
    """
    return {k: v for k, v in document.items() if v not in (None, "", [], {})}


def xml_safe(value: Any) -> Any:
    r"""Take out of all texts the characters that XML 1.0 has no way to write.

    >>> xml_safe({"title": "a\x00b", "n": [1, "\ud800"]})
    {'title': 'ab', 'n': [1, '']}
    """
    if isinstance(value, str):
        return _NOT_XML.sub("", value)
    if isinstance(value, Mapping):
        return {k: xml_safe(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [xml_safe(v) for v in value]
    return value


def creators_of(metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the creators, or the collaborations where there are none.

    >>> creators_of({"collaborations": ["ATLAS Collaboration"]})
    [{'name': 'ATLAS Collaboration', 'type': 'organizational'}]
    """
    return list(metadata.get("creators") or ()) or [
        {"name": name, "type": "organizational"} for name in metadata.get("collaborations") or ()
    ]


def licence_url(licence: str | None) -> str | None:
    """Give the address of a licence.

    Args:
        licence: an SPDX identifier in any spelling of its case, or a URL.

    >>> licence_url("cc0-1.0"), licence_url("https://example.org/licence")
    ('https://spdx.org/licenses/CC0-1.0', 'https://example.org/licence')
    """
    if not licence or licence.startswith(("http://", "https://")):
        return licence
    # SPDX identifiers are compared without case; those of Creative Commons are upper case.
    name = licence.upper() if licence.lower().startswith("cc") else licence
    return f"https://spdx.org/licenses/{name}"


class TranslatedJSONSerializer(BaseSerializer):
    """Serialises translated entries as JSON."""

    translate: Any = None
    """The translation, a static method of the subclass."""

    def serialize_object(self, obj):
        """Serialise one entry; a part of an entry has no translation and stays as it is."""
        return json.dumps(self.translate(obj) if "demos_id" in obj else obj)

    def serialize_object_list(self, obj_list):
        """Serialise a page of search results."""
        return json.dumps([self.translate(hit) for hit in obj_list["hits"]["hits"]])
