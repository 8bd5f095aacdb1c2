# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A second InvenioRDM, plainly configured, that stands in for Zenodo.

The same code as the portal's, with a database, indices and a port of its own, 50 records a page
and tokens of 120 s. Services come from ``DEMOS_TEST_*``. It prints its address once it answers:
``python -m peers.archive --records 6``. What is written to its standard input are commands, one
a line: ``edit ID``, ``version ID``, ``delete ID``; each answers with one line.
"""

import argparse
import io
import os
import sys
import tempfile
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server

from . import models

VOCABULARIES = {
    "resourcetypes": ("rsrct", [{
        "id": "dataset", "tags": ["depositable", "linkable"],
        "props": {"datacite_general": "Dataset", "csl": "dataset", "type": "dataset",
                  "eurepo": "info:eu-repo/semantics/other", "datacite_type": "",
                  "openaire_resourceType": "21", "openaire_type": "dataset",
                  "schema.org": "https://schema.org/Dataset", "subtype": "", "marc21_type": "",
                  "marc21_subtype": "", "subtype_name": ""},
    }]),
    "licenses": ("lic", [{
        "id": "cc-by-4.0",
        "props": {"url": "https://creativecommons.org/licenses/by/4.0/", "scheme": "spdx"},
    }]),
    "removalreasons": ("rem", [{"id": "spam", "tags": ["deletion-request"]}]),
}  # fmt: skip
INDICES = ("rdmrecords", "vocabularies", "communities", "communitymembers", "requests",
           "requestevents", "users", "groups", "domains", "names", "affiliations", "subjects",
           "funders", "awards")  # fmt: skip


class Archive:
    """A plain InvenioRDM with records that hold models.

    Args:
        port: Where it listens; any free port by default.
    """

    def __init__(self, port=0):
        self._name = f"archive_{uuid4().hex[:8]}"
        self._server_uri = os.environ["DEMOS_TEST_DATABASE_URI"].rstrip("/")
        self._folder = tempfile.TemporaryDirectory(prefix="demos-archive-")
        self._database("CREATE DATABASE")
        self.api, pages = self._make()
        site = DispatcherMiddleware(pages, {"/api": self.api})
        self.server = make_server("127.0.0.1", port, site, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def _database(self, statement):
        engine = sa.create_engine(f"{self._server_uri}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f'{statement} "{self._name}"'))
        engine.dispose()

    def _make(self):
        for name in [n for n in os.environ if n.startswith("INVENIO_")]:
            del os.environ[name]
        os.environ["INVENIO_INSTANCE_PATH"] = self._folder.name
        from invenio_app.factory import create_api, create_ui

        redis = os.environ["DEMOS_TEST_REDIS_URL"].rstrip("/")
        broker = os.environ["DEMOS_TEST_BROKER_URL"]
        configuration = {
            "SQLALCHEMY_DATABASE_URI": f"{self._server_uri}/{self._name}",
            "SEARCH_HOSTS": [os.environ["DEMOS_TEST_SEARCH_HOSTS"]],
            "SEARCH_INDEX_PREFIX": f"{self._name}-",
            "CACHE_TYPE": "RedisCache",
            "COMMUNITIES_IDENTITIES_CACHE_REDIS_URL": f"{redis}/48",
            "CACHE_REDIS_URL": f"{redis}/53",
            "ACCOUNTS_SESSION_REDIS_URL": f"{redis}/54",
            "RATELIMIT_STORAGE_URI": f"{redis}/55",
            "BROKER_URL": broker,
            "CELERY_BROKER_URL": broker,
            "CELERY_TASK_ALWAYS_EAGER": True,
            "RATELIMIT_ENABLED": False,
            "APP_DEFAULT_SECURE_HEADERS": {"force_https": False, "content_security_policy": {}},
            "SECRET_KEY": "test",
            "TRUSTED_HOSTS": ["127.0.0.1"],
            "DATACITE_ENABLED": False,
            "OAISERVER_PAGE_SIZE": 50,
            "OAISERVER_RESUMPTION_TOKEN_EXPIRE_TIME": 120,
            "OAISERVER_ID_PREFIX": "zenodo.org",
        }
        return create_api(**configuration), create_ui(**configuration)

    def set_up(self):
        """Create tables, indices and the few vocabularies that records need."""
        from invenio_access.permissions import system_identity
        from invenio_db import db
        from invenio_files_rest.models import Location
        from invenio_search import current_search, current_search_client
        from invenio_vocabularies.proxies import current_service

        db.create_all()
        db.session.add(Location(name="default", uri=f"{self._folder.name}/data", default=True))
        db.session.commit()
        for made in (
            current_search.put_component_templates(),
            current_search.put_index_templates(),
        ):
            list(made)
        wanted = [name for name in current_search.mappings if name.startswith(INDICES)]
        list(current_search.create(index_list=wanted, ignore_existing=True))
        for kind, (prefix, entries) in VOCABULARIES.items():
            current_service.create_type(system_identity, kind, prefix)
            for entry in entries:
                current_service.create(
                    system_identity, {"type": kind, "title": {"en": entry["id"]}, **entry}
                )
        current_search_client.indices.refresh(index=f"{self._name}-*")

    @staticmethod
    def _service():
        from invenio_rdm_records.proxies import current_rdm_records_service

        return current_rdm_records_service

    def publish(self, number):
        """Publish a record with a model; return its identifier."""
        from invenio_access.permissions import system_identity

        draft = self._service().create(system_identity, _record(f"Likelihood {number}"))
        self._attach(draft.id, number)
        return self._service().publish(system_identity, draft.id).id

    def _attach(self, draft_id, number):
        from invenio_access.permissions import system_identity

        files = self._service().draft_files
        data = io.BytesIO(models.as_json(models.workspace(30_000 + number)))
        files.init_files(system_identity, draft_id, data=[{"key": "workspace.json"}])
        files.set_file_content(system_identity, draft_id, "workspace.json", data)
        files.commit_file(system_identity, draft_id, "workspace.json")

    def edit(self, record_id):
        """Change a record's title."""
        from invenio_access.permissions import system_identity

        draft = self._service().edit(system_identity, record_id)
        data = draft.data
        data["metadata"]["title"] += ", revised"
        self._service().update_draft(system_identity, draft.id, data)
        return self._service().publish(system_identity, draft.id).id

    def version(self, record_id):
        """Publish a new version with another model; return its identifier."""
        from invenio_access.permissions import system_identity

        draft = self._service().new_version(system_identity, record_id)
        data = {**draft.data, "metadata": {**_record("A new version")["metadata"]}}
        self._service().update_draft(system_identity, draft.id, data)
        self._attach(draft.id, 500)
        return self._service().publish(system_identity, draft.id).id

    def delete(self, record_id):
        """Remove a record; a tombstone stays."""
        from invenio_access.permissions import system_identity

        self._service().delete_record(
            system_identity, record_id, {"removal_reason": {"id": "spam"}, "note": "test"}
        )
        return record_id

    def refresh(self):
        """Make what was written visible to searches."""
        from invenio_search import current_search_client

        current_search_client.indices.refresh(index=f"{self._name}-*")

    def close(self):
        """Leave nothing behind."""
        from invenio_db import db
        from invenio_search import current_search_client

        self.server.server_close()
        for index in current_search_client.indices.get(index=f"{self._name}-*"):
            current_search_client.indices.delete(index=index)
        db.session.remove()
        db.engine.dispose()
        self._database("DROP DATABASE")
        self._folder.cleanup()


