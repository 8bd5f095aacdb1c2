# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
import bz2
import gzip
import io
import lzma
import random
import tarfile
import tracemalloc
import warnings
import zipfile

import pytest
from archive_files import WORKSPACE, special, tar, zip_
from demos_formats import FormatError, Limits, analyse
from demos_formats.archives.stream import Stream
from demos_formats.pallet import read_members
from hypothesis import example, given, settings
from hypothesis import strategies as st

SMALL = Limits(
    archive_bytes=1 << 20,
    archive_entries=10,
    ratio=50,
    ratio_floor_bytes=1 << 16,
    document_bytes=1 << 17,
    nested_zip_bytes=1 << 17,
)


def refusal(data, limits=SMALL):
    with pytest.raises(FormatError) as caught:
        list(read_members(data, limits))
    return caught.value.findings[0]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("format_", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tars_of_every_kind_are_read(mode, format_, monkeypatch):
    monkeypatch.setattr(tarfile.TarFile, "format", format_)
    long = "d/" * 60 + "long.json"
    members = [("a.json", WORKSPACE), (long, b"x" * 1024), ("empty", b"")]
    assert list(read_members(tar(*members, mode=mode))) == members


def test_folders_are_passed_over_and_zips_are_read(tmp_path):
    members = [("d/a.json", WORKSPACE), ("README", b"hello")]
    path = tmp_path / "pallet"
    path.write_bytes(zip_(("d/", b""), *members))
    assert list(read_members(path)) == members
    assert [p.name for p in tmp_path.iterdir()] == ["pallet"]


def test_archives_in_archives_and_compressed_members_are_opened():
    inner = tar(("b.json", WORKSPACE), ("c.json", gzip.compress(WORKSPACE)))
    members = list(read_members(zip_(("x/in.tgz", inner), ("y.zip", zip_(("d.json", WORKSPACE))))))
    assert members == [
        ("x/in.tgz!/b.json", WORKSPACE),
        ("x/in.tgz!/c.json", WORKSPACE),
        ("y.zip!/d.json", WORKSPACE),
    ]


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lzma.compress, lambda d: gzip.compress(bz2.compress(d))]
)
def test_a_compressed_document_is_the_document(pack):
    analysis = analyse(pack(WORKSPACE), name="a.json")
    assert (analysis.format, analysis.valid) == ("pyhf", True)
    assert analysis.digest == analyse(WORKSPACE).digest
    assert analysis.sha256 != analyse(WORKSPACE).sha256


def test_several_gzip_members_are_one_text():
    half = len(WORKSPACE) // 2
    assert analyse(gzip.compress(WORKSPACE[:half]) + gzip.compress(WORKSPACE[half:])).valid


@pytest.mark.parametrize(
    "name",
    [
        "../a",
        "a/../../b",
        "/etc/passwd",
        "C:\\x",
        "C:x",
        "a\\..\\b",
        "\\\\host\\x",
        "a\nb",
        "\x1b[2J",
    ],
)
@pytest.mark.parametrize("pack", [tar, zip_])
def test_paths_that_leave_the_archive_are_refused(pack, name):
    assert refusal(pack((name, WORKSPACE))).code == "unsafe_archive"


@pytest.mark.parametrize(
    ("type_", "link"),
    [
        (tarfile.SYMTYPE, "/etc/passwd"),
        (tarfile.LNKTYPE, "a"),
        (tarfile.CHRTYPE, ""),
        (tarfile.BLKTYPE, ""),
        (tarfile.FIFOTYPE, ""),
    ],
)
def test_links_and_devices_are_refused(type_, link):
    data = tar(("a", WORKSPACE), special("b.json", type_, link), ("c.json", WORKSPACE))
    assert refusal(data).code == "unsafe_archive"
    analysis = analyse(data)
    assert not analysis.valid
    assert [m.path for m in analysis.members] == ["a", "c.json"]


