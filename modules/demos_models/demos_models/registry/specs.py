# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""From what was understood of a file to the sources that the registry stores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .identifiers import bounded
from .join import SourceSpec
from .understanding import Understood


def kind_of(document: Understood) -> str:
    """Give the kind of a model document."""
    return document.kind or ("histfactory" if document.format == "pyhf" else "hs3")


def specs_of(
    documents: Iterable[Understood],
    key: str,
    file_id: Any,
    common: Mapping[str, Any],
) -> list[SourceSpec]:
    """Make the sources of the models and patch sets in one file.

    Args:
        documents: the file, or the pallet and its members.
        key: the file's own key at its host; members get ``key#path``.
        file_id: the stored file.
        common: what all of them share.

    Returns:
        One source per model and per patch set. Two members of a pallet with the same
        content are one source.
    """
    documents = list(documents)
    container = next((d.sha256 for d in documents if d.format == "pallet"), None)
    specs, seen = [], set()
    for document in documents:
        if document.is_model:
            identity = ("model", document.digest)
        elif document.is_patchset:
            identity = ("patchset", document.sha256)
        else:
            continue
        if identity in seen:
            continue
        seen.add(identity)
        is_model = document.is_model
        specs.append(
            SourceSpec(
                key=bounded(f"{key}#{document.member}" if container and document.member else key),
                role="model" if is_model else "patchset",
                kind=kind_of(document) if is_model else None,
                digest=document.digest if is_model else None,
                applies_to=document.applies_to,
                member=document.member,
                sha256=document.sha256,
                container_sha256=container if document.member else None,
                size=document.size,
                file_id=file_id,
                **common,
            )
        )
    return specs
