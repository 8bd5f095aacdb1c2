# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Peers describe themselves: one file brings a peer, from whatever package."""

import json

import pytest
from peers import models
from peers.server import Double, answer
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

pytestmark = pytest.mark.usefixtures("no_documents")

SMALL = models.as_json(models.workspace(77))


class ToyDouble(Double):
    """The archive that ``outside/demos_toy.py`` asks."""

    rules = (
        Rule("/list", endpoint="list"),
        Rule("/items/<name>", endpoint="item"),
        Rule("/items/<name>/model.json", endpoint="model"),
    )

    def list(self, request):
        return answer({"records": [{"id": "a1", "changed": "2026-01-01"}]})

    def item(self, request, name):
        if name != "a1":
            return answer({"message": "nothing here"}, 404)
        return answer({"title": "A toy", "author": "Doe, Jane", "licence": "CC0-1.0",
                       "doi": "10.5555/toy.a1"})  # fmt: skip

    def model(self, request, name):
        return Response(SMALL, content_type="application/json")


@pytest.fixture
def toy(doubles):
    return doubles("toy", ToyDouble())


def command(app, *arguments):
    from demos_harvest.cli import harvest

    result = app.test_cli_runner().invoke(harvest, arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.output.strip().splitlines()[-1])


def test_it_is_harvested_from_the_command_line(clean, toy, client):
    counts = command(clean, "run", "toy", "--json")
    assert (counts["registered"], counts["failed"]) == (1, 0)
    assert command(clean, "run", "toy", "--json")["unchanged"] == 1
    assert "toy" in {peer["name"] for peer in command(clean, "status", "--json")["peers"]}
    (hit,) = client.get("/models?q=").json["hits"]["hits"]
    assert (hit["metadata"]["title"], hit["kind"]) == ("A toy", "histfactory")


def test_the_rest_api_answers_below_its_name(toy, client, harvest):
    found = client.get("/toy/a1")
    assert (found.status_code, found.json["title"]) == (200, "Toy archive")
    assert client.get("/toy/unknown").status_code == 404
    harvest("toy")
    (model,) = client.get("/toy/a1").json["files"][0]["models"]
    converted = client.get("/toy/a1/convert?format=source")
    assert (converted.status_code, converted.data) == (200, SMALL)
    assert client.get("/toy/a1/download?file=model.json").data == SMALL
    for name in ("10.5555/toy.a1", "https://toy.example.org/items/a1"):
        answered = client.get("/lookup", query_string={"id": name}).json
        assert [m["id"] for m in answered["models"]] == [model["id"]], name


def test_it_has_a_job_with_a_schedule_of_its_own(clean):
    from demos_harvest.jobs import schedule_jobs, schedules
    from invenio_jobs.models import Job
    from invenio_jobs.proxies import current_jobs

    job = current_jobs.registry.get("harvest_toy")
    assert (str(job.title), job.description) == ("Harvest Toy archive", "Models that nobody needs.")
    assert job.build_task_arguments(None)["peer"] == "toy"
    peers = list(clean.extensions["demos-harvest"].peers.values())
    due = schedules(peers)
    assert due["toy"]["hour"].endswith("/6")
    begins = [(when["hour"], when["minute"]) for when in due.values()]
    assert len(set(begins)) == len(begins)
    Job.query.delete()
    assert "toy" in schedule_jobs()
    rows = {row.task: row for row in Job.query}
    assert {f"harvest_{name}" for name in due} == set(rows)
    assert all(row.active and row.parsed_schedule is not None for row in rows.values())
    state = command(clean, "status", "--json")["peers"]
    assert {peer["schedule"][:8] for peer in state} == {"next in "}
    rows["harvest_toy"].active = False
    assert schedule_jobs() == []
    assert Job.query.filter_by(task="harvest_toy").one().active is False


def test_the_description_of_the_api_names_it():
    from demos_models.openapi import document

    paths = document()["paths"]
    assert paths["/toy/{record_id}"]["get"]["operationId"] == "lookUpToy"
    parameters = document()["components"]["parameters"]
    assert "toy" in parameters["Peer"]["schema"]["enum"]
    assert {"hepdata", "zenodo", "cms"} <= set(parameters["Peer"]["schema"]["enum"])


@pytest.mark.usefixtures("toy")
def test_a_link_to_it_is_opened(clean):
    from demos_harvest.proxies import current_lookups_service
    from flask_principal import AnonymousIdentity
    from invenio_access.permissions import any_user

    visitor = AnonymousIdentity()
    visitor.provides.add(any_user)
    link = "https://toy.example.org/items/a1"
    assert current_lookups_service.open(visitor, link).state == "waiting"
    opened = current_lookups_service.open(visitor, link)  # tasks are eager in tests
    assert (opened.state, len(opened.models)) == ("found", 1)


def test_peers_that_clash_or_contradict_themselves_are_refused():
    from dataclasses import replace

    from demos_harvest.peers.peer import Link, Peer, PeerDescriptionError
    from demos_harvest.peers.table import installed, table

    peers = installed()
    toy = peers["toy"]
    assert table(peers.values()) == peers
    for other, reason in (
        (toy, "Two peers are named 'toy'"),
        (replace(toy, name="toy2"), "both claim links to toy.example.org"),
        (replace(toy, name="toy3", sites=(), describes="nobody"), "which is no peer"),
    ):
        with pytest.raises(PeerDescriptionError, match=reason):
            table([*peers.values(), other])
    for fields in ({"name": "No Name"}, {"rates": {}}, {"links": (Link(r"/x"),)}):
        with pytest.raises(PeerDescriptionError):
            Peer(**{"name": "one", "title": "", "url": "", "build": print, "purpose": "", **fields})


def test_an_instance_changes_a_peer_by_its_settings(clean, harvest):
    from demos_harvest.connections import harvested_peers
    from demos_harvest.peers.peer import PeerDescriptionError

    assert "zenodo" in harvested_peers()
    clean.config["DEMOS_HARVEST_PEERS"] = {"zenodo": {"harvested": False}}
    assert "zenodo" not in harvested_peers()
    for changes in ({"zenod": {}}, {"zenodo": {"harvestd": True}}, {"zenodo": {"name": "z"}}):
        clean.config["DEMOS_HARVEST_PEERS"] = changes
        with pytest.raises(PeerDescriptionError):
            harvested_peers()


def test_the_documentation_shows_the_table():
    from pathlib import Path

    from demos_harvest.peers.documentation import markdown
    from demos_harvest.peers.table import own

    page = Path(__file__).parents[3] / "docs" / "harvest.md"
    assert markdown(sorted(own(), key=lambda peer: peer.name)) in page.read_text(encoding="utf-8")
