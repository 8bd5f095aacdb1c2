#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
# The threads of the numerical libraries are set before they are imported.
# ruff: noqa: E402, PLC0415
"""The engine on a corpus of published models: values against references, and time beside pyhf.

Times are CPU seconds of one thread, the least of several runs, so that other work on the machine
counts little; both tools run one after the other in this process. ``numpy`` and ``jax`` are
pyhf's backends; jax is measured warm, after a first call that compiles.
"""

import os

for name in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{name}_NUM_THREADS", "1")
os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

import argparse
import copy
import gc
import json
import logging
import math
import multiprocessing
import re
import resource
import signal
import subprocess
import sys
import time
import warnings
import zlib
from pathlib import Path

import numpy as np
from demos_engine import InferenceError, Model, PatchSet, instruction_set

HERE = Path(__file__).resolve()
QUICK = 5e-3
"""Shortest CPU time that is measured as it is."""
ONELBB, ONELBB_PATCHES = "onelbb_BkgOnly", "onelbb_patchset_10_of_125"
SPEED = [
    ("pyhf_doc_2-bin_1-channel", None),
    ("tutorial_bkg_only", None),
    ("belle2tut_workspace", None),
    ("sbottom_RegionA_BkgOnly", "sbottom_A_1300_205_60"),
    ("atlas_susy_2Ljets_2022__str_src_12_31_bkg", None),
    ("atlas_susy_2Ljets_2022__ewk_llbb_bkg", None),
    (ONELBB, "C1N2_Wh_hbb_900_300"),
    (ONELBB, "C1N2_Wh_hbb_900_400"),
    ("c2p_atlas_ttz_3l", None),
    ("atlas_susy_3L_2021__onshell_bkg", None),
    ("atlas_susy_compressed_2020__sleptons_bkg", None),
    ("atlas_susy_3Lresonance_2020__bkg", None),
]
"""Model and signal; those without a parameter of interest are fitted."""
TOYS = [
    ("pyhf_doc_2-bin_1-channel", 1000),
    ("litehf_sample_staterror_shapesys", 500),
    ("tutorial_bkg_only", 200),
]
"""Model, and pseudo-experiments per hypothesis of pyhf's calculator."""


class TooSlow(Exception):
    """A tool needed more time than it was given."""


def say(*words):
    """Print at once."""
    print(*words, flush=True)


def row(*cells):
    """Print a row of a table."""
    say("| " + " | ".join(str(cell) for cell in cells) + " |")


def head(*cells):
    """Print the first two rows of a table."""
    row(*cells)
    row(*("---" for _ in cells))


def least(task, runs):
    """CPU seconds of the fastest of some runs; quick tasks are called several times in each."""
    calls, best, done = 1, math.inf, 0
    while done < runs:
        began = time.process_time()
        for _ in range(calls):
            task()
        used = time.process_time() - began
        if used < QUICK and calls < 1 << 14:
            calls *= 4
            continue
        best, done = min(best, used / calls), done + 1
    return best


class Corpus:
    """The models with their references."""

    def __init__(self, folder):
        self.folder = folder
        self.manifest = json.loads((folder / "manifest.json").read_text())
        self.entries = {entry["name"]: entry for entry in self.manifest["models"]}

    def bytes(self, name):
        """A model's document."""
        return (self.folder / self.entries[name]["file"]).read_bytes()

    def workspaces(self):
        """Entries of all pyhf workspaces, by number of parameters."""
        found = [
            entry
            for entry in self.entries.values()
            if entry["format"].startswith("pyhf workspace") and "structure" in entry
        ]
        return sorted(found, key=lambda entry: entry["npars"])

    def patches(self):
        """(name, workspace, operations, reference CLs) of every signal with a reference."""
        for entry in self.entries.values():
            reference = entry.get("reference") or {}
            if not entry["file"].startswith("patches/") or "applies_to" not in entry:
                continue
            base = (self.folder / entry["applies_to"]).read_bytes()
            patch = json.loads((self.folder / entry["file"]).read_text())
            wanted = reference.get("CLs_obs_mu1_qtilde", reference.get("CLs_obs_seed"))
            if isinstance(patch, list) and isinstance(wanted, float):
                yield entry["name"], base, patch, wanted
            elif isinstance(wanted, dict):
                for one in patch["patches"]:
                    name = one["metadata"]["name"]
                    if name in wanted:
                        yield name, base, one["patch"], wanted[name]

    def operations(self, name):
        """A signal's JSON Patch, by name."""
        if name in self.entries:
            return json.loads(self.bytes(name))
        patches = json.loads(self.bytes(ONELBB_PATCHES))["patches"]
        return next(p["patch"] for p in patches if p["metadata"]["name"] == name)


