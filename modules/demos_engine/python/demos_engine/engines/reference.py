# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""pyhf, the reference implementation, behind the interface of all engines.

This is the one place that drives pyhf. It is an optional part: install ``demos-engine[pyhf]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from typing import Any, Final

import jsonpatch
import jsonpointer
import numpy as np
import pyhf
from pyhf.infer.intervals.upper_limits import upper_limit
from pyhf.tensor.numpy_backend import numpy_backend
from scipy.stats import norm

from demos_engine.engines.base import OWN, Answer, Document, Operations, Progress, Setup
from demos_engine.engines.errors import share_error
from demos_engine.engines.workspace import (
    configured,
    defines,
    measurement_of,
    parsed,
    unblinded,
)
from demos_engine.errors import InferenceError, ModelError
from demos_engine.patchset import PatchSet
from demos_engine.results import plain

INTERPOLATION: Final = {"normsys": "code4", "histosys": "code4p"}
"""What the ``pyhf`` command uses."""

_REFUSALS = (
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    RecursionError,
    pyhf.exceptions.InvalidSpecification,
    pyhf.exceptions.InvalidMeasurement,
    pyhf.exceptions.InvalidModel,
    pyhf.exceptions.InvalidModifier,
    pyhf.exceptions.InvalidNameReuse,
)


class _NumPy(numpy_backend):  # type: ignore[misc]
    """pyhf's backend with the keyword of ``np.percentile`` that NumPy 2.4 left.

    pyhf 0.7 passes ``interpolation=``, which newer versions of NumPy refuse: its toys end with a
    TypeError.
    """

    def percentile(
        self, tensor_in: Any, q: Any, axis: Any = None, interpolation: Any = "linear"
    ) -> Any:
        return np.percentile(tensor_in, q, axis=axis, method=interpolation)


class _Code2(pyhf.interpolators.code2):  # type: ignore[misc]
    """pyhf's code2 without its step: beyond one standard deviation it goes on along its tangents.

    This is what HistFactory means (CERN-OPEN-2012-016, code 2) and ROOT and HS3 compute.
    """

    def __call__(self, alphasets: Any) -> Any:
        lib = pyhf.tensorlib
        beyond = [lib.clip(alphasets - 1.0, 0.0, None), lib.clip(alphasets + 1.0, None, 0.0)]
        found = super().__call__(lib.clip(alphasets, -1.0, 1.0))
        for distance, slope in zip(beyond, (self.b_plus_2a, self.b_minus_2a), strict=True):
            found = found + lib.einsum("sa,shb->shab", distance, slope)
        return found


@contextmanager
def _without_step() -> Iterator[None]:
    """Let models that are built meanwhile have code2 without its step."""
    before = pyhf.interpolators.code2
    pyhf.interpolators.code2 = _Code2
    try:
        yield
    finally:
        pyhf.interpolators.code2 = before


def backends() -> tuple[str, ...]:
    """Return the names of pyhf's backends that are installed.

    Returns:
        ``numpy``, and ``jax`` where it is there.
    """
    return ("numpy", "jax") if find_spec("jax") else ("numpy",)


