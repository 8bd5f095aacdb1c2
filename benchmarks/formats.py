#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
# The conversion is imported where the memory of a process is measured around it.
# ruff: noqa: PLC0415
"""Conversion of pyhf workspaces to DEMOS documents: time and memory beside reading and writing.

The whole way of the bytes is measured: strict parse with the search for duplicate keys, JSON
Schema, semantic checks, conversion, writing. The baseline is orjson.loads and orjson.dumps of the
same bytes, which checks nothing; pyhf.schema.validate of the parsed workspace is printed beside it.
Times are CPU seconds of one thread, the least of several runs taken in turns, so that other work
on the machine counts little.

Models of 0.6, 2.5 and 3.3 MB: a published workspace, and larger ones made of it by repeating its
channels under other names.
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

HERE = Path(__file__).resolve()
SHARED = Path(os.environ.get("DEMOS_SHARED_DATA", HERE.parents[2] / "shared" / "data"))
PAGE = os.sysconf("SC_PAGE_SIZE")
MODELS = [
    ("0.6 MB, as published", "sbottom_RegionB_BkgOnly", 0),
    ("2.5 MB", "onelbb_BkgOnly", 2_500_000),
    ("3.3 MB", "onelbb_BkgOnly", 3_300_000),
]
"""What it is called, the corpus' name, and the size to be reached in bytes."""


def grown(data, size):
    """Repeats the channels of a workspace until it has a size.

    Args:
        data: The workspace.
        size: Bytes to be reached.

    Returns:
        The larger workspace.
    """
    workspace = orjson.loads(data)
    channels = list(zip(workspace["channels"], workspace["observations"], strict=True))
    copies, written = 0, data
    while len(written) < size:
        for channel, observed in channels:
            renamed = json.loads(json.dumps(channel))
            name = f"{channel['name']} copy {copies}"
            renamed["name"] = name
            for sample in renamed["samples"]:
                for modifier in sample["modifiers"]:
                    if modifier["type"] in {"staterror", "shapesys", "shapefactor"}:
                        modifier["name"] += f" copy {copies}"
            workspace["channels"].append(renamed)
            workspace["observations"].append({"name": name, "data": observed["data"]})
            written = orjson.dumps(workspace)
            if len(written) >= size:
                break
        copies += 1
    return written


def converted(data):
    """Goes the whole way from bytes to bytes."""
    from demos_formats import parse
    from demos_formats.convert import convert_pyhf_to_demos

    return orjson.dumps(convert_pyhf_to_demos(parse.loads(data)))


def cpu(run, *given):
    """Gives the CPU seconds of a call, without the cycle collector (as timeit does).

    The collector starts by the number of objects alive, so it would count for one size and not
    for another, and more for the baseline than for the conversion, which stops it.
    """
    gc.collect()
    gc.disable()
    begin = time.process_time()
    run(*given)
    spent = time.process_time() - begin
    gc.enable()
    return spent


def resident():
    """Gives the resident memory of this process, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def most_resident():
    """Gives the largest resident memory that this program had, in bytes."""
    # Not ru_maxrss, in which the program that started this one counts.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def memory(path):
    """Prints the memory of the parsed document and the peak of the conversion, in bytes.

    Runs in a process of its own that has converted something small before, so that neither
    libraries nor schemas count.
    """
    factor = {"name": "mu", "type": "normfactor", "data": None}
    small = {
        "channels": [
            {"name": "c", "samples": [{"name": "s", "data": [1.0], "modifiers": [factor]}]}
        ],
        "observations": [{"name": "c", "data": [1.0]}],
        "measurements": [{"name": "m", "config": {"poi": "", "parameters": []}}],
        "version": "1.0.0",
    }
    converted(orjson.dumps(small))
    data = path.read_bytes()
    begin = resident()
    parsed = orjson.loads(data)
    held = resident() - begin
    del parsed
    converted(data)
    peak = most_resident() - begin
    print(json.dumps([held, peak]))


def measure(title, data, repeat, folder):
    """Measures one model and prints a line; returns the ratios of time and memory."""
    from demos_formats import parse
    from pyhf import schema

    workspace = parse.loads(data)
    baseline = ours = float("inf")
    for _ in range(repeat):
        baseline = min(baseline, cpu(lambda: orjson.dumps(orjson.loads(data))))
        ours = min(ours, cpu(converted, data))
    theirs = cpu(schema.validate, workspace, "workspace.json")
    path = folder / "model.json"
    path.write_bytes(data)
    done = subprocess.run(
        [sys.executable, str(HERE), "--memory", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    held, peak = json.loads(done.stdout)
    modifiers = sum(len(s["modifiers"]) for c in workspace["channels"] for s in c["samples"])
    print(
        f"{title:<22} {modifiers:>9} {baseline * 1e3:>9.1f} {ours * 1e3:>9.1f} "
        f"{ours / baseline:>6.1f} {theirs * 1e3:>9.0f} {held / 1e6:>9.1f} {peak / 1e6:>9.1f} "
        f"{peak / held:>6.1f}",
        flush=True,
    )
    return ours / baseline, peak / held


def main():
    """Measures and prints; the exit code tells whether the limits are kept."""
    cli = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    cli.add_argument("--data", type=Path, default=SHARED / "models", help="the corpus of models")
    cli.add_argument("--repeat", type=int, default=15, help="runs of each, the least counts")
    cli.add_argument("--time", type=float, default=8.0, help="largest ratio of times")
    cli.add_argument("--peak", type=float, default=6.0, help="largest ratio of memory")
    cli.add_argument("--memory", type=Path, help=argparse.SUPPRESS)
    given = cli.parse_args()
    if given.memory:
        memory(given.memory)
        return 0
    if not (given.data / "manifest.json").exists():
        print(f"{given.data}: the corpus of models is not here, nothing is measured.")
        return 0
    print(f"{'':<22} {'':>9} {'CPU milliseconds':>36}   {'resident MB':>20}")
    print(
        f"{'workspace':<22} {'modifiers':>9} {'orjson':>9} {'converted':>9} {'ratio':>6} "
        f"{'pyhf val.':>9} {'parsed':>9} {'peak':>9} {'ratio':>6}"
    )
    kept = True
    with tempfile.TemporaryDirectory() as folder:
        for title, name, size in MODELS:
            data = (given.data / "pyhf" / f"{name}.json").read_bytes()
            data = grown(data, size) if size else data
            slower, larger = measure(title, data, given.repeat, Path(folder))
            kept = kept and slower <= given.time and larger <= given.peak
    print(f"Limits: time {given.time:g}, memory {given.peak:g}: {'kept' if kept else 'NOT kept'}.")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
