# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
import gzip
import io
import json
import tarfile

import pytest
from conftest import WORKSPACE
from demos_client.cli import COMMANDS

BAD = b'{"channels": [1, 1}'


def answers(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def patchset(digest):
    add = {
        "op": "add",
        "path": "/channels/0/samples/2",
        "value": WORKSPACE["channels"][0]["samples"][0] | {"name": "new"},
    }
    return {
        "metadata": {
            "references": {"hepdata": "ins1234567"},
            "digests": {"sha256": digest},
            "labels": ["m"],
            "description": "scan",
        },
        "patches": [{"metadata": {"name": "m_100", "values": [100]}, "patch": [add]}],
        "version": "1.0.0",
    }


@pytest.fixture
def signals(tmp_path, run, workspace):
    [found] = answers(run("inspect", workspace, "--json"))
    path = tmp_path / "patchset.json"
    path.write_text(json.dumps(patchset(found["digest"])))
    return path


def test_help_lists_every_command_and_loads_none(run):
    done = run("--help")
    assert done.returncode == 0
    assert all(f"  {name} " in done.stdout.decode() for name in COMMANDS)
    loaded = run("--help", PYTHONPROFILEIMPORTTIME="1").stderr
    assert not any(
        m in loaded for m in (b"demos_formats.hs3", b"numpy", b"rich", b"pyhf", b"jsonschema")
    )


def test_inspect_describes_each_file(run, workspace, tmp_path):
    (tmp_path / "b.json").write_bytes(gzip.compress(workspace.read_bytes()))
    done = run("inspect", workspace, "b.json", "--json")
    assert done.returncode == 0
    first, second = answers(done)
    assert first["file"] == str(workspace)
    assert first["bytes"] == workspace.stat().st_size
    assert first["structure"] == second["structure"]
    assert first["digest"] == second["digest"]
    assert {
        k: first["structure"][k] for k in ("n_channels", "n_bins", "n_samples", "n_parameters")
    } == {
        "n_channels": 1,
        "n_bins": 2,
        "n_samples": 2,
        "n_parameters": 3,
    }
    assert first["structure"]["measurements"] == [{"name": "m", "poi": "mu", "poi_defined": True}]


def test_inspect_reads_the_standard_input_and_archives(run, workspace):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        archive.add(workspace, "models/a.json")
    done = run("inspect", "-", "--json", stdin=out.getvalue())
    [found] = answers(done)
    assert (done.returncode, found["format"], found["file"]) == (0, "pallet", "-")
    [member] = found["members"]
    assert (member["path"], member["format"]) == ("models/a.json", "pyhf")
    text = run("inspect", "-", stdin=out.getvalue()).stdout.decode()
    assert "models/a.json: pyhf" in text


def test_a_table_is_tab_separated_when_piped(run, workspace):
    lines = run("inspect", workspace).stdout.decode().splitlines()
    assert "SR\t2\tsig, bkg" in lines


def test_names_cannot_command_the_terminal(run, tmp_path):
    text = json.dumps(WORKSPACE).replace('"SR"', '"\\u001b[2J[red]"')
    (tmp_path / "w.json").write_text(text)
    done = run("inspect", "w.json")
    assert b"\x1b" not in done.stdout + done.stderr
    assert rb"\x1b[2J[red]" in done.stdout


def test_validate_says_everything_and_exits_1(run, workspace, tmp_path):
    (tmp_path / "bad.json").write_bytes(BAD)
    done = run("validate", workspace, "bad.json", "--json")
    good, bad = answers(done)
    assert (done.returncode, good["valid"], bad["valid"]) == (1, True, False)
    [finding] = bad["findings"]
    assert {k: finding[k] for k in ("code", "severity", "pointer")} == {
        "code": "parse_error",
        "severity": "error",
        "pointer": "/channels/1",
    }
    done = run("validate", "bad.json")
    assert done.stdout.decode().strip() == "bad.json: not valid (pyhf)"
    assert b"parse_error at /channels/1" in done.stderr


def test_validate_as_another_format_is_an_error(run, workspace):
    [found] = answers(run("validate", workspace, "--as", "hs3", "--json"))
    assert [f["code"] for f in found["findings"]] == ["wrong_format"]


def test_validate_a_patch_against_its_workspace(run, workspace, tmp_path, signals):
    assert run("validate", signals, "--against", workspace).returncode == 0
    (tmp_path / "p.json").write_text('[{"op": "remove", "path": "/channels/4"}]')
    done = run("validate", "p.json", "--as", "json-patch", "--against", workspace, "--json")
    assert done.returncode == 1
    assert answers(done)[0]["findings"][0]["code"] == "patch_conflict"
    done = run("validate", "p.json", "--against", signals, "--json")
    assert (done.returncode, answers(done)[0]["findings"][0]["code"]) == (1, "wrong_format")


def test_convert_there_and_back(run, workspace, tmp_path):
    assert run("convert", workspace, "--to", "demos", "-o", "d.json").returncode == 0
    done = run("convert", "d.json", "--to", "pyhf", "--settings", "s.json")
    assert json.loads(done.stdout) == WORKSPACE
    assert set(json.loads((tmp_path / "s.json").read_text())) == {"normsys", "histosys"}
    piped = run("convert", "-", "--to", "hs3", "--dialect", "pyhs3", stdin=workspace.read_bytes())
    assert len(json.loads(piped.stdout)["misc"]["demos"]["parameters"]) == 3


def test_convert_several_files_into_a_folder(run, workspace, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "bad.json").write_bytes(BAD)
    done = run("convert", workspace, "bad.json", "--to", "demos", "-o", "out", "--json")
    assert done.returncode == 1
    good, bad = answers(done)
    assert good["output"] == "out/workspace.demos.json"
    assert bad["findings"][0]["code"] == "parse_error"
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["workspace.demos.json"]


def test_convert_with_a_signal(run, workspace, signals, tmp_path):
    done = run("convert", workspace, "--to", "demos", "--patch", "m_100", "--patchset", signals)
    document = json.loads(done.stdout)
    assert document["misc"]["demos"]["patch"]["name"] == "m_100"
    assert '"new"' in json.dumps(document)
    done = run("convert", workspace, "--to", "demos", "--patch", "nope", "--patchset", signals)
    assert (done.returncode, done.stdout) == (1, b"")


def test_what_cannot_convert_exits_3_with_its_reasons(run, tmp_path):
    hs3 = {
        "metadata": {"hs3_version": "0.2"},
        "distributions": [
            {"name": "g", "type": "gaussian_dist", "x": "x", "mean": "m", "sigma": "s"}
        ],
        "data": [
            {"name": "d", "type": "point", "axes": [{"name": "x", "min": 0, "max": 1}], "value": 0}
        ],
        "likelihoods": [{"name": "l", "distributions": ["g"], "data": ["d"]}],
    }
    (tmp_path / "h.json").write_text(json.dumps(hs3))
    done = run("convert", "h.json", "--to", "pyhf", "--json")
    assert done.returncode == 3
    assert answers(done)[0]["findings"]
    (tmp_path / "p.json").write_text('[{"op": "remove", "path": "/channels/4"}]')
    assert run("convert", "p.json", "--to", "demos").returncode == 3


def test_diff_and_certify_see_one_changed_number(run, workspace, tmp_path):
    other = json.loads(workspace.read_text())
    other["channels"][0]["samples"][1]["data"][0] = 10.5
    (tmp_path / "b.json").write_text(json.dumps(other))
    assert run("diff", workspace, workspace).returncode == 0
    done = run("diff", workspace, "b.json", "--json")
    [found] = answers(done)
    assert (done.returncode, found["equal"]) == (1, False)
    [change] = found["changes"]
    assert change == {
        "kind": "yields changed",
        "path": "/channels/SR/samples/bkg/data",
        "from": [10.0, 20.0],
        "to": [10.5, 20.0],
    }
    text = run("diff", workspace, "b.json").stdout.decode()
    assert "yields changed\t/channels/SR/samples/bkg/data\t[10.0, 20.0]\t[10.5, 20.0]" in text
    [same] = answers(run("certify", workspace, workspace, "--json"))
    assert same["equivalent"]
    done = run("certify", workspace, "b.json", "--json")
    assert (done.returncode, answers(done)[0]["equivalent"]) == (1, False)


def test_patches_are_listed_applied_and_verified(run, workspace, signals, tmp_path):
    [found] = answers(run("patch", "list", signals, "--json"))
    assert found["patches"] == [{"name": "m_100", "values": [100]}]
    assert b"m_100\t100" in run("patch", "list", signals).stdout
    assert run("patch", "verify", workspace, signals).returncode == 0
    assert (
        run("patch", "apply", workspace, signals, "--name", "100", "-o", "a.json").returncode == 0
    )
    patched = json.loads((tmp_path / "a.json").read_text())
    assert [s["name"] for s in patched["channels"][0]["samples"]] == ["sig", "bkg", "new"]
    extracted = run("patch", "extract", signals, "m_100")
    (tmp_path / "p.json").write_bytes(extracted.stdout)
    assert json.loads(run("patch", "apply", workspace, "p.json").stdout) == patched
    done = run("patch", "verify", "a.json", signals, "--json")
    assert (done.returncode, answers(done)[0]["findings"][0]["code"]) == (1, "digest_mismatch")
    assert run("patch", "apply", "a.json", signals).returncode == 1


@pytest.mark.parametrize("syntax", ["csv", "json", "yaml"])
def test_a_template_filled_in_becomes_a_patch(run, workspace, tmp_path, syntax):
    assert run("patch", "template", workspace, "--format", syntax, "-o", "s").returncode == 0
    text = (tmp_path / "s").read_text().replace("0.0", "1.5")
    (tmp_path / "s").write_text(text)
    [operation] = json.loads(run("patch", "make", workspace, "s").stdout)
    assert (operation["path"], operation["value"]["data"]) == ("/channels/0/samples/2", [1.5, 1.5])
    (tmp_path / "s").write_text(text.replace("SR", "XR"))
    done = run("patch", "make", workspace, "s")
    assert done.returncode == 1
    assert b"unresolved_reference at /yields/XR" in done.stderr


@pytest.mark.parametrize(
    "args",
    [
        ["inspect"],
        ["inspect", "missing.json"],
        ["inspect", "."],
        ["nope"],
        ["convert", "w", "--to", "demos", "--patchset", "w"],
        ["convert", "w", "--to", "demos", "--settings", "s"],
        ["convert", "w", "--to", "demos", "--patch", "name"],
        ["convert", "w", "w", "--to", "demos", "-o", "file"],
        ["convert", "w", "--to", "yaml"],
        ["validate", "w", "--as", "yaml"],
        ["diff", "w"],
    ],
)
def test_wrong_usage_exits_2(run, workspace, args):
    files = [str(workspace) if a == "w" else a for a in args]
    done = run(*files)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr


HOSTILE = {
    "empty": b"",
    "zero": b"\0",
    "null": b"null",
    "list": b"[]",
    "syntax": BAD,
    "gzip": b"\x1f\x8b\x08\x00garbage",
    "zip": b"PK\x03\x04",
    "deep": b"[" * 10_000,
    "hs3": b'{"metadata": {"hs3_version": "0.2"}, "distributions": [{}, 3], "likelihoods": null}',
    "patchset": b'{"patches": [3], "metadata": {}, "version": "1.0.0"}',
    "demos": b'{"metadata": {"dialect": "demos/1", "hs3_version": 3}, "misc": {"demos": []}}',
}


@pytest.mark.parametrize(
    "command",
    [["inspect"], ["validate"], ["validate", "--as", "pyhf"], ["convert", "--to", "hs3"]],
)
def test_bad_input_is_explained_on_every_command(run, command, tmp_path):
    for name, data in HOSTILE.items():
        (tmp_path / name).write_bytes(data)
    done = run(*command, *HOSTILE, "--json")
    assert done.returncode == 1
    found = answers(done)
    assert [a["file"] for a in found] == list(HOSTILE)
    assert all(any(f["severity"] == "error" for f in a["findings"]) for a in found)


@pytest.mark.parametrize("command", ["list", "template"])
@pytest.mark.parametrize("name", ["zip", "patchset"])
def test_bad_input_is_explained_on_patches_too(run, command, name):
    done = run("patch", command, "-", stdin=HOSTILE[name])
    assert done.returncode == 1
    assert b"error " in done.stderr


def test_output_that_cannot_be_written_is_explained(run, workspace):
    done = run("convert", workspace, "--to", "demos", "-o", "no/such/folder/x.json")
    assert done.returncode == 3
    assert b"cannot read or write" in done.stderr


def test_completion_scripts_are_made(run):
    done = run(_DEMOS_COMPLETE="bash_source")
    assert b"_demos_completion" in done.stdout
    done = run(_DEMOS_COMPLETE="bash_complete", COMP_WORDS="demos ins", COMP_CWORD="1")
    assert b"inspect" in done.stdout


@pytest.mark.corpus
def test_a_real_model_end_to_end(run, corpus, tmp_path):
    base, patch = corpus / "pyhf/example.json", corpus / "patches/new_signal.json"
    assert run("patch", "apply", base, patch, "-o", "p.json").returncode == 0
    assert run("convert", "p.json", "--to", "hs3", "-o", "p.hs3.json").returncode == 0
    [sure] = answers(run("certify", "p.json", "p.hs3.json", "--json"))
    assert sure["equivalent"]
    assert sure["max_abs_difference"] < 1e-8


@pytest.mark.parametrize("text", [b"[]", b"null", b'{"a": 1}', b'"text"'])
def test_a_document_that_is_no_model_is_bad_input(run, tmp_path, text):
    (tmp_path / "other.json").write_bytes(text)
    for words in (
        ("validate", "other.json"),
        ("convert", "other.json", "--to", "demos"),
        ("certify", "other.json", "other.json"),
        ("diff", "other.json", "other.json"),
    ):
        done = run(*words, "--json")
        assert done.returncode == 1, words
        assert [f["code"] for f in answers(done)[0]["findings"]] == ["wrong_format"], words
