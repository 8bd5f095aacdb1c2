# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Long harvests over real sockets: connections that are cut, writers at work, lists left behind."""

import os
import random
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from conftest import NS
from demos_oai.records.models import OAIItem, OAIMembership, OAIPayload
from invenio_db import db
from lxml import etree
from werkzeug.serving import make_server

RECORDS = int(os.environ.get("DEMOS_TEST_OAI_RECORDS", "2000"))
"""Twenty thousand for the figures in the documentation."""

CUT = 0.01
"""Share of the answers that end half way."""

PREFIXES = ("oai_dc", "oai_datacite", "marcxml")


class Cutting:
    """A WSGI application some of whose answers end half way.

    Args:
        app: The application behind it.
        share: Of the answers.
    """

    def __init__(self, app, share):
        self.app, self.share, self.cuts = app, share, 0
        self.dice, self.lock = random.Random(1), threading.Lock()

    def __call__(self, environ, start_response):
        # As behind the proxy that ends TLS.
        environ["wsgi.url_scheme"] = "https"
        begun = []
        body = b"".join(self.app(environ, lambda *given: begun.append(given)))
        status, headers = begun[0][:2]
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        with self.lock:
            cut = self.dice.random() < self.share
            self.cuts += cut
        if not cut:
            return [body]
        head = f"HTTP/1.0 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        environ["werkzeug.socket"].sendall(head + body[: len(body) // 2])
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return []


@pytest.fixture
def filled(toys, app):
    """As many items as the test wants, each in every format; their datestamps are days apart."""
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(days=400)
    db.session.execute(
        sa.insert(OAIItem),
        [
            {
                "source": "toys",
                "key": str(n),
                "identifier": f"oai:toys:{n}",
                "datestamp": begin + timedelta(minutes=n // 3),
                "deleted": False,
                "renderer": "1",
            }
            for n in range(RECORDS)
        ],
    )
    numbers = sa.select(OAIItem.id)
    for prefix in PREFIXES:
        xml = f"<{prefix}>{'x' * 1500}</{prefix}>".encode()
        rows = sa.select(OAIItem.id, sa.literal(prefix), sa.literal(xml))
        columns = ["item_id", "prefix", "xml"]
        db.session.execute(sa.insert(OAIPayload).from_select(columns, rows))
    rows = numbers.add_columns(sa.literal("models"), sa.literal(value=False))
    columns = ["item_id", "spec", "left"]
    db.session.execute(sa.insert(OAIMembership).from_select(columns, rows))
    db.session.commit()
    app.config |= {"DEMOS_OAI_PAGE_SIZE": 10, "DEMOS_OAI_LARGEST_PAGE": 100}
    yield RECORDS
    app.config |= {"DEMOS_OAI_PAGE_SIZE": 3, "DEMOS_OAI_LARGEST_PAGE": 3}


@pytest.fixture
def served(app):
    """The application on a port of its own, by a threading server that cuts connections."""
    cutting = Cutting(app.wsgi_app, CUT)
    server = make_server("127.0.0.1", 0, cutting, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, cutting
    server.shutdown()
    thread.join()


def ask(port, **arguments):
    """Ask over a connection of its own, again where the answer was cut."""
    fault = None
    for _ in range(5):
        try:
            body = _answer(port, urlencode(arguments))
            return etree.fromstring(body)
        except (OSError, etree.XMLSyntaxError) as error:
            fault = error
    raise AssertionError(f"five answers in a row were cut: {fault}, {body[:200]!r}")


def _answer(port, query):
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        request = f"GET /oai2d?{query} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"
        connection.sendall(request.encode())
        received = b""
        while piece := connection.recv(1 << 16):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    assert b" 200 " in head.split(b"\r\n")[0], head
    return body


def harvest(port, prefix):
    """Return the identifiers of a whole list, and how long each page took."""
    found, times = [], []
    arguments = {"verb": "ListRecords", "metadataPrefix": prefix}
    while True:
        begun = time.perf_counter()
        answer = ask(port, **arguments)
        times.append(time.perf_counter() - begun)
        found += [one.text for one in answer.findall(".//o:header/o:identifier", NS)]
        token = answer.findtext(".//o:resumptionToken", None, NS)
        if not token:
            return found, times
        arguments = {"verb": "ListRecords", "resumptionToken": token}


def test_a_harvest_is_complete_while_connections_are_cut_and_others_write(app, filled, served):
    port, cutting = served
    stop = threading.Event()

    def write():
        """Move items to the end of the list, as edits do."""
        number = 0
        with app.app_context():
            while not stop.wait(0.02):
                number = (number + 97) % filled
                change = sa.update(OAIItem).where(OAIItem.key == str(number))
                db.session.execute(change.values(datestamp=sa.func.now()))
                db.session.commit()
            db.session.remove()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for prefix in PREFIXES:
            begun = time.perf_counter()
            found, times = harvest(port, prefix)
            took = time.perf_counter() - begun
            print(f"{prefix}: {len(found) / took:.0f} records/s; {len(times)} pages")
            assert set(found) == {f"oai:toys:{n}" for n in range(filled)}
    finally:
        stop.set()
        writer.join()
    print(f"{cutting.cuts} answers were cut")


def test_lists_that_are_left_behind_hold_nothing(app, filled, served):
    port, _ = served

    def connections():
        query = sa.text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return db.session.scalar(query)

    before = connections()
    with ThreadPoolExecutor(8) as pool:
        begun = list(
            pool.map(
                lambda _: ask(port, verb="ListIdentifiers", metadataPrefix="oai_dc"), range(600)
            )
        )
    tokens = {one.findtext(".//o:resumptionToken", None, NS) for one in begun}
    assert all(tokens)
    assert connections() <= before + 8
    # The list goes on for each who asks, as nothing of it is kept here.
    answer = ask(port, verb="ListIdentifiers", resumptionToken=tokens.pop())
    assert len(answer.findall(".//o:header", NS)) == 10
