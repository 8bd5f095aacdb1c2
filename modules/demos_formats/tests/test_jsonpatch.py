# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
import copy

import jsonpatch
import jsonpointer
import pytest
from demos_formats.errors import FormatError
from demos_formats.jsonpatch import apply_patch
from demos_formats.limits import Limits
from hypothesis import given, settings
from hypothesis import strategies as st


def problem(document, patch, **kw):
    with pytest.raises(FormatError) as caught:
        apply_patch(document, patch, **kw)
    [finding] = caught.value.findings
    return finding.code, finding.pointer


DOCUMENT = {"a": {"b": [1, 2, {"c": 3}]}, "x/y": 1, "m~n": 2}


@pytest.mark.parametrize(
    ("patch", "wanted"),
    [
        ([{"op": "replace", "path": "", "value": 5}], 5),
        ([{"op": "add", "path": "/a/b/-", "value": 5}], {"a": {"b": [1, 2, {"c": 3}, 5]}}),
        ([{"op": "add", "path": "/a/b/1", "value": 5}], {"a": {"b": [1, 5, 2, {"c": 3}]}}),
        ([{"op": "remove", "path": "/x~1y"}], {"x/y": None}),
        ([{"op": "replace", "path": "/m~0n", "value": []}], {"m~n": []}),
        ([{"op": "test", "path": "/a/b/0", "value": 1.0}], {}),
        ([{"op": "copy", "from": "/a/b/2", "path": "/z"}], {"z": {"c": 3}}),
        ([{"op": "move", "from": "/a/b/2", "path": "/z"}], {"a": {"b": [1, 2]}, "z": {"c": 3}}),
    ],
)
def test_each_operation(patch, wanted):
    before = copy.deepcopy(DOCUMENT)
    if isinstance(wanted, dict):
        wanted = {k: v for k, v in (DOCUMENT | wanted).items() if v is not None}
    assert apply_patch(DOCUMENT, patch) == wanted
    assert before == DOCUMENT


def test_a_copy_does_not_change_with_its_original():
    patch = [
        {"op": "replace", "path": "/a/b/2/c", "value": 4},
        {"op": "copy", "from": "/a", "path": "/z"},
        {"op": "replace", "path": "/a/b/2/c", "value": 5},
        {"op": "remove", "path": "/z/b/0"},
    ]
    patched = apply_patch(DOCUMENT, patch)
    assert patched["a"] == {"b": [1, 2, {"c": 5}]}
    assert patched["z"] == {"b": [2, {"c": 4}]}


def test_the_values_of_a_patch_are_not_changed_by_it():
    value = {"list": [1]}
    patch = [
        {"op": "add", "path": "/p", "value": value},
        {"op": "add", "path": "/q", "value": value},
        {"op": "add", "path": "/p/list/-", "value": 2},
    ]
    patched = apply_patch(DOCUMENT, patch)
    assert (patched["p"], patched["q"], value) == ({"list": [1, 2]}, {"list": [1]}, {"list": [1]})


