# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""DOI registration through the configured client, at a registry on a real socket."""

import threading

import pytest
from datacite.errors import DataCiteError
from demos_ops.doi_registry import Registry, RegistryServer
from demos_site.datacite import ConfiguredDataCiteClient
from flask import Flask

METADATA = {
    "titles": [{"title": "A search"}],
    "creators": [{"name": "A Collaboration"}],
    "publisher": "DEMOS portal",
    "publicationYear": "2026",
    "types": {"resourceTypeGeneral": "Model"},
    "schemaVersion": "http://datacite.org/schema/kernel-4",
}


@pytest.fixture
def registry(tmp_path):
    server = RegistryServer(0, Registry(tmp_path / "dois.sqlite", "10.80443"), "DEMOS.LOCAL:secret")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def app(registry):
    app = Flask(__name__)
    app.config.update(
        DATACITE_URL=registry,
        DATACITE_USERNAME="DEMOS.LOCAL",
        DATACITE_PASSWORD="secret",
        DATACITE_PREFIX="10.80443",
    )
    with app.app_context():
        yield app


def test_register_update_and_hide_a_doi(app):
    api = ConfiguredDataCiteClient("datacite").api
    url = "https://127.0.0.1:5000/records/abc"
    assert api.public_doi({**METADATA}, url, "10.80443/abc") == "10.80443/abc"
    assert api.get_doi("10.80443/abc") == url
    api.update_doi("10.80443/abc", url=f"{url}-moved")
    assert api.get_doi("10.80443/abc") == f"{url}-moved"
    assert api.hide_doi("10.80443/abc")["state"] == "registered"


def test_a_draft_can_be_deleted_and_a_public_doi_cannot(app):
    api = ConfiguredDataCiteClient("datacite").api
    api.draft_doi({**METADATA}, "10.80443/draft")
    api.delete_doi("10.80443/draft")
    api.public_doi({**METADATA}, "https://127.0.0.1:5000/records/x", "10.80443/x")
    with pytest.raises(DataCiteError):
        api.delete_doi("10.80443/x")


@pytest.mark.parametrize("missing", ["titles", "creators", "publisher", "types"])
def test_incomplete_metadata_is_refused(app, missing):
    incomplete = {k: v for k, v in METADATA.items() if k != missing}
    with pytest.raises(DataCiteError, match=missing):
        ConfiguredDataCiteClient("datacite").api.public_doi(
            incomplete, "https://127.0.0.1:5000/records/y", "10.80443/y"
        )


def test_wrong_credentials_are_refused(app):
    app.config["DATACITE_PASSWORD"] = "guess"
    with pytest.raises(DataCiteError, match="Bad credentials"):
        ConfiguredDataCiteClient("datacite").api.draft_doi({**METADATA}, "10.80443/z")


def test_dois_outlive_the_registry(tmp_path):
    path = tmp_path / "dois.sqlite"
    Registry(path, "10.80443").put("10.80443/KEPT", {"url": "https://127.0.0.1:5000"})
    assert Registry(path, "10.80443").get("10.80443/kept")["state"] == "draft"
