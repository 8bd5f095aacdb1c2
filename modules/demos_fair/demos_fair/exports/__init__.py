# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The table of exports: one file of this folder is one export.

Each file has an ``EXPORT`` that describes itself. Other packages bring further ones by the entry
point group ``demos_fair.exports``.
"""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from ..resource import Resource

GROUP = "demos_fair.exports"


@dataclass(frozen=True)
class Export:
    """One export.

    Attributes:
        name: As in ``/export/NAME``.
        title: What people call it.
        media_type: The media type that it is asked for by, with its profile.
        suffix: Of a file that holds it.
        write: Make the text of one object.
        write_many: Make the text of several; of JSON a list where it is not given.
        is_metadata: Whether the text describes the object, and is no set of links.
        accepts: Further media types that it is asked for by.
    """

    name: str
    title: str
    media_type: str
    suffix: str
    write: Callable[[Resource], str]
    write_many: Callable[[Sequence[Resource]], str] | None = None
    is_metadata: bool = True
    accepts: tuple[str, ...] = ()

    @property
    def plain_type(self) -> str:
        """The media type without its profile."""
        return self.media_type.split(";", 1)[0]

    @property
    def profile(self) -> str | None:
        """The profile, a URI."""
        found = re.search(r'profile="([^"]+)"', self.media_type)
        return found[1] if found else None

    def many(self, resources: Sequence[Resource]) -> str:
        """Return the text of several objects.

        Args:
            resources: The objects.
        """
        if self.write_many:
            return self.write_many(resources)
        parts = [self.write(one) for one in resources]
        if self.plain_type.endswith("json"):
            return f"[{','.join(parts)}]"
        return "\n".join(parts)


class DoubledExportError(ValueError):
    """Two exports have one name or one media type."""


@cache
def table() -> Mapping[str, Export]:
    """Return all exports by name.

    Raises:
        DoubledExportError: When two have one name or one media type.

    >>> sorted(table())[:4]
    ['bibtex', 'cff', 'codemeta', 'croissant']
    """
    found: dict[str, Export] = {}
    modules = [import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]
    exports = [m.EXPORT for m in modules if hasattr(m, "EXPORT")]
    exports += [point.load() for point in entry_points(group=GROUP)]
    for one in exports:
        others = {m for other in found.values() for m in (other.media_type, *other.accepts)}
        if one.name in found or others & {one.media_type, *one.accepts}:
            raise DoubledExportError(f"The export {one.name} is there twice.")
        found[one.name] = one
    return dict(sorted(found.items()))


def text(document: Any) -> str:
    """Return a JSON document as text.

    Args:
        document: The document.
    """
    return json.dumps(document, ensure_ascii=False, indent=1)


def without_empty(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping without what says nothing.

    >>> without_empty({"a": 0, "b": None, "c": "", "d": [], "e": {}})
    {'a': 0}
    """
    return {k: v for k, v in document.items() if v is not None and v not in ("", [], {}, ())}
