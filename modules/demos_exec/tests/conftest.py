# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Fixtures: the application on real services, a pool on a real socket, models to run."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pytest
import sqlalchemy as sa
from demos_exec.pool.client import PoolClient, PoolUnavailable
from flask import g
from registry_double import RegistryDouble

SERVICES = (
    "DEMOS_TEST_DATABASE_URI",
    "DEMOS_TEST_SEARCH_HOSTS",
    "DEMOS_TEST_REDIS_URL",
    "DEMOS_TEST_BROKER_URL",
)
CORPUS = Path(
    os.environ.get("DEMOS_SHARED_DATA", Path(__file__).resolve().parents[4] / "shared" / "data")
)

ENGINE = os.environ.get("DEMOS_EXEC_DOCKER_HOST")
WORKER_IMAGE = os.environ.get("DEMOS_EXEC_WORKER_IMAGE", "demos-worker")
REQUIRED = os.environ.get("DEMOS_REQUIRE_DOCKER") == "1"
KINDS = ["local", pytest.param("docker", marks=pytest.mark.docker)]
"""Where the platform's worker runs: everything that a user sees is tested on both."""

TWO_BIN = {
    "channels": [
        {
            "name": "singlechannel",
            "samples": [
                {
                    "name": "signal",
                    "data": [20.0, 10.0],
                    "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
                },
                {
                    "name": "background",
                    "data": [50.0, 63.0],
                    "modifiers": [
                        {"name": "uncorr_bkguncrt", "type": "shapesys", "data": [5.0, 12.0]}
                    ],
                },
            ],
        }
    ],
    "observations": [{"name": "singlechannel", "data": [55.0, 62.0]}],
    "measurements": [{"name": "Measurement", "config": {"poi": "mu", "parameters": []}}],
    "version": "1.0.0",
}
"""pyhf's two-bin example."""


def pytest_collection_modifyitems(items):
    missing = [name for name in SERVICES if not os.environ.get(name)]
    for item in items:
        if item.get_closest_marker("docker") and not (ENGINE or REQUIRED):
            reason = "no container engine was given: DEMOS_EXEC_DOCKER_HOST"
            item.add_marker(pytest.mark.skip(reason=reason))
        if missing and "app" in item.fixturenames:
            reason = f"needs services: set {', '.join(missing)}"
            item.add_marker(pytest.mark.skip(reason=reason))
        if "corpus" in item.fixturenames and not CORPUS.is_dir():
            item.add_marker(pytest.mark.skip(reason="the shared corpus is not there"))


@pytest.fixture(scope="session")
def corpus():
    return CORPUS / "models"


