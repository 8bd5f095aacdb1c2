# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Twelve real HEPData records, their likelihoods packed the ways HEPData's uploaders pack them.

The files are those of the development corpus, which is not part of this repository.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from . import models
from .hepdata import Record, Resource

DATA = Path(
    os.environ.get("DEMOS_SHARED_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data"
)


@dataclass(frozen=True)
class Layout:
    """How one record keeps its files."""

    title: str
    pack: str
    filename: str
    folder: str = ""
    arxiv: str | None = None


LAYOUTS = {
    "ins1748602": Layout("Search for bottom squarks to Higgs bosons", "tgz",
                         "HEPData_workspaces.tar.gz", arxiv="1908.03122"),
    "ins1750597": Layout("Search for two leptons and no jets", "json", "bkgonly.json",
                         arxiv="1908.08215"),
    "ins1754675": Layout("Search for same-sign leptons or three leptons", "tgz",
                         "InclSS3L_likelihoods.tgz", arxiv="1909.08457"),
    "ins1755298": Layout("Search for one lepton and two b-jets", "apart", "BkgOnly.json",
                         arxiv="1909.09226"),
    "ins1765529": Layout("Search for pairs of staus", "tgz", "SUSY-2018-04_likelihoods.tar.gz",
                         "Region-lowMass/", arxiv="1911.06660"),
    "ins1767649": Layout("Search for compressed spectra", "tgz", "statistical_models.tar.gz",
                         "statistical_models/", arxiv="1911.12606"),
    "ins1771533": Layout("Search for three leptons by recursive jigsaw", "gz+table",
                         "likelihood.json.gz", arxiv="1912.08479"),
    "ins1788448": Layout("Search for displaced vertices and muons", "zip", "Likelihoods.zip",
                         "Likelihoods/DVPlusMuConfig/", arxiv="2003.11956"),
    "ins1827025": Layout("Search for jets and missing momentum", "tgz of gz",
                         "Likelihoods.tar.gz", "Likelihoods/", arxiv="2010.14293"),
    "ins1831992": Layout("Search for trilepton resonances", "table",
                         "FullLikelihoods_sm.json"),
    "ins1866951": Layout("Search for three leptons on and off shell", "tar",
                         "statistical_models.tar", "likelihoods/", arxiv="2106.01676"),
    "ins2072870": Layout("Search for two leptons and two jets", "tar of tgz", "llh_jsons.tar",
                         arxiv="2204.13072"),
}  # fmt: skip
"""INSPIRE identifier to layout; together they cover every packing that is in use."""


def manifest():
    """Return the corpus' entries of the twelve records, by INSPIRE identifier.

    Raises:
        FileNotFoundError: If the corpus is not there.
    """
    entries = json.loads((DATA / "models" / "manifest.json").read_text())["models"]
    found = {}
    for entry in entries:
        if entry.get("inspire") in LAYOUTS and not entry["file"].startswith("hs3/"):
            found.setdefault(entry["inspire"], []).append(entry)
    return found


def read(entry):
    return (DATA / "models" / entry["file"]).read_bytes()


def records():
    """Build the twelve records."""
    return [_record(name, LAYOUTS[name], entries) for name, entries in manifest().items()]


def doi_of(entries):
    """Return the DOI of a record's likelihood in its newest version, as far as it is known."""
    return max((e["doi"] for e in entries if e.get("doi")), key=lambda doi: (len(doi), doi))


def _record(name, layout, entries):
    recid, version, rank = re.search(r"(\d+)(?:\.v(\d+)/r(\d+))?$", doi_of(entries)).groups()
    before = [
        Resource(f"macro{n}.C", b"void macro() {}", type="C++ file")
        for n in range(1, int(rank or 1))
    ]
    own, tables = _resources(layout, entries)
    return Record(
        int(recid),
        int(name.removeprefix("ins")),
        title=layout.title,
        arxiv=layout.arxiv,
        version=int(version or 1),
        resources=[*before, *own],
        tables=tables,
    )


def _resources(layout, entries):
    """Pack the entries; return resources of the record and resources by table."""
    members = {_name(entry): read(entry) for entry in entries}
    inside = {layout.folder + name: data for name, data in members.items()}
    single = {
        "tgz": lambda: models.tgz(inside),
        "tar": lambda: models.tar(inside),
        "zip": lambda: models.zipped(inside),
        "tgz of gz": lambda: models.tgz({f"{n}.gz": models.gz(d) for n, d in inside.items()}),
        "tar of tgz": lambda: models.tar(
            {f"{n}.tgz": models.tgz({n: d}) for n, d in inside.items()}
        ),
    }
    if layout.pack in single:
        return [Resource(layout.filename, single[layout.pack]())], {}
    loose = [Resource(name, data) for name, data in members.items()]
    loose.sort(key=lambda resource: -len(resource.data))
    if layout.pack == "table":
        loose[0].filename = layout.filename
        return loose[:1], {f"Table {n} $m_{{T}}$": [r] for n, r in enumerate(loose[1:], start=1)}
    if layout.pack == "gz+table":
        first, *rest = members.values()
        packed = Resource(layout.filename, models.gz(first))
        return [packed], {f"Table {n}": [Resource(f"t{n}.json", d)] for n, d in enumerate(rest, 1)}
    return loose, {}


def _name(entry):
    return Path(entry["file"]).name
