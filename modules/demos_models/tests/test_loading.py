# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A folder of models is deposited once, however often the command is called."""

from demos_models.cli import STARTERS
from demos_models.deposit import loading
from demos_models.proxies import current_registry
from invenio_access.permissions import system_identity
from invenio_rdm_records.proxies import current_rdm_records_service as records


def load_all(folder, identity):
    return {p.name: loading.load(p, identity)[0] for p in loading.plans(folder, "Somebody")}


def drafts():
    return records.draft_cls.model_cls.query.count()


def test_the_starter_models_are_deposited_once(deposits, owner):
    names = {"container", "counting", "shape", "two-region"}
    assert load_all(STARTERS, owner) == dict.fromkeys(names, "loaded")
    assert not current_registry.is_empty()
    before = drafts()
    assert load_all(STARTERS, owner) == dict.fromkeys(names, "there")
    assert drafts() == before


def test_what_was_refused_is_refused_again_without_a_draft(deposits, owner, workspace, tmp_path):
    (tmp_path / "good.json").write_bytes(workspace("loaded"))
    (tmp_path / "bad.json").write_text('{"channels": 7, "measurements": [], "version": "1.0.0"}')
    assert load_all(tmp_path, owner) == {"good.json": "loaded", "bad.json": "refused"}
    before = drafts()
    (refused,) = (p for p in loading.plans(tmp_path, "Somebody") if p.name == "bad.json")
    assert loading.load(refused, owner) == ("refused", "schema_error")
    assert drafts() == before


def test_a_deposit_that_lacks_one_of_the_files_is_another_one(deposits, owner, workspace, tmp_path):
    for name in ("first", "second"):
        (tmp_path / f"{name}.json").write_bytes(workspace(name))
    (single,) = (p for p in loading.plans(tmp_path, "Somebody") if p.name == "first.json")
    both = loading.Plan("both", single.data, sorted(tmp_path.iterdir()))
    assert loading.load(single, owner)[0] == "loaded"
    assert not loading.is_there(both)


def test_a_deleted_deposit_can_be_loaded_again(deposits, owner, workspace, tmp_path):
    (tmp_path / "model.json").write_bytes(workspace("again"))
    (plan,) = loading.plans(tmp_path, "Somebody")
    _, recid = loading.load(plan, owner)
    assert loading.is_there(plan)
    records.delete_record(system_identity, recid, {"removal_reason": {"id": "spam"}})
    assert not loading.is_there(plan)