def reference_point(model, spread, scale):
    """The corpus' reference points: a fixed shift per parameter, by a hash of its name."""
    types, point = model.parameter_types, model.init.copy()
    for i, name in enumerate(model.parameter_names):
        base = name if name in types else name[: name.rindex("[")]
        component = int(re.search(r"\[(\d+)\]$", name).group(1)) if base != name else 0
        if model.fixed[i]:
            continue
        shift = (zlib.crc32(f"{base}[{component}]".encode()) % 1000) / 999 * 2 - 1
        systematic = {"histosys", "normsys"} & set(types[base]) and point[i] == 0.0
        value = spread * shift if systematic else point[i] * (1 + scale * shift)
        low, high = model.bounds[i]
        point[i] = min(max(value, low), high)
    return point


def relative(found, wanted):
    """Difference relative to what is wanted, or to 1."""
    if math.isnan(found) and math.isnan(wanted):
        return 0.0
    return abs(found - wanted) / max(1.0, abs(wanted))


def corpus_table(corpus, only):
    """Every model: likelihood at three points, best fit and CLs against the references."""
    head(
        "model", "parameters", "ln L, largest relative difference", "2 ΔNLL of the best fit",
        "CLs", "ΔCLs / (1e-4 CLs + 1e-6)", "fit, ms", "status",
    )  # fmt: skip
    worst = {"ln L": [], "fit": [], "CLs": []}
    for entry in corpus.workspaces():
        if only not in entry["name"]:
            continue
        model = Model.load(corpus.bytes(entry["name"]))
        reference = entry["reference"]
        codes = reference["code4_code4p"]
        points = {
            "logpdf_init": model.init,
            "logpdf_B": reference_point(model, 1.5, 0.05),
            "logpdf_C": reference_point(model, 0.4, 0.02),
        }
        apart = max(
            relative(model.logpdf(x), float("nan" if codes[key] is None else codes[key]))
            for key, x in points.items()
        )
        fit = model.fit()
        lower = ""
        if reference.get("twice_nll_bestfit") is not None:
            lower = fit.twice_nll - reference["twice_nll_bestfit"]
            if lower > 1e-6 * max(1.0, abs(fit.twice_nll)) and fit.second_minimum is None:
                worst["fit"].append(entry["name"])
        if apart > 1e-9:
            worst["ln L"].append(entry["name"])
        cls, share = "", ""
        wanted = reference.get("CLs_obs_mu1_qtilde")
        if wanted is not None:
            try:
                found = model.cls().CLs_obs
            except InferenceError as error:
                cls = error.code
            else:
                cls = f"{found:.6g}"
                if isinstance(wanted, float):
                    share = abs(found - wanted) / (1e-4 * wanted + 1e-6)
        if share != "" and share > 1:
            worst["CLs"].append(entry["name"])
        elapsed = least(lambda model=model: model.fit(restarts=0, uncertainties=False), 3)
        status = fit.status + (", second minimum" if fit.second_minimum else "")
        row(
            entry["name"], len(model.parameter_names), f"{apart:.1e}",
            lower if lower == "" else f"{lower:+.1e}", cls,
            share if share == "" else f"{share:.2g}", f"{1e3 * elapsed:.2f}", status,
        )  # fmt: skip
    for name, base, patch, wanted in corpus.patches():
        if only not in name:
            continue
        found = Model.load(base, patch=patch).cls().CLs_obs
        share = abs(found - wanted) / (1e-4 * wanted + 1e-6)
        if share > 1:
            worst["CLs"].append(name)
        row(name, "", "", "", f"{found:.6g}", f"{share:.2g}", "", "")
    say()
    for what, names in worst.items():
        say(f"{what} differs from the reference: {', '.join(names) or 'nowhere'}.")


