# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A registry of a dictionary with the calls that runs make: runs are tested without indices."""

import hashlib
import json
from types import SimpleNamespace
from uuid import uuid4

from demos_models.api import RunTarget
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError
from invenio_records_resources.services.errors import PermissionDeniedError


class RegistryDouble:
    """What ``demos_models.api`` is to runs."""

    def __init__(self):
        self.models = {}

    def add(
        self, workspace=None, *, patchset=None, readers=None, kind="histfactory", container=None
    ):
        """Add a model; ``readers`` are the user ids that may read its files, None for everybody."""
        model_id = str(uuid4())
        text = json.dumps(workspace).encode()
        self.models[model_id] = SimpleNamespace(
            workspace=workspace,
            text=text,
            patchset=json.dumps(patchset).encode() if patchset else None,
            readers=readers,
            deleted=False,
            target=RunTarget(
                model_id=model_id,
                version_id=str(uuid4()),
                digest=hashlib.sha256(text + model_id.encode()).hexdigest() if workspace else None,
                kind=kind,
                container=container,
                restricted=readers is not None,
            ),
        )
        return model_id

    def close(self, model_id, readers=()):
        """Restrict a model that was open; its owners stay its readers."""
        self.models[model_id].readers = set(readers)

    def delete(self, model_id):
        """Withdraw a model."""
        self.models[model_id].deleted = True

    def _model(self, identity, model_id):
        model = self.models.get(str(model_id))
        if model is None:
            raise PIDDoesNotExistError("demos", model_id)
        if model.deleted:
            raise PIDDeletedError("demos", model_id)
        if model.readers is not None and identity.id not in {"system", *model.readers}:
            raise PermissionDeniedError("read_files")
        return model

    def open(self, identity, name, version=None):
        model = self._model(identity, name)
        if version not in (None, model.target.version_id, "1"):
            raise PIDDoesNotExistError("demos", f"{name} version {version}")
        return DoubleEntry(model)


class DoubleEntry:
    """What the registry's ``ReadableEntry`` is to runs."""

    is_readable = True

    def __init__(self, model):
        self._model = model
        self.target = model.target

    @property
    def structure(self):
        workspace = self._model.workspace
        modifiers = {
            m["name"]: m["type"]
            for c in workspace["channels"]
            for s in c["samples"]
            for m in s["modifiers"]
        }
        return {
            "channels": [
                {
                    "name": c["name"],
                    "bins": len(c["samples"][0]["data"]),
                    "samples": [s["name"] for s in c["samples"]],
                }
                for c in workspace["channels"]
            ],
            "n_parameters": len(modifiers),
            "measurements": [
                {
                    "name": m["name"],
                    "poi": m["config"]["poi"],
                    "poi_defined": m["config"]["poi"] in modifiers,
                }
                for m in workspace["measurements"]
            ],
        }

    @property
    def patches(self):
        if not self._model.patchset:
            return []
        sha256 = hashlib.sha256(self._model.patchset).hexdigest()
        patches = json.loads(self._model.patchset)["patches"]
        return [{**p["metadata"], "patchset": sha256} for p in patches]

    findings = ()

    def content(self, format="source", dialect=None):
        text = self._model.text
        return SimpleNamespace(read=lambda: text, digest=hashlib.sha256(text).hexdigest())

    def patchset(self, sha256=None):
        return SimpleNamespace(read=lambda: self._model.patchset)