class Pool:
    """A pool of a test's own, as a child process."""

    def __init__(self, folder, *options, kind="local"):
        self.kind = kind
        if kind == "docker":
            options += (
                "--backend",
                "docker",
                "--image",
                WORKER_IMAGE,
                "--docker-host",
                str(ENGINE),
            )
        self.socket = folder / "pool.sock"
        self.log = folder / "pool.log"
        self.options = options

    def start(self):
        command = [sys.executable, "-m", "demos_exec.pool", "--socket", str(self.socket)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([*command, *self.options], stderr=log)
        self.client = PoolClient(str(self.socket))
        self.wait_ready()
        return self

    def wait_ready(self, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if self.client.status()["workers"]["ready"]:
                    return
            except PoolUnavailable:
                pass
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)


@pytest.fixture(scope="session", params=KINDS)
def pool(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pool")
    one = Pool(folder, "--size", "2", kind=request.param).start()
    yield one
    one.stop()


@pytest.fixture
def own_pool(tmp_path):
    made = []

    def make(*options):
        made.append(Pool(tmp_path, *options).start())
        return made[-1]

    yield make
    for one in made:
        one.stop()


#
# The application
#
@pytest.fixture(scope="session")
def database_uri():
    server = os.environ["DEMOS_TEST_DATABASE_URI"].rstrip("/")
    name = f"test_exec_{uuid4().hex[:8]}"
    engine = sa.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    yield f"{server}/{name}"
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture(scope="module")
def app_config(app_config, database_uri, pool):
    redis = os.environ["DEMOS_TEST_REDIS_URL"].rstrip("/")
    app_config |= {
        "SQLALCHEMY_DATABASE_URI": database_uri,
        "SQLALCHEMY_ENGINE_OPTIONS": {},
        "SEARCH_HOSTS": [os.environ["DEMOS_TEST_SEARCH_HOSTS"]],
        "SEARCH_INDEX_PREFIX": f"e{uuid4().hex[:8]}-",
        "CACHE_TYPE": "RedisCache",
        "CACHE_REDIS_URL": f"{redis}/50",
        "ACCOUNTS_SESSION_REDIS_URL": f"{redis}/51",
        "COMMUNITIES_IDENTITIES_CACHE_REDIS_URL": f"{redis}/52",
        "BROKER_URL": os.environ["DEMOS_TEST_BROKER_URL"],
        "CELERY_BROKER_URL": os.environ["DEMOS_TEST_BROKER_URL"],
        "CELERY_TASK_ALWAYS_EAGER": True,
        "CELERY_TASK_EAGER_PROPAGATES": True,
        "CELERY_CACHE_BACKEND": "memory",
        "CELERY_RESULT_BACKEND": "cache",
        "RATELIMIT_ENABLED": False,
        "REST_CSRF_ENABLED": True,
        "SECRET_KEY": "test",
        "SITE_UI_URL": "https://127.0.0.1:5000",
        "SITE_API_URL": "https://127.0.0.1:5000/api",
        "TRUSTED_HOSTS": ["localhost", "127.0.0.1"],
        "APP_ALLOWED_HOSTS": ["localhost", "127.0.0.1"],
        "DATACITE_ENABLED": False,
        "RDM_PERSISTENT_IDENTIFIERS": {},
        "RDM_PARENT_PERSISTENT_IDENTIFIERS": {},
        "DEMOS_EXEC_POOL_SOCKET": str(pool.socket),
        "DEMOS_EXEC_BACKEND": pool.kind,
        "DEMOS_EXEC_DOCKER_HOST": ENGINE,
    }
    return app_config


@pytest.fixture(scope="module")
def create_app(instance_path, entry_points):
    from invenio_app.factory import create_api

    return create_api


@pytest.fixture(scope="module")
def registry(app, location, database):
    with patch("demos_exec.catalogue.api", RegistryDouble()) as double:
        yield double


@pytest.fixture(scope="module")
def two_bin(registry):
    return registry.add(TWO_BIN)


@pytest.fixture(scope="module")
def users(UserFixture, app, database):
    found = []
    for name in ("one", "two"):
        user = UserFixture(email=f"{name}@example.org", password="secret-{name}")
        user.create(app, database)
        found.append(user)
    return found


class Api:
    """A client of the REST API."""

    def __init__(self, client, headers=None):
        self.client, self.headers = client, headers or {}

    def __call__(self, method, path, body=None, headers=None, raw=None):
        path = path.removeprefix("https://127.0.0.1:5000/api")
        for name in list(g):  # the tests share one application context: nobody stays signed in
            g.pop(name)
        return self.client.open(
            path,
            method=method,
            data=raw if raw is not None else (json.dumps(body) if body is not None else None),
            content_type="application/json",
            headers={**self.headers, **(headers or {})},
            base_url="https://127.0.0.1:5000",
        )

    def run(self, model, operation="cls", inputs=None, headers=None, **parameters):
        body = {"operation": operation, "inputs": inputs or {}, "parameters": parameters}
        return self("POST", f"/models/{model}/run", body, headers)


@pytest.fixture
def anyone(app):
    return Api(app.test_client())


def _signed_in(app, user):
    from invenio_db import db
    from invenio_oauth2server.models import Token

    token = Token.create_personal("test", int(user.id), scopes=[])
    db.session.commit()
    return Api(app.test_client(), {"Authorization": f"Bearer {token.access_token}"})


@pytest.fixture
def me(app, users):
    return _signed_in(app, users[0])


@pytest.fixture
def other(app, users):
    return _signed_in(app, users[1])
