# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A model that is a container, from its registration to a result."""

from math import exp, factorial
from pathlib import Path

import pytest
from conftest import WORKER_IMAGE

EXAMPLE = Path(__file__).resolve().parents[3] / "docker" / "example-model"
NAME = "demos-example-model:test"


@pytest.fixture
def example(pool, app, registry):
    """Register the example model; its image is in the engine."""
    if pool.kind != "docker":
        pytest.skip("containers run on the docker backend")
    engine = app.extensions["demos-exec"].service.backends["docker"].client
    arguments = {"BASE": WORKER_IMAGE}
    engine.images.build(path=str(EXAMPLE), tag=NAME, buildargs=arguments, network_mode="none")
    return registry.add(kind="container", container={"image": NAME})


def below(mean, n):
    return sum(exp(-mean) * mean**k / factorial(k) for k in range(n + 1))


def test_a_container_is_inspected_and_run(me, anyone, example):
    # Nobody has looked at the image yet: it is not offered before its example has run.
    first = me("GET", f"/models/{example}/execute")
    assert (first.status_code, first.json["reason"]) == (409, "preparing")
    assert int(first.headers["Retry-After"]) > 0
    found = me("GET", f"/models/{example}/execute").json
    assert found["executable"] is True
    assert [s["status"] for s in found["smoke_test"]] == ["successful"]
    assert found["operations"]["cls"]["parameters"]["required"] == ["signal"]
    run = me.run(
        example,
        inputs={"observed": 5, "background": 4.0},
        signal=2.5,
        headers={"Prefer": "wait=30"},
    )
    while run.json["status"] in ("accepted", "running"):
        run = me("GET", run.json["links"]["self"], headers={"Prefer": "wait=10"})
    assert run.json["status"] == "successful", run.text
    assert run.json["image"] == NAME and run.json["image_digest"].startswith("sha256:")
    result = me("GET", run.json["links"]["results"]).json
    assert result["CLs_obs"] == pytest.approx(below(6.5, 5) / below(4.0, 5))
    refused = me.run(example, inputs={"observed": -1, "background": 4.0}, signal=2.5)
    assert refused.json["errors"][0]["pointer"] == "/inputs/observed"


def test_an_image_that_the_engine_has_lost_is_fetched_again(app, example, me):
    from datetime import timedelta

    from demos_exec.records.models import RunImage
    from demos_exec.runtimes import inspection
    from invenio_db import db

    def row():
        db.session.expire_all()
        return db.session.get(RunImage, NAME)

    backend = app.extensions["demos-exec"].service.backends["docker"]
    inspection.inspect(NAME, backend)
    assert row().state == "ready"
    assert inspection.due([NAME, "new:1"], backend) == ["new:1"]
    row().digest = "sha256:" + 64 * "0"
    db.session.commit()
    assert inspection.due([NAME], backend) == [NAME]
    answer = me("GET", f"/models/{example}/execute")
    assert (answer.status_code, answer.json["reason"]) == (409, "preparing")
    inspection.inspect(NAME, backend)
    assert inspection.due([NAME], backend) == []
    assert me("GET", f"/models/{example}/execute").json["executable"] is True

    row().state = "refused"
    db.session.commit()
    assert inspection.due([NAME], backend) == []
    row().checked -= timedelta(hours=2)
    db.session.commit()
    assert inspection.due([NAME], backend) == [NAME]


@pytest.mark.parametrize(
    ("container", "reason"),
    [
        (None, "no_container"),
        ({"image": "somebody/else:1"}, ("image_not_allowed", "backend_unavailable")),
    ],
)
def test_what_cannot_be_run_says_why(me, registry, container, reason):
    model = registry.add(kind="container", container=container)
    for answer in (me("GET", f"/models/{model}/execute"), me.run(model)):
        assert answer.status_code == 409
        assert answer.json["executable"] is False
        assert answer.json["reason"] in reason
