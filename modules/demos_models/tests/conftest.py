# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Fixtures: the application on real services, users, and models to deposit."""

import copy
import io
import json
import os
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from demos_models import config as models_config
from flask_principal import Identity, UserNeed
from invenio_access.permissions import any_user, authenticated_user, system_identity
from invenio_app.factory import create_api
from invenio_db import db as _db
from invenio_files_rest.models import Location
from invenio_rdm_records.config import RDM_PERSISTENT_IDENTIFIERS
from invenio_rdm_records.proxies import current_rdm_records_service
from invenio_rdm_records.services.components import DefaultRecordsComponents
from invenio_search import current_search, current_search_client
from invenio_vocabularies.proxies import current_service as vocabularies
from pytest_invenio.user import UserFixtureBase

PREFIX = os.environ.get("DEMOS_TEST_INDEX_PREFIX", f"t{uuid4().hex[:8]}-")
INDICES = (
    "rdmrecords",
    "vocabularies",
    "demosmodels",
    "communities",
    "communitymembers",
    "requests",
    "requestevents",
    "users",
    "groups",
    "domains",
    "names",
    "affiliations",
    "subjects",
    "funders",
    "awards",
)
"""Which indices the tests need; making all of an instance's takes a minute."""

SERVICES = (
    "DEMOS_TEST_DATABASE_URI",
    "DEMOS_TEST_SEARCH_HOSTS",
    "DEMOS_TEST_REDIS_URL",
    "DEMOS_TEST_BROKER_URL",
)


