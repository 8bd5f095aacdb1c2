# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""From what was understood of a file to the sources that the registry stores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .contents import FileContent
from .identifiers import bounded
from .sources import SourceSpec


def kind_of(content: FileContent) -> str:
    """Return the kind of a model."""
    return content.kind or ("histfactory" if content.format == "pyhf" else "hs3")


def specs_of(
    contents: Iterable[FileContent],
    key: str,
    file_id: Any,
    common: Mapping[str, Any],
) -> list[SourceSpec]:
    """Make the sources of the models and patch sets in one file.

    Args:
        contents: the file, or the pallet and its members.
        key: the file's own key at its host; members get ``key#path``.
        file_id: the stored file.
        common: what all of them share.

    Returns:
        One source per model and per patch set. Two members of a pallet with the same
        content are one source.
    """
    contents = list(contents)
    container = next((c.sha256 for c in contents if c.format == "pallet"), None)
    specs, seen = [], set()
    for content in contents:
        if content.is_model:
            identity = ("model", content.digest)
        elif content.is_patchset:
            identity = ("patchset", content.sha256)
        else:
            continue
        if identity in seen:
            continue
        seen.add(identity)
        is_model = content.is_model
        specs.append(
            SourceSpec(
                key=bounded(f"{key}#{content.member}" if container and content.member else key),
                role="model" if is_model else "patchset",
                kind=kind_of(content) if is_model else None,
                digest=content.digest if is_model else None,
                applies_to=content.applies_to,
                member=content.member,
                sha256=content.sha256,
                container_sha256=container if content.member else None,
                size=content.size,
                file_id=file_id,
                **common,
            )
        )
    return specs
