# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Fixtures: the application on real services, and a source of items that tests change."""

import os
from contextlib import contextmanager
from uuid import uuid4

import pytest
import sqlalchemy as sa
from demos_oai import items
from demos_oai.records.models import OAIItem, OAIStale
from demos_oai.sources import ItemState
from invenio_app.factory import create_ui
from invenio_db import db
from invenio_oaiserver.models import OAISet
from lxml import etree

SERVICES = (
    "DEMOS_TEST_DATABASE_URI",
    "DEMOS_TEST_SEARCH_HOSTS",
    "DEMOS_TEST_REDIS_URL",
    "DEMOS_TEST_BROKER_URL",
)
NS = {"o": "http://www.openarchives.org/OAI/2.0/"}


def pytest_collection_modifyitems(items):
    missing = [name for name in SERVICES if not os.environ.get(name)]
    for item in items:
        if missing and "app" in item.fixturenames:
            reason = f"needs services: set {', '.join(missing)}"
            item.add_marker(pytest.mark.skip(reason=reason))


class Toys:
    """A source whose items are in memory."""

    name = "toys"
    held: dict = {}

    def state(self, key):
        found = self.held.get(key)
        if isinstance(found, Exception):
            raise found
        return found

    def keys(self):
        return list(self.held)


@contextmanager
def _database():
    server = os.environ["DEMOS_TEST_DATABASE_URI"].rstrip("/")
    name = f"test_oai_{uuid4().hex[:8]}"
    engine = sa.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    yield f"{server}/{name}"
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    redis = os.environ["DEMOS_TEST_REDIS_URL"].rstrip("/")
    os.environ["INVENIO_INSTANCE_PATH"] = str(tmp_path_factory.mktemp("instance"))
    with _database() as uri:
        application = create_ui(
            TESTING=True,
            SQLALCHEMY_DATABASE_URI=uri,
            SEARCH_HOSTS=[os.environ["DEMOS_TEST_SEARCH_HOSTS"]],
            SEARCH_INDEX_PREFIX=f"t{uuid4().hex[:8]}-",
            CACHE_TYPE="RedisCache",
            CACHE_REDIS_URL=f"{redis}/43",
            ACCOUNTS_SESSION_REDIS_URL=f"{redis}/44",
            COMMUNITIES_IDENTITIES_CACHE_REDIS_URL=f"{redis}/45",
            BROKER_URL=os.environ["DEMOS_TEST_BROKER_URL"],
            CELERY_BROKER_URL=os.environ["DEMOS_TEST_BROKER_URL"],
            CELERY_TASK_ALWAYS_EAGER=True,
            RATELIMIT_ENABLED=False,
            SECRET_KEY="test",
            SITE_UI_URL="https://127.0.0.1:5000",
            SITE_API_URL="https://127.0.0.1:5000/api",
            TRUSTED_HOSTS=["localhost", "127.0.0.1"],
            OAISERVER_ADMIN_EMAILS=["librarian@demos-portal.org"],
            OAISERVER_REGISTER_RECORD_SIGNALS=False,
            DEMOS_OAI_PAGE_SIZE=3,
            DEMOS_OAI_LARGEST_PAGE=3,
            DEMOS_OAI_SOURCES={"toys": "conftest:Toys", "records": None, "entries": None},
            DEMOS_OAI_SET_FAMILIES=[],
        )
        with application.app_context():
            db.create_all()
            yield application
            db.session.remove()


@pytest.fixture
def toys(app):
    """The source's items by key; empty at the beginning, as is the repository."""
    Toys.held = {}
    for table in (OAIStale, OAIItem, OAISet):
        db.session.execute(sa.delete(table))
    db.session.commit()
    return Toys.held


@pytest.fixture
def put(toys):
    """Give an item a state and look at it, as after a change."""

    def change(key, state):
        toys[key] = state
        items.mark_stale("toys", key)
        db.session.commit()
        return items.refresh_stale()

    return change


@pytest.fixture
def ask(app):
    """Ask over HTTP."""
    client = app.test_client()

    def question(method="GET", **arguments):
        arguments = {name.rstrip("_"): value for name, value in arguments.items()}
        where = {"base_url": "https://127.0.0.1:5000"}
        if method == "GET":
            answer = client.get("/oai2d", query_string=arguments, **where)
        else:
            answer = client.post("/oai2d", data=arguments, **where)
        assert answer.status_code == 200
        assert answer.mimetype == "text/xml"
        return etree.fromstring(answer.data)

    return question


def state(key, *prefixes, title="A title", sets=("models",), **options):
    """Return what an item shows."""
    prefixes = prefixes or ("oai_dc",)
    payloads = {name: f"<{name}>{title}</{name}>".encode() for name in prefixes}
    return ItemState(f"oai:toys:{key}", payloads, sets, **options)


def heads(answer):
    """Return (identifier, status) of the headers of an answer."""
    return [
        (one.findtext("o:identifier", None, NS), one.get("status"))
        for one in answer.findall(".//o:header", NS)
    ]


def codes(answer):
    """Return the codes of an answer's errors."""
    return [one.get("code") for one in answer.findall("o:error", NS)]
