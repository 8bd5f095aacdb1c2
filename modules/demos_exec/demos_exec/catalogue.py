# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What runs need of the registry: the model that is meant, its schemas, its bytes."""

from collections import OrderedDict

from demos_models.proxies import current_models_service
from demos_models.records.models import ModelSource
from invenio_db import db
from sqlalchemy import select

from .operations import RequestValidator

PLATFORM_KINDS = ("histfactory",)
"""Kinds of models that the platform's own worker runs."""


def target_of(identity, id_or_alias, version=None):
    """Find the model that a run is about.

    Args:
        identity: who asks.
        id_or_alias: the model's id, DOI or other name.
        version: a version's id or number; the newest if not given.

    Returns:
        The registry's ``RunTarget``.

    Raises:
        PermissionDeniedError: the identity may not read the model's files.
    """
    return current_models_service.resolve_for_run(identity, id_or_alias, version=version)


def containers_named():
    """List the containers that registered models name.

    Returns:
        The registry's ``container`` fields.
    """
    container = ModelSource.data["container"]
    named = container["image"].as_string().is_not(None)
    rows = select(container).where(ModelSource.gone_at.is_(None), named)
    return [found for found in db.session.scalars(rows) if isinstance(found, dict)]


def patches_of(identity, target):
    """List the patches that the identity may use with a model.

    Args:
        identity: who asks.
        target: the model.

    Returns:
        List of ``name``, ``values`` and ``patchset`` (sha256).
    """
    found = current_models_service.patches(identity, target.model_id, version=target.version_id)
    return found["hits"]["hits"]


_validators = OrderedDict()
MAX_VALIDATORS = 256


def validator_of(identity, target, patches=()):
    """Give the model's request validator; made once per content and patchset.

    Args:
        identity: who asks.
        target: the model.
        patches: as ``patches_of`` gives.

    Returns:
        A ``RequestValidator``.
    """
    key = (target.digest, tuple(sorted({p["patchset"] for p in patches})))

    if key not in _validators:
        structure = current_models_service.structure(
            identity, target.model_id, version=target.version_id
        )
        _validators[key] = RequestValidator(structure, patches)
        while len(_validators) > MAX_VALIDATORS:
            _validators.popitem(last=False)
    return _validators[key]


def workspace_of(identity, target):
    """Read what the engine loads of a model: a pyhf workspace, or the form of an HS3 document.

    Args:
        identity: who asks.
        target: the model.

    Returns:
        UTF-8 JSON.

    Raises:
        DocumentPendingError: if it is still being made from another format.
    """
    content = current_models_service.content(
        identity, target.model_id, format="inference", version=target.version_id
    )
    return content.read()


def patchset_of(identity, target, sha256):
    """Read a patchset of a model.

    Args:
        identity: who asks.
        target: the model.
        sha256: which.

    Returns:
        UTF-8 JSON.
    """
    content = current_models_service.patchset_content(
        identity, target.model_id, sha256, version=target.version_id
    )
    return content.read()
