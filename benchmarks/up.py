#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Time of `make up` and memory of the portal that it leaves.

A portal of its own is brought up in an empty folder (cold), looked at at rest, brought up
again while it runs (as it is) and after `make down` (warm), and removed. Packages that the
caches of uv, npm, Maven and cargo hold are not fetched again, so that the cold time on a
machine that has done it before is the time without the network. The baseline of each run is
the sum of its steps: what it would take one after another.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "ops"))

from demos_ops import status  # noqa: E402
from demos_ops.instance import Instance  # noqa: E402


def command(name, env):
    """Run one of the commands behind ``make`` and return its seconds."""
    begin = time.monotonic()
    done = subprocess.run(
        [ROOT / "ops" / "run", name], env=env, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"make {name} failed:\n{done.stdout}")
    return time.monotonic() - begin


def brought_up(env, var):
    """Bring the portal up and return the seconds of each step, ``total`` among them."""
    seconds = command("up", env)
    times = json.loads((var / "log" / "up" / "times.json").read_text())
    return {name: step["seconds"] for name, step in times.items()} | {"total": seconds}


def at_rest(var):
    """Return the megabytes of each program (proportional set size)."""
    lines = status.lines(Instance.here({"DEMOS_VAR": str(var)}))
    return {line.name: round(line.memory / 1024**2) for line in lines}


def table(head, rows):
    """Print a table in Markdown."""
    print(f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")


def show(runs, down, memory):
    """Print what was measured."""
    names = [name for name in runs["cold"] if name != "total"]
    names.sort(key=lambda name: -runs["cold"][name])
    rows = [[name, *(f"{run.get(name, 0):.1f}" for run in runs.values())] for name in names]
    sums = [
        sum(seconds for name, seconds in run.items() if name != "total") for run in runs.values()
    ]
    rows.append(["one after another (baseline)", *(f"{number:.1f}" for number in sums)])
    totals = [run["total"] for run in runs.values()]
    rows.append(["**make up**", *(f"**{number:.1f}**" for number in totals)])
    rows.append(
        ["part of the baseline", *(f"{t / s:.2f}" for t, s in zip(totals, sums, strict=True))]
    )
    table(["step (s)", *runs], rows)
    print(f"\nmake down: {down:.1f} s")
    table(["program", "MB at rest"], sorted(memory.items(), key=lambda item: -item[1]))
    print(f"\n{sum(memory.values())} MB in all")


def main():
    """Measure and print."""
    cli = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    cli.add_argument("--folder", type=Path, default=ROOT / "var" / "benchmark-up")
    cli.add_argument("--port-base", type=int, default=5400)
    cli.add_argument("--rest", type=float, default=60, help="seconds before the memory is read")
    cli.add_argument("--json", action="store_true", help="print figures as JSON instead")
    arguments = cli.parse_args()
    var = arguments.folder.resolve()
    if var.exists():
        cli.error(f"{var} exists: remove it, or give another --folder")
    env = {key: value for key, value in os.environ.items() if not key.startswith("DEMOS_")}
    env |= {"DEMOS_VAR": str(var), "DEMOS_PORT_BASE": str(arguments.port_base)}
    load = os.getloadavg()[0]
    try:
        runs = {"cold": brought_up(env, var)}
        time.sleep(arguments.rest)
        memory = at_rest(var)
        runs["as it is"] = brought_up(env, var)
        down = command("down", env)
        runs["warm"] = brought_up(env, var)
    finally:
        subprocess.run([ROOT / "ops" / "run", "down"], env=env, check=False)
        shutil.rmtree(var, ignore_errors=True)
    machine = {"processors": os.cpu_count(), "load before": round(load, 1)}
    if arguments.json:
        print(json.dumps({"machine": machine, "seconds": runs, "down": down, "memory": memory}))
        return
    print(f"{machine['processors']} processors, load {machine['load before']} before")
    show(runs, down, memory)


if __name__ == "__main__":
    main()
