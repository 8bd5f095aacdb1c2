# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A backend and a runtime of another package, in one file, run a job and stand in each list."""

import sys

import pytest
from demos_exec.backends.table import backend_types
from demos_exec.extensions import ExtensionClash, table_of
from demos_exec.runtimes.table import make_runtimes

TOY = """
from demos_exec.backends import Backend, State
from demos_exec.runtimes import Plan, Runtime


class Abacus(Backend):
    name = "abacus"
    title = "beads on a wire"
    runs = frozenset({"sum"})
    direct = True
    done = {}

    @classmethod
    def from_config(cls, config):
        return cls()

    def describe(self):
        return {"available": True, "network": "none"}

    def start(self, job, wait=0.0):
        result = b'{"outcome":"ok","sum":%d}' % sum(job.request["inputs"]["numbers"])
        usage = {"cpu_s": 0.25}
        self.done[job.handle] = State(
            "done", outcome={"status": "successful", "usage": usage}, result=result
        )
        return self.done[job.handle]

    def poll(self, handle, wait=0.0):
        return self.done.get(handle, State("unknown"))

    def log(self, handle, offset):
        return b"", False

    def cancel(self, handle, wait=0.0):
        return State("unknown")

    def clean(self, handle):
        self.done.pop(handle, None)

    def handles(self):
        return list(self.done)


class Sums(Runtime):
    name = "sums"
    title = "models that are sums"
    runs = "sum"

    def accepts(self, target):
        return target.kind == "sum"

    def describe(self, entry, backend):
        return {"operations": {"add": {"inputs": {"type": "object"}}}, "examples": []}

    def plan(self, entry, body, backend):
        return Plan("add", {"operation": "add", "inputs": body["inputs"], "parameters": {}}, "v1")


SUMS = Sums()
"""


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """Install a package of one file that offers a backend and a runtime."""
    folder = tmp_path_factory.mktemp("toy")
    (folder / "toy_runs.py").write_text(TOY)
    about = folder / "toy_runs-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-runs\nVersion: 1\n")
    (about / "entry_points.txt").write_text(
        "[demos.backends]\nabacus = toy_runs:Abacus\n[demos.runtimes]\nsums = toy_runs:SUMS\n"
    )
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))
    sys.modules.pop("toy_runs", None)


@pytest.fixture(scope="module")
def app_config(toy, pool, app_config):
    return app_config


def test_they_stand_in_the_tables_after_our_own(toy):
    assert list(backend_types()) == ["local", "docker", "abacus"]
    assert list(make_runtimes()) == ["platform", "image", "sums"]


def test_they_stand_in_the_description_of_the_api(toy):
    from demos_exec.openapi import fragment

    schemas = fragment()["components"]["schemas"]
    assert "abacus" in schemas["RunRequest"]["properties"]["backend"]["enum"]
    assert "sums" in schemas["Run"]["properties"]["runtime"]["enum"]


def test_a_job_runs_on_them(me, registry):
    model = registry.add(kind="sum")
    described = me("GET", f"/models/{model}/execute").json
    assert (described["runtime"], described["executable"]) == ("sums", True)
    assert [(b["name"], b["default"]) for b in described["backends"]] == [("abacus", True)]
    run = me.run(model, "add", {"numbers": [1, 2, 39]})
    assert run.json["status"] == "successful", run.text
    assert (run.json["runtime"], run.json["backend"]["name"]) == ("sums", "abacus")
    assert run.json["results"]["sum"] == 42
    assert me("GET", run.json["links"]["self"]).json["usage"] == {"cpu_s": 0.25}


def test_two_of_one_name_are_refused():
    from demos_exec.backends.pool import PoolBackend

    with pytest.raises(ExtensionClash, match="'local' is the name of two extensions: a and b"):
        table_of([("a", PoolBackend), ("b", PoolBackend)])
