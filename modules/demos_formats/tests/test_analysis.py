# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
import json
import os
import subprocess
import sys
from pathlib import Path

import demos_formats
import pytest
from archive_files import WORKSPACE, tar, zip_
from demos_formats import Limits, analyse, convert_pyhf_to_demos
from demos_formats.findings import CODES
from demos_formats.inspection import inspect
from demos_formats.validation import AS, validate

CORPUS = (
    Path(os.environ.get("DEMOS_SHARED_DATA", Path(__file__).parents[3].parent / "shared/data"))
    / "models"
)
HAS_CORPUS = (CORPUS / "manifest.json").exists()
MANIFEST = json.loads((CORPUS / "manifest.json").read_text()) if HAS_CORPUS else {}
corpus = pytest.mark.skipif(not HAS_CORPUS, reason="the shared corpus of models is not here")

SAME = {  # what the corpus calls it -> codes that mean it; None: accepted
    "accept": {None},
    "accept_escaped": {None},
    "accept_or_limit": {None},
    "parse_error_or_accept": {"parse_error"},
}

HS3_LIST_AS_DATA = b"""{"metadata": {"hs3_version": "0.2"}, "distributions": [{"name": "d",
 "type": "histfactory_dist", "samples": [{"modifiers": [{"type": "shapesys",
 "constraint": "Poisson", "parameters": ["p"], "data": [1]}]}]}]}"""


def test_a_workspace_is_described():
    analysis = analyse(WORKSPACE, name="w.json")
    assert (analysis.format, analysis.kind, analysis.version) == ("pyhf", "histfactory", "1.0.0")
    assert (analysis.valid, analysis.size, analysis.name) == (True, len(WORKSPACE), "w.json")
    assert analysis.structure["parameters"] == [
        {"name": "mu", "components": 1, "constraint": "none"}
    ]
    json.dumps(analysis.to_dict(), allow_nan=False)


def test_an_indented_copy_has_the_same_digest_and_other_bytes(tmp_path):
    path = tmp_path / "copy"
    path.write_text(json.dumps(json.loads(WORKSPACE), indent=8))
    copy, original = analyse(path), analyse(WORKSPACE)
    assert copy.digest == original.digest
    assert copy.sha256 != original.sha256


@pytest.mark.parametrize(
    ("data", "format_", "code"),
    [
        (b"", "unknown", "parse_error"),
        (b"%PDF-1.7 ...", "unknown", "parse_error"),
        (b'{"a": 1}', "unknown", "wrong_format"),
        (b'{"channels": [', "pyhf", "parse_error"),
        (WORKSPACE.replace(b"1.0]", b"NaN]"), "pyhf", "nonfinite_number"),
        (
            WORKSPACE.replace(b'"channels"', b'"version": "1.0.0", "channels"'),
            "pyhf",
            "duplicate_key",
        ),
        (WORKSPACE.replace(b"1.0.0", b"7.0.0"), "pyhf", "unsupported_version"),
        (b'{"patches": [,], "metadata": 1}', "pyhf-patchset", "parse_error"),
        (b'{"metadata": {"hs3_version": "0.2"}, "distributions": [}', "hs3", "parse_error"),
        (HS3_LIST_AS_DATA, "hs3", "schema_error"),
        (b'[{"op": "add", "path": ]', "json-patch", "parse_error"),
        (b"\x1f\x8b", "unknown", "parse_error"),
    ],
)
def test_broken_files_keep_the_format_they_are_meant_as(data, format_, code):
    analysis = analyse(data)
    assert (analysis.format, analysis.valid) == (format_, False)
    assert {f.code for f in analysis.findings} == {code}
    assert analysis.structure is None


def test_made_up_bin_edges_are_flagged():
    document = convert_pyhf_to_demos(json.loads(WORKSPACE))
    analysis = analyse(json.dumps(document).encode())
    assert (analysis.format, analysis.kind, analysis.valid) == ("demos", "histfactory", True)
    assert [f.code for f in analysis.findings] == ["synthetic_axis"]
    assert analysis.structure == analyse(WORKSPACE).structure


def test_a_pallet_describes_its_members():
    data = zip_(
        ("README.md", b"hello"),
        ("bkg.json", WORKSPACE),
        ("bad.json", b'{"channels": ['),
        ("signals.tgz", tar(("p.json", b'[{"op": "remove", "path": "/channels/0"}]'))),
    )
    analysis = analyse(data)
    assert (analysis.format, analysis.valid) == ("pallet", True)
    assert [(m.path, m.analysis.format, m.analysis.valid) for m in analysis.members] == [
        ("bkg.json", "pyhf", True),
        ("bad.json", "pyhf", False),
        ("signals.tgz!/p.json", "json-patch", True),
    ]
    verdict = validate(data)
    assert not verdict.valid
    assert verdict.to_dict()["findings"][0]["member"] == "bad.json"
    assert [m["path"] for m in inspect(data)["members"]] == [m.path for m in analysis.members]


def test_the_bytes_of_a_document_are_capped(tmp_path):
    path = tmp_path / "w.json"
    path.write_bytes(WORKSPACE)
    for source in (WORKSPACE, path):
        [finding] = analyse(source, limits=Limits(document_bytes=100)).findings
        assert finding.code == "resource_limit"


def test_importing_the_package_loads_nothing():
    code = "import sys, demos_formats; print(*[m for m in sys.modules if 'demos_formats.' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
    assert all(getattr(demos_formats, name) for name in demos_formats.__all__)
    assert set(demos_formats.__all__) <= set(dir(demos_formats))
    with pytest.raises(AttributeError):
        demos_formats.nothing  # noqa: B018


@corpus
@pytest.mark.corpus
def test_real_workspaces_are_valid_and_counted_as_in_the_manifest():
    wrong = []
    for entry in MANIFEST["models"]:
        if not (entry["format"].startswith("pyhf workspace") and "structure" in entry):
            continue
        analysis = analyse(CORPUS / entry["file"])
        want, got = entry["structure"], analysis.structure or {}
        mine = (
            analysis.valid,
            analysis.digest,
            *(
                got.get(k)
                for k in ("n_channels", "n_bins", "n_samples", "modifiers", "n_parameters")
            ),
        )
        theirs = (
            True,
            entry["pyhf_digest"],
            *(want[k] for k in ("channels", "bins", "samples", "modifiers")),
            entry["npars"],
        )
        if mine != theirs:
            wrong.append((entry["name"], mine, theirs, analysis.findings))
    assert not wrong


@corpus
@pytest.mark.corpus
@pytest.mark.parametrize("entry", MANIFEST.get("malformed", []), ids=lambda e: e["name"])
def test_malformed_files_have_the_code_that_they_were_made_for(entry):
    kinds = {"jsonpatch": "json-patch", "patchset": "patchset"}
    family = "hs3" if entry["format"].startswith("hs3") else "pyhf"
    against = None
    if entry["kind"] == "jsonpatch" or entry["expect"] == "digest_mismatch":
        against = CORPUS / "pyhf/example.json"
    path = CORPUS / "malformed" / entry["name"]
    verdict = validate(path, format_=AS[kinds.get(entry["kind"], family)], against=against)
    codes = {f.code for f in verdict.findings if f.severity == "error"} or {None}
    if entry["expect"] == "poi_undefined":
        codes = {f.code for f in verdict.findings}
    assert codes & SAME.get(entry["expect"], {entry["expect"]})
    assert {f.code for f in verdict.findings} <= set(CODES)
