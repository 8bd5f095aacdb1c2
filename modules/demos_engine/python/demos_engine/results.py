# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What the engine answers: small frozen classes, each with ``to_dict()`` for JSON."""

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def plain(value: Any) -> Any:
    """A value as JSON types; numbers that are not finite become ``None``.

    Args:
        value: A result, array, container or scalar.

    Returns:
        The same of dictionaries, lists, strings, numbers, booleans and ``None``.

    >>> plain({"a": np.array([1.0, np.inf])})
    {'a': [1.0, None]}
    """
    if isinstance(value, Result):
        return value.to_dict()
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


_OF_TOYS: Final = ("error", "n_toys", "failed", "seed")


def _without(found: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key not in names}


@dataclass(frozen=True, eq=False)
class Result:
    """Base of all answers."""

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON types.

        Returns:
            One entry per field that is part of the answer.
        """
        fields = (f for f in dataclasses.fields(self) if f.metadata.get("json", True))
        return {f.name: plain(getattr(self, f.name)) for f in fields}


@dataclass(frozen=True, eq=False)
class Bin(Result):
    """The bin with the lowest rate.

    Attributes:
        channel: Name.
        bin: Number in the channel, from 0.
        rate: Expected events.
    """

    channel: str
    bin: int
    rate: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Standing(Result):
    """What every result says of the fit that it rests on.

    Attributes:
        at_bounds: Names of the parameters that ended at a bound.
        lowest_bin: The bin with the smallest rate at that fit.
        convention: What holds where pyhf's likelihood is not defined: empty bins have a rate
            that is not negative.
        notes: Conventions that matter for this value and on which tools disagree, and what was
            done about bounds.
    """

    at_bounds: tuple[str, ...] = ()
    lowest_bin: Bin | None = None
    convention: str = "pyhf; rate >= 0 in empty bins"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Interval(Result):
    """Where twice -ln L has risen by one on both sides of the best value (as MINOS does).

    Attributes:
        value: Best value.
        minus: Lower end less the best value, not positive; ``None`` where the bound comes first.
        plus: Upper end less the best value; ``None`` where the bound comes first.
        error: Why there is no interval, else ``None``.
        method: ``profile``.
    """

    value: float
    minus: float | None
    plus: float | None
    error: str | None
    method: str = "profile"


@dataclass(frozen=True, eq=False)
class Certificate(Result):
    """Why a fit is at a minimum.

    Attributes:
        projected_gradient: Largest derivative of -ln L in a free parameter, times its uncertainty:
            how much -ln L would change over one standard deviation.
        decrement: Gain in -ln L that the last step predicted.
        curvature: Smallest pivot of the Hessian relative to its diagonal, between 0 and 1:
            positive where the Hessian is positive definite.
        multipliers: Derivatives of -ln L in the parameters at a bound: not negative at a lower
            bound, not positive at an upper one.
        restarts: Other starts that were tried.
        converged: Those that ended at a minimum.
        agreed: Those that ended at the minimum of the fit.
    """

    projected_gradient: float
    decrement: float
    curvature: float
    multipliers: dict[str, float]
    restarts: int
    converged: int
    agreed: int


@dataclass(frozen=True, eq=False)
class Fit(Standing):
    """A maximum likelihood fit.

    Attributes:
        twice_nll: -2 ln L at the best point in pyhf's convention; infinite without one.
        status: ``converged``, ``iteration_limit``, ``stalled``, ``rate_not_positive`` (a bin
            with events whose rate cannot be made positive) or ``not_finite``.
        parameter_names: Names in pyhf's order, shape (P,).
        parameters: Best values, shape (P,).
        uncertainties: Square roots of the covariance's diagonal, shape (P,); zero for fixed
            parameters and those at a bound, infinite for those on which nothing depends;
            ``None`` where there is no covariance.
        covariance: Inverse Hessian, shape (P, P), or ``None`` where it is not positive definite
            or was not asked for.
        iterations: Newton steps, restarts included.
        evaluations: Evaluations of the likelihood, restarts included.
        decrement: Gain in -ln L that the last step predicted.
        second_minimum: Another minimum that a restart found, or ``None``. The fit itself is the
            lower of the two.
        intervals: Profile intervals by parameter, if asked for.
        certificate: Why this is a minimum; ``None`` without uncertainties.
    """

    twice_nll: float
    status: str
    parameter_names: tuple[str, ...]
    parameters: Array
    uncertainties: Array | None
    covariance: Array | None = field(metadata={"json": False})
    iterations: int
    evaluations: int
    decrement: float
    second_minimum: "Fit | None"
    intervals: dict[str, Interval] = field(default_factory=dict)
    certificate: Certificate | None = None

    @property
    def converged(self) -> bool:
        """Whether the fit is at a minimum."""
        return self.status == "converged"

    @property
    def values(self) -> dict[str, float]:
        """Best values by name."""
        return dict(zip(self.parameter_names, self.parameters.tolist(), strict=True))

    @property
    def correlation(self) -> Array | None:
        """Correlation matrix, shape (P, P); zero rows where the covariance has them."""
        if self.covariance is None or self.uncertainties is None:
            return None
        known = (self.uncertainties > 0) & np.isfinite(self.uncertainties)
        scale = np.where(known, self.uncertainties, 1.0)
        covariance = np.where(np.outer(known, known), self.covariance, 0.0)
        matrix: Array = covariance / np.outer(scale, scale)
        return matrix

    def to_dict(self) -> dict[str, Any]:
        """The fit as JSON types, without the covariance.

        Returns:
            One entry per field, and ``converged``.
        """
        return {"converged": self.converged, **super().to_dict()}


@dataclass(frozen=True, eq=False)
class CLs(Standing):
    """An asymptotic hypothesis test.

    Attributes:
        mu: Tested signal strength.
        CLs_obs: Observed CLs (for ``q0``: p-value of the background hypothesis).
        CLs_exp: The same expected at -2, -1, 0, 1, 2 standard deviations.
        CLsb_obs: Observed p-value with signal.
        CLb_obs: Observed p-value without.
        q: Test statistic of the data.
        q_asimov: Test statistic of the Asimov data.
        mu_hat: Best signal strength within its bounds.
        test_stat: ``qtilde``, ``q`` or ``q0``.
        status: ``converged``: anything else raises.
        evaluations: Evaluations of the likelihood in all fits.
        calculator: ``asymptotic``.
        p0: p-value of the background hypothesis; ``q0`` only.
        Z: Its significance in standard deviations; ``q0`` only.
    """

    mu: float
    CLs_obs: float
    CLs_exp: tuple[float, ...]
    CLsb_obs: float
    CLb_obs: float
    q: float
    q_asimov: float
    mu_hat: float
    test_stat: str
    status: str
    evaluations: int
    calculator: str = "asymptotic"
    p0: float | None = None
    Z: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the test as JSON types; p0 and Z only where they mean something.

        Returns:
            One entry per field.
        """
        found = super().to_dict()
        return found if self.test_stat == "q0" else _without(found, "p0", "Z")


