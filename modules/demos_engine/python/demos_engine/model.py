# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The model: everything that can be asked of a workspace."""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from demos_engine import _engine
from demos_engine.errors import InferenceError, ModelError
from demos_engine.patchset import PatchSet
from demos_engine.results import (
    Array,
    Bin,
    ChannelYields,
    CLs,
    Expected,
    Fit,
    Grid,
    GridPoint,
    Impact,
    Interval,
    Limit,
    Pull,
    Scan,
    Simplified,
    Toys,
    Yields,
)

Document = bytes | str | Mapping[str, Any]
Signal = Mapping[str, Sequence[float]]
Progress = Callable[[int, int], object]

_QUANTILES = (2.27501319, 15.86552539, 50.0, 84.13447461, 97.72498681)
_SIGNAL = "signal"
_MOST_THREADS = 256
_MOST_TOYS = 10_000_000
_MOST_NUMBERS = 1_000_000_000
_MOST_POINTS = 100_000
_LARGEST_SEED = 2**62


@dataclass(frozen=True)
class _Setup:
    """How a fit differs from the model's own setup; indices in pyhf's order."""

    fixed: list[tuple[int, float]]
    bounds: list[tuple[int, float, float]]
    start: list[float] | None


_OWN = _Setup([], [], None)


class Model:
    """A compiled HistFactory model with its data. Immutable and safe to share between threads.

    Semantics are those of pyhf 0.7: parameters, their order, constraints and interpolation.

    >>> from demos_engine.examples import two_bins
    >>> model = Model.load(two_bins())
    >>> model.parameter_names
    ('mu', 'uncorr_bkguncrt[0]', 'uncorr_bkguncrt[1]')
    >>> limit = model.upper_limit()
    >>> round(limit.observed, 3)
    1.016
    """

    __slots__ = ("_core", "_data", "_source")

    def __init__(self, core: _engine.Model, source: Any, data: Array | None) -> None:
        self._core = core
        self._source = source
        self._data = data

    @classmethod
    def load(
        cls,
        workspace: Document,
        measurement: str | None = None,
        patch: Any = None,
        *,
        patchset: Document | PatchSet | None = None,
        poi: str | None = None,
        normsys: str = "code4",
        histosys: str = "code4p",
        data: ArrayLike | None = None,
    ) -> "Model":
        """Load a pyhf workspace.

        Args:
            workspace: The document, as bytes, text or parsed.
            measurement: Name of the measurement; the first by default.
            patch: A JSON Patch (bytes, text or parsed), or a patch's name if ``patchset`` is given.
            patchset: A patchset for this workspace; its digest is verified.
            poi: Parameter of interest instead of the measurement's.
            normsys: Interpolation: ``code1`` or ``code4``.
            histosys: Interpolation: ``code0``, ``code2`` or ``code4p``.
            data: Other data than the workspace's, in pyhf's order (see ``data``).

        Returns:
            The model.

        Raises:
            ModelError: The input is no usable model; ``pointer`` says where. It is a
                ``ValueError``. A parameter of interest that no modifier defines is no error:
                only what needs one is refused later.

        >>> Model.load(b"[1, 2")
        Traceback (most recent call last):
            ...
        demos_engine.errors.ModelError: parse_error: a comma or ] is expected (line 1, column 6)
        """
        if patchset is not None:
            patches = PatchSet.load(patchset)
            patches.verify(workspace)
            patch = patches[patch].operations
        core = _engine.Model.load(workspace, measurement, poi, normsys, histosys, patch)
        source = workspace if patch is None else None
        model = cls(core, source, None)
        return model if data is None else model.with_data(data)

    def __repr__(self) -> str:
        return (
            f"<Model {self.measurement!r}: {len(self.channels)} channels, {self.n_bins} bins, "
            f"{len(self.parameter_names)} parameters, poi {self._core.poi_name!r}>"
        )

    # What the model consists of

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names in pyhf's order; ``name[i]`` for the components of vector parameters."""
        return tuple(self._core.names)

    @property
    def init(self) -> Array:
        """Start values, shape (P,)."""
        return self._core.init

    @property
    def bounds(self) -> list[tuple[float, float]]:
        """Lower and upper bound of each parameter."""
        return self._core.bounds

    @property
    def fixed(self) -> list[bool]:
        """Which parameters are held in fits."""
        return self._core.fixed

    @property
    def parameter_types(self) -> dict[str, tuple[str, ...]]:
        """Modifier types of each parameter set, by name."""
        return {name: tuple(kinds) for name, _, kinds in self._core.sets}

    @property
    def poi(self) -> str | None:
        """Name of the parameter of interest, ``None`` if no modifier defines it."""
        index = self._core.poi
        return None if index is None else self._core.names[index]

    @property
    def measurement(self) -> str:
        """Name of the measurement in use."""
        return self._core.measurement

    @property
    def measurements(self) -> list[str]:
        """Names of all measurements of the workspace."""
        return self._core.measurements

    @property
    def channels(self) -> dict[str, int]:
        """Number of bins of each channel, in the order of the data."""
        return {name: bins for name, bins, _ in self._core.channels}

    @property
    def samples(self) -> dict[str, tuple[str, ...]]:
        """Samples of each channel."""
        return {name: tuple(samples) for name, _, samples in self._core.channels}

    @property
    def n_bins(self) -> int:
        """Number of bins of all channels."""
        return sum(bins for _, bins, _ in self._core.channels)

    @property
    def data(self) -> Array:
        """Observed counts, channel by channel, then auxiliary data: pyhf's order."""
        return self._core.data() if self._data is None else self._data.copy()

    def with_data(self, data: ArrayLike) -> "Model":
        """This model with other data.

        Args:
            data: Counts, channel by channel, then auxiliary data: pyhf's order.

        Returns:
            A model that shares everything else with this one.

        Raises:
            ValueError: Wrong length, a number that is not finite, or a negative count.
        """
        values = _vector(data, len(self._core.data()), "data")
        self._core.logpdf(self._core.init, values)
        return Model(self._core, self._source, values)

    def with_signal(self, yields: Signal, name: str = _SIGNAL) -> "Model":
        """This model with a signal added; the background is not compiled again.

        Args:
            yields: Events per bin, by channel; channels left out have none.
            name: Of the sample; one of this name is replaced.

        Returns:
            A model whose parameter of interest scales the signal.

        Raises:
            ModelError: Unknown channel, wrong number of bins, or the measurement names no
                parameter of interest.

        >>> from demos_engine.examples import two_bins
        >>> model = Model.load(two_bins()).with_signal({"singlechannel": [10.0, 6.0]})
        >>> round(model.cls(mu=1.0).CLs_obs, 4)
        0.3537
        """
        listed = _listed(yields)
        core = self._core.with_signal(name, listed)
        data = self._data if self._data is None or _same_shape(core, self._core) else None
        return Model(core, None, data)

    # Likelihood

    def logpdf(self, parameters: ArrayLike) -> float:
        """The log-likelihood in pyhf's convention.

        Args:
            parameters: Shape (P,).

        Returns:
            ln L with all constants; NaN where a bin with events has a negative rate, as in pyhf.
        """
        return self._core.logpdf(self._point(parameters), self._data)

    def nll(self, parameters: ArrayLike) -> tuple[float, Array, Array]:
        """-ln L with its derivatives.

        Args:
            parameters: Shape (P,).

        Returns:
            Value, gradient of shape (P,), exact Hessian of shape (P, P). Rates that a Poisson
            term does not allow are continued smoothly from just above zero.
        """
        return self._core.derivatives(self._point(parameters), self._data)

    def expected_data(self, parameters: ArrayLike) -> Array:
        """Data that a parameter point expects, auxiliary data included.

        Args:
            parameters: Shape (P,).

        Returns:
            Shape (bins + auxiliary data,), in pyhf's order.
        """
        return self._core.expected_data(self._point(parameters))

    def sample(self, parameters: ArrayLike, size: int, seed: int) -> Array:
        """Pseudo-data.

        Args:
            parameters: Where from; shape (P,).
            size: How many sets.
            seed: Same seed, same sets.

        Returns:
            Shape (size, bins + auxiliary data), in pyhf's order.

        Raises:
            InferenceError: A parameter is not finite, or ``size`` or ``seed`` is out of range.
        """
        point = self._point(parameters)
        if not np.isfinite(point).all():
            raise InferenceError("invalid_value", "a parameter is not finite")
        size = _count("size", size, 0, _MOST_NUMBERS // len(self._core.data()))
        return self._core.sample(point, size, _count("seed", seed, 0, _LARGEST_SEED))

    # Fits

    def fit(
        self,
        *,
        fixed: Mapping[str, float] | None = None,
        bounds: Mapping[str, tuple[float, float]] | None = None,
        start: ArrayLike | None = None,
        restarts: int = 8,
        uncertainties: bool = True,
        intervals: Iterable[str] = (),
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Fit:
        """Fit the data.

        Args:
            fixed: Parameters to hold, with their values.
            bounds: Bounds instead of the model's.
            start: Where to begin, shape (P,); the model's start values by default.
            restarts: How many other starts are tried in the search for a lower minimum.
            uncertainties: Whether to compute the covariance.
            intervals: Parameters whose profile interval (as MINOS) is wanted.
            threads: For the intervals; all by default.
            progress: Called with (done, all) for the intervals.

        Returns:
            The fit. It never raises for the data's sake: see its ``status``.

        Raises:
            InferenceError: An unknown parameter is named, or a number is out of range.

        >>> from demos_engine.examples import two_bins
        >>> fit = Model.load(two_bins()).fit(fixed={"mu": 1.0})
        >>> fit.converged, fit.uncertainties[0]
        (True, np.float64(0.0))
        """
        setup = self._setup(fixed, bounds, start)
        restarts = _count("restarts", restarts, 0, _MOST_POINTS)
        threads = _workers(threads)
        raw = self._core.fit(self._data, setup, restarts, uncertainties or bool(intervals))
        found = self._fit(raw)
        wanted = [self._index(name) for name in intervals]
        if not wanted or not found.converged or found.uncertainties is None:
            return found
        widths = [float(found.uncertainties[i]) or 0.1 for i in wanted]
        ends = self._core.intervals(
            self._data, setup, found.parameters, wanted, widths, threads, progress
        )
        made = {
            self._core.names[i]: _interval(float(found.parameters[i]), *end)
            for i, end in zip(wanted, ends, strict=True)
        }
        return self._fit({**raw, "intervals": made})

    def scan(
        self,
        parameters: Mapping[str, ArrayLike] | str | None = None,
        *,
        points: int = 21,
        sigmas: float = 3.0,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Scan:
        """Profile likelihood in one or two parameters.

        Args:
            parameters: The values of one or two parameters, by name; or one name, for ``points``
                values within ``sigmas`` uncertainties and the bounds; the parameter of interest
                by default.
            points: See ``parameters``.
            sigmas: See ``parameters``.
            threads: All by default; the result does not depend on it.
            progress: Called with (done, all).

        Returns:
            The scan.

        Raises:
            InferenceError: Unknown or fixed parameters, values that are not finite, no parameter
                of interest, or the best fit failed.
        """
        best = self._best()
        if not isinstance(parameters, Mapping):
            name = parameters if parameters is not None else self._free_poi()
            count = _count("points", points, 1, _MOST_POINTS)
            parameters = {name: self._around(best, name, count, sigmas)}
        names = tuple(parameters)
        axes = tuple(_vector(values, None, "points") for values in parameters.values())
        if len(names) not in (1, 2):
            raise InferenceError("invalid_value", "a scan has one or two parameters")
        indices = [self._index(name) for name in names]
        for name, index, axis in zip(names, indices, axes, strict=True):
            if self._core.fixed[index]:
                raise InferenceError("invalid_value", f"the model holds the parameter {name!r}")
            if not np.isfinite(axis).all():
                raise InferenceError("invalid_value", f"a value of {name!r} is not finite")
        if np.prod([float(len(axis)) for axis in axes]) > _MOST_POINTS:
            raise InferenceError("invalid_value", f"a scan has at most {_MOST_POINTS} points")
        near = best.parameters
        chains, places = _chains(axes, [float(near[i]) for i in indices])
        rows = self._core.scan(self._data, _OWN, near, indices, chains, _workers(threads), progress)
        rise = np.full(tuple(len(axis) for axis in axes), np.inf)
        failed = 0
        for row, where in zip(rows, places, strict=True):
            for (value, status), place in zip(row, where, strict=True):
                ok = status == "converged"
                failed += not ok
                rise[place] = value - best.twice_nll if ok else np.inf
        return Scan(names, axes, rise, tuple(float(near[i]) for i in indices), failed)

    def pulls(self) -> tuple[Pull, ...]:
        """Pulls and constraints of all constrained parameters that are not held.

        Returns:
            In pyhf's order of parameters.

        Raises:
            InferenceError: The fit failed, or its Hessian is not positive definite.
        """
        best = self._best()
        errors = _errors(best)
        found = []
        rows = zip(self._core.names, self._core.constraints, self._core.fixed, strict=True)
        aux = self._aux()
        for i, (name, (kind, _, width), held) in enumerate(rows):
            if kind != "none" and not held:
                value, error = float(best.parameters[i]), float(errors[i])
                found.append(Pull(name, value, error, (value - aux[i]) / width, error / width))
        return tuple(found)

    def impacts(
        self, *, threads: int | None = None, progress: Progress | None = None
    ) -> tuple[Impact, ...]:
        """Impact of every parameter on the parameter of interest, by conditional fits.

        Args:
            threads: All by default; the result does not depend on it.
            progress: Called with (done, all).

        Returns:
            Sorted by falling size.

        Raises:
            InferenceError: No free parameter of interest, or the best fit failed.
        """
        poi = self._index(self._free_poi())
        best = self._best()
        errors = _errors(best)
        centre = float(best.parameters[poi])
        nuisances = [i for i, held in enumerate(self._core.fixed) if not held and i != poi]
        held: list[list[tuple[int, float]]] = []
        for i in nuisances:
            low, high = self._core.bounds[i]
            widths = (float(errors[i]), self._core.constraints[i][2])
            x = float(best.parameters[i])
            held += [
                [(i, min(max(x + sign * width, low), high))]
                for width in widths
                for sign in (-1.0, 1.0)
            ]
        fits = self._core.conditional(
            self._data, _OWN, best.parameters, held, _workers(threads), progress
        )
        shifts = [
            float(theta[poi]) - centre if status == "converged" else None
            for _, status, theta in fits
        ]
        found = []
        for n, i in enumerate(nuisances):
            down, up, down_prefit, up_prefit = shifts[4 * n : 4 * n + 4]
            if not self._core.constraints[i][2]:
                down_prefit = up_prefit = None
            value, error = float(best.parameters[i]), float(errors[i])
            name = self._core.names[i]
            found.append(Impact(name, value, error, up, down, up_prefit, down_prefit))
        return tuple(sorted(found, key=_size, reverse=True))

    def expected(self, stage: str = "postfit", *, parameters: ArrayLike | None = None) -> Expected:
        """Expected yields per channel and sample, with uncertainties by linear propagation.

        Args:
            stage: ``prefit`` (start values, widths of the constraints) or ``postfit`` (best fit
                with its covariance).
            parameters: A point instead, shape (P,); then without uncertainties.

        Returns:
            The yields.

        Raises:
            InferenceError: The fit failed, or ``stage`` is unknown.

        >>> from demos_engine.examples import two_bins
        >>> channel = Model.load(two_bins()).expected("prefit").channels[0]
        >>> channel.total.tolist(), channel.total_uncertainties.round(6).tolist()
        ([70.0, 73.0], [5.0, 12.0])
        """
        covariance: list[float] | None = None
        if parameters is not None:
            stage, point = "point", self._point(parameters)
        elif stage == "prefit":
            point = self._core.init
            held = np.array(self._core.fixed)
            widths = np.array([width for _, _, width in self._core.constraints])
            covariance = np.diag(np.where(held, 0.0, widths**2)).ravel().tolist()
        elif stage == "postfit":
            best = self._best()
            point = best.parameters
            if best.covariance is None:
                raise InferenceError("fit_failed", "the best fit has no covariance")
            covariance = best.covariance.ravel().tolist()
        else:
            raise InferenceError("invalid_value", f"unknown stage {stage!r}: prefit or postfit")
        channels = []
        first = 0
        counts = self.data
        for row in self._core.expected(point, covariance):
            observed = counts[first : first + len(row["total"])]
            first += len(observed)
            samples = {
                name: Yields(_without_traces(yields), errors)
                for name, (yields, errors) in row["samples"].items()
            }
            channels.append(
                ChannelYields(
                    row["name"],
                    samples,
                    row["total"],
                    row["total_error"],
                    row["sum_error"],
                    observed,
                )
            )
        return Expected(stage, tuple(channels))

    # Hypothesis tests

    def cls(
        self, mu: float = 1.0, *, test_stat: str = "qtilde", signal: Signal | None = None
    ) -> CLs:
        """Asymptotic CLs, observed and expected.

        Args:
            mu: Signal strength to test.
            test_stat: ``qtilde``, ``q``, or ``q0`` (discovery; ``mu`` must be 0).
            signal: Yields per channel of a signal to add first (see ``with_signal``).

        Returns:
            The test.

        Raises:
            InferenceError: No parameter of interest, or a fit that failed.
        """
        if signal is not None:
            return self.with_signal(signal).cls(mu, test_stat=test_stat)
        return _cls(self._core.cls(float(mu), test_stat, self._data), test_stat)

    def cls_curve(self, mu: Sequence[float], *, test_stat: str = "qtilde") -> tuple[CLs, ...]:
        """Tests at several signal strengths; what does not depend on them is fitted once.

        Args:
            mu: Signal strengths.
            test_stat: ``qtilde`` or ``q``.

        Returns:
            One test per strength.

        Raises:
            InferenceError: As for ``cls``.
        """
        rows = self._core.cls_curve([float(x) for x in mu], test_stat, self._data)
        return tuple(_cls(row, test_stat) for row in rows)

    def upper_limit(
        self,
        confidence_level: float = 0.95,
        *,
        test_stat: str = "qtilde",
        signal: Signal | None = None,
        rtol: float = 1e-5,
        level: None = None,
    ) -> Limit:
        """Upper limits on the signal strength, observed and expected.

        Args:
            confidence_level: Of the limits.
            test_stat: ``qtilde`` or ``q``.
            signal: Yields per channel of a signal to add first.
            rtol: Relative tolerance of the limits.
            level: Refused: pyhf means the size of the test by it, 0.05, others the confidence.

        Returns:
            The limits. Strengths beyond the parameter's upper bound are tested too, as pyhf
            tests them: the best fit stays within the bounds.

        Raises:
            InferenceError: As for ``cls``.
        """
        _refuse_level(level)
        if not 0.0 < confidence_level < 1.0 or not 1e-12 < rtol < 1.0:
            raise InferenceError("invalid_value", "confidence_level and rtol lie between 0 and 1")
        if test_stat == "q0":
            raise InferenceError("invalid_value", "limits are made with qtilde or q")
        if signal is not None:
            other = self.with_signal(signal)
            return other.upper_limit(confidence_level, test_stat=test_stat, rtol=rtol)
        raw = self._core.upper_limit(1.0 - confidence_level, rtol, test_stat, self._data)
        tests = tuple(_cls(row, test_stat) for row in raw["tests"])
        return Limit(raw["observed"], tuple(raw["expected"]), confidence_level, test_stat, tests)

    def toys(
        self,
        mu: float = 1.0,
        *,
        toys: int = 1000,
        seed: int = 0,
        test_stat: str = "qtilde",
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Toys:
        """CLs with pseudo-experiments, as pyhf's toy calculator: drawn from the conditional fits.

        Args:
            mu: Signal strength to test.
            toys: Pseudo-experiments per hypothesis.
            seed: Same seed, same result, whatever the number of threads.
            test_stat: ``qtilde``, ``q``, or ``q0``.
            threads: All by default.
            progress: Called with (done, all).

        Returns:
            The test.

        Raises:
            InferenceError: No free parameter of interest, a number out of range, or a fit to the
                data failed.
        """
        toys = _count("toys", toys, 1, _MOST_TOYS)
        seed = _count("seed", seed, 0, _LARGEST_SEED)
        threads = _workers(threads)
        mu = float(mu)
        if not np.isfinite(mu) or (test_stat == "q0" and mu != 0.0):
            raise InferenceError("invalid_value", f"the signal strength {mu} cannot be tested")
        name = self._free_poi()
        index = self._index(name)
        null = 1.0 if test_stat == "q0" else 0.0
        signal, background = (self._conditional(name, x) for x in (mu, null))
        data = self.data
        near = signal.parameters
        observed = self._core.statistics([data], near, mu, test_stat, 1, None)
        step = _steps(progress, toys)
        drawn = [
            self._core.toys(point.parameters, mu, test_stat, toys, 2 * seed + n, threads, step(n))
            for n, point in enumerate((signal, background))
        ]
        kept = [row["q"][np.isfinite(row["q"])] for row in drawn]
        failed = 2 * toys - sum(len(q) for q in kept)
        q_obs = float(observed["q"][0])
        if not np.isfinite(q_obs) or not all(len(q) for q in kept):
            raise InferenceError("fit_failed", f"no pseudo-experiment at {self._core.names[index]}")
        both, alone = _tails(np.concatenate([[q_obs], kept[1]]), kept[0], kept[1])
        values = both
        if test_stat != "q0":
            values = np.divide(both, alone, out=np.zeros_like(both), where=alone > 0)
        return Toys(
            mu=mu,
            CLs_obs=float(values[0]),
            CLs_exp=tuple(float(x) for x in np.percentile(values[1:], _QUANTILES)),
            CLsb_obs=float(both[0]),
            CLb_obs=float(alone[0]),
            q_obs=q_obs,
            q_signal=kept[0],
            q_background=kept[1],
            n_toys=toys,
            failed=failed,
            seed=seed,
            test_stat=test_stat,
        )

    def statistics(
        self, data: Iterable[ArrayLike], mu: float = 1.0, *, test_stat: str = "qtilde"
    ) -> Array:
        """The test statistic of given data sets.

        Args:
            data: Data sets in pyhf's order.
            mu: Signal strength to test.
            test_stat: ``qtilde``, ``q``, or ``q0``.

        Returns:
            One value per set; NaN where a fit failed.

        Raises:
            ValueError: A set is malformed, or the model has no parameter of interest.
        """
        size = len(self._core.data())
        sets = [_vector(values, size, "data") for values in data]
        values: Array = self._core.statistics(sets, self._core.init, mu, test_stat, None, None)["q"]
        return values

    def grid(
        self,
        patchset: Document | PatchSet,
        mu: float = 1.0,
        *,
        test_stat: str = "qtilde",
        names: Iterable[str] | None = None,
        verify: bool = True,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Grid:
        """CLs of many signals on this background: compiled once, fits begin at its own best fit.

        Args:
            patchset: The signals.
            mu: Signal strength to test.
            test_stat: ``qtilde``, ``q``, or ``q0``.
            names: Which patches; all by default.
            verify: Whether to check that the patchset is meant for this workspace.
            threads: All by default; the result does not depend on it.
            progress: Called with (done, all).

        Returns:
            One point per patch; one that fails carries its reason and stops nothing.

        Raises:
            ModelError: The patchset is malformed, or meant for another workspace.
        """
        patches = PatchSet.load(patchset)
        if verify:
            if self._source is None:
                raise ModelError("digest_mismatch", "", "only an unpatched workspace has a digest")
            patches.verify(self._source)
        chosen = patches.patches if names is None else [patches[name] for name in names]
        background = self.fit(restarts=0, uncertainties=False)
        near = background.parameters if background.converged else None
        operations = [patch.operations for patch in chosen]
        rows = self._core.grid(operations, float(mu), test_stat, near, _workers(threads), progress)
        points = []
        for patch, row in zip(chosen, rows, strict=True):
            ok = isinstance(row, dict)
            result = _cls(row, test_stat) if isinstance(row, dict) else None
            code, message = (None, None) if ok else row
            points.append(GridPoint(patch.name, patch.values, result, code, message))
        return Grid(patches.labels, tuple(points), float(mu), test_stat)

    def simplify(self, signal: Signal | None = None) -> Simplified:
        """A simplified likelihood: the fitted background with one correlated uncertainty.

        The background-only fit gives the total yield of each bin and its uncertainty, which
        becomes a single ``histosys`` on a single sample, as in the field's tool ``simplify``.

        Args:
            signal: Yields per channel with which to measure the deviation from the full model.

        Returns:
            The simplified workspace, and the deviation of its CLs at a strength of 1.

        Raises:
            InferenceError: The fit failed.
        """
        poi = self.poi
        base = self.fit(fixed={poi: 0.0} if poi is not None else None)
        if not base.converged or base.covariance is None:
            raise InferenceError("fit_failed", f"the background-only fit ended as {base.status}")
        rows = self._core.expected(base.parameters, base.covariance.ravel().tolist())
        workspace = _simplified(rows, self.data, self._core.poi_name)
        if signal is None:
            return Simplified(workspace, None, None, None, None)
        full = self.cls(1.0, signal=signal).CLs_obs
        simple = Model.load(workspace).cls(1.0, signal=signal).CLs_obs
        return Simplified(workspace, _SIGNAL, full, simple, simple - full)

    # Helpers

    def _point(self, parameters: ArrayLike) -> Array:
        return _vector(parameters, len(self._core.names), "parameters")

    def _index(self, name: str) -> int:
        names = self._core.names
        if name in names:
            return names.index(name)
        if f"{name}[0]" in names and f"{name}[1]" not in names:
            return names.index(f"{name}[0]")
        raise InferenceError("unknown_parameter", f"the model has no parameter {name!r}")

    def _poi(self) -> str:
        name = self.poi
        if name is None:
            message = f"no modifier defines the parameter of interest {self._core.poi_name!r}"
            raise InferenceError("poi_undefined", message)
        return name

    def _free_poi(self) -> str:
        name = self._poi()
        if self._core.fixed[self._index(name)]:
            raise InferenceError("poi_fixed", "the parameter of interest is fixed")
        return name

    def _setup(
        self,
        fixed: Mapping[str, float] | None,
        bounds: Mapping[str, tuple[float, float]] | None,
        start: ArrayLike | None,
    ) -> _Setup:
        return _Setup(
            [(self._index(name), float(x)) for name, x in (fixed or {}).items()],
            [(self._index(name), float(a), float(b)) for name, (a, b) in (bounds or {}).items()],
            None if start is None else self._start(start),
        )

    def _start(self, start: ArrayLike) -> list[float]:
        point = self._point(start)
        if not np.isfinite(point).all():
            raise InferenceError("invalid_value", "a start value is not finite")
        values: list[float] = point.tolist()
        return values

    def _fit(self, raw: Mapping[str, Any]) -> Fit:
        names = self.parameter_names
        covariance = raw.get("covariance")
        errors = None
        if covariance is not None:
            errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
        second = raw.get("second_minimum")
        return Fit(
            twice_nll=raw["twice_nll"],
            status=raw["status"],
            parameter_names=names,
            parameters=raw["parameters"],
            uncertainties=errors,
            covariance=covariance,
            at_bounds=tuple(names[i] for i in raw["at_bounds"]),
            lowest_bin=self._place(raw["lowest_bin"], raw["lowest_rate"]),
            iterations=raw["iterations"],
            evaluations=raw["evaluations"],
            decrement=raw["decrement"],
            second_minimum=None if second is None else self._fit(second),
            intervals=raw.get("intervals", {}),
        )

    def _place(self, bin_: int, rate: float) -> Bin:
        """A bin counted over all channels, named by its channel."""
        for name, bins, _ in self._core.channels:
            if bin_ < bins:
                return Bin(name, bin_, rate)
            bin_ -= bins
        raise IndexError(bin_)

    def _best(self) -> Fit:
        best = self.fit()
        if not best.converged:
            raise InferenceError("fit_failed", f"the best fit ended as {best.status}")
        return best

    def _conditional(self, name: str, value: float) -> Fit:
        found = self.fit(fixed={name: value}, restarts=0, uncertainties=False)
        if not found.converged:
            message = f"the fit at {name} = {value} ended as {found.status}"
            raise InferenceError("fit_failed", message)
        return found

    def _aux(self) -> list[float]:
        """Auxiliary measurements in units of their parameters; NaN without."""
        values = [value for _, value, _ in self._core.constraints]
        if self._data is None:
            return values
        own, other = self._core.data(), self._data
        at = self.n_bins
        for i, (kind, value, width) in enumerate(self._core.constraints):
            if kind != "none":
                scale = width**2 if kind == "poisson" else 1.0
                values[i] = value + (other[at] - own[at]) * scale
                at += 1
        return values

    def _around(self, best: Fit, name: str, points: int, sigmas: float) -> Array:
        index = self._index(name)
        low, high = self._core.bounds[index]
        centre = float(best.parameters[index])
        width = float(_errors(best)[index])
        reach = sigmas * width if width > 0 else 0.5 * (high - low)
        return np.linspace(max(low, centre - reach), min(high, centre + reach), points)


def _refuse_level(level: object) -> None:
    """Refuse a word that tools mean opposite things by.

    Raises:
        TypeError: ``level`` was given.
    """
    if level is not None:
        raise TypeError(
            "level is ambiguous (pyhf means the size of the test by it, others the confidence): "
            "give confidence_level, such as 0.95"
        )


def _vector(values: ArrayLike, size: int | None, what: str) -> Array:
    array = np.ascontiguousarray(values, dtype=np.float64)
    if array.ndim != 1 or (size is not None and len(array) != size):
        wanted = "one-dimensional" if size is None else f"of shape ({size},)"
        raise ValueError(f"{what} must be {wanted}, not of shape {array.shape}")
    return array


def _count(name: str, value: int, least: int, most: int) -> int:
    """A whole number within limits."""
    try:
        number = operator.index(value)
    except TypeError:
        raise InferenceError("invalid_value", f"{name} is not a whole number") from None
    if not least <= number <= most:
        raise InferenceError("invalid_value", f"{name} lies between {least} and {most}")
    return number


def _workers(threads: int | None) -> int | None:
    return None if threads is None else _count("threads", threads, 1, _MOST_THREADS)


def _listed(yields: Signal) -> list[tuple[str, list[float]]]:
    """Yields per channel as the core takes them."""
    if not isinstance(yields, Mapping):
        raise ModelError("schema_error", "/yields", "yields are given by channel")
    listed = []
    for channel, values in yields.items():
        try:
            listed.append((str(channel), [float(x) for x in values]))
        except (TypeError, ValueError):
            message = f"the yields of {channel!r} are not a list of numbers"
            raise ModelError("schema_error", f"/yields/{channel}", message) from None
    return listed


def _without_traces(yields: Array) -> Array:
    """Yields without what the core leaves of a factor of exactly zero, about 1e-150."""
    return np.where(np.abs(yields) < 1e-100, 0.0, yields)


def _same_shape(a: _engine.Model, b: _engine.Model) -> bool:
    return len(a.data()) == len(b.data())


def _cls(raw: Mapping[str, Any], test_stat: str) -> CLs:
    expected = tuple(raw["CLs_exp"])
    values = {**raw, "CLs_exp": expected, "test_stat": test_stat, "status": "converged"}
    return CLs(**values)


def _interval(value: float, low: float | None, high: float | None, reason: str | None) -> Interval:
    minus = None if low is None else low - value
    plus = None if high is None else high - value
    return Interval(value, minus, plus, reason)


def _errors(fit: Fit) -> Array:
    if fit.uncertainties is None:
        raise InferenceError("fit_failed", "the Hessian at the best fit is not positive definite")
    return fit.uncertainties


def _size(impact: Impact) -> float:
    return max(abs(impact.down or 0.0), abs(impact.up or 0.0))


def _chains(
    axes: tuple[Array, ...], centre: list[float]
) -> tuple[list[list[list[float]]], list[list[tuple[int, ...]]]]:
    """Chains of neighbouring points that run away from the best value, and where they belong."""
    last = axes[-1]
    order = np.argsort(np.abs(last - centre[-1]), kind="stable")
    sides = [
        [int(i) for i in order if last[i] >= centre[-1]],
        [int(i) for i in order if last[i] < centre[-1]],
    ]
    heads: list[tuple[tuple[int, ...], list[float]]] = [((), [])]
    if len(axes) == 2:
        heads = [((n,), [float(x)]) for n, x in enumerate(axes[0])]
    chains, places = [], []
    for place, head in heads:
        for side in sides:
            if side:
                chains.append([[*head, float(last[i])] for i in side])
                places.append([(*place, i) for i in side])
    return chains, places


def _steps(progress: Progress | None, size: int) -> Callable[[int], Progress | None]:
    """Progress of the n-th of two equal parts as progress of the whole."""

    def part(n: int) -> Progress | None:
        if progress is None:
            return None
        return lambda done, _: progress(n * size + done, 2 * size)

    return part


def _tails(q: Array, q_signal: Array, q_background: Array) -> tuple[Array, Array]:
    """P-values of test statistics under both hypotheses, from pseudo-experiments."""

    def above(drawn: Array) -> Array:
        below = np.searchsorted(np.sort(drawn), q, side="left")
        share: Array = 1.0 - below / len(drawn)
        return share

    return above(q_signal), above(q_background)


def _simplified(rows: list[dict[str, Any]], data: Array, poi: str) -> dict[str, Any]:
    channels, observations = [], []
    first = 0
    for row in rows:
        total, error = row["total"], row["total_error"]
        counts = data[first : first + len(total)]
        first += len(total)
        shift = {"hi_data": (total + error).tolist(), "lo_data": (total - error).tolist()}
        modifier = {"name": "totalError", "type": "histosys", "data": shift}
        sample = {"name": "Bkg", "data": total.tolist(), "modifiers": [modifier]}
        channels.append({"name": row["name"], "samples": [sample]})
        observations.append({"name": row["name"], "data": counts.tolist()})
    config = {"poi": poi or "mu_SIG", "parameters": []}
    measurement = {"name": "simplified", "config": config}
    return {
        "channels": channels,
        "observations": observations,
        "measurements": [measurement],
        "version": "1.0.0",
    }
