# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A registry of a dictionary with the calls that runs make: runs are tested without indices."""

import hashlib
import json
from types import SimpleNamespace
from uuid import uuid4

from demos_models.registry import RunTarget
from invenio_pidstore.errors import PIDDoesNotExistError
from invenio_records_resources.services.errors import PermissionDeniedError


class RegistryDouble:
    """What ``current_models_service`` is to runs."""

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

    def _model(self, identity, model_id):
        model = self.models.get(str(model_id))
        if model is None:
            raise PIDDoesNotExistError("demos", model_id)
        if model.readers is not None and identity.id not in {"system", *model.readers}:
            raise PermissionDeniedError("read_files")
        return model

    def resolve_for_run(self, identity, model_id, version=None):
        return self._model(identity, model_id).target

    def structure(self, identity, model_id, version=None):
        workspace = self._model(identity, model_id).workspace
        modifiers = {
            m["name"] for c in workspace["channels"] for s in c["samples"] for m in s["modifiers"]
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
            "measurements": [
                {
                    "name": m["name"],
                    "poi": m["config"]["poi"],
                    "poi_defined": m["config"]["poi"] in modifiers,
                }
                for m in workspace["measurements"]
            ],
        }

    def patches(self, identity, model_id, version=None):
        model = self._model(identity, model_id)
        if not model.patchset:
            return {"hits": {"total": 0, "hits": []}}
        sha256 = hashlib.sha256(model.patchset).hexdigest()
        hits = [
            {**p["metadata"], "patchset": sha256} for p in json.loads(model.patchset)["patches"]
        ]
        return {"hits": {"total": len(hits), "hits": hits}}

    def content(self, identity, model_id, format="source", dialect=None, version=None):
        return SimpleNamespace(read=lambda: self._model(identity, model_id).text)

    def patchset_content(self, identity, model_id, sha256=None, version=None):
        return SimpleNamespace(read=lambda: self._model(identity, model_id).patchset)
