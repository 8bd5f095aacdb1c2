# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The model: everything that can be asked of a workspace."""

import dataclasses
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from demos_engine import _engine
from demos_engine.errors import InferenceError, ModelError
from demos_engine.patchset import PatchSet
from demos_engine.results import (
    Array,
    Bin,
    Certificate,
    ChannelYields,
    CLs,
    Contour,
    Expected,
    Fit,
    Goodness,
    Grid,
    GridPoint,
    Impact,
    Impacts,
    Interval,
    Limit,
    Pull,
    Pulls,
    Result,
    Scan,
    Significance,
    Simplified,
    Toys,
    Yields,
    plain,
)

Document = bytes | str | Mapping[str, Any]
Signal = Mapping[str, Sequence[float]]
Progress = Callable[[int, int], object]

Fixed = Mapping[str, float | Sequence[float]] | None
Bounds = Mapping[str, tuple[float, float]] | None

_Made = TypeVar("_Made", bound=Result)

_SIGNAL = "signal"
_MOST_THREADS = 256
_MOST_NUMBERS = 1_000_000_000
_LARGEST_SEED = 2**53 - 1


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

    __slots__ = ("_core", "_source")

    def __init__(self, core: _engine.Model, source: Any) -> None:
        self._core = core
        self._source = source

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
        model = cls(core, source)
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
    def poi_name(self) -> str:
        """Name of the measurement's parameter of interest, whether a modifier defines it or not."""
        return self._core.poi_name

    @property
    def interpolation(self) -> dict[str, str]:
        """Codes of ``normsys`` and ``histosys`` where a modifier does not say its own."""
        normsys, histosys = self._core.interpolation
        return {"normsys": normsys, "histosys": histosys}

    @property
    def workspace(self) -> dict[str, Any]:
        """The document that the model was made from: patches included, added signals left out."""
        document: dict[str, Any] = plain(self._core.document())
        return document

    def data_of(self, channel: str) -> list[float]:
        """Return the counts of one channel.

        Args:
            channel: Its name.

        Returns:
            One number per bin.

        Raises:
            KeyError: There is no such channel.
        """
        first = 0
        for name, bins in self.channels.items():
            if name == channel:
                counts: list[float] = self.data[first : first + bins].tolist()
                return counts
            first += bins
        raise KeyError(channel)

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
        return self._core.data()

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
        return Model(self._core.with_data(values), self._source)

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
        return Model(self._core.with_signal(name, _listed(yields)), None)

    # Likelihood

    def logpdf(self, parameters: ArrayLike) -> float:
        """The log-likelihood in pyhf's convention.

        Args:
            parameters: Shape (P,).

        Returns:
            ln L with all constants; NaN where a bin with events has a negative rate, as in pyhf.
        """
        return self._core.logpdf(self._point(parameters))

    def nll(self, parameters: ArrayLike) -> tuple[float, Array, Array]:
        """-ln L with its derivatives.

        Args:
            parameters: Shape (P,).

        Returns:
            Value, gradient of shape (P,), exact Hessian of shape (P, P). Rates that a Poisson
            term does not allow are continued smoothly from just above zero.
        """
        return self._core.derivatives(self._point(parameters))

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

    # Questions

    def _ask(
        self,
        operation: str,
        request: Mapping[str, Any],
        *,
        fixed: Fixed = None,
        bounds: Bounds = None,
        expected: bool | float = False,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """Return the core's answer as Python objects; what is ``None`` in a request is left out."""
        asked = {key: value for key, value in request.items() if value is not None}
        asked.update(fixed=fixed, bounds=bounds, expected=expected)
        return self._core.call(operation, asked, _workers(threads), progress)

    def call(
        self,
        operation: str,
        request: Mapping[str, Any] | None = None,
        *,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """Ask an operation by its name, as the page and other languages do.

        Args:
            operation: ``model``, ``expected``, ``fit``, ``cls``, ``curve``, ``upper_limit``,
                ``significance``, ``gof``, ``scan``, ``contour``, ``pulls``, ``impacts`` or
                ``simplify``.
            request: Options by name; ``fixed``, ``bounds`` and ``expected`` in every operation.
            threads: For what can run side by side; all by default.
            progress: Called with (done, all).

        Returns:
            The answer as JSON types; what is not finite is ``None``.

        Raises:
            InferenceError: The question has no answer, or an option is wrong: ``pointer`` names it.

        >>> from demos_engine.examples import two_bins
        >>> answer = Model.load(two_bins()).call("cls", {"mu": 1.0})
        >>> round(answer["CLs_obs"], 4)
        0.054
        """
        answer: dict[str, Any] = plain(
            self._core.call(operation, dict(request or {}), _workers(threads), progress)
        )
        return answer

    # Fits

    def fit(
        self,
        *,
        fixed: Fixed = None,
        bounds: Bounds = None,
        expected: bool | float = False,
        start: ArrayLike | None = None,
        restarts: int = 8,
        uncertainties: bool = True,
        intervals: Iterable[str] = (),
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Fit:
        """Fit the data: minimise -2 ln L, with exact second derivatives, within the bounds.

        Args:
            fixed: Parameters to hold, with their values.
            bounds: Bounds instead of the model's.
            expected: Fit what the start values expect, at strength 0 or at this one.
            start: Where to begin, shape (P,); the model's start values by default.
            restarts: How many other starts are tried in the search for a lower minimum.
            uncertainties: Whether to compute the covariance: the inverse of the Hessian of -ln L.
            intervals: Parameters whose profile interval is wanted: where -2 ln L, minimised over
                the others, has risen by 1 (MINOS).
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
        request = {
            "start": None if start is None else self._point(start),
            "restarts": restarts,
            "uncertainties": uncertainties,
            "covariance": uncertainties,
            "intervals": list(intervals),
        }
        options: dict[str, Any] = {"fixed": fixed, "bounds": bounds, "expected": expected}
        raw = self._ask("fit", request, **options, threads=threads, progress=progress)
        return self._fit(raw)

    def scan(
        self,
        parameters: Mapping[str, ArrayLike] | Sequence[str] | str | None = None,
        *,
        points: int = 21,
        sigmas: float = 3.0,
        fixed: Fixed = None,
        bounds: Bounds = None,
        expected: bool | float = False,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Scan:
        """Scan the profile likelihood in one or two parameters.

        The value is -2 ln λ(θ), with λ the ratio of the likelihood at θ, maximised over the other
        parameters, to its maximum (arXiv:1007.1727 Eq. 7).

        Args:
            parameters: The values of one or two parameters, by name; or names, for ``points``
                values within ``sigmas`` uncertainties and the bounds; the parameter of interest
                by default.
            points: See ``parameters``.
            sigmas: See ``parameters``.
            fixed: Parameters to hold, with their values.
            bounds: Bounds instead of the model's.
            expected: Use what the start values expect, at strength 0 or at this one.
            threads: All by default; the result does not depend on it.
            progress: Called with (done, all).

        Returns:
            The scan.

        Raises:
            InferenceError: Unknown or fixed parameters, values that are not finite, no parameter
                of interest, or the best fit failed.
        """
        asked: Any = parameters
        if isinstance(parameters, str):
            asked = [parameters]
        elif isinstance(parameters, Mapping):
            asked = {name: _vector(values, None, "points") for name, values in parameters.items()}
        elif parameters is not None:
            asked = list(parameters)
        request = {"parameters": asked, "points": points, "sigmas": sigmas}
        options: dict[str, Any] = {"fixed": fixed, "bounds": bounds, "expected": expected}
        raw = self._ask("scan", request, **options, threads=threads, progress=progress)
        axes = raw["axes"]
        rise = raw["delta_twice_nll"]
        return Scan(
            parameters=tuple(axis["parameter"] for axis in axes),
            points=tuple(axis["values"] for axis in axes),
            delta_twice_nll=np.array(rise) if isinstance(rise, list) else rise,
            best=tuple(raw["best"].tolist()),
            failed=int(raw["failed"]),
            **_standing(raw),
        )

    def contour(
        self,
        parameters: tuple[str, str],
        levels: Sequence[float] = (0.68, 0.95),
        *,
        points: int = 48,
        fixed: Fixed = None,
        bounds: Bounds = None,
        expected: bool | float = False,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Contour:
        """Find contours of the profile likelihood in two parameters.

        On a contour of level CL, -2 ln λ is -2 ln(1 - CL): the quantile of χ² with two degrees of
        freedom.

        Args:
            parameters: Two names.
            levels: Confidence levels.
            points: On each contour.
            fixed: Parameters to hold, with their values.
            bounds: Bounds instead of the model's.
            expected: Use what the start values expect, at strength 0 or at this one.
            threads: All by default; the result does not depend on it.
            progress: Called with (done, all).

        Returns:
            One closed line per level; it runs along a bound where that comes first.

        Raises:
            InferenceError: Unknown or fixed parameters, or a fit failed.
        """
        request = {"parameters": list(parameters), "levels": list(levels), "points": points}
        options: dict[str, Any] = {"fixed": fixed, "bounds": bounds, "expected": expected}
        raw = self._ask("contour", request, **options, threads=threads, progress=progress)
        return Contour(
            parameters=(parameters[0], parameters[1]),
            levels=tuple(raw["levels"].tolist()),
            points={float(level): np.array(line) for level, line in raw["points"].items()},
            best_fit=tuple(raw["best_fit"].tolist()),
            **_standing(raw),
        )

    def pulls(
        self, *, fixed: Fixed = None, bounds: Bounds = None, expected: bool | float = False
    ) -> Pulls:
        """Compute pulls and constraints of all constrained parameters that are not held.

        A pull is (θ̂ - θ₀) / σ₀ with θ₀ the auxiliary measurement and σ₀ the width of its
        constraint.

        Args:
            fixed: Parameters to hold, with their values.
            bounds: Bounds instead of the model's.
            expected: Use what the start values expect, at strength 0 or at this one.

        Returns:
            In pyhf's order of parameters.

        Raises:
            InferenceError: The fit failed, or its Hessian is not positive definite.
        """
        raw = self._ask("pulls", {}, fixed=fixed, bounds=bounds, expected=expected)
        return Pulls(tuple(Pull(**row) for row in raw["pulls"]), **_standing(raw))

    def impacts(
        self,
        *,
        fixed: Fixed = None,
        bounds: Bounds = None,
        expected: bool | float = False,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Impacts:
        """Compute the impact of every parameter on the parameter of interest, by conditional fits.

        Args:
            fixed: Parameters to hold, with their values.
            bounds: Bounds instead of the model's.
            expected: Use what the start values expect, at strength 0 or at this one.
            threads: All by default; the result does not depend on it.
            progress: Called with (done, all).

        Returns:
            Sorted by falling size.

        Raises:
            InferenceError: No free parameter of interest, or the best fit failed.
        """
        options: dict[str, Any] = {"fixed": fixed, "bounds": bounds, "expected": expected}
        raw = self._ask("impacts", {}, **options, threads=threads, progress=progress)
        return Impacts(tuple(Impact(**row) for row in raw["impacts"]), **_standing(raw))

    def expected(
        self,
        stage: str = "postfit",
        *,
        parameters: ArrayLike | None = None,
        fixed: Fixed = None,
        bounds: Bounds = None,
    ) -> Expected:
        """Compute expected yields per channel and sample; uncertainties by linear propagation.

        Args:
            stage: ``prefit`` (start values, widths of the constraints) or ``postfit`` (best fit
                with its covariance).
            parameters: A point instead, shape (P,); then without uncertainties.
            fixed: Parameters to hold, with their values.
            bounds: Bounds instead of the model's.

        Returns:
            The yields.

        Raises:
            InferenceError: The fit failed, or ``stage`` is unknown.

        >>> from demos_engine.examples import two_bins
        >>> channel = Model.load(two_bins()).expected("prefit").channels[0]
        >>> channel.total.tolist(), channel.total_uncertainties.round(6).tolist()
        ([70.0, 73.0], [5.0, 12.0])
        """
        request: dict[str, Any] = {"stage": stage}
        if parameters is not None:
            request = {"parameters": self._point(parameters)}
        raw = self._ask("expected", request, fixed=fixed, bounds=bounds)
        channels = []
        for row in raw["channels"]:
            nothing = np.zeros(len(row["total"]))
            samples = {
                name: Yields(found["yields"], _or(found["uncertainties"], nothing))
                for name, found in row["samples"].items()
            }
            channels.append(
                ChannelYields(
                    row["name"],
                    samples,
                    row["total"],
                    _or(row["total_uncertainties"], nothing),
                    row["sum_uncertainty"] or 0.0,
                    row["observed"],
                )
            )
        return Expected(raw["stage"], tuple(channels))

    # Hypothesis tests

    def cls(
        self,
        mu: float = 1.0,
        *,
        test_stat: str = "qtilde",
        signal: Signal | None = None,
        fixed: Fixed = None,
        bounds: Bounds = None,
        expected: bool | float = False,
    ) -> CLs:
        """Compute asymptotic CLs, observed and expected.

        CLs is the ratio of the p-values with signal and without (arXiv:1007.1727, Eqs. 12, 14 and
        16 for q0, q and qtilde, section 3 for their distributions); with the Asimov data of the
        other hypothesis, √q_A is the distance of the two in standard deviations. The bounds of the
        parameter of interest do not change it: ``notes`` says where one was moved or not used.

        Args:
            mu: Signal strength to test.
            test_stat: ``qtilde``, ``q``, or ``q0`` (discovery; ``mu`` must be 0).
            signal: Yields per channel of a signal to add first (see ``with_signal``).
            fixed: Parameters to hold, with their values.
            bounds: Bounds instead of the model's.
            expected: Use what the start values expect, at strength 0 or at this one.

        Returns:
            The test.

        Raises:
            InferenceError: No parameter of interest, or a fit that failed.
        """
        model = self if signal is None else self.with_signal(signal)
        options: dict[str, Any] = {"fixed": fixed, "bounds": bounds, "expected": expected}
        return _cls(model._ask("cls", {"mu": mu, "test_stat": test_stat}, **options))

    def cls_curve(
        self,
        mu: Sequence[float],
        *,
        test_stat: str = "qtilde",
        fixed: Fixed = None,
        bounds: Bounds = None,
        expected: bool | float = False,
    ) -> tuple[CLs, ...]:
        """Test several signal strengths; what does not depend on them is fitted once.

        Args:
            mu: Signal strengths.
            test_stat: ``qtilde`` or ``q``.
            fixed: Parameters to hold, with their values.
            bounds: Bounds instead of the model's.
            expected: Use what the start values expect, at strength 0 or at this one.

        Returns:
            One test per strength.

        Raises:
            InferenceError: As for ``cls``.
        """
        request = {"mu": [float(x) for x in mu], "test_stat": test_stat}
        raw = self._ask("curve", request, fixed=fixed, bounds=bounds, expected=expected)
        return tuple(_cls({**row, **_raw_standing(raw)}) for row in raw["tests"])

    def upper_limit(
        self,
        confidence_level: float = 0.95,
        *,
        test_stat: str = "qtilde",
        signal: Signal | None = None,
        rtol: float = 1e-5,
        fixed: Fixed = None,
        bounds: Bounds = None,
        expected: bool | float = False,
        level: None = None,
    ) -> Limit:
        """Find upper limits on the signal strength, observed and expected: where CLs is 1 - CL.

        Args:
            confidence_level: Of the limits.
            test_stat: ``qtilde`` or ``q``.
            signal: Yields per channel of a signal to add first.
            rtol: Relative tolerance of the limits.
            fixed: Parameters to hold, with their values.
            bounds: Bounds instead of the model's.
            expected: Use what the start values expect, at strength 0 or at this one.
            level: Refused: pyhf means the size of the test by it, 0.05, others the confidence.

        Returns:
            The limits. Strengths beyond the parameter's upper bound are tested too.

        Raises:
            InferenceError: As for ``cls``.
        """
        _refuse_level(level)
        model = self if signal is None else self.with_signal(signal)
        request = {"confidence_level": confidence_level, "rtol": rtol, "test_stat": test_stat}
        raw = model._ask("upper_limit", request, fixed=fixed, bounds=bounds, expected=expected)
        return Limit(
            raw["observed"],
            tuple(raw["expected"].tolist()),
            raw["confidence_level"],
            raw["test_stat"],
            tuple(_cls({**row, **_raw_standing(raw)}) for row in raw["tests"]),
            **_standing(raw),
        )

    def significance(
        self,
        *,
        calculator: str = "asymptotic",
        toys: int = 1000,
        seed: int = 0,
        fixed: Fixed = None,
        bounds: Bounds = None,
        expected: bool | float = False,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Significance:
        """Test the hypothesis of no signal: p-value and significance.

        With q0 (arXiv:1007.1727 Eq. 12), Z = √q0 and p0 = 1 - Φ(Z) (Eqs. 52 and 53); expected are
        those of the Asimov data at a strength of 1.

        Args:
            calculator: ``asymptotic``, or ``toys`` for the distribution of pseudo-experiments.
            toys: Pseudo-experiments per hypothesis.
            seed: Same seed, same result.
            fixed: Parameters to hold, with their values.
            bounds: Bounds instead of the model's.
            expected: Use what the start values expect, at strength 0 or at this one.
            threads: All by default.
            progress: Called with (done, all).

        Returns:
            p0 and Z, observed and expected.

        Raises:
            InferenceError: As for ``cls``.
        """
        request = _by(calculator, toys, seed)
        options: dict[str, Any] = {"fixed": fixed, "bounds": bounds, "expected": expected}
        raw = self._ask("significance", request, **options, threads=threads, progress=progress)
        return _made(Significance, raw)

    def gof(
        self,
        *,
        calculator: str = "asymptotic",
        toys: int = 1000,
        seed: int = 0,
        fixed: Fixed = None,
        bounds: Bounds = None,
        expected: bool | float = False,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Goodness:
        """Test the goodness of fit against the saturated model, constraint terms included.

        The statistic is -2 ln(L(best fit) / L(saturated)), where the saturated model meets every
        count and every auxiliary measurement; without pseudo-experiments its distribution is χ²
        with as many degrees of freedom as there are bins less unconstrained floating parameters.

        Args:
            calculator: ``asymptotic``, or ``toys`` for the distribution of pseudo-experiments.
            toys: Pseudo-experiments, drawn from the best fit.
            seed: Same seed, same result.
            fixed: Parameters to hold, with their values.
            bounds: Bounds instead of the model's.
            expected: Use what the start values expect, at strength 0 or at this one.
            threads: All by default.
            progress: Called with (done, all).

        Returns:
            The test; its p-value is ``None`` without degrees of freedom.

        Raises:
            InferenceError: A fit failed.
        """
        request = {**_by(calculator, toys, seed), "distributions": True}
        options: dict[str, Any] = {"fixed": fixed, "bounds": bounds, "expected": expected}
        raw = self._ask("gof", request, **options, threads=threads, progress=progress)
        return _made(Goodness, {**raw, "dof": int(raw["dof"])})

    def toys(
        self,
        mu: float = 1.0,
        *,
        toys: int = 1000,
        seed: int = 0,
        test_stat: str = "qtilde",
        fixed: Fixed = None,
        bounds: Bounds = None,
        expected: bool | float = False,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Toys:
        """Compute CLs with pseudo-experiments, drawn from the conditional fits as pyhf does.

        Args:
            mu: Signal strength to test.
            toys: Pseudo-experiments per hypothesis.
            seed: Same seed, same result, whatever the number of threads.
            test_stat: ``qtilde``, ``q``, or ``q0``.
            fixed: Parameters to hold, with their values.
            bounds: Bounds instead of the model's.
            expected: Use what the start values expect, at strength 0 or at this one.
            threads: All by default.
            progress: Called with (done, all).

        Returns:
            The test, with the Monte Carlo error of each p-value and both distributions.

        Raises:
            InferenceError: No free parameter of interest, a number out of range, or a fit to the
                data failed.
        """
        request = {
            **_by("toys", toys, seed),
            "mu": mu,
            "test_stat": test_stat,
            "distributions": True,
        }
        options: dict[str, Any] = {"fixed": fixed, "bounds": bounds, "expected": expected}
        raw = self._ask("cls", request, **options, threads=threads, progress=progress)
        return _made(Toys, {**raw, "CLs_exp": tuple(raw["CLs_exp"].tolist())})

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
            result = _cls({**row, "test_stat": test_stat}) if isinstance(row, dict) else None
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
        workspace = self._ask("simplify", {})["workspace"]
        if signal is None:
            return Simplified(plain(workspace), None, None, None, None)
        full = self.cls(1.0, signal=signal).CLs_obs
        simple = Model.load(workspace).cls(1.0, signal=signal).CLs_obs
        return Simplified(plain(workspace), _SIGNAL, full, simple, simple - full)

    # Helpers

    def _point(self, parameters: ArrayLike) -> Array:
        return _vector(parameters, len(self._core.names), "parameters")

    def _fit(self, raw: Mapping[str, Any]) -> Fit:
        size = len(self._core.names)
        covariance = raw.get("covariance")
        second = raw.get("second_minimum")
        proof = raw.get("certificate")
        return Fit(
            twice_nll=raw["twice_nll"],
            status=raw["status"],
            parameter_names=self.parameter_names,
            parameters=raw["parameters"],
            uncertainties=raw.get("uncertainties"),
            covariance=None if covariance is None else covariance.reshape(size, size),
            iterations=int(raw["iterations"]),
            evaluations=int(raw["evaluations"]),
            decrement=raw["decrement"],
            second_minimum=None if second is None else self._fit(second),
            certificate=None if proof is None else _certificate(proof),
            intervals={name: Interval(**row) for name, row in raw.get("intervals", {}).items()},
            **_standing(raw),
        )


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


def _certificate(raw: Mapping[str, Any]) -> Certificate:
    counts = ("restarts", "converged", "agreed")
    return Certificate(**{**raw, **{name: int(raw[name]) for name in counts}})


def _or(values: Array | None, other: Array) -> Array:
    return other if values is None else values


def _by(calculator: str, toys: int, seed: int) -> dict[str, Any]:
    """How the distribution of a statistic is found, in a request's words."""
    if calculator != "toys":
        return {"calculator": calculator}
    return {"calculator": calculator, "toys": toys, "seed": seed}


def _raw_standing(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: raw[key] for key in ("at_bounds", "lowest_bin", "convention", "notes")}


def _standing(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What a result says of the fit that it rests on."""
    place = raw["lowest_bin"]
    return {
        "at_bounds": tuple(raw["at_bounds"]),
        "lowest_bin": Bin(place["channel"], int(place["bin"]), place["rate"]),
        "convention": raw["convention"],
        "notes": tuple(raw["notes"]),
    }


def _made(kind: type[_Made], raw: Mapping[str, Any]) -> _Made:
    """A result of an answer's members of the same names."""
    whole = {"n_toys", "seed", "failed"}
    names = {f.name for f in dataclasses.fields(kind)}
    found = {k: int(v) if k in whole else v for k, v in raw.items() if k in names}
    return kind(**{**found, **_standing(raw)})


def _cls(raw: Mapping[str, Any]) -> CLs:
    names = {f.name for f in dataclasses.fields(CLs)}
    found = {key: value for key, value in raw.items() if key in names}
    found.update(
        CLs_exp=tuple(float(x) for x in raw["CLs_exp"]), evaluations=int(raw["evaluations"])
    )
    return CLs(**{**found, **(_standing(raw) if "lowest_bin" in raw else {})})