@dataclass(frozen=True, eq=False)
class Limit(Standing):
    """Upper limits on the signal strength.

    Attributes:
        observed: Where the observed CLs falls below ``1 - confidence_level``; infinite if it never
            does.
        expected: The same expected at -2, -1, 0, 1, 2 standard deviations.
        confidence_level: Such as 0.95.
        test_stat: ``qtilde`` or ``q``.
        tests: Every test made on the way, by rising signal strength.
    """

    observed: float
    expected: tuple[float, ...]
    confidence_level: float
    test_stat: str
    tests: tuple[CLs, ...]


@dataclass(frozen=True, eq=False)
class Scan(Standing):
    """A profile likelihood scan in one or two parameters.

    Attributes:
        parameters: The one or two names.
        points: Values of each parameter, one array per parameter.
        delta_twice_nll: Rise of -2 ln L above the best fit; shape (n,) or (n, m), infinite
            where a fit failed.
        best: Best values of the parameters.
        failed: How many fits did not converge.
    """

    parameters: tuple[str, ...]
    points: tuple[Array, ...]
    delta_twice_nll: Array
    best: tuple[float, ...]
    failed: int

    def to_dict(self) -> dict[str, Any]:
        """Return the scan as JSON types, its parameters with their values as ``axes``.

        Returns:
            One entry per field.
        """
        found = _without(super().to_dict(), "parameters", "points", "best")
        pairs = zip(self.parameters, self.points, strict=True)
        axes = [{"parameter": name, "values": values.tolist()} for name, values in pairs]
        return {"axes": axes, "best": list(self.best), **found}


