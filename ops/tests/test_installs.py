# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Installing follows the lock, does nothing twice, and starts no one else's daemon."""

import gzip
import json

import pytest
from demos_ops import compress
from demos_ops.errors import OpsError
from demos_ops.installs import certificate, engine, folders, python, system
from demos_ops.instance import ROOT
from demos_ops.steps import Job


@pytest.fixture
def job(tmp_path):
    return Job("test", tmp_path / "job.log")


def test_requirements_hold_versions_markers_and_hashes(tmp_path):
    entry = {"version": "==1.2", "hashes": ["sha256:aa", "sha256:bb"], "markers": "os_name == 'x'"}
    lock = {"default": {"a": entry, "site": {"path": "./site"}}, "develop": {"b": entry}}
    (tmp_path / "Pipfile.lock").write_text(json.dumps(lock))
    text = python.requirements(tmp_path / "Pipfile.lock")
    line = "a==1.2 ; os_name == 'x' \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
    assert text == line
    assert "b==1.2" in python.requirements(tmp_path / "Pipfile.lock", develop=True)


def test_the_committed_lock_pins_everything_by_hash():
    for line in python.requirements(ROOT / "Pipfile.lock", develop=True).split("\n\n"):
        assert "--hash=sha256:" in line


def test_the_engine_is_built_again_when_a_source_changes_and_only_then(tmp_path):
    folder = tmp_path / "engine"
    for name in ("crates/core/lib.rs", "pyproject.toml", "target/debug/x", "tests/test_x.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    names = {path.relative_to(folder).as_posix() for path in engine.sources(folder)}
    assert names == {"crates/core/lib.rs", "pyproject.toml"}


def test_a_certificate_is_made_once(instance, job):
    assert certificate.install(instance, job) is True
    key, made = instance.tls
    assert "PRIVATE KEY" in key.read_text()
    before = made.read_bytes()
    assert certificate.install(instance, job) is False
    assert made.read_bytes() == before


def test_the_instance_folder_links_to_the_checkout(instance, job):
    assert folders.install(instance, job) is True
    assert (instance.app / "invenio.cfg").resolve() == ROOT / "invenio.cfg"
    assert folders.install(instance, job) is False


def test_missing_packages_are_named_where_they_cannot_be_installed(job, monkeypatch, tmp_path):
    (tmp_path / "apt-get").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.getuid", lambda: 1000)
    wanted = {"redis-server": lambda: False, "there": lambda: True}
    with pytest.raises(OpsError) as failure:
        system.install(wanted, job)
    assert "redis-server missing, no root and no sudo" in str(failure.value)
    assert "apt-get install --no-install-recommends redis-server" in str(failure.value)


def test_nothing_is_done_where_nothing_is_missing(job):
    assert system.install({"there": lambda: True}, job) is False
    assert job.log.read_text() == ""


def test_compression_skips_what_is_small_or_done_and_follows_changes(tmp_path):
    script, small = tmp_path / "dist" / "a.js", tmp_path / "b.js"
    script.parent.mkdir()
    script.write_text("const a = 1;\n" * 500)
    small.write_text("1")
    packers = {".gz": gzip.compress}
    assert compress.compress(tmp_path, packers) == 1
    assert gzip.decompress(script.with_name("a.js.gz").read_bytes()) == script.read_bytes()
    assert not small.with_name("b.js.gz").exists()
    assert compress.compress(tmp_path, packers) == 0
    script.write_text("const b = 2;\n" * 500)
    assert compress.compress(tmp_path, packers) == 1
    assert b"const b" in gzip.decompress(script.with_name("a.js.gz").read_bytes())


def test_what_a_build_leaves_behind_builds_nothing_again(tmp_path):
    source = tmp_path / "crates" / "core" / "lib.rs"
    source.parent.mkdir(parents=True)
    source.write_text("// source")
    for left in ("Cargo.lock", "target/release/x", "python/demos_engine/_engine.abi3.so"):
        path = tmp_path / left
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("made")
    assert list(engine.sources(tmp_path)) == [source]