@pytest.mark.parametrize(
    ("operation", "wanted"),
    [
        ({"op": "remove", "path": "/nope"}, ("patch_conflict", "/0/path")),
        ({"op": "remove", "path": "/a/b/7"}, ("patch_conflict", "/0/path")),
        ({"op": "remove", "path": "/a/b/-"}, ("patch_conflict", "/0/path")),
        ({"op": "remove", "path": "/a/b/01"}, ("patch_conflict", "/0/path")),
        ({"op": "remove", "path": "/a/b/-1"}, ("patch_conflict", "/0/path")),
        ({"op": "add", "path": "/a/b/99999999999999", "value": 1}, ("patch_conflict", "/0/path")),
        ({"op": "add", "path": "/a/b/0/x", "value": 1}, ("patch_conflict", "/0/path")),
        ({"op": "replace", "path": "/a/z", "value": 1}, ("patch_conflict", "/0/path")),
        ({"op": "test", "path": "/a/b/0", "value": True}, ("patch_conflict", "/0/path")),
        ({"op": "copy", "from": "/nope", "path": "/z"}, ("patch_conflict", "/0/from")),
        ({"op": "move", "from": "/a", "path": "/a/b/0"}, ("patch_conflict", "/0/from")),
        ({"op": "merge", "path": "/a", "value": 1}, ("invalid_patch", "/0/op")),
        ({"op": ["add"], "path": "/a", "value": 1}, ("invalid_patch", "/0/op")),
        ({"op": "add", "path": "/a"}, ("invalid_patch", "/0")),
        ({"op": "add", "path": "a", "value": 1}, ("invalid_patch", "/0/path")),
        ({"op": "add", "path": "/a~2", "value": 1}, ("invalid_patch", "/0/path")),
        ({"op": "add", "path": 3, "value": 1}, ("invalid_patch", "/0/path")),
        (3, ("invalid_patch", "/0")),
    ],
)
def test_each_problem_has_its_code_and_place(operation, wanted):
    assert problem(DOCUMENT, [operation]) == wanted


def test_a_patch_is_a_list():
    assert problem(DOCUMENT, {"op": "add"}) == ("schema_error", "")


def test_copies_that_multiply_are_stopped():
    bomb = [{"op": "copy", "from": "/a", "path": "/a/x"}] + [
        {"op": "copy", "from": "/a", "path": f"/a/x{i}"} for i in range(60)
    ]
    assert problem(DOCUMENT, bomb)[0] == "resource_limit"


@pytest.mark.parametrize("long", ["A" * 1000, {"A" * 1000: 0}])
def test_copies_of_long_texts_are_stopped(long):
    texts = [{"op": "copy", "from": "/t", "path": "/b/-"}] * 20
    document = {"t": long, "b": []}
    assert len(apply_patch(document, texts, limits=Limits(document_bytes=20_000))["b"]) == 20
    with pytest.raises(FormatError, match="more text") as caught:
        apply_patch(document, texts, limits=Limits(document_bytes=19_999))
    assert caught.value.findings[0].code == "resource_limit"


def test_moves_that_nest_are_stopped():
    nest = [
        operation
        for _ in range(3000)
        for operation in (
            {"op": "add", "path": "/n", "value": {}},
            {"op": "move", "from": "/a", "path": "/n/a"},
            {"op": "move", "from": "/n", "path": "/a"},
        )
    ]
    assert problem(DOCUMENT, nest) == ("resource_limit", "")
    deep = {"op": "test", "path": "/a", "value": DOCUMENT["a"]}
    for _ in range(2000):
        deep["value"] = [deep["value"]]
    assert problem({"a": deep["value"]}, [deep]) == ("resource_limit", "")


def test_operations_are_capped():
    patch = [{"op": "test", "path": "", "value": {}}] * 6
    assert problem({}, patch, limits=Limits(operations=5)) == ("resource_limit", "")


keys = st.sampled_from(["a", "b", "x/y", "0", ""])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
paths = st.lists(st.sampled_from(["a", "b", "x~1y", "0", "1", "-", ""]), max_size=3).map(
    lambda steps: "".join(f"/{s}" for s in steps)
)
operations = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["add", "replace", "remove", "test", "move", "copy"]),
        "path": paths,
        "from": paths,
        "value": values,
    }
)


@settings(max_examples=400)
@given(values, st.lists(operations, max_size=5))
def test_patches_give_what_the_reference_library_gives(document, patch):
    before, operations_before = copy.deepcopy(document), copy.deepcopy(patch)
    try:
        mine = apply_patch(document, patch)
    except FormatError as e:
        assert {f.code for f in e.findings} <= {"patch_conflict"}
        return
    assert (document, patch) == (before, operations_before)
    try:
        theirs = jsonpatch.apply_patch(copy.deepcopy(document), patch)
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, TypeError):
        return  # the library refuses more: removing the root, "-" in some places
    assert mine == theirs
