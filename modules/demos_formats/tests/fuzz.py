# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Feeds broken documents and archives to the package until something gives.

Outside continuous integration: `python tests/fuzz.py --minutes 10 SEED_FILES...`. What it finds is
written to a folder and becomes a test. Run under a limit on memory, here 2 GiB.
"""

import argparse
import copy
import gzip
import json
import random
import resource
import sys
import time
import traceback
from pathlib import Path

from archive_files import tar, zip_
from demos_formats import FormatError, analyse
from demos_formats import convert as conversions
from demos_formats.difference import diff as compare
from demos_formats.document import load

MEMORY = 2 << 30
SLOW = 5.0
VALUES = [
    None, True, 0, -1, 1.5, -0.0, 1e308, 2**63, 2**70, "", "x", "lumi", "mu", [], [[]], {}, [1, 2],
    {"name": "x"}, {"hi": 1, "lo": -1}, {"contents": []}, "\u0000", "a/b~c", "\U0001f600", [None],
]  # fmt: skip


def nodes(document):
    """Lists (container, key) of every value."""
    found, todo = [], [document]
    while todo and len(found) < 20_000:
        one = todo.pop()
        keys = one.keys() if isinstance(one, dict) else range(len(one))
        for key in list(keys):
            found.append((one, key))
            if isinstance(one[key], dict | list):
                todo.append(one[key])
    return found


def mutate_document(rng, seed):
    """Changes a few places of a JSON document."""
    try:
        document = json.loads(seed)
    except (ValueError, RecursionError):
        return seed
    if not isinstance(document, dict | list):
        return seed
    for _ in range(rng.choice([1, 1, 1, 2, 5])):
        places = nodes(document)
        if not places:
            break
        container, key = rng.choice(places)
        action = rng.randrange(6)
        if action == 0:
            del container[key]
        elif action == 1 and isinstance(container, list):
            container.append(json.loads(json.dumps(container[key])))
        elif action == 2:
            other, other_key = rng.choice(places)
            container[key] = json.loads(json.dumps(other[other_key]))
        elif action == 3 and isinstance(container, dict):
            container[rng.choice(["name", "type", "data", "value", "x", key[::-1]])] = (
                copy.deepcopy(rng.choice(VALUES))
            )
        elif action == 4 and isinstance(container[key], str):
            names = [c[k] for c, k in places if isinstance(c[k], str)]
            container[key] = rng.choice(names)
        else:
            container[key] = copy.deepcopy(rng.choice(VALUES))
    return json.dumps(document).encode()


def mutate_bytes(rng, data):
    """Changes, cuts, repeats or swaps a few bytes."""
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 8])):
        if not data:
            break
        at = rng.randrange(len(data))
        action = rng.randrange(5)
        if action == 0:
            data[at] = rng.randrange(256)
        elif action == 1:
            del data[at : at + rng.choice([1, 4, 100])]
        elif action == 2:
            data[at:at] = data[at : at + rng.choice([1, 10, 200])]
        elif action == 3:
            data[at:at] = rng.choice(
                [b"{", b"[", b'"', b",", b"NaN", b"\xff", b"\\u00", b"1e999", b"\0"]
            )
        else:
            del data[at:]
    return bytes(data)


def make(rng, seeds):
    data = rng.choice(seeds)
    how = rng.randrange(10)
    if how < 6:
        data = mutate_document(rng, data)
    elif how < 8:
        data = mutate_bytes(rng, data)
    if rng.random() < 0.3:
        members = [
            (f"{i}.json", data[: rng.randrange(len(data) + 1)]) for i in range(rng.randrange(3))
        ]
        members.append(("m.json", data))
        data = rng.choice(
            [tar, zip_, lambda *m: tar(*m, mode="w"), lambda *m: gzip.compress(m[-1][1])]
        )(*members)
        if rng.random() < 0.7:
            data = mutate_bytes(rng, data)
    return data


def attempt(data):
    """Does with an input what a portal does; returns what should not have happened."""
    analysis = analyse(data)
    json.dumps(analysis.to_dict(), allow_nan=False)
    assert analysis.valid or analysis.findings
    if analysis.format not in ("pyhf", "hs3", "demos"):
        return
    try:
        document = load(data)
        compare(document, document)
        if analysis.format == "pyhf":
            content = conversions.convert_pyhf_to_demos(document.content)
        elif analysis.format == "hs3":
            content = conversions.convert_hs3_to_demos(document.content)
        else:
            content = document.content
    except FormatError:
        return
    for back in (
        lambda: conversions.convert_demos_to_pyhf(content),
        lambda: conversions.convert_demos_to_hs3(content, dialect="root"),
        lambda: conversions.convert_demos_to_hs3(content, dialect="pyhs3"),
    ):
        try:
            back()
        except FormatError as e:
            assert e.findings


def main():
    cli = argparse.ArgumentParser()
    cli.add_argument("seeds", nargs="+", type=Path)
    cli.add_argument("--minutes", type=float, default=10)
    cli.add_argument("--seed", type=int, default=1)
    cli.add_argument("--out", type=Path, default=Path("fuzz-findings"))
    a = cli.parse_args()
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    rng = random.Random(a.seed)
    seeds = [p.read_bytes() for p in a.seeds]
    end, runs, seen = time.monotonic() + 60 * a.minutes, 0, {}
    while time.monotonic() < end:
        data, start = make(rng, seeds), time.process_time()
        runs += 1
        try:
            attempt(data)
            problem = ""
        except (Exception, RecursionError, MemoryError) as e:
            place = traceback.extract_tb(e.__traceback__)[-1]
            problem = f"{type(e).__name__} at {Path(place.filename).name}:{place.lineno}: {e}"[:200]
            key = problem.partition(": ")[0]
        else:
            if time.process_time() - start > SLOW:
                problem = key = f"slow: {time.process_time() - start:.1f} s"
        if problem:
            seen[key] = seen.get(key, 0) + 1
            if seen[key] == 1:
                a.out.mkdir(exist_ok=True)
                (a.out / f"{len(seen):03}").write_bytes(data)
                print(f"{len(seen):03} {problem}", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"{runs} inputs, {len(seen)} kinds of problem, peak memory {peak} MiB", dict(seen))
    return bool(seen)


if __name__ == "__main__":
    sys.exit(main())
