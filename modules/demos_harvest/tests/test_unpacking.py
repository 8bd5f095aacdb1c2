# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Lone compressed documents are kept plain, everything else as it came."""

import pytest
from demos_harvest.harvesting.unpacking import unpacked
from peers import models

DOCUMENT = models.as_json(models.workspace(1))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("w.json", DOCUMENT),
        ("w.tgz", models.tgz({"w.json": DOCUMENT})),
        ("w.zip", models.zipped({"w.json": DOCUMENT})),
        ("cut.json.gz", models.gz(DOCUMENT)[:-20]),
        ("large.json.gz", models.gz(b"{" + b" " * 20_000 + b"}")),
    ],
)
def test_as_it_came(tmp_path, name, data):
    path = tmp_path / "file"
    path.write_bytes(data)
    assert unpacked(path, name, 10_000) == (path, name)
    assert path.read_bytes() == data


def test_plain(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(models.gz(DOCUMENT))
    plain, name = unpacked(path, "w.json.gz", 10_000)
    assert (plain.read_bytes(), name) == (DOCUMENT, "w.json")
