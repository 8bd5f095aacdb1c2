# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""A deposited model is understood, registered and served."""

from demos_models.proxies import current_models_service
from demos_models.services import deposit_models


def test_a_published_model_is_registered_and_read_by_anyone(deposits, owner, anyone, workspace):
    content = workspace(channel="signal_region")
    record = deposits.deposit(owner, {"model.json": content}, title="A search")
    (hit,) = deposit_models.read(anyone, record.id)["hits"]["hits"]
    assert (hit["key"], hit["format"], hit["valid"]) == ("model.json", "pyhf", True)
    entry = current_models_service.read(anyone, hit["model"]["id"]).to_dict()
    assert entry["metadata"]["title"] == "A search"
    assert entry["metadata"]["demos_id"] == entry["demos_id"] == entry["id"]
    assert entry["structure"]["channels"][0]["name"] == "signal_region"
    source = current_models_service.content(anyone, entry["id"])
    assert source.read() == content
