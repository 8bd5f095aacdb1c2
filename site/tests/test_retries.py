# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The rate limiter's window does not delay who was told to come again soon."""

import pytest
from demos_site import retries
from flask import Flask
from flask_limiter import Limiter


@pytest.fixture
def client():
    app = Flask("portal")
    limiter = Limiter(
        lambda: "somebody",
        storage_uri="memory://",
        default_limits=["3 per hour"],
        headers_enabled=True,
    )
    limiter.init_app(app)
    app.add_url_rule("/running", "running", lambda: ("running", {"Retry-After": "1"}))
    app.add_url_rule("/plain", "plain", lambda: "there")
    retries.finalize_app(app)
    return app.test_client()


def test_the_answer_says_when_to_come_again(client):
    answer = client.get("/running")
    assert answer.headers.getlist("Retry-After") == ["1"]
    assert answer.headers["X-RateLimit-Remaining"] == "2"


def test_the_limiter_says_it_where_a_limit_is_reached(client):
    for _ in range(3):
        assert client.get("/plain").status_code == 200
    answer = client.get("/plain")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 1


def test_one_answer_does_not_speak_for_the_next(client):
    client.get("/running")
    assert client.get("/plain").headers["Retry-After"] != "1"
