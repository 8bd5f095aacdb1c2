# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
import copy
import json

import pytest
from archive_files import WORKSPACE
from demos_formats import RefusedError
from demos_formats.convert import convert_pyhf_to_demos
from demos_formats.difference import diff as compare
from demos_formats.document import load

BASE = json.loads(WORKSPACE)


def changes(a, b):
    difference = compare(*(load(json.dumps(x).encode()) for x in (a, b)))
    return difference.equal, [(c.kind, c.path) for c in difference.changes]


def changed(edit):
    other = copy.deepcopy(BASE)
    edit(other)
    return other


def add_sample(w):
    w["channels"][0]["samples"].insert(0, {"name": "b", "data": [1], "modifiers": []})


def add_normsys(w):
    w["channels"][0]["samples"][0]["modifiers"].append(
        {"name": "mu", "type": "normsys", "data": {"hi": 1.1, "lo": 0.9}}
    )


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (lambda w: w["channels"][0]["samples"][0]["data"].__setitem__(0, 1), None),
        (add_sample, ("sample added", "/channels/SR/samples/b")),
        (lambda w: w["channels"][0].update(name="CR"), None),
        (
            lambda w: w["observations"][0].update(data=[3]),
            ("observed data changed", "/observations/SR/data"),
        ),
        (
            lambda w: w["measurements"][0]["config"].update(poi="x"),
            ("parameter of interest changed", "/measurements/m/config/poi"),
        ),
        (
            lambda w: w["measurements"][0]["config"]["parameters"].append(
                {"name": "mu", "fixed": True}
            ),
            ("parameter added", "/measurements/m/config/parameters/mu"),
        ),
        (
            lambda w: w["channels"][0]["samples"][0]["data"].__setitem__(0, 1.5),
            ("yields changed", "/channels/SR/samples/s/data"),
        ),
    ],
)
def test_changes_are_told_by_name(edit, wanted):
    equal, found = changes(BASE, changed(edit))
    if wanted:
        assert (equal, found) == (False, [wanted])
    elif found:
        assert found == [("channel removed", "/channels/SR"), ("channel added", "/channels/CR")]
    else:
        assert equal


def test_a_modifier_of_the_same_name_and_another_type_is_another_one():
    _, found = changes(changed(add_normsys), BASE)
    assert ("modifier removed", "/channels/SR/samples/s/modifiers/mu:normsys") in found


def test_order_alone_leaves_models_equal():
    two = changed(add_sample)
    other = copy.deepcopy(two)
    other["channels"][0]["samples"].reverse()
    assert changes(two, other) == (True, [("sample reordered", "/channels/SR/samples")])


def test_models_of_different_formats_are_compared_as_demos_documents():
    document = convert_pyhf_to_demos(BASE)
    assert changes(BASE, document) == (True, [])
    document = json.loads(json.dumps(document))
    document["distributions"][0]["samples"][0]["data"]["contents"][0] = 7.0
    equal, [(kind, path)] = changes(BASE, document)
    assert not equal
    assert kind == "yields changed"
    assert path.endswith("/samples/s/data/contents")
    with pytest.raises(RefusedError):
        changes(BASE, [{"op": "remove", "path": "/channels/0"}])
