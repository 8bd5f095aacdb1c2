# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""All typed links of an object as a link set (RFC 9264)."""

from __future__ import annotations

from ..resource import Resource
from ..signposting import linkset
from . import Export, text


def write(resource: Resource) -> str:
    """Return the link set of an object.

    Args:
        resource: The object.
    """
    return text(linkset(resource))


EXPORT = Export(
    name="linkset",
    title="Link set",
    media_type="application/linkset+json",
    suffix=".linkset.json",
    write=write,
    is_metadata=False,
)
