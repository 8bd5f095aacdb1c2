# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Fixtures: the application on real services, peers on real sockets."""

import os
from uuid import uuid4

import pytest

PREFIX = os.environ.get("DEMOS_TEST_INDEX_PREFIX", f"h{uuid4().hex[:8]}-")
INDICES = ("rdmrecords", "vocabularies", "demosmodels", "communities", "communitymembers",
           "requests", "requestevents", "users", "groups", "domains", "names", "affiliations",
           "subjects", "funders", "awards", "jobs")  # fmt: skip
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
        if "app" in getattr(item, "fixturenames", ()):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def database_uri():
    """Create a database of this run's own, and drop it at the end."""
    import sqlalchemy as sa

    server = os.environ["DEMOS_TEST_DATABASE_URI"].rstrip("/")
    name = os.environ.get("DEMOS_TEST_DATABASE", f"test_harvest_{uuid4().hex[:8]}")
    engine = sa.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    yield f"{server}/{name}"
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture(scope="session")
def configuration(database_uri):
    """Configure the application as an instance does."""
    from demos_models import config as models_config
    from invenio_rdm_records.config import RDM_PERSISTENT_IDENTIFIERS
    from invenio_rdm_records.services.components import DefaultRecordsComponents

    redis = os.environ["DEMOS_TEST_REDIS_URL"].rstrip("/")
    doi = {
        **RDM_PERSISTENT_IDENTIFIERS["doi"],
        "providers": ["external"],
        "required": False,
        "is_enabled": lambda app: True,
    }
    return {
        "TESTING": True,
        "SQLALCHEMY_DATABASE_URI": database_uri,
        "SEARCH_HOSTS": [os.environ["DEMOS_TEST_SEARCH_HOSTS"]],
        "SEARCH_INDEX_PREFIX": PREFIX,
        "CACHE_TYPE": "RedisCache",
        "CACHE_REDIS_URL": f"{redis}/50",
        "ACCOUNTS_SESSION_REDIS_URL": f"{redis}/51",
        "RATELIMIT_STORAGE_URI": f"{redis}/52",
        "COMMUNITIES_IDENTITIES_CACHE_REDIS_URL": f"{redis}/49",
        "BROKER_URL": os.environ["DEMOS_TEST_BROKER_URL"],
        "CELERY_BROKER_URL": os.environ["DEMOS_TEST_BROKER_URL"],
        "CELERY_TASK_ALWAYS_EAGER": True,
        "CELERY_TASK_EAGER_PROPAGATES": True,
        "RATELIMIT_ENABLED": False,
        "APP_DEFAULT_SECURE_HEADERS": {"force_https": False, "content_security_policy": {}},
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
        "DATACITE_ENABLED": True,
        "RDM_PERSISTENT_IDENTIFIERS": {"oai": RDM_PERSISTENT_IDENTIFIERS["oai"], "doi": doi},
        "RDM_PARENT_PERSISTENT_IDENTIFIERS": {},
        "DEMOS_HARVEST_ENRICH": False,
    }


@pytest.fixture(scope="session")
def app(configuration, tmp_path_factory):
    """Give the REST application on a database and indices of its own."""
    from invenio_app.factory import create_api
    from invenio_db import db
    from invenio_files_rest.models import Location
    from invenio_search import current_search, current_search_client

    folder = tmp_path_factory.mktemp("instance")
    os.environ["INVENIO_INSTANCE_PATH"] = str(folder)
    application = create_api(**configuration)
    with application.app_context():
        db.create_all()
        db.session.add(Location(name="default", uri=str(folder / "data"), default=True))
        db.session.commit()
        for made in (
            current_search.put_component_templates(),
            current_search.put_index_templates(),
        ):
            list(made)
        wanted = [name for name in current_search.mappings if name.startswith(INDICES)]
        list(current_search.create(index_list=wanted, ignore_existing=True))
        _vocabularies()
        yield application
        db.session.remove()
        for index in current_search_client.indices.get(index=f"{PREFIX}*"):
            current_search_client.indices.delete(index=index)


