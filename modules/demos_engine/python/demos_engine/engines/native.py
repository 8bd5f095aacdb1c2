# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The compiled engine behind the interface of all engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from demos_engine._engine import __version__
from demos_engine.engines.base import OWN, Answer, Document, Operations, Progress, Setup
from demos_engine.engines.workspace import configured, parsed, unblinded
from demos_engine.errors import InferenceError
from demos_engine.model import Model
from demos_engine.patchset import PatchSet
from demos_engine.results import Fit, Result, plain


class Native:
    """The compiled engine."""

    name = "demos"
    version = __version__
    conventions = {
        "interpolation": "as the model says, code4/code4p where it does not",
        "negative_rates": "as pyhf; rate >= 0 in empty bins",
        "backend": "compiled",
    }

    def load(self, workspace: Document, setup: Setup = OWN) -> NativeModel:
        """Load a model.

        Args:
            workspace: A pyhf workspace; as bytes it is read fastest.
            setup: Which model is meant.

        Returns:
            The model.

        Raises:
            ModelError: The workspace cannot be used.
            InferenceError: The setup names what the model does not have.
        """
        source = workspace
        if setup.asimov is not None:
            source = unblinded(parsed(source))
        model = _compiled(source, setup)
        if setup.fixed or setup.bounds:
            names = model.parameter_names
            given = parsed(source)
            starts = [float(x) for x in model.init]
            what = (setup.measurement, names, setup.fixed, setup.bounds)
            held = configured(given, *what, starts=starts)
            model = _compiled(held, setup)
            _require_held(model, setup.fixed)
        if setup.asimov is not None:
            model = _asimov(model, setup.asimov)
        return NativeModel(model, workspace, setup)


def _compiled(workspace: Document, setup: Setup) -> Model:
    return Model.load(
        workspace, setup.measurement, setup.patch or None, poi=setup.poi, **setup.interpolation
    )


def _require_held(model: Model, fixed: Mapping[str, Any]) -> None:
    """Refuse a patch that took the settings of the measurement back."""
    held = {
        name.partition("[")[0] if name.endswith("]") else name
        for name, is_held in zip(model.parameter_names, model.fixed, strict=True)
        if is_held
    }
    for name in fixed:
        if name not in held:
            message = f"the patch replaces the measurement that holds {name!r}"
            raise InferenceError("invalid_value", message)


def _asimov(model: Model, mu: float) -> Model:
    point = model.init
    if model.poi is not None:
        point[model.parameter_names.index(model.poi)] = mu
    elif mu:
        raise InferenceError("poi_undefined", "no modifier defines the parameter of interest")
    return model.with_data(model.expected_data(point))


def _fractions(progress: Progress) -> Callable[[int, int], object]:
    return lambda done, total: progress(done / max(total, 1))


