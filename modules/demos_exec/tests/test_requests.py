# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Requests are checked by the model's schemas and made canonical; no portal is needed."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from demos_exec.operations import InvalidRequest, RequestValidator
from demos_exec.operations.validation import digest_of

STRUCTURE = {
    "channels": [{"name": "SR", "bins": 2, "samples": ["b"]}],
    "measurements": [
        {"name": "m", "poi": "mu", "poi_defined": True},
        {"name": "other", "poi": "mu", "poi_defined": True},
    ],
}
PATCHES = [{"name": "light", "values": [100, 1]}, {"name": "heavy", "values": [900, 1]}]


@pytest.fixture(scope="module")
def validator():
    return RequestValidator(STRUCTURE, PATCHES)


def same(validator, *bodies):
    return len({digest_of(validator.check(body)[1]) for body in bodies}) == 1


def test_equal_questions_have_one_digest(validator):
    assert same(
        validator,
        {},
        {"operation": "cls"},
        {"parameters": {"mu": 1}},
        {"parameters": {"test_poi": 1.0}, "inputs": {"measurement": "m", "fixed": {}}},
        {"parameters": {"poi_test": 1, "seed": 4}, "resources": {"wall_seconds": 5}},
    )
    assert same(
        validator,
        {"inputs": {"patch": "heavy"}},
        {"inputs": {"patch": {"point": [900, 1]}}},
        {"inputs": {"patch": {"point": [900.0, 1.0]}}},
    )
    assert same(
        validator,
        {"inputs": {"patch": {"yields": {"SR": [1, 2]}, "sample": "s"}, "bounds": {"mu": [0, 9]}}},
        {
            "inputs": {
                "bounds": {"mu": [0.0, 9.0]},
                "patch": {"sample": "s", "yields": {"SR": [1.0, 2.0]}, "without": []},
            }
        },
    )
    assert same(
        validator,
        {"operation": "grid"},
        {"operation": "grid", "inputs": {"patches": ["heavy", "light"]}},
    )
    limits = ({"confidence_level": 0.9}, {"confidence_level": 1 - 0.1})
    assert same(validator, *({"operation": "upper_limit", "parameters": p} for p in limits))


def test_different_questions_have_different_digests(validator):
    bodies = (
        {},
        {"parameters": {"mu": 2}},
        {"parameters": {"toys": 2000}},
        {"parameters": {"expected": True}},
        {"inputs": {"measurement": "other"}},
        {"inputs": {"fixed": {"a": 1}}},
        {"inputs": {"bounds": {"a": [0, 1]}}},
        {"operation": "toys"},
    )
    digests = {digest_of(validator.check(body)[1]) for body in bodies}
    assert len(digests) == len(bodies)


def test_a_container_without_a_named_operation_runs_its_own_default():
    images = pytest.importorskip("demos_exec.runtimes.image")
    operations = {"first": {}, "second": {}}
    image = SimpleNamespace(interface={"operations": operations})
    assert images.check(image, {})[0] == "first"
    image.interface["default"] = "second"
    assert images.check(image, {})[0] == "second"
    with pytest.raises(InvalidRequest):
        images.check(image, {"operation": "third"})


TOY = """
from demos_engine.operations import Operation, Parameter, Table
from demos_engine.operations.common import BOTH

OPERATION = Operation(
    name="toy",
    title="A toy",
    description="Count the parameters.",
    compute=lambda model, question: {
        "status": "converged",
        "count": len(model.parameter_names) + question.parameters["offset"],
    },
    parameters={
        "offset": Parameter({"type": "integer", "default": 0, "description": "Added."}),
        "engine": BOTH,
    },
    outputs={"count": {"type": "integer"}},
    table=lambda answer: Table(["parameters"], [[answer["count"]]]),
)
"""
PROGRAM = """
import json, sys
sys.path.insert(0, sys.argv[1])
from demos_engine.examples import two_bins
from demos_exec.operations import RequestValidator
from demos_exec.worker.library import Library
from demos_exec.worker.program import run

structure = json.loads(sys.argv[2])
validator = RequestValidator(structure)
_, request = validator.check({"operation": "toy", "parameters": {"offset": 4}})
library = Library()
library.add("x", json.dumps(two_bins()).encode())
result = run(library, {**request, "model": {"digest": "x"}}, print)
print(json.dumps([validator.describe()["toy"]["parameters"]["properties"]["offset"], result]))
"""


def test_one_file_of_another_package_is_described_checked_and_run(tmp_path):
    pytest.importorskip("demos_engine")
    (tmp_path / "toy_operation.py").write_text(TOY)
    about = tmp_path / "toy_operation-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-operation\nVersion: 1.0\n")
    entry = "[demos.operations]\ntoy = toy_operation:OPERATION\n"
    (about / "entry_points.txt").write_text(entry)
    words = [sys.executable, "-c", PROGRAM, str(tmp_path), json.dumps(STRUCTURE)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    schema, result = json.loads(done.stdout)
    assert schema["type"] == "integer"
    assert (result["count"], result["outcome"]) == (7, "ok")
