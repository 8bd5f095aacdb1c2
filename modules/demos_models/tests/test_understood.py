# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What the deposit form shows of files before anything is saved or published."""

import json

import pytest
from demos_models.services import deposit_models
from invenio_access.permissions import system_identity
from invenio_accounts.models import User
from invenio_db import db
from lxml import html
from test_pages import BASE, ui  # noqa: F401  (fixture)


@pytest.fixture
def look(running_app, ui, deposits, owner, users):  # noqa: F811
    """Give a function that makes a draft of files and gets what was understood of it."""

    def look(files, who=0, status=200):
        draft = deposits.draft(owner, files)
        with ui.test_client() as client:
            if who is not None:
                with client.session_transaction(base_url=BASE) as session:
                    session["_user_id"] = db.session.get(User, users[who]).get_id()
            response = client.get(f"/uploads/{draft}/understood", base_url=BASE)
        assert response.status_code == status, response.text[:300]
        return response.get_json() if status == 200 else None

    return look


def words(answer):
    return " ".join(html.fromstring(answer["html"]).text_content().split())


def test_a_model_is_told_and_drawn_and_what_follows_is_suggested(look, workspace):
    answer = look({"My_model.json": workspace("SR<1>")})
    said = words(answer)
    assert "My_model.json: pyhf workspace, 1 channel · 2 bins · 2 samples · 3 parameters" in said
    assert "Channels: SR<1>" in said and "Parameter of interest: mu" in said
    (figure,) = html.fromstring(answer["html"]).xpath("//*[@role='img']")
    assert figure.get("aria-label").startswith("SR<1>: 2 bins; expected")
    assert answer["suggested"] == {
        "metadata.resource_type": "model",
        "metadata.title": "My model",
    }
    assert not answer["pending"]


def test_an_error_is_named_with_its_place_before_publishing(look, workspace):
    document = json.loads(workspace())
    document["channels"][0]["samples"][1]["modifiers"][0]["data"] = [5.0]
    answer = look({"m.json": json.dumps(document).encode()})
    alert = html.fromstring(answer["html"]).xpath("//*[@role='alert']")[0].text_content()
    assert "/channels/0/samples/1/modifiers/0" in alert and "length_mismatch" in alert
    assert answer["suggested"] == {}


def patchset_for(digest):
    return json.dumps(
        {
            "metadata": {
                "references": {"hepdata": "ins0000001"},
                "labels": ["m_stop", "m_lsp"],
                "description": "Invented",
                "digests": {"sha256": digest},
            },
            "patches": [{"metadata": {"name": "p", "values": [1, 2]}, "patch": []}],
            "version": "1.0.0",
        }
    ).encode()


def test_a_patchset_is_matched_with_its_workspace(look, workspace, deposits, owner):
    content = workspace()
    draft = deposits.draft(owner, {"m.json": content})
    _, reading = deposit_models.contents(system_identity, draft, draft=True)
    digest = reading.contents[0].digest
    said = words(look({"m.json": content, "p.json": patchset_for(digest)}))
    assert (
        "1 patches (m_stop, m_lsp)" in said and "✓ It belongs to a model of this deposit." in said
    )
    said = words(look({"m.json": content, "p.json": patchset_for("0" * 64)}))
    assert "No model of this deposit is the one that it belongs to." in said


def test_other_files_are_kept_as_they_are(look, workspace):
    said = words(look({"m.json": workspace(), "notes.txt": b"hello"}))
    assert "Kept as they are: notes.txt" in said


def test_nobody_else_sees_a_draft(look, workspace):
    look({"m.json": workspace()}, who=1, status=403)
    look({"m.json": workspace()}, who=None, status=403)
