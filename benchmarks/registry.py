#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What the registry costs a running portal, against what the portal does without it.

Publishing: deposits of the same 0.6 MB model, declared as a model, against deposits of the same
bytes that the registry does not look into (backwards, so that they are no JSON).
Searching: `/api/models` against `/api/records`, 25 results each, alternating.
Prints one JSON object; times are seconds.

    DEMOS_URL=$(make url) DEMOS_TOKEN=$(make token) benchmarks/registry.py
"""

import argparse
import json
import os
import ssl
import statistics
import time
import urllib.parse
import urllib.request

CONTEXT = ssl._create_unverified_context()  # a portal on loopback signs for itself
URL, TOKEN = os.environ.get("DEMOS_URL", "https://127.0.0.1:5000"), os.environ.get("DEMOS_TOKEN")
JSON = "application/json"


def call(method, path, body=None, mimetype=JSON):
    """Give the answer to a request, and the seconds it took."""
    if body is not None and mimetype == JSON:
        body = json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data=body, method=method)
    request.add_header("Authorization", f"Bearer {TOKEN}")
    request.add_header("Content-Type", mimetype)
    started = time.perf_counter()
    with urllib.request.urlopen(request, context=CONTEXT, timeout=120) as response:
        content = response.read()
    return json.loads(content or b"null"), time.perf_counter() - started


def model(size, number):
    """Give a workspace of about a size that no other call gives."""
    bins = 50
    systematics = 10
    names = [f"channel_{time.time_ns()}_{number}_{i}" for i in range(max(1, size // 25_000))]
    channels = [
        {
            "name": name,
            "samples": [
                {
                    "name": f"sample_{s}",
                    "data": [100.25 + s + b for b in range(bins)],
                    "modifiers": [
                        {
                            "name": f"systematic_{m}",
                            "type": "histosys",
                            "data": {
                                "hi_data": [110.5 + s + b for b in range(bins)],
                                "lo_data": [90.125 + s + b for b in range(bins)],
                            },
                        }
                        for m in range(systematics)
                    ]
                    + ([{"name": "mu", "type": "normfactor", "data": None}] if s == 0 else []),
                }
                for s in range(3)
            ],
        }
        for name in names
    ]
    return json.dumps(
        {
            "channels": channels,
            "observations": [{"name": n, "data": [330.0] * bins} for n in names],
            "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": []}}],
            "version": "1.0.0",
        }
    ).encode()


def publish(content, kind, name):
    """Deposit a file: gives the seconds of its commit and of its publication."""
    draft, _ = call(
        "POST",
        "/api/records",
        {
            "access": {"record": "public", "files": "public"},
            "files": {"enabled": True},
            "metadata": {
                "title": f"Benchmark {name}",
                "resource_type": {"id": kind},
                "publication_date": "2026-01-01",
                "publisher": "DEMOS portal",
                "creators": [{"person_or_org": {"type": "organizational", "name": "Benchmark"}}],
            },
        },
    )
    base = f"/api/records/{draft['id']}/draft"
    call("POST", f"{base}/files", [{"key": name}])
    call("PUT", f"{base}/files/{name}/content", content, "application/octet-stream")
    _, commit = call("POST", f"{base}/files/{name}/commit")
    _, published = call("POST", f"{base}/actions/publish")
    return commit, published


def spread(times):
    """Give median and 95th percentile."""
    return {
        "p50": round(statistics.median(times), 4),
        "p95": round(statistics.quantiles(times, n=20)[-1], 4),
    }


def main():
    """Measure and print."""
    cli = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    cli.add_argument("--deposits", type=int, default=15, help="deposits of each sort")
    cli.add_argument("--searches", type=int, default=60, help="searches of each sort")
    cli.add_argument("--bytes", type=int, default=600_000, help="about the size of a model")
    args = cli.parse_args()
    if not TOKEN:
        cli.error("DEMOS_TOKEN is not set; `make token` prints one")
    times = {"model": [], "plain": []}
    commits = {"model": [], "plain": []}
    size = 0
    for number in range(args.deposits + 1):
        content = model(args.bytes, number)
        size = len(content)
        # The same number of bytes that are no JSON.
        plain = b"no model\n" + content[::-1]
        for sort, body, kind in (("model", content, "model"), ("plain", plain, "dataset")):
            commit, published = publish(body, kind, f"{sort}-{number}")
            if number:  # the first warms up
                times[sort].append(published)
                commits[sort].append(commit)
    searches = {"models": [], "records": []}
    totals = {}
    for number in range(args.searches + 2):
        for sort, times_of in searches.items():
            query = urllib.parse.urlencode({"size": 25, "q": "benchmark"})
            answer, seconds = call("GET", f"/api/{sort}?{query}")
            totals[sort] = answer["hits"]["total"]
            if number > 1:
                times_of.append(seconds)
    result = {
        "model_bytes": size,
        "publish": {sort: spread(t) for sort, t in times.items()},
        "publish_ratio": round(
            statistics.median(times["model"]) / statistics.median(times["plain"]), 2
        ),
        "commit_file": {sort: spread(t) for sort, t in commits.items()},
        "search_totals": totals,
        "search_25": {sort: spread(t) for sort, t in searches.items()},
        "search_ratio": round(
            statistics.median(searches["models"]) / statistics.median(searches["records"]), 3
        ),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
