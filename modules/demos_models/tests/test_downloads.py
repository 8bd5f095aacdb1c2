# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Documents over HTTP: ranges, validators, digests, and who may keep a copy."""

import hashlib
from base64 import b64encode

import pytest
from demos_models.services import deposit_models


@pytest.fixture
def content(workspace):
    return workspace("downloaded")


@pytest.fixture
def get(app, deposits, owner, anyone, content):
    """Ask for the pyhf document of a published model, with some headers."""
    record = deposits.deposit(owner, {"m.json": content})
    (hit,) = deposit_models.read(anyone, record.id)["hits"]["hits"]
    path = f"/models/{hit['model']['id']}/file?format=pyhf"
    client = app.test_client()

    def ask(**headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get(path, headers=named, base_url="https://localhost")

    return ask


def test_a_document_comes_whole_with_its_digest(get, content):
    answer = get()
    assert (answer.status_code, answer.data) == (200, content)
    digest = b64encode(hashlib.sha256(content).digest()).decode()
    assert answer.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    assert answer.headers["Content-Disposition"] == "attachment; filename=m.json"


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-9", 0, 10), ("bytes=5-", 5, None), ("bytes=-7", -7, None)],
)
def test_a_part_of_a_document_can_be_had(get, content, asked, start, stop):
    answer = get(Range=asked)
    assert (answer.status_code, answer.data) == (206, content[start:stop])


def test_a_part_that_is_not_there_is_refused(get):
    answer = get(Range="bytes=99999999-")
    assert (answer.status_code, answer.mimetype) == (416, "application/problem+json")


def test_a_copy_that_is_still_good_is_not_sent_again(get, content):
    etag = get().headers["ETag"]
    assert get(If_None_Match=etag).status_code == 304
    assert get(Range="bytes=0-9", If_Range='"other"').data == content


def test_no_shared_cache_may_keep_a_document(get):
    answer = get()
    assert answer.cache_control.private
    assert answer.cache_control.no_cache
    assert not answer.cache_control.public
    assert not answer.cache_control.max_age
    assert {"Accept", "Authorization", "Cookie"} <= set(answer.vary)