@dataclass(frozen=True, eq=False)
class Pull(Result):
    """How far the data move a constrained parameter.

    Attributes:
        name: Of the parameter.
        best_fit: Best value.
        uncertainty: After the fit.
        pull: Best value minus the constraint's, in units of the constraint's width.
        constraint: Uncertainty after the fit in the same units (1: the data say nothing).
    """

    name: str
    best_fit: float
    uncertainty: float
    pull: float
    constraint: float


@dataclass(frozen=True, eq=False)
class Pulls(Standing):
    """Pulls of all constrained parameters.

    Attributes:
        pulls: In pyhf's order of parameters.
    """

    pulls: tuple[Pull, ...]

    def __iter__(self) -> Iterator[Pull]:
        return iter(self.pulls)

    def __len__(self) -> int:
        return len(self.pulls)


@dataclass(frozen=True, eq=False)
class Impact(Result):
    """What a parameter's uncertainty does to the parameter of interest.

    Attributes:
        name: Of the parameter.
        best_fit: Best value.
        uncertainty: After the fit.
        up: Shift of the best value of the parameter of interest with this parameter one
            uncertainty above its best value; ``None`` if the fit failed.
        down: The same one uncertainty below.
        up_prefit: The same for the constraint's own width; ``None`` without constraint.
        down_prefit: The same below.
    """

    name: str
    best_fit: float
    uncertainty: float
    up: float | None
    down: float | None
    up_prefit: float | None
    down_prefit: float | None


@dataclass(frozen=True, eq=False)
class Impacts(Standing):
    """Impacts on the parameter of interest.

    Attributes:
        impacts: Largest first.
    """

    impacts: tuple[Impact, ...]

    def __iter__(self) -> Iterator[Impact]:
        return iter(self.impacts)

    def __len__(self) -> int:
        return len(self.impacts)