def _vocabularies():
    from invenio_access.permissions import system_identity
    from invenio_db import db
    from invenio_search import current_search_client
    from invenio_vocabularies.proxies import current_service

    def make(kind, prefix, entries):
        current_service.create_type(system_identity, kind, prefix)
        for entry in entries:
            current_service.create(
                system_identity, {"type": kind, "title": {"en": entry["id"]}, **entry}
            )

    props = {"datacite_general": "Model", "csl": "", "type": "model"}
    make(
        "resourcetypes",
        "rsrct",
        [
            {"id": name, "props": props, "tags": ["depositable", "linkable"]}
            for name in ("model", "model-container", "model-other", "dataset")
        ],
    )
    make(
        "relationtypes",
        "rlt",
        [
            {"id": name, "props": {"datacite": name}}
            for name in ("issupplementto", "ispartof", "isidenticalto")
        ],
    )
    make("licenses", "lic", [{"id": name} for name in ("cc0-1.0", "cc-by-4.0")])
    make("removalreasons", "rem", [{"id": "spam", "tags": ["deletion-request"]}])
    db.session.commit()
    current_search_client.indices.refresh(index=f"{PREFIX}*")


@pytest.fixture
def clean(app):
    """Give the application with empty tables of the harvest and the registry."""
    import sqlalchemy as sa
    from invenio_cache import current_cache
    from invenio_db import db
    from invenio_search import current_search_client

    tables = [t for t in db.metadata.tables if t.startswith(("demos_harvest_", "demos_models_"))]
    db.session.rollback()
    db.session.execute(sa.text(f"TRUNCATE {', '.join(tables)} CASCADE"))
    db.session.commit()
    current_cache.clear()
    current_search_client.delete_by_query(
        index=f"{PREFIX}demosmodels-*", body={"query": {"match_all": {}}}, refresh=True
    )
    saved = dict(app.config)
    yield app
    db.session.rollback()
    for key in set(app.config) - set(saved):
        del app.config[key]
    app.config.update(saved)


@pytest.fixture
def no_documents(monkeypatch):
    """Leave converted documents for later, as a worker without time does; it saves minutes."""
    from demos_models.registry import outbox

    send = outbox.send
    monkeypatch.setattr(
        outbox, "send", lambda kind, key: None if kind == outbox.DERIVE else send(kind, key)
    )


@pytest.fixture
def client(clean):
    """Give an HTTP client of the REST application."""
    return clean.test_client()


@pytest.fixture
def doubles(clean):
    """Make peers and point the application at them; they stop with the test."""
    made = []

    def start(name, double):
        made.append(double)
        clean.config[f"DEMOS_PEER_{name.upper()}_URL"] = double.url
        return double

    yield start
    for double in made:
        double.close()


@pytest.fixture
def harvest(clean):
    """Harvest a peer and return the counts as a script sees them."""
    from demos_harvest.harvesting.runner import harvest as run

    def call(name, **options):
        result = run(name, **options)
        return {**result.counts, "status": result.status, "error": result.error}

    return call


@pytest.fixture
def registry(clean):
    """Give the registry's state, without what differs between two runs of the same."""
    from demos_models.records.models import ModelSource

    def state():
        return sorted(
            (s.host, s.key, s.version.digest if s.version else "", s.gone_at is not None)
            for s in ModelSource.query
        )

    return state


@pytest.fixture
def works(clean):
    """Count the works that are not gone."""
    from demos_models.records.models import ModelSource

    def count(**criteria):
        rows = ModelSource.query.filter_by(role="model", gone_at=None, **criteria)
        return len({row.version.work_id for row in rows if row.version})

    return count


@pytest.fixture
def item(clean):
    """Give one item of the harvest."""
    from demos_harvest.records.models import HarvestItem
    from invenio_db import db

    def find(peer, source_id):
        db.session.expire_all()
        return HarvestItem.find(peer, source_id)

    return find
