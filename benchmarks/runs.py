#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Runs on a running portal beside the `pyhf cls` command and a warm pyhf in a process.

Needs DEMOS_URL and DEMOS_TOKEN (a user who may deposit). All is measured in one go, from this
machine. *beyond fit* is the time of a request less the worker's own time for the fit; *beyond
empty* is the time of a request that is answered from the store less that of one that finds nothing.
"""

import argparse
import copy
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

OPEN = ("accepted", "running")
MOST_AT_ONCE = 20
REST_SECONDS = 5.0
"""How long the machine is watched at rest, before its work is."""

HERE = Path(__file__).resolve()
PYHF, PATCHES = "pyhf", "patches"
MODELS = [
    ("pyhf_doc_2-bin_1-channel", None),
    ("tutorial_bkg_only", None),
    ("atlaspyhftutorial_full", None),
    ("belle2tut_workspace", None),
    ("pyhf_v_xmlimport_input_bkg", None),
    ("sbottom_RegionA_BkgOnly", "sbottom_A_1300_205_60"),
    ("atlas_susy_2Ljets_2022__str_src_12_31_bkg", None),
    ("atlas_susy_2Ljets_2022__ewk_llbb_bkg", None),
    ("onelbb_BkgOnly", "onelbb"),
    ("onelbb_BkgOnly", "named"),
    ("atlas_susy_3Lresonance_2020__bkg", None),
]
"""Model and signal, from 2 bins to 3Lresonance, which has no signal and is fitted. Signals are sent
as JSON Patch, but for ``named``: there the model comes with its patchset, and its name is sent."""
ONELBB = "onelbb_patchset_10_of_125.json"


def default_data():
    given = os.environ.get("DEMOS_SHARED_DATA")
    folder = Path(given) if given else HERE.parents[2] / "shared" / "data"
    return folder if (folder / "manifest.json").exists() else folder / "models"


def say(text):
    print(text, flush=True)


class Portal:
    """A portal over HTTPS.

    Args:
        url: its base URL.
        token: of a user who may deposit.
    """

    def __init__(self, url, token):
        self.url = url.rstrip("/")
        self.session = requests.Session()
        self.session.trust_env = False  # a bundle of the machine's would be used after all
        self.session.verify = False
        # Else connections beyond ten at once are made anew each time, which costs more than a run.
        self.session.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=MOST_AT_ONCE))
        self.session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method, path, **options):
        path = path if path.startswith("http") else self.url + path
        for _ in range(60):
            answer = self.session.request(method, path, timeout=600, **options)
            if answer.status_code not in (409, 429):
                break
            time.sleep(float(answer.headers.get("Retry-After", 1)))  # it says: not yet
        if not answer.ok:
            raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer

    def deposit(self, title, files):
        """Publish files as one deposit; give the model's id."""
        draft = {
            "metadata": {
                "title": title,
                "resource_type": {"id": "model"},
                "publication_date": "2026-01-01",
                "publisher": "benchmark",
                "creators": [{"person_or_org": {"type": "organizational", "name": "Benchmark"}}],
            },
            "files": {"enabled": True},
            "access": {"record": "public", "files": "public"},
        }
        links = self.call("POST", "/api/records", json=draft).json()["links"]
        self.call("POST", links["files"], json=[{"key": name} for name in files])
        for name, data in files.items():
            place = f"{links['files']}/{name}"
            stream = {"Content-Type": "application/octet-stream"}
            self.call("PUT", f"{place}/content", data=data, headers=stream)
            self.call("POST", f"{place}/commit")
        record = self.call("POST", links["publish"]).json()["id"]
        end = time.monotonic() + 120
        while time.monotonic() < end:
            hits = self.call("GET", f"/api/records/{record}/models").json()["hits"]["hits"]
            for hit in hits:
                if hit["model"] and self.is_quiet(hit["model"]["id"]):
                    return hit["model"]["id"]
            time.sleep(0.2)
        raise SystemExit(f"{title}: no model was registered")

    def is_quiet(self, model):
        """Tell whether no worker makes a model's documents any more, beside what is measured."""
        checks = self.call("GET", f"/api/models/{model}/checks").json()
        return checks["certificate"]["state"] != "pending"

    def run(self, model, operation, inputs, *, fresh=False, **parameters):
        """Run and wait; give the run, with its result, and the seconds of the whole."""
        headers = {"Prefer": "wait=30", **({"Cache-Control": "no-cache"} if fresh else {})}
        body = {"operation": operation, "inputs": inputs, "parameters": parameters}
        began = time.perf_counter()
        run = self.call("POST", f"/api/models/{model}/run", json=body, headers=headers).json()
        while run["status"] in OPEN:
            found = self.call("GET", run["links"]["self"], headers={"Prefer": "wait=30"})
            run = found.json()
            if run["status"] in OPEN:
                time.sleep(float(found.headers["Retry-After"]))
        return run, time.perf_counter() - began


