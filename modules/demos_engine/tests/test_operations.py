# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The table of operations: canonical requests, clashes, and operations of other packages."""

import json
import subprocess
import sys

import pytest
from demos_engine.operations import (
    Operation,
    OperationClash,
    RequestError,
    canonical,
    operations,
    table,
)

CLS = operations()["cls"]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"mu": 1},
        {"test_poi": 1.0},
        {"poi_test": 1, "mu": 1.0},
        {"seed": 9, "calculator": "asymptotic"},
        {"engine": "demos", "test_stat": "qtilde"},
    ],
)
def test_equal_questions_have_one_form(given):
    assert json.dumps(canonical(CLS, given)) == json.dumps(canonical(CLS, {}))


def test_what_is_implied_is_said():
    assert canonical(CLS, {"toys": 500})["calculator"] == "toys"
    assert canonical(CLS, {"test_stat": "q0"})["mu"] == 0.0
    assert canonical(CLS, canonical(CLS, {"toys": 500})) == canonical(CLS, {"toys": 500})


@pytest.mark.parametrize(
    ("name", "given", "parameter"),
    [
        ("cls", {"mu": 1.0, "test_poi": 2.0}, "test_poi"),
        ("cls", {"mu": 1, "test_poi": True}, "test_poi"),
        ("cls", {"test_stat": "q0", "mu": 1.0}, "mu"),
        ("fit", {"level": 0.9}, "level"),
        ("upper_limit", {"level": 0.9}, "level"),
        ("contour", {"parameters": ["a"]}, "parameters"),
        ("contour", {"parameters": ["a", "a"]}, "parameters"),
        ("scan", {"axes": [{"parameter": "a"}, {"parameter": "a"}]}, "axes"),
    ],
)
def test_contradictions_are_refused(name, given, parameter):
    with pytest.raises(RequestError) as refused:
        canonical(operations()[name], given)
    assert refused.value.parameter == parameter
    if parameter == "level":
        assert "confidence_level" in refused.value.message


@pytest.mark.parametrize("operation", operations().values(), ids=list(operations()))
def test_an_operation_describes_itself(operation):
    schema = operation.parameters_schema()
    assert all("description" in one for one in schema["properties"].values())
    assert operation.engines == tuple(schema["properties"]["engine"]["enum"])
    # The default of a parameter is canonical already.
    for name, one in operation.parameters.items():
        if "default" in one.schema and not operation.required:
            assert canonical(operation, {})[name] == one.schema["default"]


def test_two_operations_of_one_name_clash():
    with pytest.raises(OperationClash, match="'cls'"):
        table([("here", CLS), ("there", CLS)])
    limit = operations()["upper_limit"]
    other = Operation(**{**vars(limit), "name": "limit", "command": None})
    with pytest.raises(OperationClash, match="'limit'"):
        table([("here", limit), ("there", other)])


TOY = """
from demos_engine.operations import Operation, Table
from demos_engine.operations.common import BOTH

OPERATION = Operation(
    name="names_of_parameters",
    title="Names",
    description="List the parameters.",
    compute=lambda model, question: {"status": "converged", "names": list(model.parameter_names)},
    parameters={"engine": BOTH},
    outputs={"names": {"type": "array"}},
    table=lambda answer: Table(["name"], [[name] for name in answer["names"]]),
)
"""


def test_one_file_of_another_package_adds_an_operation(tmp_path):
    (tmp_path / "toy_operation.py").write_text(TOY)
    about = tmp_path / "toy_operation-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-operation\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[demos.operations]\nnames = toy_operation:OPERATION\n")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from demos_engine.operations import operations\n"
        "print('names_of_parameters' in operations(), 'cls' in operations())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