class Reference:
    """pyhf.

    Args:
        backend: ``numpy`` or ``jax``.
    """

    name = "pyhf"
    version = pyhf.__version__

    def __init__(self, backend: str = "numpy") -> None:
        self.backend = backend

    @property
    def conventions(self) -> Mapping[str, str]:
        """What pyhf takes for granted."""
        return {
            "interpolation": "code4/code4p",
            "negative_rates": "pyhf",
            "backend": self.backend,
        }

    @contextmanager
    def active(self) -> Iterator[None]:
        """Let pyhf compute with this backend; the one before comes back."""
        before = pyhf.get_backend()
        pyhf.set_backend(_NumPy(precision="64b") if self.backend == "numpy" else self.backend)
        try:
            with np.errstate(all="ignore"):
                yield
        finally:
            pyhf.set_backend(*before)

    def load(self, workspace: Document, setup: Setup = OWN) -> ReferenceModel:
        """Load a model.

        Args:
            workspace: A pyhf workspace.
            setup: Which model is meant.

        Returns:
            The model.

        Raises:
            ModelError: pyhf refuses the workspace, or the patch does not apply.
            InferenceError: The setup names what the model does not have.
        """
        given = parsed(workspace)
        if "format" in given:
            message = "this model is no pyhf workspace; only the engine demos computes it"
            raise ModelError("wrong_format", "/format", message)
        given = _patched(given, setup.patch)
        if setup.asimov is not None:
            given = unblinded(given)
        with self.active():
            model, data = _built(given, setup)
            if setup.fixed or setup.bounds:
                names = model.config.par_names
                starts = [float(x) for x in model.config.suggested_init()]
                what = (setup.measurement, names, setup.fixed, setup.bounds)
                given = configured(given, *what, starts=starts)
                model, data = _built(given, setup)
            if setup.asimov is not None:
                data = _asimov(model, setup.asimov)
        return ReferenceModel(self, model, data, workspace, setup)


def _patched(workspace: dict[str, Any], patch: Operations | None) -> dict[str, Any]:
    if not patch:
        return workspace
    try:
        operations = (
            jsonpatch.JsonPatch.from_string(patch) if isinstance(patch, str | bytes) else patch
        )
        found: dict[str, Any] = jsonpatch.apply_patch(workspace, operations)
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, ValueError) as error:
        raise ModelError("patch_conflict", "", f"the patch does not apply: {error}") from error
    return found


def _built(workspace: dict[str, Any], setup: Setup) -> tuple[Any, list[float]]:
    codes = {**INTERPOLATION, **setup.interpolation}
    settings = {kind: {"interpcode": code} for kind, code in codes.items()}
    try:
        made = pyhf.Workspace(workspace, validate=False)
        poi = setup.poi or measurement_of(workspace, setup.measurement)["config"]["poi"]
        with _without_step():
            model = made.model(
                measurement_name=setup.measurement,
                poi_name=poi if defines(workspace, poi) else None,
                modifier_settings=settings,
                validate=False,
            )
        return model, made.data(model)
    except ModelError:
        raise
    except _REFUSALS as error:
        raise ModelError("schema_error", "", f"pyhf refuses the model: {error!r}") from error


def _asimov(model: Any, mu: float) -> list[float]:
    point = list(model.config.suggested_init())
    if model.config.poi_index is not None:
        point[model.config.poi_index] = mu
    elif mu:
        raise InferenceError("poi_undefined", "no modifier defines the parameter of interest")
    return [float(x) for x in model.expected_data(pyhf.tensorlib.astensor(point))]


