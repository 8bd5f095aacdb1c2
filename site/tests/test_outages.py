# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A service that is gone is told as such; a fault of our own stays one."""

import pytest
import redis
from demos_site import outages
from flask import Flask
from kombu import Connection
from opensearchpy import OpenSearch
from opensearchpy.exceptions import RequestError, TransportError
from sqlalchemy import create_engine

CLOSED = 9  # "discard": nobody listens there


def ask_database():
    with create_engine(f"postgresql+psycopg2://u:p@127.0.0.1:{CLOSED}/d").connect():
        pass


def ask_search():
    OpenSearch([{"host": "127.0.0.1", "port": CLOSED}], max_retries=0).info()


def ask_starting_search():
    raise TransportError(503, "search_phase_execution_exception", {})


def ask_sessions():
    redis.Redis(port=CLOSED).get("x")


def ask_queue():
    with Connection(f"amqp://u:p@127.0.0.1:{CLOSED}//", connect_timeout=1) as connection:
        connection.ensure_connection(max_retries=1, interval_start=0)


def fail_by_ourselves():
    raise ValueError("the programmer's own")


def ask_wrongly():
    raise RequestError(400, "parsing_exception", {})


SERVICES = {
    ask_database: "database",
    ask_search: "search engine",
    ask_starting_search: "search engine",
    ask_sessions: "session store",
    ask_queue: "message queue",
}


def client_of(view, finalize):
    app = Flask("portal")
    app.add_url_rule("/", view_func=view)
    app.register_error_handler(500, lambda error: ("our own error page", 500))
    finalize(app)
    return app.test_client()


@pytest.mark.parametrize(("ask", "service"), SERVICES.items())
def test_a_page_names_the_service_that_is_gone(ask, service):
    page = client_of(ask, outages.finalize_app).get("/", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert f"portal's {service} does not answer" in page.text
    assert int(page.headers["Retry-After"]) > 0
    assert page.headers["Cache-Control"] == "no-store"
    assert "Traceback" not in page.text
    assert "127.0.0.1" not in page.text


@pytest.mark.parametrize(("ask", "service"), SERVICES.items())
def test_a_program_is_told_in_data(ask, service):
    answer = client_of(ask, outages.api_finalize_app).get("/")
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert service in answer.json["detail"]


def test_a_session_that_cannot_be_opened_is_told_too():
    app = Flask("portal")

    class Sessions(type(app.session_interface)):
        def open_session(self, app, request):
            ask_sessions()

    app.session_interface = Sessions()
    outages.finalize_app(app)
    page = app.test_client().get("/", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert "session store" in page.text


def test_an_answer_survives_a_connection_that_breaks_at_the_end(monkeypatch):
    class Session:
        connected = True

        def remove(self):
            if not self.connected:
                ask_database()

        def invalidate(self):
            self.connected = True

    session = Session()

    def view():
        session.connected = False
        return "the answer"

    monkeypatch.setattr(outages.db, "session", session)
    page = client_of(view, outages.finalize_app).get("/")
    assert (page.status_code, page.text) == (200, "the answer")


@pytest.mark.parametrize("fault", [fail_by_ourselves, ask_wrongly])
def test_other_errors_keep_their_own_page(fault):
    page = client_of(fault, outages.finalize_app).get("/")
    assert (page.status_code, page.text) == (500, "our own error page")
