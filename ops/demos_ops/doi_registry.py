# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A DOI registry for development and tests: the part of DataCite's REST API that we use.

JSON:API on ``/dois`` with basic authentication, states ``draft``, ``registered`` and
``findable`` and DataCite's error shapes, kept in one SQLite file. Nothing leaves this
machine and no DOI made here resolves in the world.
"""

from __future__ import annotations

import argparse
import base64
import hmac
import json
import os
import re
import sqlite3
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

MAX_BODY = 4 * 1024 * 1024
DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+\Z")
EVENTS = {"publish": "findable", "register": "registered", "hide": "registered"}


class RegistryError(Exception):
    """A request that is refused, with the status and title that DataCite gives."""

    def __init__(self, status: int, title: str, source: str | None = None) -> None:
        super().__init__(title)
        self.status = status
        self.error = {
            "status": str(status),
            "title": title,
            **({"source": source} if source else {}),
        }


class Registry:
    """The DOIs of one prefix, in an SQLite file that outlives the process."""

    def __init__(self, path: Path, prefix: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.prefix = prefix
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS dois (doi TEXT PRIMARY KEY, attributes TEXT NOT NULL)"
        )

    def get(self, doi: str) -> dict[str, Any] | None:
        """Return the attributes of a DOI, or nothing when it is not known."""
        with self._lock:
            row = self._db.execute(
                "SELECT attributes FROM dois WHERE doi = ?", (doi.lower(),)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, doi: str, given: dict[str, Any], *, new: bool = False) -> dict[str, Any]:
        """Create or change a DOI; ``given`` are JSON:API attributes."""
        doi = doi.lower()
        if not DOI.match(doi) or not doi.startswith(f"{self.prefix}/"):
            raise RegistryError(422, "is invalid", "doi")
        old = self.get(doi)
        if new and old:
            raise RegistryError(422, "This DOI has already been taken", "doi")
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        event = given.pop("event", None)
        state = EVENTS.get(event, (old or {}).get("state", "draft"))
        attributes = {
            **(old or {"created": now}),
            **given,
            "doi": doi,
            "prefix": self.prefix,
            "updated": now,
            "state": state,
        }
        if state != "draft":
            missing = [
                k
                for k in ("url", "titles", "creators", "publisher", "publicationYear", "types")
                if not attributes.get(k)
            ]
            if missing:
                raise RegistryError(422, "can't be blank", missing[0])
        with self._lock:
            self._db.execute(
                "INSERT INTO dois VALUES (?, ?)"
                " ON CONFLICT (doi) DO UPDATE SET attributes = excluded.attributes",
                (doi, json.dumps(attributes)),
            )
        return attributes

    def delete(self, doi: str) -> None:
        """Delete a draft; a DOI that was ever registered stays."""
        attributes = self.get(doi)
        if attributes is None:
            raise RegistryError(404, "The resource you are looking for doesn't exist.")
        if attributes["state"] != "draft":
            raise RegistryError(405, "Method not allowed")
        with self._lock:
            self._db.execute("DELETE FROM dois WHERE doi = ?", (doi.lower(),))

    def page(self, size: int, number: int) -> tuple[list[dict[str, Any]], int]:
        """Return one page of DOIs, newest first, and how many there are."""
        with self._lock:
            total = self._db.execute("SELECT count(*) FROM dois").fetchone()[0]
            rows = self._db.execute(
                "SELECT attributes FROM dois ORDER BY rowid DESC LIMIT ? OFFSET ?",
                (size, (number - 1) * size),
            ).fetchall()
        return [json.loads(r[0]) for r in rows], total


def _resource(attributes: dict[str, Any]) -> dict[str, Any]:
    return {"id": attributes["doi"], "type": "dois", "attributes": attributes}


class Handler(BaseHTTPRequestHandler):
    """One request to ``/dois`` or ``/dois/{doi}``."""

    protocol_version = "HTTP/1.1"
    server: RegistryServer

    def _answer(self, status: int, body: dict[str, Any] | None = None) -> None:
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if body is not None:
            self.send_header("Content-Type", "application/vnd.api+json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _authorised(self) -> bool:
        scheme, _, given = self.headers.get("Authorization", "").partition(" ")
        expected = base64.b64encode(self.server.credentials.encode()).decode()
        return scheme.lower() == "basic" and hmac.compare_digest(given, expected)

    def _attributes(self) -> dict[str, Any]:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            raise RegistryError(413, "Payload too large")
        try:
            return dict(json.loads(self.rfile.read(length))["data"]["attributes"])
        except (ValueError, KeyError, TypeError) as error:
            raise RegistryError(
                400, "You need to provide a payload following the JSONAPI spec"
            ) from error

    def _handle(self) -> None:
        path = urlsplit(self.path).path.rstrip("/")
        doi = unquote(path.removeprefix("/dois/")) if path.startswith("/dois/") else None
        registry, method = self.server.registry, self.command
        if path == "/heartbeat":
            self._answer(200, {"status": "OK"})
        elif path != "/dois" and doi is None:
            raise RegistryError(404, "The resource you are looking for doesn't exist.")
        elif method == "GET" and doi:
            attributes = registry.get(doi)
            if attributes is None or (attributes["state"] != "findable" and not self._authorised()):
                raise RegistryError(404, "The resource you are looking for doesn't exist.")
            self._answer(200, {"data": _resource(attributes)})
        elif method == "GET":
            found, total = registry.page(25, 1)
            self._answer(200, {"data": [_resource(a) for a in found], "meta": {"total": total}})
        elif not self._authorised():
            raise RegistryError(401, "Bad credentials.")
        elif method == "POST" and doi is None:
            given = self._attributes()
            self._answer(
                201, {"data": _resource(registry.put(given.pop("doi", ""), given, new=True))}
            )
        elif method == "PUT" and doi:
            known = registry.get(doi) is not None
            given = self._attributes()
            given.pop("doi", None)
            self._answer(200 if known else 201, {"data": _resource(registry.put(doi, given))})
        elif method == "DELETE" and doi:
            registry.delete(doi)
            self._answer(204)
        else:
            raise RegistryError(405, "Method not allowed")

    def _guarded(self) -> None:
        try:
            self._handle()
        except RegistryError as error:
            self.close_connection = True  # the body may be unread
            self._answer(error.status, {"errors": [error.error]})

    do_GET = do_POST = do_PUT = do_DELETE = _guarded

    def log_message(self, format: str, *args: object) -> None:
        """Write requests to standard output, where the supervisor collects them."""
        print(f"{self.command} {self.path} {args[1] if len(args) > 1 else ''}", flush=True)


class RegistryServer(ThreadingHTTPServer):
    """The registry on a loopback port."""

    daemon_threads = True

    def __init__(self, port: int, registry: Registry, credentials: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.registry, self.credentials = registry, credentials


def main() -> None:
    """Serve until told to stop."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--port", type=int, required=True)
    cli.add_argument("--data", type=Path, required=True)
    arguments = cli.parse_args()
    user, password = os.environ["DEMOS_DATACITE_USERNAME"], os.environ["DEMOS_DATACITE_PASSWORD"]
    registry = Registry(arguments.data, os.environ["DEMOS_DATACITE_PREFIX"])
    RegistryServer(arguments.port, registry, f"{user}:{password}").serve_forever()


if __name__ == "__main__":
    main()
