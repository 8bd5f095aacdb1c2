# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The exports as the REST API answers them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask_resources import ResponseHandler
from flask_resources.serializers.base import BaseSerializer
from invenio_records_resources.resources.records.headers import etag_headers

from .exports import Export, table
from .negotiation import by_media_type
from .records import describe_all
from .resource import Resource

Describe = Callable[[Iterable[Mapping[str, Any]]], Sequence[Resource]]
"""Returns answers as what catalogues ask for."""


class ExportSerializer(BaseSerializer):
    """One export of answers of the REST API.

    Args:
        export: The export.
        describe: Makes of answers what catalogues ask for.
        is_whole: Tells whether an answer is an object; parts of one stay JSON.
    """

    def __init__(
        self,
        export: Export,
        describe: Describe,
        is_whole: Callable[[Mapping[str, Any]], bool] = lambda _: True,
    ) -> None:
        self.export, self.describe, self.is_whole = export, describe, is_whole

    def serialize_object(self, obj: Mapping[str, Any]) -> str:
        """Return one object.

        Args:
            obj: As the REST API answers it.
        """
        if not self.is_whole(obj):
            return json.dumps(obj)
        (resource,) = self.describe([obj])
        return self.export.write(resource)

    def serialize_object_list(self, obj_list: Mapping[str, Any]) -> str:
        """Return a page of search results.

        Args:
            obj_list: As the REST API answers it.
        """
        return self.export.many(self.describe(obj_list["hits"]["hits"]))


def _headers(obj: Any, code: int, many: bool = False) -> Mapping[str, str]:
    headers: Mapping[str, str] = etag_headers(obj, code, many=many)
    return headers


def response_handlers(
    describe: Describe, is_whole: Callable[[Mapping[str, Any]], bool] = lambda _: True
) -> dict[str, ResponseHandler]:
    """Return the response handlers of all exports, by media type.

    Args:
        describe: Makes of answers what catalogues ask for.
        is_whole: Tells whether an answer is an object; parts of one stay JSON.
    """
    return {
        media_type: ResponseHandler(ExportSerializer(export, describe, is_whole), _headers)
        for media_type, export in by_media_type().items()
    }


def record_exporter(name: str) -> ExportSerializer:
    """Return the serializer of an export of records, as the framework's pages want it.

    Args:
        name: The export's name.
    """
    return ExportSerializer(table()[name], describe_all)