class ReferenceModel:
    """A model as pyhf has it.

    Args:
        engine: The engine that loaded it.
        model: pyhf's model.
        data: Its data in pyhf's order.
        source: The workspace it was made of.
        setup: How.
    """

    def __init__(
        self, engine: Reference, model: Any, data: Sequence[float], source: Document, setup: Setup
    ) -> None:
        self.engine = engine
        self.model = model
        self.data = list(data)
        self._source = source
        self._setup = setup

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the parameters, one per component."""
        return tuple(self.model.config.par_names)

    @property
    def poi(self) -> str | None:
        """The parameter of interest; None where no modifier defines it."""
        index = self.model.config.poi_index
        return None if index is None else str(self.model.config.par_names[index])

    def with_patch(self, patch: Operations) -> ReferenceModel:
        """Return the model with another JSON Patch."""
        return self.engine.load(self._source, replace(self._setup, patch=patch))

    def with_signal(self, yields: Mapping[str, Sequence[float]], sample: str) -> ReferenceModel:
        """Return the model with a signal that the parameter of interest scales."""
        given = _patched(parsed(self._source), self._setup.patch)
        poi = self._setup.poi or measurement_of(given, self._setup.measurement)["config"]["poi"]
        modifiers = [{"name": poi, "type": "normfactor", "data": None}]
        channels = []
        for channel in given["channels"]:
            kept = [s for s in channel["samples"] if s["name"] != sample]
            data = yields.get(channel["name"])
            if data is not None:
                kept.append({"name": sample, "data": [*map(float, data)], "modifiers": modifiers})
            channels.append({**channel, "samples": kept})
        unknown = set(yields) - {c["name"] for c in channels}
        if unknown:
            name = min(unknown)
            raise ModelError("unresolved_reference", f"/yields/{name}", f"no channel {name!r}")
        changed = {**given, "channels": channels}
        return self.engine.load(changed, replace(self._setup, patch=None))

    def logpdf(self, point: Sequence[float]) -> float:
        """Return the log-likelihood of the data."""
        with self.engine.active():
            return float(
                np.asarray(self.model.logpdf(pyhf.tensorlib.astensor(point), self.data))[0]
            )

    def _ask(self, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Ask pyhf; a minimisation that fails, and what it refuses, have names."""
        try:
            with self.engine.active():
                return call(*args, **options)
        except pyhf.exceptions.FailedMinimization as error:
            reason = getattr(error.result, "message", error)
            raise InferenceError("fit_failed", f"pyhf: {reason}") from error
        except (pyhf.exceptions.InvalidModel, ValueError, AssertionError) as error:
            message = f"pyhf: {error}" if str(error) else f"pyhf: {type(error).__name__}"
            raise InferenceError("refused_by_pyhf", message) from error

    def _best(self) -> tuple[Any, float]:
        best, value = self._ask(pyhf.infer.mle.fit, self.data, self.model, return_fitted_val=True)
        return np.asarray(best, dtype=float), float(value)

    def _place(self, best: Any) -> Answer:
        """Return what every answer says of the best fit."""
        config = self.model.config
        rows = zip(
            self.parameter_names,
            best,
            config.suggested_bounds(),
            config.suggested_fixed(),
            strict=True,
        )
        at_bounds = [
            name
            for name, value, (low, high), held in rows
            if not held and min(value - low, high - value) <= 1e-8 * (high - low)
        ]
        with self.engine.active():
            rates = np.asarray(self.model.main_model.expected_data(pyhf.tensorlib.astensor(best)))
        lowest = int(np.argmin(rates))
        for name, part in config.channel_slices.items():
            if part.start <= lowest < part.stop:
                where = {"channel": name, "bin": lowest - part.start, "rate": float(rates[lowest])}
                return {"at_bounds": at_bounds, "lowest_bin": where, "convention": "pyhf"}
        raise AssertionError("a rate belongs to a channel")

    def _need_poi(self) -> str:
        name = self.poi
        if name is None:
            message = "no modifier defines the parameter of interest"
            raise InferenceError("poi_undefined", message)
        if self.model.config.suggested_fixed()[self.model.config.poi_index]:
            raise InferenceError("poi_fixed", "the parameter of interest is fixed")
        return name

    def fit(self, intervals: Sequence[str], correlations: bool, progress: Progress) -> Answer:
        """Fit all parameters; SLSQP gives no uncertainties."""
        if intervals or correlations:
            message = "pyhf makes neither profile intervals nor correlations"
            raise InferenceError("unsupported", message)
        best, value = self._best()
        return {
            "status": "converged",
            "converged": True,
            "twice_nll": value,
            "values": plain(dict(zip(self.parameter_names, best, strict=True))),
            "uncertainties": None,
            **self._place(best),
        }

    def cls(self, mu: float, test_stat: str) -> Answer:
        """Compute asymptotic CLs."""
        self._need_poi()
        observed, tails, expected, calculator = self._ask(
            pyhf.infer.hypotest,
            mu,
            self.data,
            self.model,
            test_stat=test_stat,
            return_tail_probs=True,
            return_expected_set=True,
            return_calculator=True,
        )
        best = np.asarray(calculator.fitted_pars.free_fit_to_data, dtype=float)
        return {**_tested(mu, test_stat, observed, tails, expected), **self._place(best)}

    def toys(
        self,
        mu: float,
        test_stat: str,
        toys: int,
        seed: int,
        progress: Progress,
        *,
        distributions: bool = False,
    ) -> Answer:
        """Compute CLs with pseudo-experiments; pyhf's calculator does not tell its progress."""
        self._need_poi()
        if distributions:
            raise InferenceError("unsupported", "pyhf does not hand out its distributions")
        best, _ = self._best()
        np.random.seed(seed)  # pyhf draws from the global state
        observed, tails, expected = self._ask(
            pyhf.infer.hypotest,
            mu,
            self.data,
            self.model,
            test_stat=test_stat,
            calctype="toybased",
            ntoys=toys,
            track_progress=False,
            return_tail_probs=True,
            return_expected_set=True,
        )
        found = _tested(mu, test_stat, observed, tails, expected)
        error = None
        if test_stat != "q0" and found["CLb_obs"]:
            error = share_error(found["CLsb_obs"], found["CLb_obs"], toys)
        return {**found, "n_toys": toys, "seed": seed, "error": error, **self._place(best)}

    def upper_limit(self, confidence_level: float, test_stat: str, rtol: float) -> Answer:
        """Find upper limits by pyhf's root search."""
        self._need_poi()
        observed, expected = self._ask(
            upper_limit,
            self.data,
            self.model,
            level=1.0 - confidence_level,
            rtol=rtol,
            test_stat=test_stat,
        )
        best, _ = self._best()
        return {
            "status": "converged",
            "observed": float(observed),
            "expected": [float(x) for x in expected],
            "confidence_level": confidence_level,
            "test_stat": test_stat,
            **self._place(best),
        }

    def significance(self) -> Answer:
        """Compute p0 and Z; expected: the median where the signal of strength 1 exists."""
        found = self.cls(0.0, "q0")
        place = {k: found[k] for k in ("at_bounds", "lowest_bin", "convention")}
        p0, expected = found["p0"], found["CLs_exp"][2]
        z = {"Z": float(norm.isf(p0)), "Z_exp": float(norm.isf(expected))}
        return {"status": "converged", "p0": p0, "p0_exp": expected, **z, **place}

    def scan(self, axes: Sequence[Mapping[str, Any]], points: int, progress: Progress) -> Answer:
        """Scan the profile likelihood; without values, the parameter's bounds are the range."""
        config = self.model.config
        named = list(axes) or [{"parameter": self._need_poi()}]
        places = [self._index(axis["parameter"]) for axis in named]
        bounds = config.suggested_bounds()
        full = [
            {
                "parameter": axis["parameter"],
                "values": axis.get("values") or _between(bounds[i], points),
            }
            for axis, i in zip(named, places, strict=True)
        ]
        best, least = self._best()
        values = np.empty([len(axis["values"]) for axis in full])
        for done, index in enumerate(np.ndindex(*values.shape)):
            start, held = list(config.suggested_init()), list(config.suggested_fixed())
            for place, axis, i in zip(places, full, index, strict=True):
                start[place], held[place] = axis["values"][i], True
            values[index] = self._ask(
                pyhf.infer.mle.fit,
                self.data,
                self.model,
                start,
                None,
                held,
                return_fitted_val=True,
            )[1]
            progress((done + 1) / values.size)
        return {
            "status": "converged",
            "axes": full,
            "delta_twice_nll": (values - least).tolist(),
            "best": [float(best[i]) for i in places],
            "failed": 0,
            **self._place(best),
        }

    def yields(self, stages: Sequence[str]) -> Answer:
        """Compute expected events per channel and sample; SLSQP gives no uncertainties."""
        config = self.model.config
        points = {}
        if "prefit" in stages:
            points["prefit"] = config.suggested_init()
        if "postfit" in stages:
            points["postfit"] = self._best()[0]
        rates = {stage: self._by_sample(point) for stage, point in points.items()}
        order = {sample: i for i, sample in enumerate(config.samples)}
        held = {
            c["name"]: sorted((s["name"] for s in c["samples"]), key=order.__getitem__)
            for c in self.model.spec["channels"]
        }
        channels = []
        for name, part in config.channel_slices.items():
            samples = [
                {"name": s, **{stage: _cells(found[s][part]) for stage, found in rates.items()}}
                for s in held[name]
            ]
            total = {
                stage: _cells(sum(found[s][part] for s in held[name]))
                for stage, found in rates.items()
            }
            observed = [float(x) for x in self.data[part]]
            about = {"name": name, "observed": observed}
            channels.append({**about, "samples": samples, "total": total})
        return {"status": "converged", "channels": channels}

    def _by_sample(self, point: Any) -> dict[str, Any]:
        with self.engine.active():
            main = self.model.main_model
            rates = main.expected_data(pyhf.tensorlib.astensor(point), return_by_sample=True)
        return dict(zip(self.model.config.samples, np.asarray(rates), strict=True))

    def pulls(self) -> Answer:
        """Refuse: SLSQP gives no uncertainties."""
        raise InferenceError("unsupported", "pyhf makes no pulls")

    def impacts(self, progress: Progress) -> Answer:
        """Refuse: SLSQP gives no uncertainties."""
        raise InferenceError("unsupported", "pyhf makes no impacts")

    def gof(self, calculator: str, toys: int, seed: int, progress: Progress) -> Answer:
        """Refuse: pyhf has no saturated model."""
        raise InferenceError("unsupported", "pyhf has no goodness of fit")

    def contour(
        self, parameters: Sequence[str], levels: Sequence[float], points: int, progress: Progress
    ) -> Answer:
        """Refuse: pyhf finds no contours."""
        raise InferenceError("unsupported", "pyhf finds no contours")

    def grid(
        self, signals: PatchSet, mu: float, test_stat: str, progress: Progress
    ) -> list[Answer]:
        """Compute CLs of many signals, one after another."""
        points = []
        for done, patch in enumerate(signals):
            about: Answer = {"name": patch.name, "values": list(patch.values)}
            try:
                found = {**self.with_patch(patch.operations).cls(mu, test_stat), "outcome": "ok"}
            except (InferenceError, ModelError) as error:
                failed = error.code == "fit_failed"
                found = {
                    "CLs_obs": None,
                    "CLs_exp": None,
                    "status": error.code,
                    "message": error.message,
                    "outcome": "no_convergence" if failed else "not_computable",
                }
            points.append({**about, **found})
            progress((done + 1) / len(signals))
        return points

    def _index(self, name: str) -> int:
        names = self.parameter_names
        if name not in names:
            raise InferenceError("unknown_parameter", f"the model has no parameter {name!r}")
        return names.index(name)


def _between(ends: Sequence[float], points: int) -> list[float]:
    low, high = ends
    return [float(x) for x in np.linspace(low, high, points)]


def _cells(rates: Any) -> Answer:
    return {"yields": [float(x) for x in rates], "uncertainties": None}


def _tested(mu: float, test_stat: str, observed: Any, tails: Any, expected: Any) -> Answer:
    found: Answer = {
        "status": "converged",
        "mu": mu,
        "test_stat": test_stat,
        "CLs_obs": float(observed),
        "CLs_exp": [float(x) for x in expected],
    }
    if test_stat == "q0":
        return {**found, "p0": float(observed), "Z": float(norm.isf(float(observed)))}
    return {**found, "CLsb_obs": float(tails[0]), "CLb_obs": float(tails[1])}
