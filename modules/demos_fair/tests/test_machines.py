# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Negotiation, typed links, the vocabulary and what crawlers may read."""

import urllib.robotparser
from dataclasses import replace

import pytest
from demos_fair import vocabulary
from demos_fair.exports import table
from demos_fair.negotiation import answer, negotiated, wanted
from demos_fair.resource import INVERSE, Agent
from demos_fair.signposting import header, landing_page, linkset
from demos_fair.sitemaps import ROBOTS
from flask import Flask

CRATE = 'application/ld+json; profile="https://w3id.org/ro/crate"'


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("text/html", None),
        ("*/*", None),
        ("", None),
        ("application/x-no-such-type", None),
        ("text/html, application/ld+json;q=0.1", None),
        ("application/ld+json", "json-ld"),
        ("application/ld+json;q=0", None),
        ("text/html;q=0.5, application/x-bibtex", "bibtex"),
        (CRATE, "ro-crate"),
        ('application/ld+json;profile="https://w3id.org/codemeta"', "codemeta"),
        ('application/ld+json;profile="https://x https://w3id.org/ro/crate/1.1"', "ro-crate"),
        ("application/vnd.cff+yaml", "cff"),
        ("application/linkset+json", "linkset"),
    ],
)
def test_the_best_export_is_taken(accept, name):
    found = wanted(accept)
    assert (found and found.name) == name


@pytest.fixture
def client(full):
    app = Flask(__name__)
    page = negotiated(lambda pid_value: f"page of {pid_value}", lambda pid_value: known[pid_value])
    known = {"1": full, "2": None}
    app.add_url_rule("/models/<pid_value>", view_func=page)
    app.add_url_rule("/export/<name>", "export", lambda name: answer(table()[name], full))
    return app.test_client()


def test_a_page_answers_exports_and_says_that_it_depends_on_accept(client):
    page = client.get("/models/1", headers={"Accept": "text/html"})
    assert page.text == "page of 1"
    assert "Accept" in page.headers["Vary"]
    crate = client.get("/models/1", headers={"Accept": CRATE})
    assert crate.headers["Content-Type"] == CRATE
    assert "Accept" in crate.headers["Vary"]
    assert crate.json["@graph"]
    assert client.get("/models/2", headers={"Accept": CRATE}).text == "page of 2"


def test_an_export_links_its_page_and_has_a_validator(client, full):
    first = client.get("/export/cff")
    assert f'<{full.page}>; rel="describes"' in first.headers["Link"]
    again = client.get("/export/cff", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_links_of_a_page_with_many_authors_and_files_stay_short(full):
    many = replace(
        full,
        creators=tuple(Agent(f"A{n}", orcid=f"0000-0000-0000-{n:04}") for n in range(3000)),
        files=tuple(replace(full.files[0], url=f"https://x/{n}") for n in range(3000)),
    )
    assert len(header(landing_page(many))) < 8000
    page, *others = linkset(many)["linkset"]
    assert len(page["author"]) == len(page["item"]) == 3000
    back = {one["anchor"]: one for one in others}
    assert all("collection" in back[one["href"]] for one in page["item"])
    assert all("describes" in back[one["href"]] for one in page["describedby"])


def test_a_header_has_ascii_only(full):
    odd = replace(full, page="https://portal.example/models/Ω <b>")
    header(landing_page(odd)).encode("ascii")


def test_the_inverse_of_an_inverse_is_the_relation():
    assert all(INVERSE[other] == one for one, other in INVERSE.items())


@pytest.mark.parametrize("name", sorted(vocabulary.vocabulary().concepts))
def test_every_term_is_defined_and_its_kind_is_there(name):
    concepts = vocabulary.vocabulary().concepts
    assert concepts[name].label
    assert concepts[name].broader is None or concepts[name].broader in concepts
    document = vocabulary.document(name)
    assert document["@id"] == f"https://demos-portal.org/terms/{name}"
    assert document["skos:definition"] == concepts[name].definition


def test_the_vocabulary_lists_its_terms():
    graph = {one["@id"] for one in vocabulary.document()["@graph"]}
    assert {one.url for one in vocabulary.vocabulary().concepts.values()} < graph


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("/records/1", True),
        ("/api/records/1/files/a.json/content", True),
        ("/api/models/1/file?format=source", True),
        ("/oai2d?verb=Identify", True),
        ("/api/users", False),
        ("/administration", False),
    ],
)
def test_robots_may_read_metadata_and_files(path, may):
    robots = urllib.robotparser.RobotFileParser()
    robots.parse(ROBOTS.format(site="https://x").splitlines())
    assert robots.can_fetch("*", f"https://x{path}") is may