def p50(values):
    return statistics.median(values)


def ms(seconds):
    return "-" if seconds is None else f"{1000 * seconds:.1f}"


def workspace_of(data, name, signal):
    """Give the workspace, its signal's JSON Patch, and the files that hold both."""
    workspace = json.loads((data / PYHF / f"{name}.json").read_bytes())
    if signal in ("onelbb", "named"):
        patches = json.loads((data / PATCHES / ONELBB).read_bytes())
        return workspace, patches["patches"][0]["patch"]
    if signal:
        return workspace, json.loads((data / PATCHES / f"{signal}.json").read_bytes())
    return workspace, None


def command_seconds(workspace, patch, limit, folder):
    """Time pyhf's command on files."""
    base, change = folder / "workspace.json", folder / "patch.json"
    base.write_text(json.dumps(workspace))
    words = [str(Path(sys.executable).with_name("pyhf")), "cls", str(base)]
    if patch:
        change.write_text(json.dumps(patch))
        words += ["--patch", str(change)]
    began = time.perf_counter()
    try:
        done = subprocess.run(words, capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return None
    return time.perf_counter() - began if done.returncode == 0 else None


WARM = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import pyhf
pyhf.set_backend(sys.argv[2])
given = json.load(open(sys.argv[1]))
space = pyhf.Workspace(given["workspace"])
model = space.model(patches=[given["patch"]] if given["patch"] else [],
    modifier_settings={"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": "code4p"}})
data = space.data(model)
for _ in range(2):
    began = time.perf_counter()
    pyhf.infer.hypotest(1.0, data, model, test_stat="qtilde", return_expected_set=True)
    print(time.perf_counter() - began, flush=True)
