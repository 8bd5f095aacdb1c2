# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The product as an outside user's scripts use it."""

import os
import time
from math import exp, factorial

import pytest
from demos_client import Client
from demos_client.http import PortalError

portal = pytest.mark.skipif("DEMOS_URL" not in os.environ, reason="no portal is running")


@pytest.fixture
def client():
    return Client(os.environ["DEMOS_URL"], os.environ["DEMOS_TOKEN"], verify=False)


def test_formats(accepts, excerpt):
    accepts("formats.py", excerpt, "--jobs", "2", limit=900)


def test_engine(accepts, excerpt):
    pytest.importorskip("demos_engine")
    accepts("engine.py", excerpt, limit=900)


def test_figures(accepts, programs, corpus):
    """Its part for a portal is skipped where none runs."""
    pytest.importorskip("demos_engine")
    cases = programs.parent / "data" / "cases" / "figures"
    accepts("figures.py", corpus, "--cases", str(cases), limit=900)


@portal
def test_portal(accepts, corpus):
    accepts("portal.py", corpus, limit=900)


@portal
def test_runs(accepts, corpus):
    accepts("runs.py", corpus, limit=900)


@portal
def test_oai(accepts):
    accepts("oai.py", limit=900)


@portal
def test_fair(accepts):
    accepts("fair.py", limit=900)


@portal
@pytest.mark.skipif(
    os.environ.get("DEMOS_REQUIRE_DOCKER") != "1", reason="this portal runs no containers"
)
def test_the_starter_model_that_is_a_container_runs(client):
    """Needs no corpus: the model, its image and the registry are the portal's own."""
    (found,) = [e for e in client.search("container", size=10) if e["kind"] == "container"]
    model = client.model(found["id"])
    described = inspected(model)
    assert [smoke["status"] for smoke in described["smoke_test"]] == ["successful"]
    result = model.run("cls", {"observed": 3, "background": 3.2}, {"signal": 4.0})
    above, below = (sum(m**k / factorial(k) for k in range(4)) * exp(-m) for m in (7.2, 3.2))
    assert result["CLs_obs"] == pytest.approx(above / below)


def inspected(model, seconds=180):
    """Describe a model whose image is being fetched and tried."""
    end = time.monotonic() + seconds
    while True:
        try:
            return model.describe()
        except PortalError:
            if time.monotonic() > end:
                raise
        time.sleep(2)