def test_links_in_zips_are_refused():
    info = zipfile.ZipInfo("link")
    info.external_attr = 0o120777 << 16
    assert refusal(zip_((info, b"/etc/passwd"))).code == "unsafe_archive"


def test_encrypted_members_are_refused():
    data = bytearray(zip_(("a", WORKSPACE)))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(data)).code == "unsafe_archive"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_members_in_bzip2_and_lzma_are_refused(method):
    info = zipfile.ZipInfo("a.json")
    info.compress_type = method
    data = zip_((info, WORKSPACE), ("b.json", WORKSPACE))
    assert refusal(data).code == "unsafe_archive"
    assert [m.path for m in analyse(data).members] == ["b.json"]


def test_stored_zip_members_are_read():
    info = zipfile.ZipInfo("a.json")
    info.compress_type = zipfile.ZIP_STORED
    assert [path for path, _ in read_members(zip_((info, WORKSPACE)))] == ["a.json"]


def test_a_name_given_twice_is_refused():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        data = zip_(("a", WORKSPACE), ("a", b"{}"))
    assert refusal(data).code == "duplicate_name"
    assert refusal(tar(("a", WORKSPACE), ("a", b"{}"))).code == "duplicate_name"


def nested(levels):
    data = WORKSPACE
    for i in range(levels):
        data = (zip_ if i % 2 else tar)((f"level{i}", data))
    return data


def quine():
    """A gzip that holds more gzips than anybody needs."""
    data = WORKSPACE
    for _ in range(30):
        data = gzip.compress(data)
    return data


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(bytes(8 << 20)),
        gzip.compress(b"") * 20_000,
        bz2.compress(b"") * 20_000,
        lzma.compress(b"") * 20_000,
        bz2.compress(bytes(64 << 20)),
        lzma.compress(bytes(8 << 20)),
        tar(("a", bytes(8 << 20))),
        zip_(("a", b"[" + bytes(8 << 20))),
        zip_(("a.gz", gzip.compress(gzip.compress(bytes(64 << 20))))),
        zip_(*((f"{i}", b"") for i in range(11))),
        tar(*((f"{i}", b"") for i in range(11))),
        tar(("a.zip", zip_(("a", b"x"), ("b", bytes(range(256)) * 4096)))),
        nested(5),
        quine(),
    ],
)
def test_bombs_stop_at_the_caps(data):
    tracemalloc.start()
    assert {f.code for f in analyse(data, limits=SMALL).findings} == {"resource_limit"}
    assert tracemalloc.get_traced_memory()[1] < 12 << 20
    tracemalloc.stop()


def test_headers_that_claim_huge_sizes_cost_nothing():
    info = tarfile.TarInfo("a")
    info.size = 1 << 40
    data = info.tobuf() + WORKSPACE
    assert refusal(data).code == "parse_error"
    pax = tarfile.TarInfo("x")
    pax.type, pax.size = tarfile.XHDTYPE, 1 << 30
    assert refusal(pax.tobuf(tarfile.USTAR_FORMAT) + bytes(8 << 20)).code == "resource_limit"


def test_many_chained_headers_are_no_crash():
    long = tarfile.TarInfo("././@LongLink")
    long.type, long.size = tarfile.GNUTYPE_LONGNAME, 512
    data = (long.tobuf(tarfile.GNU_FORMAT) + bytes(512)) * 5000
    assert refusal(data).code in ("parse_error", "resource_limit")


@pytest.mark.parametrize("pack", [tar, zip_, lambda *m: tar(*m, mode="w")])
@pytest.mark.parametrize("cut", [0.1, 0.35, 0.65])
def test_truncated_archives_are_named(pack, cut):
    data = pack(*((f"{i}.bin", bytes(range(256)) * 8 + bytes([i])) for i in range(5)))
    analysis = analyse(data[: int(len(data) * cut)])
    assert {f.code for f in analysis.findings} == {"parse_error"}
    assert not analysis.valid