"""


def warm_seconds(workspace, patch, backend, limit, folder):
    """Time the second of two CLs in one process: what was compiled or cached is there."""
    given = folder / "given.json"
    given.write_text(json.dumps({"workspace": workspace, "patch": patch}))
    try:
        done = subprocess.run(
            [sys.executable, "-c", WARM, str(given), backend],
            capture_output=True,
            text=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    lines = done.stdout.split()
    return float(lines[1]) if len(lines) == 2 else None


def one_model(portal, name, signal, given, folder):
    """Print one row: the portal cold, warm and from the store, and pyhf."""
    data = given.data
    workspace, patch = workspace_of(data, name, signal)
    files = {f"{name}.json": (data / PYHF / f"{name}.json").read_bytes()}
    inputs = {"patch": {"ops": patch}} if patch else {}
    if signal == "named":
        name += ", signal by name"
        files["patchset.json"] = (data / PATCHES / ONELBB).read_bytes()
        inputs = {"patch": json.loads(files["patchset.json"])["patches"][0]["metadata"]["name"]}
    model = portal.deposit(f"benchmark {name}", files)
    examples = portal.call("GET", f"/api/models/{model}/execute").json()["examples"]
    operation = "cls" if patch or examples[0]["operation"] == "cls" else "fit"
    shift = (time.time() % 1e5) * 1e-10

    def ask(i):
        parameters = {"test_poi": 1.0 + shift + i * 1e-7} if operation == "cls" else {}
        return portal.run(model, operation, inputs, **parameters)

    run, cold = ask(0)
    if run["status"] != "successful":
        say(f"| {name} | {run['reason']}: {run['message']} |")
        return
    warm, fits = [], []
    if operation == "cls":
        for i in range(1, given.repeat + 1):
            run, seconds = ask(i)
            warm.append(seconds)
            fits.append(run["usage"]["wall_s"])
    cached = [ask(0)[1] for _ in range(given.repeat)]
    empty = []
    for _ in range(given.repeat):
        began = time.perf_counter()
        portal.session.get(f"{portal.url}/api/runs/nothing", timeout=60)
        empty.append(time.perf_counter() - began)
    command = command_seconds(workspace, patch, given.limit, folder) if operation == "cls" else None
    backends = ["numpy", "jax"] if given.jax else ["numpy"]
    inside = [
        warm_seconds(workspace, patch, b, given.limit, folder) if operation == "cls" else None
        for b in backends
    ]
    beyond = p50([w - f for w, f in zip(warm, fits, strict=True)]) if warm else None
    ratio = f"{command / p50(warm):.0f}" if command and warm else "-"
    row = [name, operation, ms(cold), ms(p50(warm)) if warm else "-", ms(beyond)]
    row += [ms(p50(cached)), ms(p50(cached) - p50(empty)), ms(command), *map(ms, inside), ratio]
    say(f"| {' | '.join(row)} |")


def grid(portal, data, count):
    """Time all signals of a patchset in one request."""
    name = "onelbb_BkgOnly"
    patchset = json.loads((data / PATCHES / ONELBB).read_bytes())
    known = patchset["patches"]
    patchset["patches"] = [scaled(known[i % len(known)], i) for i in range(count)]
    files = {
        f"{name}.json": (data / PYHF / f"{name}.json").read_bytes(),
        "patchset.json": json.dumps(patchset).encode(),
    }
    model = portal.deposit("benchmark grid", files)
    poi = 1.0 + (time.time() % 1e5) * 1e-10
    run, seconds = portal.run(model, "grid", {}, test_poi=poi)
    say(f"{count} signals of one grid in one request: {seconds:.2f} s ({run['status']})")


def scaled(patch, i):
    """Make another signal of a patch: its events scaled a little, under another name."""
    new = copy.deepcopy(patch)
    new["metadata"]["name"] = f"signal_{i}"
    new["metadata"]["values"] = [*patch["metadata"]["values"][:-1], i]
    for op in new["patch"]:
        value = op.get("value")
        if isinstance(value, dict) and "data" in value:
            value["data"] = [x * (1 + 0.001 * i) for x in value["data"]]
    return new


def busy_seconds():
    """Give the processor time that this machine has spent so far, on anything."""
    fields = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]
    idle = sum(map(int, fields[3:5]))
    return (sum(map(int, fields)) - idle) / os.sysconf("SC_CLK_TCK")


def measured(work, count):
    """Do so many pieces of work.

    Returns:
        Their rate, the processor time of each beyond that at rest, and the processors that the
        machine leaves to work when it is at rest otherwise.
    """
    before = busy_seconds()
    time.sleep(REST_SECONDS)
    rest = (busy_seconds() - before) / REST_SECONDS
    busy, began = busy_seconds(), time.perf_counter()
    work()
    wall = time.perf_counter() - began
    return count / wall, (busy_seconds() - busy - rest * wall) / count, os.cpu_count() - rest


def throughput(what, ask, count, rounds):
    """Compare the rate of runs sent at once with what this machine's processors allow for them.

    That is processors / (processor time of a run): those that are not busy at rest, and all that
    a run costs: portal, database, engine, and this program, whose threads make a run dearer than
    one that is sent alone.
    """
    numbers = itertools.count()
    many = count * rounds
    _, alone, _ = measured(lambda: [ask(next(numbers)) for _ in range(many)], many)
    with ThreadPoolExecutor(count) as pool:

        def at_once():
            return list(pool.map(lambda _: ask(next(numbers)), range(many)))

        at_once()  # connections and threads are there in a portal that is in use
        rate, cpu, processors = measured(at_once, many)
    share = rate * cpu / processors
    say(
        f"{what}, {count} at once: {rate:.1f} a second, {100 * share:.0f} % of what"
        f" {processors:.2f} processors allow at {1000 * cpu:.0f} ms each"
        f" (one sent alone takes {1000 * alone:.0f} ms)"
    )


def short_runs(portal, data, count):
    """Send short runs of the smallest model."""
    name = MODELS[0][0]
    model = portal.deposit(
        "benchmark throughput", {f"{name}.json": (data / PYHF / f"{name}.json").read_bytes()}
    )
    shift = (time.time() % 1e5) * 1e-10
    ask = lambda i: portal.run(model, "cls", {}, test_poi=1 + shift + i * 1e-7)  # noqa: E731
    throughput("short runs", ask, count, 5)


def containers(portal, count):
    """Time runs of the first registered model that is a container of its own."""
    found = portal.call("GET", "/api/models?kind=container").json()["hits"]["hits"]
    described = [portal.call("GET", f"/api/models/{m['id']}/execute").json() for m in found]
    runnable = [d for d in described if d.get("executable") and d.get("examples")]
    if not runnable:
        say("no model that is a container can be run here")
        return
    model, example = runnable[0]["id"], runnable[0]["examples"][0]

    def ask(_):
        inputs, parameters = example.get("inputs", {}), example.get("parameters", {})
        return portal.run(model, example["operation"], inputs, fresh=True, **parameters)

    runs = [ask(i) for i in range(count)]
    beyond = [seconds - run["usage"]["wall_s"] for run, seconds in runs]
    say(f"a run of a container: {1000 * p50(beyond):.0f} ms beyond its program's own time")
    throughput("runs of containers", ask, count, 1)


def main():
    cli = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    sections = ("models", "grid", "throughput", "containers")
    cli.add_argument("sections", nargs="*", help=f"{', '.join(sections)}; all by default")
    cli.add_argument("--data", type=Path, default=default_data(), help="folder of the corpus")
    cli.add_argument("--only", default="", help="only models whose name contains this")
    cli.add_argument("--repeat", type=int, default=15, help="requests of each kind")
    cli.add_argument("--limit", type=int, default=120, help="seconds that pyhf is given per model")
    cli.add_argument("--jax", action="store_true", help="pyhf's jax backend too")
    cli.add_argument("--signals", type=int, default=125, help="size of the grid")
    given = cli.parse_args()
    if unknown := set(given.sections) - set(sections):
        cli.error(f"unknown section {', '.join(sorted(unknown))}")
    url, token = os.environ.get("DEMOS_URL"), os.environ.get("DEMOS_TOKEN")
    if not (url and token):
        say("no portal was given: set DEMOS_URL and DEMOS_TOKEN")
        return
    if not (given.data / "manifest.json").exists():
        say(f"the corpus of models is not in {given.data} (see --data)")
        return
    warnings.simplefilter("ignore")
    portal = Portal(url, token)
    chosen = given.sections or sections
    if "models" in chosen:
        jax = " pyhf jax |" if given.jax else ""
        say("All times in ms.\n")
        say(
            "| model | operation | cold | warm | beyond fit | cached | beyond empty | pyhf cls |"
            f" pyhf numpy |{jax} command / warm |"
        )
        say("|---|---|--:|--:|--:|--:|--:|--:|--:|" + "--:|" * (1 + given.jax))
        with tempfile.TemporaryDirectory() as folder:
            for name, signal in MODELS:
                if given.only in name:
                    one_model(portal, name, signal, given, Path(folder))
    if "grid" in chosen:
        grid(portal, given.data, given.signals)
    if "throughput" in chosen:
        short_runs(portal, given.data, MOST_AT_ONCE)
    if "containers" in chosen:
        containers(portal, MOST_AT_ONCE)


if __name__ == "__main__":
    main()