class Pyhf:
    """The same questions to pyhf, one backend, not longer than a limit."""

    def __init__(self, backend, workspace, limit):
        import pyhf

        logging.getLogger("pyhf").setLevel(logging.CRITICAL)
        warnings.simplefilter("ignore")
        self.pyhf, self.limit = pyhf, limit
        pyhf.set_backend(backend)
        self.workspace = workspace
        self.build = least(self._model, 2)
        self.model = self._model()
        self.data = pyhf.Workspace(workspace).data(self.model)

    def _model(self):
        poi = self.workspace["measurements"][0]["config"]["poi"]
        known = any(
            modifier["name"] == poi
            for channel in self.workspace["channels"]
            for sample in channel["samples"]
            for modifier in sample["modifiers"]
        )
        settings = {} if known else {"poi_name": None}
        return self.pyhf.Workspace(self.workspace).model(validate=False, **settings)

    def ask(self, has_poi):
        """One CLs with its band, or one fit."""
        infer = self.pyhf.infer
        if has_poi:
            infer.hypotest(1.0, self.data, self.model, test_stat="qtilde", return_expected_set=True)
        else:
            infer.mle.fit(self.data, self.model, return_fitted_val=True)

    def seconds(self, has_poi, runs, warm=False):
        """CPU seconds; infinite if one call takes longer than the limit, NaN if pyhf fails."""

        def stop(*_):
            raise TooSlow

        def ask():
            signal.setitimer(signal.ITIMER_PROF, self.limit)
            self.ask(has_poi)

        signal.signal(signal.SIGPROF, stop)
        try:
            if warm:
                ask()
            return least(ask, runs)
        except TooSlow:
            return math.inf
        except self.pyhf.exceptions.FailedMinimization:
            return math.nan
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)


NEXTSTAT = """
import json, sys, time
import nextstat

def least(task, runs):
    best = float("inf")
    for _ in range(runs):
        began = time.process_time()
        task()
        best = min(best, time.process_time() - began)
    return best

asked = json.loads(sys.argv[1])
model = nextstat.from_pyhf(sys.stdin.read())
names = model.parameter_names
names = list(names() if callable(names) else names)
found = {"version": nextstat.__version__}
if "fit" in asked:
    fit = nextstat.fit(model)
    found["values"] = dict(zip(names, fit.parameters))
if "cls" in asked:
    found["CLs_obs"] = float(nextstat.hypotest(1.0, model))
    found["cls"] = least(lambda: nextstat.hypotest(1.0, model), asked["runs"])
if "toys" in asked:
    size = asked["toys"]
    found["toys_CLs"] = float(nextstat.hypotest_toys(1.0, model, n_toys=size, seed=1))
    found["toys"] = least(lambda: nextstat.hypotest_toys(1.0, model, n_toys=size), 1)
print(json.dumps(found))
"""
"""Questions to NextStat (AGPL): a program of its own, with an interpreter of its own."""


