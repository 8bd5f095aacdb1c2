# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Peers that mean harm: contained, named, in bounded memory."""

import gzip
import io
import json
import resource
import tarfile
import zipfile

import pytest
from demos_harvest.http import errors
from demos_harvest.peers.oaipmh.parser import page_of, parse
from peers import models
from peers.datacite import DataCiteDouble
from peers.hepdata import HEPDataDouble, Record, Resource
from peers.zenodo import Record as ZenodoRecord
from peers.zenodo import ZenodoDouble

LAUGHS = """<?xml version="1.0" encoding="{0}"?><!DOCTYPE x [<!ENTITY a "ha">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
<!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;"><!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;">]>
<x>&g;</x>"""
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
MEMORY = 300 * 1024
"""KiB by which the process may grow; the bombs below unfold to gigabytes."""


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS.format("utf-8").encode(),
        LAUGHS.format("utf-16").encode("utf-16"),
        LAUGHS.format("utf-7").encode("utf-7"),
        OUTSIDE.encode(),
        OUTSIDE.encode("utf-16-le"),
    ],
    ids=["laughs", "utf-16", "utf-7", "file", "file-utf-16"],
)
def test_document_types_are_refused_in_every_encoding(body):
    with pytest.raises(errors.UnexpectedContentError):
        parse(body)


def test_deep_and_long_xml_is_refused():
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    with pytest.raises(errors.UnexpectedContentError):
        page_of(deep)


def hepdata_with(doubles, name, data):
    double = doubles("hepdata", HEPDataDouble([
        Record(1, 11, resources=[Resource(name, data)]),
        Record(2, 12, resources=[Resource("w.json", models.as_json(models.workspace(1)))]),
    ]))  # fmt: skip
    doubles("datacite", DataCiteDouble(double))
    return double


def tar_of(*entries):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, kind, link, data in entries:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, link, len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def gzip_bomb():
    """Make 4 GiB of blanks in 4 MiB."""
    blanks = b" " * (16 * 1024 * 1024)
    member = gzip.compress(blanks, 9)
    return member * 256


def zip_bomb():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        blanks = b" " * (64 * 1024 * 1024)
        for n in range(20):
            archive.writestr(f"BkgOnly{n}.json", blanks)
    return target.getvalue()


def nested(data, depth=12):
    for n in range(depth):
        data = models.tgz({f"{n}.tgz": data})
    return data


HOSTILE = {
    "gzip-bomb": lambda: ("model.json.gz", gzip_bomb()),
    "zip-bomb": lambda: ("models.zip", zip_bomb()),
    "nested": lambda: ("models.tgz", nested(models.as_json(models.workspace(2)))),
    "deep-json": lambda: ("model.json", b'{"channels":' + b"[" * 200_000 + b"]" * 200_000 + b"}"),
    "link": lambda: (
        "models.tgz", tar_of(("BkgOnly.json", tarfile.SYMTYPE, "/etc/passwd", b"")),
    ),
    "device": lambda: ("models.tgz", tar_of(("BkgOnly.json", tarfile.CHRTYPE, "", b""))),
    "no-archive": lambda: ("models.tgz", b"\x1f\x8b" + b"\x00" * 5000),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.usefixtures("no_documents")
def test_hostile_pallets_fail_alone(doubles, harvest, works, item, case):
    name, data = HOSTILE[case]()
    hepdata_with(doubles, name, data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    counts = harvest("hepdata")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert (counts["registered"], counts["failed"], works()) == (1, 1, 1)
    assert item("hepdata", "ins11").error["code"] == "invalid_model"
    assert grown < MEMORY


@pytest.mark.usefixtures("no_documents")
def test_members_with_evil_paths_stay_inside(doubles, harvest, works, client, tmp_path):
    data = models.as_json(models.workspace(7))
    evil = ["../../../../tmp/evil.json", "/etc/cron.d/evil", "a\x00b.json", "<script>.json"]
    pallet = tar_of(*((name, tarfile.REGTYPE, "", data) for name in evil))
    hepdata_with(doubles, "models.tgz", pallet)
    counts = harvest("hepdata")
    assert counts["failed"] + counts["registered"] == 2
    answer = client.get("/hepdata/ins11")
    members = [m["member"] for f in answer.json["files"] for m in f["models"]]
    assert not any(m and (m.startswith("/") or ".." in m.split("/")) for m in members)


@pytest.mark.usefixtures("no_documents")
def test_markup_in_titles_and_names_stays_text(doubles, harvest, client):
    evil = '<img src=x onerror="alert(1)">A <b>search</b>\u202eevil\u202c<svg/onload=alert(2)>'
    double = HEPDataDouble([
        Record(1, 11, title=evil, collaborations=("ATLAS<script>alert(3)</script>",),
               resources=[Resource("w.json", models.as_json(models.workspace(1)))]),
    ])  # fmt: skip
    doubles("hepdata", double)
    doubles("datacite", DataCiteDouble(double))
    harvest("hepdata")
    text = json.dumps(client.get("/hepdata/ins11").json["metadata"], ensure_ascii=False)
    assert "<" not in text
    assert "\u202e" not in text
    assert "A search" in text


@pytest.mark.parametrize("quirk", ["token-loop"])
def test_datacite_that_never_ends_ends(doubles, harvest, quirk, works):
    double = hepdata_with(doubles, "w.json", models.as_json(models.workspace(5)))
    datacite = doubles("datacite", DataCiteDouble(double))
    datacite.quirks.add(quirk)
    counts = harvest("datacite")
    assert counts["status"] in ("successful", "failed")
    assert len(datacite.requests) < 20


@pytest.mark.usefixtures("no_documents")
def test_a_redirect_of_a_download_into_the_house_is_refused(doubles, harvest, works, item):
    hepdata = hepdata_with(doubles, "w.json", models.as_json(models.workspace(5)))
    send = hepdata._send

    def lead_astray(request, record, resource):
        if record.recid == 1:
            resource = Resource("w.json", link="http://169.254.169.254/latest/meta-data/")
        return send(request, record, resource)

    hepdata._send = lead_astray
    counts = harvest("hepdata")
    assert (counts["registered"], counts["failed"], works()) == (1, 1, 1)
    assert item("hepdata", "ins11").error["code"] == "address_refused"


def test_a_file_that_never_ends_is_given_up(clean, doubles, harvest, works, item):
    clean.config["DEMOS_HARVEST_MAX_FILE_SIZE"] = 1024 * 1024
    zenodo = doubles("zenodo", ZenodoDouble([
        ZenodoRecord("42", "41", files={"workspace.json": b"{" + b" " * (3 * 1024 * 1024)}),
    ]))  # fmt: skip
    harvest("zenodo")
    assert item("zenodo", "42").error["code"] == "too_large"
    assert zenodo.count("/content") == 1
