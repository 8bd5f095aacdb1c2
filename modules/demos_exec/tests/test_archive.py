# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a container leaves behind is read with suspicion."""

import io
import tarfile

import pytest
from demos_exec.backends.archive import BadOutput, parse_result, unpack

KINDS = (
    tarfile.SYMTYPE,
    tarfile.LNKTYPE,
    tarfile.CHRTYPE,
    tarfile.BLKTYPE,
    tarfile.FIFOTYPE,
    tarfile.DIRTYPE,
)


def archive(*entries):
    """Make a tar of (name, content or type) below out/."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        tar.addfile(_folder("out"))
        for name, content in entries:
            entry = tarfile.TarInfo(name)
            if content not in KINDS:
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
            else:
                entry.type, entry.linkname = content, "/etc/passwd"
                tar.addfile(entry)
    data = stream.getvalue()
    return [data[i : i + 1000] for i in range(0, len(data), 1000)]


def _folder(name):
    entry = tarfile.TarInfo(name)
    entry.type = tarfile.DIRTYPE
    return entry


def take(*entries, max_bytes=100_000, max_files=3):
    return unpack(archive(*entries), max_bytes=max_bytes, max_files=max_files)


def test_files_come_with_their_names():
    assert take(("out/result.json", b"{}"), ("out/a/b", b"x")) == {
        "result.json": b"{}",
        "a/b": b"x",
    }


@pytest.mark.parametrize("kind", KINDS[:-1])
def test_links_and_devices_are_refused(kind):
    with pytest.raises(BadOutput) as error:
        take(("out/result.json", kind))
    assert error.value.reason == "invalid_output"


@pytest.mark.parametrize(
    "name", ["out/../x", "out//x", "out/a/./b", "out/a\nb", "out/" + "x" * 300]
)
def test_strange_names_are_refused(name):
    with pytest.raises(BadOutput) as error:
        take((name, b"x"))
    assert error.value.reason == "invalid_output"


def test_too_many_and_too_large_files_are_refused():
    for entries in (
        [(f"out/{i}", b"") for i in range(4)],
        [("out/a", b"x" * 100_001)],
        [("out/a", b"x" * 60_000), ("out/b", b"x" * 60_000)],
    ):
        with pytest.raises(BadOutput) as error:
            take(*entries)
        assert error.value.reason == "output_too_large"


def test_folders_without_end_are_refused():
    with pytest.raises(BadOutput):
        take(*[(f"out/{i}", tarfile.DIRTYPE) for i in range(5000)])


@pytest.mark.parametrize("data", [b"", b"x" * 1000, b"\0" * 511])
def test_what_is_no_archive_gives_nothing_or_is_refused(data):
    try:
        assert unpack([data], max_bytes=1000, max_files=1) == {}
    except BadOutput as error:
        assert error.reason == "invalid_output"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"1",
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b'{"a": [-1e400]}',
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_a_result_is_a_json_object_of_finite_numbers(text):
    with pytest.raises(BadOutput) as error:
        parse_result(text)
    assert error.value.reason == "invalid_output"
