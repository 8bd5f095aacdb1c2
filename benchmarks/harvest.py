#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The harvest beside a plain loop of REST calls, and look-ups beside an empty request.

Everything is measured in one run against one running portal (`make up`), one thing after the
other; documents that workers derive of new models are waited for in between. In Zenodo's place
stands a double on the loopback interface (tests/peers) that holds small likelihoods. Look-ups are
asked of a web process of this program's own, which is led to the double. At the end the records
of the plain loop are removed and the harvested models withdrawn; their tombstones stay. A portal
that has harvested Zenodo is left alone.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from peers import models  # noqa: E402
from peers.zenodo import Record, ZenodoDouble  # noqa: E402


def make(*words, **environment):
    """Run a make target and return what it prints."""
    done = subprocess.run(
        ["make", "-s", *words], cwd=ROOT, env={**os.environ, **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"make {words[0]} failed: {done.stderr.strip()[-500:]}")
    return done.stdout.strip()


def document(seed):
    return models.as_json(models.workspace(seed))


class Portal:
    """The REST API as a script uses it."""

    def __init__(self):
        self.url = os.environ.get("DEMOS_URL") or make("url")
        token = os.environ.get("DEMOS_TOKEN") or make("token")
        self.client = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {token}"},
            verify=False,
            timeout=120,
        )

    def call(self, method, path, **options):
        response = self.client.request(method, path, **options)
        if response.status_code >= 400:
            raise SystemExit(f"{method} {path}: {response.status_code} {response.text[:300]}")
        return response

    def publish(self, seed):
        """Create and publish one deposit with a likelihood: the plain way in."""
        person = {"type": "organizational", "name": "Benchmark"}
        draft = self.call("POST", "/api/records", json={
            "access": {"record": "public", "files": "public"},
            "files": {"enabled": True},
            "metadata": {
                "resource_type": {"id": "model"}, "title": f"Benchmark {seed}",
                "creators": [{"person_or_org": person}], "publication_date": "2026-01-01",
                "publisher": "Benchmark",
            },
        }).json()  # fmt: skip
        base = f"/api/records/{draft['id']}/draft"
        self.call("POST", f"{base}/files", json=[{"key": "w.json"}])
        self.call(
            "PUT",
            f"{base}/files/w.json/content",
            content=document(seed),
            headers={"Content-Type": "application/octet-stream"},
        )
        self.call("POST", f"{base}/files/w.json/commit")
        self.call("POST", f"{base}/actions/publish")
        return draft["id"]

    def settle(self, number):
        """Wait until the workers have derived the documents of the newest models.

        They would take the processor from whatever is measured next.
        """
        for _ in range(900):
            models = []
            for page in range(1, number // 25 + 2):
                params = {"sort": "newest", "size": 25, "page": page}
                models += self.call("GET", "/api/models", params=params).json()["hits"]["hits"]
            checks = [m["metadata"].get("checks", {}).get("certificate") for m in models[:number]]
            if "pending" not in checks:
                return
            time.sleep(1)
        raise SystemExit("The workers do not come to an end.")

    def run(self, run_id):
        """Return a run: how long it took by its own clock, and how often it asked."""
        run = self.call("GET", f"/api/integrations/runs/{run_id}").json()
        start, end = (datetime.fromisoformat(run[k]) for k in ("started_at", "finished_at"))
        return (end - start).total_seconds(), run["requests"]


class Web:
    """A web process that is led to the double."""

    def __init__(self, double, port):
        environment = {**os.environ, "DEMOS_PEER_ZENODO_URL": double.url}
        options = f"--bind 127.0.0.1:{port} --worker-class gthread --threads 4"
        self._process = subprocess.Popen(
            ["ops/run", "run", "gunicorn", f"{options} invenio_app.wsgi:application"],
            cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "127.0.0.1:5000"}
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60
        )
        for _ in range(240):
            try:
                if self._client.get("/api/ping").status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(1)
        self.close()
        raise SystemExit("The web process does not answer.")

    def close(self):
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait()

    def milliseconds(self, paths):
        """Return the median time of a request to each of some paths, one after the other."""
        times = []
        for path in paths:
            start = time.perf_counter()
            response = self._client.get(path)
            times.append(time.perf_counter() - start)
            if response.status_code != 200:
                raise SystemExit(f"GET {path}: {response.status_code} {response.text[:300]}")
        return 1000 * statistics.median(times)


def harvest(double):
    """Run the harvest as the operator does; return its counts."""
    words = ("invenio", "ARGS=demos harvest run zenodo --json")
    line = make(*words, DEMOS_PEER_ZENODO_URL=double.url, DEMOS_PEER_ZENODO_SETS="user-likelihoods")
    return json.loads(line.splitlines()[-1])


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks/harvest.py", description=__doc__)
    parser.add_argument("--records", type=int, default=200, help="records at the archive")
    parser.add_argument("--plain", type=int, default=20, help="records of the plain loop")
    parser.add_argument("--requests", type=int, default=40, help="requests of each look-up")
    parser.add_argument("--port", type=int, default=5990, help="of the web process for look-ups")
    options = parser.parse_args()
    portal = Portal()
    if portal.call("GET", "/api/integrations/zenodo").json()["items"].get("registered"):
        raise SystemExit("This portal has harvested Zenodo; measure with another one.")
    seed = int(time.time())  # other contents each time, so that nothing is known before
    records = [
        Record(f"{seed}{n:04}", f"{seed}9{n:04}", f"Benchmark {n}", {"w.json": document(seed + n)})
        for n in range(options.records)
    ]
    hidden = [
        Record(f"{seed}5{n:04}", f"{seed}6{n:04}", f"Unknown {n}", {}, sets=())
        for n in range(options.requests)
    ]
    with ZenodoDouble([*records, *hidden]) as double:
        start = time.perf_counter()
        plain = [portal.publish(seed - n) for n in range(1, options.plain + 1)]
        plain_rate = options.plain / (time.perf_counter() - start)
        portal.settle(options.plain)
        first = harvest(double)
        took, asked = portal.run(first["run"])
        rate = first["registered"] / took
        portal.settle(options.records)
        second = harvest(double)
        again, asked_again = portal.run(second["run"])
        web = Web(double, options.port)
        try:
            known = [f"/api/zenodo/{record.id}" for record in records] * options.requests
            web.milliseconds(known[:3])  # what every process loads once
            empty = web.milliseconds(["/api/ping"] * options.requests)
            cached = web.milliseconds(known[: options.requests])
            cold = web.milliseconds([f"/api/zenodo/{record.id}" for record in hidden])
        finally:
            web.close()
        for record in records:
            record.deleted = True
        harvest(double)
    for record_id in plain:
        portal.client.request("DELETE", f"/api/records/{record_id}")
    writes = sum(second[name] for name in ("registered", "updated", "deleted"))
    print(f"in: {first['registered']} records in {took:.1f} s, {asked} requests: {rate:.2f}/s")
    print(f"plain loop of REST create + publish: {options.plain} records, {plain_rate:.2f}/s")
    print(f"ratio: {rate / plain_rate:.1f}")
    print(
        f"second pass: {again:.2f} s = {100 * again / took:.1f} % of the first, "
        f"{asked_again} requests, {second['unchanged']} unchanged, {writes} written"
    )
    print(f"empty request (/api/ping): {empty:.1f} ms")
    print(f"look-up from the mirror: {cached:.1f} ms, {cached - empty:.1f} ms beyond it")
    print(f"look-up of an unknown record, asked for live: {cold:.1f} ms")


if __name__ == "__main__":
    main()