def nextstat(python, raw, limit, **asked):
    """Ask NextStat; None without it, or where it fails or takes too long.

    Args:
        python: An interpreter that has it, or None.
        raw: A pyhf workspace.
        limit: CPU seconds that it may take.
        asked: ``fit``, ``cls`` with ``runs``, or ``toys`` with their number.
    """
    if python is None:
        return None
    command = [python, "-c", NEXTSTAT, json.dumps(asked)]

    def capped():
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))

    done = subprocess.run(command, input=raw, capture_output=True, preexec_fn=capped, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def reached(model, values):
    """2 NLL of another tool's best fit in our model; parameters are found by name."""
    held = dict(zip(model.parameter_names, model.init, strict=True))
    names = model.parameter_names
    fixed = dict(zip(names, model.fixed, strict=True))
    point = [held[n] if fixed[n] else values.get(n, held[n]) for n in names]
    return -2 * model.logpdf(point)


def minimum_table(corpus, only, python, limit):
    """Whether any tool finds a lower minimum than ours, in our model."""
    head(
        "model", "parameters", "2 NLL", "pyhf - ours", "NextStat - ours", "projected gradient",
        "least curvature", "restarts that agree",
    )  # fmt: skip
    above = []
    for entry in corpus.workspaces():
        if only not in entry["name"]:
            continue
        raw = corpus.bytes(entry["name"])
        model = Model.load(raw)
        fit = model.fit()
        differences = []
        known = (entry["reference"] or {}).get("twice_nll_bestfit")
        differences.append(None if known is None else known - fit.twice_nll)
        theirs = nextstat(python, raw, limit, fit=True)
        differences.append(theirs and reached(model, theirs["values"]) - fit.twice_nll)
        if any(d is not None and d < -1e-6 for d in differences):
            above.append(entry["name"])
        proof = fit.certificate
        shown = ["" if d is None else f"{d:+.1e}" for d in differences]
        proofs = ["", "", ""]
        if proof is not None:
            agree = f"{proof.agreed} of {proof.converged}"
            proofs = [f"{proof.projected_gradient:.0e}", f"{proof.curvature:.0e}", agree]
        row(entry["name"], len(model.parameter_names), f"{fit.twice_nll:.6f}", *shown, *proofs)
    say()
    say(f"Another tool is lower by more than 1e-6: {', '.join(above) or 'nowhere'}.")


def cell(seconds, ours, limit):
    """Time of pyhf with its ratio to ours."""
    if seconds is None:
        return ""
    if math.isnan(seconds):
        return "fails"
    if math.isinf(seconds):
        return f"> {limit} s (> {limit / ours:.0f}x)"
    return f"{seconds:.3g} s ({seconds / ours:.0f}x)"


def speed_table(corpus, only, backends, limit, python):
    """CLs (or the fit, where there is no parameter of interest) and loading, beside other tools.

    NextStat computes the observed CLs alone, the others five expected values with it.
    """
    others = [f"pyhf {b}" for b in backends] + (["NextStat, observed CLs"] if python else [])
    head("model", "question", "parameters", "engine", *others, "load")
    for name, patch in SPEED:
        if only not in f"{name} {patch}":
            continue
        raw = corpus.bytes(name)
        workspace = json.loads(raw)
        if patch is not None:
            import jsonpatch

            workspace = jsonpatch.apply_patch(workspace, corpus.operations(patch))
            raw = json.dumps(workspace).encode()
        model = Model.load(raw)
        has_poi = model.poi is not None
        ask = model.cls if has_poi else lambda m=model: m.fit(restarts=0, uncertainties=False)
        ours = least(ask, 15)
        load = least(lambda raw=raw: Model.load(raw), 7)
        cells, build = [], None
        for backend in backends:
            theirs = Pyhf(backend, workspace, limit)
            build = theirs.build if backend == "numpy" else build
            jax = backend == "jax"
            seconds = theirs.seconds(has_poi, 2 if jax else 1, warm=jax)
            cells.append(cell(seconds, ours, limit))
        if python:
            cells.append(rival(nextstat(python, raw, limit, cls=True, runs=2), model, ours))
        ratio = "" if build is None else f" ({build / load:.0f}x)"
        row(
            f"{name} {patch or ''}".strip(), "CLs" if has_poi else "fit",
            len(model.parameter_names), f"{1e3 * ours:.3g} ms", *cells,
            f"{1e3 * load:.2g} ms{ratio}",
        )  # fmt: skip


def rival(found, model, ours):
    """NextStat's time with its ratio to ours, and its value where it is another."""
    if model.poi is None:
        return ""
    if found is None:
        return "fails"
    wanted = model.cls().CLs_obs
    apart = abs(found["CLs_obs"] - wanted) > 1e-4 * wanted + 1e-6
    wrong = f", {found['CLs_obs']:.5g} for {wanted:.5g}" if apart else ""
    return f"{found['cls']:.3g} s ({found['cls'] / ours:.0f}x{wrong})"


def rivals_toys_table(python, limit):
    """Pseudo-experiments of a model with one factor per bin, beside NextStat: CPU time of both."""
    head("parameters", "per hypothesis", "engine", "NextStat", "CLs of both")
    for bins, size in ((2, 20_000), (200, 500)):
        raw = json.dumps(one_factor_per_bin(bins)).encode()
        model = Model.load(raw)
        began = time.process_time()
        found = model.toys(toys=size, seed=1, threads=1)
        ours = time.process_time() - began
        theirs = nextstat(python, raw, limit, toys=size)
        cells = ("fails", "") if theirs is None else (
            f"{theirs['toys']:.3g} s ({theirs['toys'] / ours:.1f}x)",
            f"{found.CLs_obs:.4f} ± {found.error:.4f}, {theirs['toys_CLs']:.4f}",
        )  # fmt: skip
        row(len(model.parameter_names), size, f"{ours:.3g} s", *cells)


def one_factor_per_bin(bins):
    """A counting experiment of many bins, each with an uncertainty of its own."""
    random = np.random.default_rng(1)
    background = random.uniform(20, 120, bins)
    signal = [{"name": "mu", "type": "normfactor", "data": None}]
    factors = [{"name": "g", "type": "shapesys", "data": (0.1 * background).tolist()}]
    samples = [
        {"name": "s", "data": (20 / bins * np.ones(bins)).tolist(), "modifiers": signal},
        {"name": "b", "data": background.tolist(), "modifiers": factors},
    ]
    counts = random.poisson(background).tolist()
    return {
        "channels": [{"name": "c", "samples": samples}],
        "observations": [{"name": "c", "data": counts}],
        "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": []}}],
        "version": "1.0.0",
    }