def _record(title):
    person = {"type": "personal", "given_name": "Jane", "family_name": "Doe"}
    return {
        "access": {"record": "public", "files": "public"},
        "files": {"enabled": True},
        "metadata": {
            "resource_type": {"id": "dataset"},
            "title": title,
            "creators": [{"person_or_org": person}],
            "publication_date": "2026-01-01",
            "publisher": "Zenodo",
            "rights": [{"id": "cc-by-4.0"}],
        },
    }


def main():
    """Run it until its standard input ends."""
    import threading

    parser = argparse.ArgumentParser(prog="python -m peers.archive", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--records", type=int, default=6)
    options = parser.parse_args()
    archive = Archive(options.port)
    with archive.api.app_context():
        try:
            archive.set_up()
            names = [archive.publish(number) for number in range(options.records)]
            archive.refresh()
            threading.Thread(target=archive.server.serve_forever, daemon=True).start()
            print(f"export DEMOS_PEER_ZENODO_URL={archive.url}")
            print(*names, flush=True)
            for line in sys.stdin:
                command, _, record_id = line.strip().partition(" ")
                if command not in ("edit", "version", "delete"):
                    print("edit, version or delete", flush=True)
                    continue
                answer = getattr(archive, command)(record_id)
                archive.refresh()
                print(answer, flush=True)
            archive.server.shutdown()
        finally:
            archive.close()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main()