def test_a_damaged_member_is_named_and_the_others_are_read():
    data = zip_(("bad.gz", gzip.compress(WORKSPACE)[:-20]), ("good.json", WORKSPACE))
    analysis = analyse(data)
    assert [m.path for m in analysis.members] == ["good.json"]
    [finding] = analysis.findings
    assert finding.code == "parse_error"
    assert "bad.gz" in finding.message


def test_wrong_checksums_are_seen():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a", WORKSPACE)
    assert refusal(out.getvalue().replace(b'"SR"', b'"XX"', 1)).code == "parse_error"


def test_an_archive_without_a_model_is_none():
    analysis = analyse(zip_(("README", b"hello"), ("x.json", b'{"a": 1}')))
    assert analysis.format == "unknown"
    assert [f.code for f in analysis.findings] == ["wrong_format"]


def test_a_large_file_that_is_no_document_is_passed_over():
    data = random.Random(1).randbytes(200_000)
    assert list(read_members(tar(("big.root", data), ("a", b"x")), SMALL)) == [("a", b"x")]
    assert refusal(tar(("big.json", b"{" + data))).code == "resource_limit"


@pytest.mark.parametrize("data", [b"", b"hello", WORKSPACE, gzip.compress(WORKSPACE)])
def test_what_is_no_archive_is_refused(data):
    assert refusal(data).code == "wrong_format"


def test_unicode_names_survive_any_spelling():
    info = tarfile.TarInfo("caf\udce9.json")
    info.size = len(WORKSPACE)
    out = io.BytesIO()
    with tarfile.open(
        fileobj=out, mode="w", format=tarfile.GNU_FORMAT, encoding="utf-8", errors="surrogateescape"
    ) as archive:
        archive.addfile(info, io.BytesIO(WORKSPACE))
    [(path, _)] = read_members(out.getvalue())
    assert path == "caf\ufffd.json"


archives = st.one_of(
    *(
        st.lists(st.tuples(st.text(max_size=8), st.binary(max_size=40)), max_size=3).map(
            lambda members, pack=pack: pack(*members)
        )
        for pack in (
            lambda *m: tar(
                *((n.replace("\0", "").encode(errors="replace").decode(), d) for n, d in m)
            ),
            lambda *m: tar(
                *((n.replace("\0", "").encode(errors="replace").decode(), d) for n, d in m),
                mode="w",
            ),
            lambda *m: zip_(
                *{
                    f"{i}{n}".encode(errors="replace").decode(): d for i, (n, d) in enumerate(m)
                }.items()
            ),
        )
    )
)


@st.composite
def broken(draw):
    data = bytearray(draw(archives))
    for _ in range(draw(st.integers(0, 6))):
        if data:
            data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))]) if draw(st.booleans()) else bytes(data)


@settings(deadline=None, max_examples=200)
@given(broken())
@example(b"PK\x05\x06")
@example(b"PK\x03\x04")
@example(b"\x1f\x8b")
@example(b"BZh")
@example(b"\xfd7zXZ\x00")
def test_any_bytes_give_an_analysis(data):
    analysis = analyse(data, limits=SMALL)
    assert analysis.size == len(data)
    assert analysis.valid or analysis.findings
    analysis.to_dict()


@given(st.binary(max_size=300), st.lists(st.integers(0, 50), max_size=20), st.integers(1, 7))
def test_a_stream_gives_the_bytes_of_its_source(data, sizes, chunk):
    source = io.BytesIO(data)
    stream, expected = Stream(lambda n: source.read(min(n, chunk))), io.BytesIO(data)
    for size in sizes:
        assert stream.peek(size) == expected.getvalue()[expected.tell() : expected.tell() + size]
        assert stream.read(size) == expected.read(size)
        assert stream.tell() == expected.tell()
    assert stream.read() == expected.read()
