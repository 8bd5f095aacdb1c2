# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a user of the REST API sees of runs."""

import pytest

CLS = 0.053994246621274014
PATCHED = 0.3536906623262466


def cls_of(response):
    assert response.status_code in (200, 201), response.text
    assert response.json["status"] == "successful", response.text
    return response.json["results"]["CLs_obs"]


def test_a_fast_run_answers_with_its_result(me, two_bin):
    response = me.run(two_bin, test_poi=1.0)
    assert response.status_code == 201
    assert cls_of(response) == pytest.approx(CLS, rel=1e-4)
    expected = response.json["results"]["CLs_exp"]
    assert len(expected) == 5 and expected == sorted(expected)
    found = me("GET", response.headers["Location"])
    assert found.json["status"] == "successful"
    results = me("GET", response.headers["Location"] + "/results")
    assert results.json == response.json["results"]
    assert results.headers["Repr-Digest"].startswith("sha-256=:")
