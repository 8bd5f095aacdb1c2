#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Conversions of published models, as the Markdown table of the conversion page.

Each workspace goes to a DEMOS document and back, and to HS3 in three dialects. HS3 is read again
without its ``misc``, so nothing can hide there. The deviation is the largest difference between
pyhf's log-likelihood differences of the workspace and this package's of the HS3 document, at the
start point and random points.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from demos_formats import convert, parse, pyhf
from demos_formats.certificate import certify
from demos_formats.errors import FormatError
from demos_formats.pyhf.digest import digest

HERE = Path(__file__).resolve()
SHARED = Path(os.environ.get("DEMOS_SHARED_DATA", HERE.parents[2] / "shared" / "data"))
DIALECTS = ("root", "pyhs3", "spec")


def chosen(manifest, most):
    """Lists the published full likelihoods by record."""
    found = [
        e
        for e in manifest["models"]
        if e["format"].startswith("pyhf workspace")
        and e.get("real_analysis")
        and e.get("doi")
        and e["bytes"] <= most
    ]
    return sorted(found, key=lambda e: (e.get("inspire") or "", e["name"]))


def deviation(workspace, dialect, points):
    """Converts to HS3, drops what we put into ``misc``, and compares."""
    try:
        written = convert.convert_pyhf_to_hs3(workspace, dialect=dialect)
        bare = json.loads(json.dumps({k: v for k, v in written.items() if k != "misc"}))
        sure = certify(workspace, bare, points=points)
    except FormatError as e:
        return f"refused: {e.findings[0].message}", None
    return ("" if sure.equivalent else "differs: " + sure.notes[0]), sure.max_abs_difference


def row(entry, data, points):
    """Gives one line of the table, and whether all went well."""
    workspace = parse.loads(data)
    found = pyhf.structure(workspace)
    document = json.loads(json.dumps(convert.convert_pyhf_to_demos(workspace)))
    back, _ = convert.convert_demos_to_pyhf(document)
    same = digest(back) == digest(workspace)
    cells = [
        f"`{entry['name']}`",
        f"[{entry['doi']}](https://doi.org/{entry['doi']})",
        f"{entry['bytes'] / 1000:.0f}",
        str(found["n_channels"]),
        str(found["n_parameters"]),
        "same digest" if same else "**another digest**",
    ]
    well = same
    for dialect in DIALECTS:
        problem, worst = deviation(workspace, dialect, points)
        well = well and not problem
        cells.append(problem or f"{worst:.0e}")
    return f"| {' | '.join(cells)} |", well


def main():
    """Prints the table; the exit code tells whether every conversion was good."""
    cli = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    cli.add_argument("--data", type=Path, default=SHARED / "models", help="the corpus of models")
    cli.add_argument("--points", type=int, default=5, help="points of the comparison")
    cli.add_argument("--max-bytes", type=int, default=2_000_000, help="skip larger workspaces")
    given = cli.parse_args()
    if not (given.data / "manifest.json").exists():
        print(f"{given.data}: the corpus of models is not here, nothing is converted.")
        return 0
    manifest = json.loads((given.data / "manifest.json").read_text())
    print("| Model | From | kB | Channels | Parameters | To DEMOS and back | root | pyhs3 | spec |")
    print("|---|---|---|---|---|---|---|---|---|")
    good = True
    for entry in chosen(manifest, given.max_bytes):
        line, well = row(entry, (given.data / entry["file"]).read_bytes(), given.points)
        good = good and well
        print(line, flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
