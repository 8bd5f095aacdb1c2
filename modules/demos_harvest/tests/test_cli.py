# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The command line, as a script uses it."""

import json

import pytest
from peers import models
from peers.datacite import DataCiteDouble
from peers.hepdata import HEPDataDouble, Record, Resource


@pytest.fixture
def hepdata(doubles):
    record = Record(1, 11, resources=[Resource("w.json", models.as_json(models.workspace(4)))])
    double = doubles("hepdata", HEPDataDouble([record]))
    doubles("datacite", DataCiteDouble(double))
    return double


@pytest.fixture
def invoke(clean):
    from demos_harvest.cli import harvest

    runner = clean.test_cli_runner()
    return lambda *args: runner.invoke(harvest, args)


def last_line(result):
    return json.loads(result.output.strip().splitlines()[-1])


@pytest.mark.usefixtures("hepdata")
def test_run_ends_with_one_line_of_json(invoke):
    result = invoke("run", "hepdata", "--json")
    assert result.exit_code == 0
    line = last_line(result)
    expected = {"peer": "hepdata", "seen": 1, "registered": 1, "updated": 0, "unchanged": 0,
                "deleted": 0, "failed": 0, "doubtful": 0}  # fmt: skip
    assert {key: line[key] for key in expected} == expected


@pytest.mark.usefixtures("hepdata")
def test_what_is_asked_for_and_not_there_is_named(invoke):
    result = invoke("run", "hepdata", "--ids", "ins11,ins404", "--json")
    line = last_line(result)
    assert (result.exit_code, line["status"]) == (0, "partial")
    assert (line["seen"], line["registered"], line["failed"]) == (2, 1, 1)
    assert line["error"]["message"] == "1 record failed: ins404: not_found."


@pytest.mark.usefixtures("hepdata")
def test_outcomes_add_up_to_what_was_seen(invoke):
    outcomes = ("registered", "updated", "unchanged", "deleted", "failed", "doubtful", "skipped")
    for arguments in ((), ("--since", "2001-01-01"), ("--since", "2999-01-01"), ("--dry-run",)):
        line = last_line(invoke("run", "hepdata", *arguments, "--json"))
        assert line["seen"] == sum(line[name] for name in outcomes), arguments
        assert list(line)[:9] == ["peer", "seen", *outcomes]


@pytest.mark.usefixtures("hepdata")
def test_status_tells_of_runs_and_failures(invoke):
    invoke("run", "hepdata", "--ids", "ins404", "--json")
    invoke("run", "hepdata", "--json")
    peers = {p["name"]: p for p in last_line(invoke("status", "--json"))["peers"]}
    state = peers["hepdata"]
    assert state["last_run"]["counts"]["registered"] == 1
    assert state["items"]["registered"] == 1
    assert state["circuit"]["state"] == "closed"
    assert 0 <= state["lag"] < 600
    assert peers["zenodo"]["last_run"] is None


def test_failures_of_the_peer_have_their_exit_code(invoke, hepdata, clean, monkeypatch):
    from demos_harvest.http import client

    monkeypatch.setattr(client.PeerHTTP, "_pause", staticmethod(lambda error, number: 0.0))
    hepdata.quirks.add("down")
    clean.config["DEMOS_PEER_DATACITE_URL"] = hepdata.url
    result = invoke("run", "hepdata", "--json")
    assert result.exit_code == 3
    assert last_line(result)["error"]["code"] in ("unavailable", "circuit_open")


@pytest.mark.parametrize(
    "arguments", [("run", "nobody"), ("run", "hepdata", "--since", "yesterday"), ("run",)]
)
def test_wrong_usage(invoke, arguments):
    assert invoke(*arguments).exit_code == 2


@pytest.mark.usefixtures("hepdata")
def test_two_runs_at_once_are_one(invoke):
    from demos_harvest.harvesting.locks import advisory_lock

    with advisory_lock("hepdata") as held:
        assert held
        result = invoke("run", "hepdata", "--json")
    assert (result.exit_code, last_line(result)["error"]["code"]) == (3, "already_running")
    assert invoke("run", "hepdata", "--json").exit_code == 0
