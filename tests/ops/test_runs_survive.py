# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Runs while what looks after them is killed: none is lost, none is done twice, nothing is left."""

import os
import signal
import time

import pytest
from demos_client import Client
from demos_ops import containers, processes
from demos_ops.supervisor import Supervisor

PATIENCE = 300
SHORT, LONG = 4, 2


@pytest.fixture(scope="module")
def client(url, token):
    return Client(url, token, verify=False)


@pytest.fixture(scope="module")
def model(client):
    """Give a model that is there from the start and has a parameter of interest."""
    for entry in client.search(size=50):
        found = client.model(entry["id"])
        example = found.describe()["examples"][0]
        if example["operation"] == "cls" and not example["inputs"]:
            return found
    pytest.fail("the portal has no model that can be run")


def pid_of(instance, name):
    return Supervisor(instance).states()[name]["pid"]


def kill_program(instance, name):
    """Kill a program and its children, as a machine without memory would."""
    for pid in processes.descendants(pid_of(instance, name)):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def kill_workers(instance):
    """Kill the sandboxes or containers, and leave the pool alone."""
    if containers.wanted(instance):
        import docker

        engine = docker.DockerClient(base_url=instance.env["DEMOS_EXEC_DOCKER_HOST"])
        for one in engine.containers.list(filters={"label": "org.demos.pool"}):
            one.kill()
        return
    for pid in processes.descendants(pid_of(instance, "exec-pool"))[1:]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def kill(instance, victim):
    if victim == "sandbox":
        kill_workers(instance)
    elif victim == "dockerd":
        # The engine alone: its containers and their shims go on without it.
        os.kill(pid_of(instance, "exec-dockerd"), signal.SIGKILL)
    else:
        kill_program(instance, victim)


def start(model, number, seed):
    """Start runs whose answers are all different; the client repeats a call that was cut off."""
    runs = []
    for i in range(number):
        poi = 0.5 + seed + i / 1000
        runs.append((poi, model.start("cls", {}, {"test_poi": poi}, wait=0)))
    return runs


def start_long(model, number, seed):
    parameters = {"calculator": "toys", "toys": 5000}
    return [
        (poi, model.start("cls", {}, {"test_poi": poi, **parameters}, wait=0))
        for poi in (0.9 + seed + i / 1000 for i in range(number))
    ]


def left_behind(instance, client):
    """Name what still works for nobody."""
    from demos_exec.pool.client import PoolClient

    status = PoolClient(str(instance.run / "exec-pool.sock")).status()
    found = [f"{status['workers']['busy']} busy"] if status["workers"]["busy"] else []
    found += [f"queue {lane}: {n}" for lane, n in status["queue"].items() if n]
    if containers.wanted(instance):
        import docker

        engine = docker.DockerClient(base_url=instance.env["DEMOS_EXEC_DOCKER_HOST"])
        names = [c.name for c in engine.containers.list(filters={"label": "org.demos.run"})]
        found += names
    return found


def settled(question, seconds):
    end = time.monotonic() + seconds
    while True:
        try:
            if not question():
                return True
        except Exception:  # what was killed is coming back
            if time.monotonic() > end:
                raise
        if time.monotonic() > end:
            return False
        time.sleep(0.5)


MOMENTS = {"accepted": 0.0, "running": 1.0, "collecting": 2.0}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("victim", ["web", "exec-worker", "exec-pool", "sandbox", "dockerd"])
def test_a_kill_loses_no_run(instance, client, model, victim, moment, capsys):
    if victim == "dockerd" and not containers.is_own(instance):
        pytest.skip("the portal has no container engine of its own")
    seed = time.time() % 1000 / 1e5
    runs = start_long(model, LONG, seed)
    runs += start(model, SHORT, seed)
    time.sleep(MOMENTS[moment])
    kill(instance, victim)
    began = time.monotonic()
    for _, run in runs:
        settled(lambda run=run: not run.refresh(wait=5).done, PATIENCE)
    seconds = time.monotonic() - began
    with capsys.disabled():
        print(
            f"\n  {victim:<12} killed at {moment:<10}: reconciled after {seconds:5.1f} s", end=" "
        )
    for poi, run in runs:
        assert run.state["status"] == "successful", run.state
        assert run.result()["mu"] == pytest.approx(poi)
        assert run.state["attempt"] <= 3
    ids = [run.id for _, run in runs]
    assert len(set(ids)) == len(ids)
    listed = [run.id for run in client.runs(model=model.info()["id"], size="100")]
    assert all(listed.count(one) == 1 for one in ids)
    assert settled(lambda: left_behind(instance, client), PATIENCE), left_behind(instance, client)
    assert settled(lambda: not supervised(instance), PATIENCE)


def supervised(instance):
    """Tell whether all programs run again."""
    states = Supervisor(instance).states()
    return all(one["statename"] == "RUNNING" for n, one in states.items() if n != "watchdog")