@dataclass(frozen=True, eq=False)
class Significance(Standing):
    """A test of the hypothesis of no signal.

    Attributes:
        p0: p-value of the data.
        Z: The same in standard deviations.
        p0_exp: p-value expected at a signal strength of 1.
        Z_exp: The same in standard deviations.
        q0: Test statistic of the data.
        mu_hat: Best signal strength.
        calculator: ``asymptotic`` or ``toys``.
        error: Standard deviation of p0 over repetitions of the pseudo-experiments.
        n_toys: Pseudo-experiments per hypothesis.
        failed: Those whose fits did not converge; they are left out.
        seed: Of the pseudo-experiments.
    """

    p0: float
    Z: float
    p0_exp: float
    Z_exp: float
    q0: float
    mu_hat: float
    calculator: str
    test_stat: str = "q0"
    error: float | None = None
    n_toys: int | None = None
    failed: int | None = None
    seed: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the test as JSON types; what is about pseudo-experiments only with them.

        Returns:
            One entry per field.
        """
        found = super().to_dict()
        return found if self.calculator == "toys" else _without(found, *_OF_TOYS)


@dataclass(frozen=True, eq=False)
class Goodness(Standing):
    """A test of the best fit against the saturated model.

    Attributes:
        statistic: -2 ln of the ratio of both likelihoods, constraint terms included.
        p_value: Probability of a larger one; ``None`` without degrees of freedom.
        dof: Bins less unconstrained floating parameters.
        calculator: ``asymptotic`` or ``toys``.
        error: Standard deviation of the p-value over repetitions of the pseudo-experiments.
        n_toys: Pseudo-experiments.
        failed: Those whose fits did not converge; they are left out.
        seed: Of the pseudo-experiments.
        statistics: Of every pseudo-experiment.
    """

    statistic: float
    p_value: float | None
    dof: int
    calculator: str
    error: float | None = None
    n_toys: int | None = None
    failed: int | None = None
    seed: int | None = None
    statistics: Array | None = field(default=None, metadata={"json": False})

    def to_dict(self) -> dict[str, Any]:
        """Return the test as JSON types; what is about pseudo-experiments only with them.

        Returns:
            One entry per field.
        """
        found = super().to_dict()
        return found if self.calculator == "toys" else _without(found, *_OF_TOYS)


@dataclass(frozen=True, eq=False)
class Contour(Standing):
    """Contours of the profile likelihood in two parameters.

    Attributes:
        parameters: Their names.
        levels: Confidence levels, rising.
        points: A closed line of each level, shape (n, 2).
        best_fit: Best values.
    """

    parameters: tuple[str, str]
    levels: tuple[float, ...]
    points: dict[float, Array]
    best_fit: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Yields(Result):
    """Yields of one sample in one channel.

    Attributes:
        yields: Events per bin.
        uncertainties: Linear propagation of the parameters' covariance.
    """

    yields: Array
    uncertainties: Array


@dataclass(frozen=True, eq=False)
class ChannelYields(Result):
    """Yields of one channel.

    Attributes:
        name: Channel.
        samples: Yields of each sample.
        total: Sum over the samples, per bin.
        total_uncertainties: Its uncertainty, correlations included.
        sum_uncertainty: Uncertainty of the sum over all bins.
        observed: Data, per bin.
    """

    name: str
    samples: dict[str, Yields]
    total: Array
    total_uncertainties: Array
    sum_uncertainty: float
    observed: Array


@dataclass(frozen=True, eq=False)
class Expected(Result):
    """Expected yields.

    Attributes:
        stage: ``prefit``, ``postfit`` or ``point``.
        channels: In the model's order.
    """

    stage: str
    channels: tuple[ChannelYields, ...]


@dataclass(frozen=True, eq=False)
class Toys(Standing):
    """A hypothesis test with pseudo-experiments.

    Attributes:
        mu: Tested signal strength.
        CLs_obs: Observed CLs (for ``q0``: p-value of the background hypothesis).
        CLs_exp: The same at the quantiles of the background's distribution for -2 … 2 sigma.
        CLsb_obs: Observed p-value with signal.
        CLb_obs: Observed p-value without.
        error: Standard deviation of CLs_obs over repetitions of the pseudo-experiments.
        CLsb_error: The same of CLsb_obs.
        CLb_error: The same of CLb_obs.
        q: Test statistic of the data.
        q_signal: Test statistics of the pseudo-experiments with signal.
        q_background: The same without.
        n_toys: Pseudo-experiments per hypothesis.
        failed: Pseudo-experiments whose fits did not converge; they are left out.
        seed: Of the pseudo-experiments.
        test_stat: ``qtilde``, ``q`` or ``q0``.
    """

    mu: float
    CLs_obs: float
    CLs_exp: tuple[float, ...]
    CLsb_obs: float
    CLb_obs: float
    error: float
    CLsb_error: float
    CLb_error: float
    q: float
    q_signal: Array
    q_background: Array
    n_toys: int
    failed: int
    seed: int
    test_stat: str
    calculator: str = "toys"
    p0: float | None = None
    Z: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the test as JSON types; p0 and Z only where they mean something.

        Returns:
            One entry per field.
        """
        found = super().to_dict()
        return found if self.test_stat == "q0" else _without(found, "p0", "Z")


@dataclass(frozen=True, eq=False)
class GridPoint(Result):
    """One signal of a grid.

    Attributes:
        name: Of the patch.
        values: Coordinates.
        result: The test, or ``None``.
        code: Why there is none, else ``None``.
        message: The same in words.
    """

    name: str
    values: tuple[float | str, ...]
    result: CLs | None
    code: str | None
    message: str | None


@dataclass(frozen=True, eq=False)
class Grid(Result):
    """Tests of many signals on one background.

    Attributes:
        labels: Names of the coordinates.
        points: In the order of the patches.
        mu: Tested signal strength.
        test_stat: ``qtilde``, ``q`` or ``q0``.
    """

    labels: tuple[str, ...]
    points: tuple[GridPoint, ...]
    mu: float
    test_stat: str

    @property
    def failed(self) -> int:
        """How many signals have no result."""
        return sum(point.result is None for point in self.points)


@dataclass(frozen=True, eq=False)
class Simplified(Result):
    """A simplified likelihood, with how far it is from the full one.

    Attributes:
        workspace: A pyhf workspace: the fitted background with one correlated uncertainty.
        signal: Name of the signal sample the comparison used, or ``None``.
        CLs_full: CLs of the full model for it.
        CLs_simplified: CLs of the simplified one.
        deviation: Difference of the two; ``None`` without a signal.
    """

    workspace: dict[str, Any]
    signal: str | None
    CLs_full: float | None
    CLs_simplified: float | None
    deviation: float | None
