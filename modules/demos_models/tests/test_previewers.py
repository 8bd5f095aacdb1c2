# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What a record's page shows of a file, in the frame that the browser asks for."""

import io
import json
import tarfile
from urllib.parse import quote

import pytest
from conftest import configuration
from demos_models.config import DEMOS_MODELS_PREVIEWERS
from demos_models.services import deposit_models
from invenio_access.permissions import system_identity
from invenio_app.factory import create_ui
from invenio_app_rdm.config import PREVIEWER_PREFERENCE
from lxml import html
from test_pages import BASE, AnyBundleLoader


@pytest.fixture(scope="module")
def ui(app, database_uri):
    """The application of the pages, with this module's previewers."""
    return create_ui(
        **configuration(database_uri),
        WEBPACKEXT_MANIFEST_LOADER=AnyBundleLoader,
        APP_DEFAULT_SECURE_HEADERS={"force_https": False},
        PREVIEWER_PREFERENCE=[*DEMOS_MODELS_PREVIEWERS, *PREVIEWER_PREFERENCE],
    )


@pytest.fixture
def preview(running_app, ui, deposits, owner):
    """Give a function that deposits files and gets the preview of the last one."""

    def preview(files, status=200, **kwargs):
        record = deposits.deposit(owner, files, **kwargs)
        with ui.test_client() as client:
            path = f"/records/{record.id}/preview/{quote(list(files)[-1])}"
            response = client.get(path, base_url=BASE)
        assert response.status_code == status
        return record.id, response.text

    return preview


def words(page):
    return " ".join(html.fromstring(page).text_content().split())


def test_a_model_is_shown_by_its_channels_and_leads_to_its_page(preview, workspace):
    record, page = preview({"m.json": workspace("SR-<b>", sample="ttbar")})
    assert "SR-<b>" in words(page) and "<b>SR" not in page
    assert "1 channel · 2 bins · 2 samples" in words(page)
    (model,) = (
        hit["model"]["id"] for hit in deposit_models.read(system_identity, record)["hits"]["hits"]
    )
    assert html.fromstring(page).xpath(f'//a[contains(@href, "/models/{model}")]')


def test_the_page_of_a_model_does_not_grow_with_it(preview, workspace):
    document = json.loads(workspace("SR"))
    background = document["channels"][0]["samples"][1]
    background["modifiers"] += [
        {"name": f"syst_{i}_{'x' * 4000}", "type": "normsys", "data": {"hi": 1.1, "lo": 0.9}}
        for i in range(500)
    ]
    content = json.dumps(document, indent=1).encode()
    assert len(content) > 2_000_000
    _, page = preview({"m.json": content})
    assert len(page) < 60_000
    assert len(html.fromstring(page).xpath("//*")) < 200
    assert "The file goes on: 2." in words(page)


def test_patches_are_listed_by_name_and_place(preview, workspace):
    patches = [
        {"metadata": {"name": f"point_{i}", "values": [i, 2 * i]}, "patch": []} for i in range(150)
    ]
    patchset = {
        "metadata": {
            "references": {"hepdata": "ins0000001"},
            "labels": ["m_stop", "m_lsp"],
            "description": "Invented",
            "digests": {"sha256": "0" * 64},
        },
        "patches": patches,
        "version": "1.0.0",
    }
    _, page = preview(
        {"a.json": workspace(), "patchset.json": json.dumps(patchset).encode()}, kind="dataset"
    )
    shown = words(page)
    assert "150 patches: Invented" in shown and "m_lsp" in shown
    rows = html.fromstring(page).xpath("//table//tbody/tr")
    assert [cell.text for cell in rows[-1]] == ["point_99", "99", "198"] and len(rows) == 100
    assert "The first 100 are listed." in shown


def test_an_archive_lists_what_was_recognised_and_leads_to_each_model(preview, workspace):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in [
            ("RegionA/BkgOnly.json", workspace("CR")),
            ("RegionB/BkgOnly.json", workspace("SR")),
            ("README.md", b"# Read me"),
        ]:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    _, page = preview({"likelihoods.tar.gz": buffer.getvalue()})
    tree = html.fromstring(page)
    assert "2 documents that were recognised in this archive" in words(page)
    links = {a.text: a.get("href") for a in tree.xpath("//table//a")}
    assert set(links) == {"RegionA/BkgOnly.json", "RegionB/BkgOnly.json"}
    assert all("/models/" in href for href in links.values())
    assert "README" not in words(page)


def test_long_json_that_is_no_model_shows_its_beginning(preview, workspace):
    content = json.dumps({"points": list(range(200_000)), "last": "the end"}).encode()
    _, page = preview({"a.json": workspace(), "data.json": content}, kind="dataset")
    assert '{"points": [0, 1, 2' in words(page) and "the end" not in page
    assert len(page) < 60_000


def test_findings_stand_with_their_place(preview, workspace):
    document = json.loads(workspace())
    document["channels"][0]["samples"][1]["modifiers"][0]["data"] = [5.0]
    _, page = preview(
        {"a.json": workspace(), "broken.json": json.dumps(document).encode()}, kind="dataset"
    )
    assert "/channels/0/samples/1/modifiers/0" in words(page)


def test_a_preview_asks_for_access_as_the_file_does(preview, workspace):
    # Who is not logged in is led to do so.
    preview({"m.json": workspace("SECRET")}, status=302, access="restricted")
    preview({"m.json": workspace("SECRET")}, status=302, file_access="restricted")
