# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The registry's face for the other modules of the portal: import nothing else of it.

Reading: ``open`` resolves an entry once per request and says what its reader may read;
``find``, ``sources_at``, ``sources_of``, ``lineage_of`` and ``entries_by`` answer what
is registered; ``described_models`` and ``sha256_of_files`` say what is known of deposits'
models and files for their exports. None of them shows more than the reader may see.

Writing: ``registry`` stages, registers, withdraws and decides; ``outbox`` owes
follow-ups, and a module registers its own kinds with ``outbox.handles``.

REST: problem documents, downloads and links as the registry's own routes have them.
"""

from .errors import (
    AmbiguousAliasError,
    DerivativeImpossibleError,
    DerivativePendingError,
    RegistrationError,
)
from .proxies import current_models_service, current_registry
from .records.columns import UTCDateTime
from .registry import outbox
from .registry.identifiers import normalise
from .registry.types import (
    PORTAL_HOST,
    Candidate,
    Content,
    Proposal,
    Registration,
    RunTarget,
    Source,
)
from .resources.downloads import send_content
from .resources.problems import Problem, problem_handlers
from .services.described import described_models, sha256_of_files
from .services.hosted import (
    HostedSource,
    containers_named,
    doubts,
    entries_by,
    find,
    lineage_of,
    sources_at,
    sources_of,
)
from .services.links import model_links
from .services.readable import ReadableEntry

registry = current_registry
"""Stages, registers, withdraws and decides; see ``ModelRegistry``."""


def open(identity, id_or_alias, version=None) -> ReadableEntry:
    """Resolve an entry once, for everything that a request asks of it.

    Args:
        identity: The reader.
        id_or_alias: The ``demos_id``, a DOI, an arXiv or HEPData identifier, or a URL.
        version: A version's id or number; the one that the name means if not given.

    Returns:
        The ``ReadableEntry`` with ``.entry``, ``.structure``, ``.checks``, ``.patches``,
        ``.content()``, ``.patchset()``, ``.target`` and ``.versions``.

    Raises:
        PIDDoesNotExistError: Nothing that the reader may see has this name.
        PIDDeletedError: It is gone.
        PermissionDeniedError: The reader may see nothing of it.
        AmbiguousAliasError: Several entries have this name.
    """
    return current_models_service.open(identity, id_or_alias, version)


__all__ = (
    "PORTAL_HOST",
    "AmbiguousAliasError",
    "Candidate",
    "Content",
    "DerivativeImpossibleError",
    "DerivativePendingError",
    "HostedSource",
    "Problem",
    "Proposal",
    "ReadableEntry",
    "Registration",
    "RegistrationError",
    "RunTarget",
    "Source",
    "UTCDateTime",
    "containers_named",
    "described_models",
    "doubts",
    "entries_by",
    "find",
    "lineage_of",
    "model_links",
    "normalise",
    "open",
    "outbox",
    "problem_handlers",
    "registry",
    "send_content",
    "sha256_of_files",
    "sources_at",
    "sources_of",
)