def pytest_collection_modifyitems(items):
    """Skip what needs services where there are none."""
    missing = [name for name in SERVICES if not os.environ.get(name)]
    if not missing:
        return
    skip = pytest.mark.skip(reason=f"needs services: set {', '.join(missing)}")
    for item in items:
        if {"app", "empty_database_app"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(skip)


@contextmanager
def _database():
    """Create a database of this run's own, and drop it at the end."""
    server = os.environ["DEMOS_TEST_DATABASE_URI"].rstrip("/")
    name = f"test_models_{uuid4().hex[:8]}"
    engine = sa.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    yield f"{server}/{name}"
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture(scope="session")
def database_uri():
    """Give the database of the tests."""
    with _database() as uri:
        yield uri


@pytest.fixture
def empty_database_app(tmp_path):
    """Give an application on a database without any table."""
    with _database() as uri:
        os.environ["INVENIO_INSTANCE_PATH"] = str(tmp_path)
        yield create_api(**configuration(uri))


def configuration(database_uri):
    """Configure the application as an instance does."""
    redis = os.environ["DEMOS_TEST_REDIS_URL"].rstrip("/")
    return {
        "TESTING": True,
        "SQLALCHEMY_DATABASE_URI": database_uri,
        "SEARCH_HOSTS": [os.environ["DEMOS_TEST_SEARCH_HOSTS"]],
        "SEARCH_INDEX_PREFIX": PREFIX,
        "CACHE_TYPE": "RedisCache",
        "CACHE_REDIS_URL": f"{redis}/40",
        "ACCOUNTS_SESSION_REDIS_URL": f"{redis}/41",
        "COMMUNITIES_IDENTITIES_CACHE_REDIS_URL": f"{redis}/42",
        "BROKER_URL": os.environ["DEMOS_TEST_BROKER_URL"],
        "CELERY_BROKER_URL": os.environ["DEMOS_TEST_BROKER_URL"],
        "CELERY_TASK_ALWAYS_EAGER": True,
        "CELERY_TASK_EAGER_PROPAGATES": True,
        "RATELIMIT_ENABLED": False,
        "REST_CSRF_ENABLED": False,
        "SECRET_KEY": "test",
        "SITE_UI_URL": "https://127.0.0.1:5000",
        "SITE_API_URL": "https://127.0.0.1:5000/api",
        "TRUSTED_HOSTS": ["localhost", "127.0.0.1"],
        "MAIL_SUPPRESS_SEND": True,
        "RDM_NAMESPACES": models_config.DEMOS_MODELS_NAMESPACES,
        "RDM_CUSTOM_FIELDS": models_config.DEMOS_MODELS_CUSTOM_FIELDS,
        "RDM_RECORDS_SERVICE_COMPONENTS": [
            *DefaultRecordsComponents,
            *models_config.DEMOS_MODELS_RDM_COMPONENTS,
        ],
        "RDM_DRAFT_FILES_SERVICE_COMPONENTS": models_config.DEMOS_MODELS_FILE_COMPONENTS,
        "DATACITE_ENABLED": False,
        "RDM_PERSISTENT_IDENTIFIERS": {"oai": RDM_PERSISTENT_IDENTIFIERS["oai"]},
        "RDM_PARENT_PERSISTENT_IDENTIFIERS": {},
    }


@pytest.fixture(scope="session")
def app(database_uri, tmp_path_factory):
    """Give the REST application on a database and indices of its own."""
    folder = tmp_path_factory.mktemp("instance")
    os.environ["INVENIO_INSTANCE_PATH"] = str(folder)
    application = create_api(**configuration(database_uri))
    with application.app_context():
        _db.create_all()
        _db.session.add(Location(name="default", uri=str(folder / "data"), default=True))
        _db.session.commit()
        client = current_search_client
        for _ in current_search.put_component_templates():
            pass
        for _ in current_search.put_index_templates():
            pass
        wanted = [name for name in current_search.mappings if name.startswith(INDICES)]
        for _ in current_search.create(index_list=wanted, ignore_existing=True):
            pass
        _vocabularies()
        yield application
        _db.session.remove()
        for name in client.indices.get(index=f"{PREFIX}*"):
            client.indices.delete(index=name)


def _vocabulary(type_, pid_type, entries):
    vocabularies.create_type(system_identity, type_, pid_type)
    for entry in entries:
        vocabularies.create(system_identity, {"type": type_, "title": {"en": entry["id"]}, **entry})


def _vocabularies():
    _vocabulary(
        "resourcetypes",
        "rsrct",
        [
            {
                "id": name,
                "props": {"datacite_general": "Model", "csl": "", "type": name},
                "tags": ["depositable", "linkable"],
            }
            for name in ("model", "model-container", "model-other", "dataset")
        ],
    )
    _vocabulary("licenses", "lic", [{"id": "cc0-1.0", "props": {"scheme": "spdx"}}])
    _vocabulary(
        "relationtypes",
        "reltyp",
        [
            {"id": name, "props": {"datacite": name}}
            for name in ("isidenticalto", "isvariantformof", "requires", "cites")
        ],
    )
    _vocabulary("removalreasons", "rem", [{"id": "spam", "tags": ["deletion-request"]}])
    current_search_client.indices.refresh(index=f"{PREFIX}*")
    _db.session.commit()


@pytest.fixture
def running_app(app):
    """Give the application with a clean session."""
    yield app
    _db.session.rollback()


def identity_of(user_id):
    """Give the identity of a user that is logged in."""
    identity = Identity(user_id)
    identity.provides |= {any_user, authenticated_user, UserNeed(user_id)}
    return identity


@pytest.fixture
def anyone():
    """Give the identity of somebody who is not logged in."""
    identity = Identity(None)
    identity.provides.add(any_user)
    return identity


@pytest.fixture(scope="session")
def users(app):
    """Create two users."""
    made = []
    for name in ("owner", "other"):
        user = UserFixtureBase(email=f"{name}@example.org", password=f"{name}-password")
        made.append(user.create(app, _db))
    _db.session.commit()
    return [user.user.id for user in made]


@pytest.fixture
def owner(users):
    """Give the identity of a depositor."""
    return identity_of(users[0])


@pytest.fixture
def other(users):
    """Give the identity of another user."""
    return identity_of(users[1])


@pytest.fixture
def workspace():
    """Give a function that makes a pyhf workspace with one channel.

    Every call with other numbers or names makes another model.
    """

    def make(channel=None, observed=55.0, sample="background", indent=None):
        channel = channel or f"channel{uuid4().hex[:10]}"
        document = {
            "channels": [
                {
                    "name": channel,
                    "samples": [
                        {
                            "name": "signal",
                            "data": [5.0, 10.0],
                            "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
                        },
                        {
                            "name": sample,
                            "data": [50.0, 60.0],
                            "modifiers": [
                                {
                                    "name": "uncertainty",
                                    "type": "shapesys",
                                    "data": [5.0, 12.0],
                                }
                            ],
                        },
                    ],
                }
            ],
            "measurements": [{"name": "measurement", "config": {"poi": "mu", "parameters": []}}],
            "observations": [{"name": channel, "data": [observed, 65.0]}],
            "version": "1.0.0",
        }
        return json.dumps(document, indent=indent).encode()

    return make


@pytest.fixture
def metadata():
    """Give a function that makes the JSON of a deposit."""

    def make(title="A model", kind="model", access="public", file_access=None, **extra):
        return copy.deepcopy(
            {
                "access": {"record": access, "files": file_access or access},
                "files": {"enabled": True},
                "metadata": {
                    "title": title,
                    "resource_type": {"id": kind},
                    "publication_date": "2026-11-21",
                    "publisher": "DEMOS",
                    "creators": [
                        {
                            "person_or_org": {
                                "type": "organizational",
                                "name": "ATLAS Collaboration",
                            }
                        }
                    ],
                },
                **extra,
            }
        )

    return make


@pytest.fixture
def deposits(running_app, metadata):
    """Give functions that deposit files through the framework's own services."""
    return Depositor(metadata)


class Depositor:
    """Deposits as a user's script does."""

    def __init__(self, metadata):
        self._metadata = metadata

    def draft(self, identity, files, **kwargs):
        """Create a draft with files."""
        draft = current_rdm_records_service.create(identity, self._metadata(**kwargs))
        self.upload(identity, draft.id, files)
        return draft.id

    def upload(self, identity, recid, files):
        """Add files to a draft."""
        service = current_rdm_records_service.draft_files
        service.init_files(identity, recid, [{"key": key} for key in files])
        for key, content in files.items():
            service.set_file_content(identity, recid, key, io.BytesIO(content))
            service.commit_file(identity, recid, key)

    def publish(self, identity, recid):
        """Publish a draft."""
        return current_rdm_records_service.publish(identity, recid)

    def deposit(self, identity, files, **kwargs):
        """Create a draft with files and publish it."""
        return self.publish(identity, self.draft(identity, files, **kwargs))

    def new_version(self, identity, recid, files, **kwargs):
        """Publish a new version of a record with new files."""
        draft = current_rdm_records_service.new_version(identity, recid)
        current_rdm_records_service.update_draft(identity, draft.id, self._metadata(**kwargs))
        self.upload(identity, draft.id, files)
        return self.publish(identity, draft.id)


@pytest.fixture(scope="session")
def corpus():
    """Give the folder of the shared corpus of real models."""
    root = os.environ.get("DEMOS_SHARED_DATA")
    folder = Path(root) if root else Path(__file__).parents[4] / "shared" / "data"
    if not (folder / "models" / "manifest.json").exists():
        pytest.skip("the shared corpus of models is not here")
    return folder / "models"
