# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A volume that is a folder of this host is read with the same suspicion as an archive."""

import errno
import os
import stat
from types import SimpleNamespace

import pytest
from demos_exec.backends import folder
from demos_exec.backends.archive import NOBODY, BadOutput
from demos_exec.backends.docker import DockerBackend

CAPS = {"max_bytes": 100_000, "max_files": 3}
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


@pytest.fixture
def volume(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path


def refused(volume):
    with pytest.raises(BadOutput) as error:
        folder.take(volume, **CAPS)
    return error.value.reason


def test_files_come_with_their_names(volume):
    (volume / "out" / "result.json").write_bytes(b"{}")
    (volume / "out" / "a").mkdir()
    (volume / "out" / "a" / "b").write_bytes(b"x")
    assert folder.take(volume, **CAPS) == {"result.json": b"{}", "a/b": b"x"}


def make_link_to_a_file(place):
    place.symlink_to("/etc/passwd")


def make_link_to_a_folder(place):
    place.symlink_to("/etc")


def make_second_name(place):
    place.with_name("first").write_bytes(b"{}")
    os.link(place.with_name("first"), place)


def make_pipe(place):
    os.mkfifo(place)


def make_socket(place):
    os.mknod(place, stat.S_IFSOCK | 0o600)


@pytest.mark.parametrize(
    "make",
    [make_link_to_a_file, make_link_to_a_folder, make_second_name, make_pipe, make_socket],
)
def test_links_and_devices_are_refused(volume, make):
    make(volume / "out" / "result.json")
    assert refused(volume) == "invalid_output"


def test_out_itself_is_no_link(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret").write_bytes(b"x")
    (tmp_path / "out").symlink_to(tmp_path / "elsewhere")
    assert refused(tmp_path) == "invalid_output"


def test_no_out_is_refused(tmp_path):
    assert refused(tmp_path) == "invalid_output"


@pytest.mark.parametrize("name", [b"a\nb", b"\xff", b"a\x1b[2J"])
def test_strange_names_are_refused(volume, name):
    (volume / "out" / os.fsdecode(name)).write_bytes(b"")
    assert refused(volume) == "invalid_output"


def test_folders_end_where_their_names_grow_too_long(volume):
    place = volume / "out"
    for _ in range(200):
        place /= "xx"
        place.mkdir()
    assert refused(volume) == "invalid_output"


@pytest.mark.parametrize("sizes", [[0] * 4, [100_001], [60_000, 60_000]])
def test_too_many_and_too_large_files_are_refused(volume, sizes):
    for number, size in enumerate(sizes):
        (volume / "out" / str(number)).write_bytes(b"x" * size)
    assert refused(volume) == "output_too_large"


def test_a_file_that_is_all_hole_is_not_read_whole(volume):
    with (volume / "out" / "result.json").open("wb") as stream:
        stream.truncate(2**40)
    assert refused(volume) == "output_too_large"


def test_names_without_end_are_refused(volume, monkeypatch):
    monkeypatch.setattr(folder, "MAX_ENTRIES", 10)
    for number in range(11):
        (volume / "out" / str(number)).mkdir()
    assert refused(volume) == "output_too_large"


@needs_root
def test_what_is_put_is_the_roots_to_change_and_everybodys_to_read(tmp_path):
    folder.put(tmp_path, {"request.json": b"{}"})
    request, out = tmp_path / "in" / "request.json", (tmp_path / "out").stat()
    assert request.read_bytes() == b"{}"
    assert stat.S_IMODE(request.stat().st_mode) == 0o444
    assert stat.S_IMODE(request.parent.stat().st_mode) == 0o755
    assert (out.st_uid, out.st_gid, stat.S_IMODE(out.st_mode)) == (NOBODY, NOBODY, 0o700)


def test_what_this_host_cannot_read_is_no_fault_of_the_container(volume, monkeypatch):
    (volume / "out" / "result.json").write_bytes(b"{}")

    def broken(*words, **options):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(folder.os, "open", broken)
    with pytest.raises(OSError, match="Input/output error"):
        folder.take(volume, **CAPS)


@needs_root
def test_a_volume_of_another_root_is_not_ours(tmp_path):
    assert folder.is_ours(tmp_path)
    os.chown(tmp_path, 165536, 165536)
    assert not folder.is_ours(tmp_path)
    assert not folder.is_ours(tmp_path / "nowhere")


@needs_root
def test_volumes_of_the_image_below_ours_hide_the_folder(tmp_path):
    def volume(*places):
        mounts = [{"Destination": place, "Source": str(tmp_path)} for place in places]
        return DockerBackend._volume(SimpleNamespace(attrs={"Mounts": mounts}))

    assert volume("/demos", "/data") == tmp_path
    assert volume("/demos", "/demos/out") is None
