# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Croissant 1.1, which loaders of machine learning read."""

from __future__ import annotations

import re
from typing import Any

from ..resource import File, Resource
from . import Export, text, without_empty
from .json_ld import agent

VERSION = "http://mlcommons.org/croissant/1.1"

CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataBiases": "cr:dataBiases",
    "dataCollection": "cr:dataCollection",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "personalSensitiveInformation": "cr:personalSensitiveInformation",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def file_object(one: File) -> dict[str, Any]:
    """Return a file in Croissant.

    Args:
        one: The file, with a checksum.
    """
    return without_empty(
        {
            "@type": "cr:FileObject",
            "@id": re.sub(r"[^\w.-]+", "-", one.name),
            "name": one.name,
            "description": one.title,
            "contentUrl": one.url,
            "contentSize": f"{one.size} B" if one.size is not None else None,
            "encodingFormat": one.media_type,
            "sha256": one.sha256,
            "md5": None if one.sha256 else one.md5,
        }
    )


def document(resource: Resource) -> dict[str, Any]:
    """Return an object in Croissant; files without a checksum are left out.

    Args:
        resource: The object.

    >>> document(Resource("1", "https://x/1", "https://x/api/1", "T"))["citeAs"]
    'https://x/1'
    """
    creators = [agent(one) for one in resource.creators]
    files = [file_object(one) for one in resource.files if one.sha256 or one.md5]
    return without_empty(
        {
            "@context": CONTEXT,
            "@type": "sc:Dataset",
            "@id": resource.page,
            "conformsTo": VERSION,
            "name": resource.title,
            "description": resource.description or resource.title,
            "url": resource.page,
            "citeAs": resource.cited,
            "license": resource.licence_url,
            "creator": creators,
            "publisher": {"@type": "sc:Organization", "name": resource.publisher}
            if resource.publisher
            else None,
            "datePublished": resource.day or (resource.created or "")[:10],
            "dateModified": (resource.updated or "")[:10],
            "keywords": list(dict.fromkeys(one.label for one in resource.subjects)),
            "inLanguage": resource.language,
            "version": resource.version,
            "sameAs": [resource.cited] if resource.cited != resource.page else None,
            "distribution": files,
        }
    )


EXPORT = Export(
    name="croissant",
    title="Croissant",
    media_type="application/vnd.mlcommons-croissant+json",
    suffix=".croissant.json",
    write=lambda resource: text(document(resource)),
    accepts=tuple(
        f'application/ld+json;profile="http://mlcommons.org/croissant/1.{n}"' for n in (1, 0)
    ),
)