def many_signals(corpus, size):
    """A patchset of `size` signals: the corpus' ten and scaled ones."""
    document = json.loads(corpus.bytes(ONELBB_PATCHES))
    base = document["patches"]
    made = []
    for n in range(size):
        patch = copy.deepcopy(base[n % len(base)])
        factor = 1.0 + 0.1 * (n // len(base))
        for operation in patch["patch"]:
            scale(operation.get("value"), factor)
        patch["metadata"]["name"] += f"_{n}"
        patch["metadata"]["values"] = [float(n)]
        made.append(patch)
    document["patches"] = made
    document["metadata"]["labels"] = ["n"]
    return PatchSet.load(document)


def scale(value, factor):
    """Multiply the yields of a signal sample, and of its histosys variations."""
    for sample in value if isinstance(value, list) else [value]:
        if not isinstance(sample, dict) or "data" not in sample:
            continue
        sample["data"] = [factor * x for x in sample["data"]]
        for modifier in sample.get("modifiers", []):
            if modifier["type"] == "histosys":
                for key, shape in modifier["data"].items():
                    modifier["data"][key] = [factor * x for x in shape]


def wall(task, runs=3):
    """Wall seconds of the fastest of some runs."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        task()
        times.append(time.perf_counter() - began)
    return min(times)


def in_two_processes(task):
    """Run a task twice at once: what two threads cannot beat on this machine, now."""
    both = [multiprocessing.get_context("fork").Process(target=task) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()


def grid_table(corpus, size):
    """All signals of one analysis on its background."""
    model, patches = Model.load(corpus.bytes(ONELBB)), many_signals(corpus, size)
    failed = model.grid(patches, verify=False, threads=1).failed
    alone = lambda: model.grid(patches, verify=False, threads=1)  # noqa: E731
    one = least(alone, 3)
    walls = [wall(lambda n=n: model.grid(patches, verify=False, threads=n)) for n in (1, 2)]
    head("what", "value")
    row(f"{size} signals on 1Lbb, one thread, CPU time", f"{one:.2f} s, {failed} failed")
    row("two threads instead of one, wall time", f"{walls[0] / walls[1]:.2f}x")
    apart = wall(lambda: in_two_processes(alone))
    row("the same twice, in two processes instead of one", f"{2 * walls[0] / apart:.2f}x")


def resident():
    """Bytes of memory in use."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def costs_table(corpus):
    """Import, memory, limits, toys."""
    code = "import time; t = time.process_time(); import demos_engine; "
    code += "print(time.process_time() - t)"
    command = [sys.executable, "-c", code]
    imports = [
        float(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(5)
    ]
    raw = corpus.bytes(ONELBB)
    held = [Model.load(raw) for _ in range(5)]
    gc.collect()
    before = resident()
    held += [Model.load(raw) for _ in range(20)]
    memory = (resident() - before) / 20
    model = Model.load(raw, patch=corpus.operations("C1N2_Wh_hbb_900_300"))
    limit = least(model.upper_limit, 3)
    scan = least(lambda: model.scan(points=21, threads=1), 3)
    toys = least(lambda: model.toys(toys=50, threads=1), 2) / 100
    extension = next(Path(sys.modules["demos_engine"].__file__).parent.glob("_engine*"))
    head("what", "value")
    row("import, CPU time", f"{min(imports):.3f} s")
    row("extension module", f"{extension.stat().st_size / 1e6:.2f} MB")
    row("memory of 1Lbb in Python", f"{memory / len(raw):.1f}x its {len(raw) / 1e6:.2f} MB of JSON")
    row("1Lbb: observed and five expected limits", f"{1e3 * limit:.0f} ms")
    row("1Lbb: scan of 21 points", f"{1e3 * scan:.0f} ms")
    row("1Lbb: pseudo-experiment (two fits)", f"{1e3 * toys:.2f} ms")
    del held


def toys_table(corpus):
    """The same pseudo-data to both tools, then the calculators of both, each with its own."""
    import pyhf

    logging.getLogger("pyhf").setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore")
    pyhf.set_backend("numpy")
    head(
        "model", "same pseudo-data: sets", "largest |Δq|", "highest 2 ΔNLL, free", "at mu = 1",
        "CLs by pyhf's toys", "CLs by ours", "difference in standard errors",
    )  # fmt: skip
    for name, size in TOYS:
        workspace = json.loads(corpus.bytes(name))
        pdf = pyhf.Workspace(workspace).model(validate=False)
        data = pyhf.Workspace(workspace).data(pdf)
        model = Model.load(corpus.bytes(name))
        bounds, fixed = pdf.config.suggested_bounds(), pdf.config.suggested_fixed()
        apart, free, held, sets = 0.0, -math.inf, -math.inf, 0
        for mu in (0.0, 1.0):
            truth = model.fit(fixed={model.poi: mu}).parameters
            for pseudo in model.sample(truth, size // 10, seed=11):
                setup = (1.0, pseudo, pdf, truth.tolist(), bounds, fixed)
                theirs, points = pyhf.infer.test_statistics.qmu_tilde(
                    *setup, return_fitted_pars=True
                )
                other = model.with_data(pseudo)
                apart = max(apart, abs(model.statistics([pseudo], 1.0)[0] - float(theirs)))
                ours = [
                    other.fit(fixed={model.poi: 1.0}, restarts=0, uncertainties=False),
                    other.fit(restarts=0, uncertainties=False),
                ]
                rises = [
                    fit.twice_nll + 2 * float(pdf.logpdf(at, pseudo)[0])
                    for fit, at in zip(ours, points, strict=True)
                ]
                held, free, sets = max(held, rises[0]), max(free, rises[1]), sets + 1
        np.random.seed(7)
        calculator = pyhf.infer.calculators.ToyCalculator(
            data, pdf, ntoys=size, track_progress=False
        )
        statistic = calculator.teststatistic(1.0)
        both, alone, ratio = (
            float(x) for x in calculator.pvalues(statistic, *calculator.distributions(1.0))
        )
        found = model.toys(toys=20 * size, seed=3)
        error = math.sqrt(both * (1 - both) / size + ratio**2 * alone * (1 - alone) / size) / alone
        row(
            name, sets, f"{apart:.1e}", f"{free:+.1e}", f"{held:+.1e}", f"{ratio:.4f}",
            f"{found.CLs_obs:.4f}", f"{(found.CLs_obs - ratio) / error:+.1f}",
        )  # fmt: skip


BAND = 2.576
"""Half width of a binomial band of 99 %, in standard deviations."""


def coverage_table(corpus, size):
    """Limits and intervals of pseudo-data: how often the truth is within, bias, widths of pulls.

    The true strength is four uncertainties, so that bounds play no part. A limit covers where q at
    the truth is below 1.645 squared, an interval where twice the rise of -ln L is below 1.
    """
    head(
        "model", "parameters", "sets", "limits that cover", "99 % band", "intervals that cover",
        "99 % band", "bias / uncertainty", "width of pulls", "failed",
    )  # fmt: skip
    models = {
        "litehf_sample_staterror_shapesys": Model.load(
            corpus.bytes("litehf_sample_staterror_shapesys")
        ),
        "belle2tut_workspace": Model.load(corpus.bytes("belle2tut_workspace")),
        "20 bins, one factor per bin": Model.load(one_factor_per_bin(20)),
    }
    for name, model in models.items():
        at = model.parameter_names.index(model.poi)
        wide = {model.poi: (-1e3, 1e3)}
        start = model.init
        start[at] = 0.0
        asimov = model.with_data(model.expected_data(start))
        truth = 4.0 * asimov.fit(restarts=0, bounds=wide).uncertainties[at]
        start[at] = truth
        below, within, failed, pulls = 0, 0, 0, []
        for pseudo in model.sample(start, size, seed=11):
            other = model.with_data(pseudo)
            free = other.fit(restarts=0, bounds=wide, start=start)
            held = other.fit(restarts=0, fixed={model.poi: truth}, start=start, uncertainties=False)
            if not (free.converged and held.converged and free.uncertainties is not None):
                failed += 1
                continue
            rise = held.twice_nll - free.twice_nll
            best, error = free.parameters[at], free.uncertainties[at]
            below += best > truth or rise <= 1.6448536**2
            within += rise <= 1.0
            pulls.append((best - truth) / error)
        done = len(pulls)
        cells = []
        for count, wanted in ((below, 0.95), (within, 0.6826895)):
            half = BAND * math.sqrt(wanted * (1 - wanted) / done)
            cells += [f"{100 * count / done:.2f} %", f"{100 * wanted:.2f} ± {100 * half:.2f}"]
        error = np.std(pulls) / math.sqrt(done)
        row(
            name, len(model.parameter_names), done, *cells,
            f"{np.mean(pulls):+.3f} ± {error:.3f}", f"{np.std(pulls):.3f}", failed,
        )  # fmt: skip


def default_data():
    """Where the corpus is unless told."""
    shared = os.environ.get("DEMOS_SHARED_DATA") or HERE.parents[2] / "shared" / "data"
    return Path(shared) / "models"


def main():
    """Run the sections asked for."""
    cli = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    sections = ("corpus", "minimum", "toys", "speed", "rival", "coverage", "grid", "costs")
    cli.add_argument("sections", nargs="*", help=f"{', '.join(sections)}; all by default")
    cli.add_argument("--data", type=Path, default=default_data(), help="folder of the corpus")
    cli.add_argument("--only", default="", help="only models whose name contains this")
    cli.add_argument("--jax", action="store_true", help="pyhf's jax backend too")
    cli.add_argument("--nextstat", help="an interpreter that has NextStat, to compare with it")
    cli.add_argument("--limit", type=int, default=120, help="CPU seconds of one call of pyhf")
    cli.add_argument("--sets", type=int, default=5000, help="pseudo-data of the coverage")
    cli.add_argument("--signals", type=int, default=125, help="size of the grid")
    given = cli.parse_args()
    if unknown := set(given.sections) - set(sections):
        cli.error(f"unknown section {', '.join(sorted(unknown))}")
    if not (given.data / "manifest.json").exists():
        say(f"the corpus of models is not in {given.data} (see --data)")
        return
    corpus = Corpus(given.data)
    backends = ["numpy", "jax"] if given.jax else ["numpy"]
    tasks = {
        "corpus": lambda: corpus_table(corpus, given.only),
        "toys": lambda: toys_table(corpus),
        "minimum": lambda: minimum_table(corpus, given.only, given.nextstat, given.limit),
        "speed": lambda: speed_table(corpus, given.only, backends, given.limit, given.nextstat),
        "rival": lambda: rivals_toys_table(given.nextstat, given.limit),
        "coverage": lambda: coverage_table(corpus, given.sets),
        "grid": lambda: grid_table(corpus, given.signals),
        "costs": lambda: costs_table(corpus),
    }
    say(f"Instruction set: {instruction_set}. Python {sys.version.split()[0]}.")
    for section in given.sections or sections:
        say(f"\n## {section}\n")
        tasks[section]()


if __name__ == "__main__":
    main()
