# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
import copy
import json

import pytest
from archive_files import WORKSPACE
from demos_formats import FormatError, Limits, apply_patch, patchset_patches
from demos_formats.document import load
from demos_formats.patching import apply, operations
from demos_formats.pyhf import digest, patches, patchset

BASE = json.loads(WORKSPACE)
SIGNAL = {"name": "sig", "data": [0.5], "modifiers": []}
ADD = [{"op": "add", "path": "/channels/0/samples/1", "value": SIGNAL}]


def make(*names, points=None, **metadata):
    return {
        "metadata": {
            "references": {"hepdata": "ins1234567"},
            "digests": {"sha256": digest(BASE), "md5": digest(BASE, "md5")},
            "labels": ["m1", "m2"],
            "description": "a scan",
        }
        | metadata,
        "patches": [
            {"metadata": {"name": n, "values": points[i] if points else [i, 0.5]}, "patch": ADD}
            for i, n in enumerate(names)
        ],
        "version": "1.0.0",
    }


def found(document):
    return [(f.code, f.pointer) for f in patchset.validate(document)]


def document(content):
    return load(json.dumps(content).encode())


def test_a_good_set_is_listed_and_fits_its_workspace():
    good = make("a", "b")
    assert patchset.validate_against(good, BASE) == []
    assert patchset_patches(good) == [
        {"name": "a", "values": [0, 0.5]},
        {"name": "b", "values": [1, 0.5]},
    ]
    structure = patchset.structure(good)
    assert (structure["labels"], structure["applies_to_digest"]) == (["m1", "m2"], digest(BASE))


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (make("a", "a"), ("duplicate_name", "/patches/1/metadata/name")),
        (make("a", "b", points=[[1, 2], [1, 2]]), ("duplicate_name", "/patches/1/metadata/values")),
        (make("a", points=[[1]]), ("length_mismatch", "/patches/0/metadata/values")),
        (make(), ("schema_error", "/patches")),
        (make("a", labels=[]), ("schema_error", "/metadata/labels")),
        (make("a b"), ("schema_error", "/patches/0/metadata/name")),
        (make("a") | {"version": "9"}, ("unsupported_version", "/version")),
    ],
)
def test_each_problem_has_its_code_and_place(content, wanted):
    assert found(content) == [wanted]


def test_places_outside_a_workspace_are_refused():
    content = make("a")
    content["patches"][0]["patch"] = [{"op": "add", "path": "/__proto__/x", "value": 1}]
    assert found(content) == [("invalid_patch", "/patches/0/patch/0/path")]
    assert [f.code for f in patches.validate([{"op": "remove", "path": ""}])] == ["invalid_patch"]


def test_the_wrong_workspace_is_noticed():
    other = copy.deepcopy(BASE)
    other["observations"][0]["data"] = [3]
    codes = [(f.code, f.pointer) for f in patchset.validate_against(make("a"), other)]
    assert codes == [
        ("digest_mismatch", "/metadata/digests/sha256"),
        ("digest_mismatch", "/metadata/digests/md5"),
    ]
    with pytest.raises(FormatError, match="digest_mismatch"):
        apply(document(other), document(make("a")), "a")


def test_patches_that_do_not_fit_are_named():
    content = make("a")
    content["patches"][0]["patch"] = [{"op": "remove", "path": "/channels/3"}]
    [finding] = patchset.validate_against(content, BASE)
    assert (finding.code, finding.pointer) == ("patch_conflict", "/patches/0/patch/0/path")


def test_a_patch_is_taken_by_name_or_point():
    base, patches_ = document(BASE), document(make("a", "b"))
    applied = apply(base, patches_, "b")
    assert applied.workspace["channels"][0]["samples"][1] == SIGNAL
    assert applied.metadata == {"name": "b", "values": [1, 0.5], "labels": ["m1", "m2"]}
    for key in ("b", "1,0.5", "(1, 0.5)"):
        assert operations(patches_, key) == ADD
    for key in ("c", "1,0.6", "1", None):
        with pytest.raises(FormatError, match="unresolved_reference"):
            operations(patches_, key)
    assert operations(document(make("only"))) == ADD
    assert operations(document(ADD)) == ADD


def test_a_patched_workspace_is_valid_or_refused():
    assert len(apply_patch(BASE, ADD)["channels"][0]["samples"]) == 2
    for patch, code in (
        ([{"op": "remove", "path": "/channels"}], "schema_error"),
        ([{"op": "remove", "path": "/observations/0"}], "schema_error"),
        ([{"op": "add", "path": "/channels/0/samples/0/data/-", "value": 1}], "length_mismatch"),
        ([{"op": "replace", "path": "/version", "value": "3"}], "unsupported_version"),
    ):
        with pytest.raises(FormatError, match=code):
            apply_patch(BASE, patch)


def test_many_patches_are_capped():
    assert [f.code for f in patchset.validate(make("a", "b"), limits=Limits(patches=1))] == [
        "resource_limit"
    ]