class NativeModel:
    """A compiled model.

    Args:
        model: The engine's model.
        source: The workspace it was made of.
        setup: How.
    """

    def __init__(self, model: Model, source: Document, setup: Setup) -> None:
        self.model = model
        self._source = source
        self._setup = setup

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the parameters, one per component."""
        return self.model.parameter_names

    @property
    def poi(self) -> str | None:
        """The parameter of interest; None where no modifier defines it."""
        return self.model.poi

    def with_patch(self, patch: Operations) -> NativeModel:
        """Return the model with another JSON Patch."""
        return Native().load(self._source, replace(self._setup, patch=patch))

    def with_signal(self, yields: Mapping[str, Sequence[float]], sample: str) -> NativeModel:
        """Return the model with a signal; the background is not compiled again."""
        return NativeModel(self.model.with_signal(yields, sample), self._source, self._setup)

    def logpdf(self, point: Sequence[float]) -> float:
        """Return the log-likelihood of the data in pyhf's convention."""
        return self.model.logpdf(point)

    def fit(self, intervals: Sequence[str], correlations: bool, progress: Progress) -> Answer:
        """Fit all parameters."""
        fit = self.model.fit(intervals=intervals, progress=_fractions(progress))
        found = _fit(fit)
        if correlations:
            found["correlations"] = plain(fit.correlation)
        return found

    def cls(self, mu: float, test_stat: str) -> Answer:
        """Compute asymptotic CLs."""
        return _answer(self.model.cls(mu, test_stat=test_stat))

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
        """Compute CLs with pseudo-experiments."""
        found = _answer(
            self.model.toys(
                mu, toys=toys, seed=seed, test_stat=test_stat, progress=_fractions(progress)
            )
        )
        if not distributions:
            del found["q_signal"], found["q_background"]
        return found

    def upper_limit(self, confidence_level: float, test_stat: str, rtol: float) -> Answer:
        """Find upper limits on the parameter of interest."""
        limit = self.model.upper_limit(confidence_level, test_stat=test_stat, rtol=rtol)
        found = _answer(limit)
        tests = found.pop("tests")
        curve = [{k: test[k] for k in ("mu", "CLs_obs", "CLs_exp")} for test in tests]
        return {**found, "curve": curve}

    def significance(self) -> Answer:
        """Compute p0 and Z."""
        return _answer(self.model.significance())

    def gof(self, calculator: str, toys: int, seed: int, progress: Progress) -> Answer:
        """Test the goodness of fit against the saturated model."""
        return _answer(
            self.model.gof(
                calculator=calculator, toys=toys, seed=seed, progress=_fractions(progress)
            )
        )

    def contour(
        self, parameters: Sequence[str], levels: Sequence[float], points: int, progress: Progress
    ) -> Answer:
        """Find contours of the profile likelihood in two parameters."""
        first, second = parameters
        return _answer(
            self.model.contour(
                (first, second), levels, points=points, progress=_fractions(progress)
            )
        )

    def scan(self, axes: Sequence[Mapping[str, Any]], points: int, progress: Progress) -> Answer:
        """Scan the profile likelihood in one or two parameters."""
        values = {axis["parameter"]: axis.get("values") for axis in axes}
        if len(values) < 2 and None in (*values.values(), None if not values else 0):
            name = next(iter(values), None)
            found = self.model.scan(name, points=points, progress=_fractions(progress))
        else:
            full = {
                name: given if given is not None else self.model.scan(name, points=points).points[0]
                for name, given in values.items()
            }
            found = self.model.scan(full, progress=_fractions(progress))
        return {**_answer(found), "outcome": "partial" if found.failed else "ok"}

    def yields(self, stages: Sequence[str]) -> Answer:
        """Compute expected events per channel and sample."""
        made = {stage: self.model.expected(stage).channels for stage in stages}
        channels = []
        for number, first in enumerate(made[stages[0]]):
            at = {stage: found[number] for stage, found in made.items()}
            samples = [
                {"name": name, **{stage: c.samples[name].to_dict() for stage, c in at.items()}}
                for name in first.samples
            ]
            total = {
                stage: {"yields": c.total, "uncertainties": c.total_uncertainties}
                for stage, c in at.items()
            }
            about = {"name": first.name, "observed": first.observed}
            channels.append(plain({**about, "samples": samples, "total": total}))
        return {"status": "converged", "channels": channels}

    def pulls(self) -> Answer:
        """Compute pulls."""
        return _answer(self.model.pulls())

    def impacts(self, progress: Progress) -> Answer:
        """Compute impacts."""
        return _answer(self.model.impacts(progress=_fractions(progress)))

    def grid(
        self, signals: PatchSet, mu: float, test_stat: str, progress: Progress
    ) -> list[Answer]:
        """Compute CLs of many signals; the background is compiled once."""
        found = self.model.grid(
            signals, mu, test_stat=test_stat, verify=False, progress=_fractions(progress)
        )
        points = []
        for point in found.points:
            about: Answer = {"name": point.name, "values": list(point.values)}
            if point.result is not None:
                points.append({**about, **_answer(point.result), "outcome": "ok"})
                continue
            failed = point.code == "fit_failed"
            points.append(
                {
                    **about,
                    "CLs_obs": None,
                    "CLs_exp": None,
                    "status": point.code,
                    "message": point.message,
                    "outcome": "no_convergence" if failed else "not_computable",
                }
            )
        return points


def _answer(result: Result) -> Answer:
    return {"status": "converged", **result.to_dict()}


def _fit(fit: Fit) -> Answer:
    """Write a fit by names: its own answer has parallel lists."""
    by_list = ("parameter_names", "parameters", "uncertainties")
    found = {k: v for k, v in _answer(fit).items() if k not in by_list}
    errors = plain(fit.uncertainties)
    second = fit.second_minimum
    return {
        **found,
        "values": plain(fit.values),
        "uncertainties": errors and dict(zip(fit.parameter_names, errors, strict=True)),
        "second_minimum": second
        and {"twice_nll": second.twice_nll, "values": plain(second.values)},
    }
