# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The operations by the compiled engine."""

from collections.abc import Callable, Iterator
from typing import Any

import demos_engine
from demos_engine import InferenceError, Model, ModelError, Patch, PatchSet

from demos_exec.worker.errors import RunFailure

Result = dict[str, Any]
Progress = Callable[[float], None]

POINTERS = {
    "poi_undefined": "/inputs/patch",
    "poi_fixed": "/inputs/fixed",
    "unknown_parameter": "/parameters",
    "invalid_value": "/parameters",
}
"""Where in the request the reason for a refusal stands."""


def _fractions(progress: Progress) -> Callable[[int, int], None]:
    return lambda done, total: progress(done / max(total, 1))


def _answered(compute: Callable[[], Result]) -> Result:
    """Compute, or name why there is no answer."""
    try:
        return {"outcome": "ok", "status": "converged", **compute()}
    except InferenceError as error:
        if error.code != "fit_failed":
            raise RunFailure("invalid_input", error.message, POINTERS.get(error.code)) from error
        diagnostics = {"code": error.code, "message": error.message}
        return {"outcome": "no_convergence", "status": error.code, "diagnostics": diagnostics}


def _fit(fit: Any, *, correlations: bool = False) -> Result:
    """Write a fit in the form that every engine gives."""
    errors = fit.uncertainties if fit.uncertainties is not None else [None] * len(fit.parameters)
    found = {
        "outcome": "ok" if fit.converged else "no_convergence",
        "status": fit.status,
        "twice_nll": fit.twice_nll if fit.converged else None,
        "parameters": [
            {"name": n, "value": float(v), "uncertainty": None if e is None else float(e)}
            for n, v, e in zip(fit.parameter_names, fit.parameters, errors, strict=True)
        ],
        "at_bounds": list(fit.at_bounds),
        "iterations": fit.iterations,
        "evaluations": fit.evaluations,
        "decrement": fit.decrement,
        "lowest_bin": fit.lowest_bin.to_dict(),
    }
    second = fit.second_minimum
    found["second_minimum"] = None
    if second is not None:
        values = {n: float(v) for n, v in second.values.items()}
        found["second_minimum"] = {"twice_nll": second.twice_nll, "parameters": values}
    if correlations:
        found["correlations"] = None if fit.correlation is None else fit.correlation.tolist()
    return found


class CompiledModel:
    """A workspace as the compiled engine sees it.

    Args:
        model: the engine's model.
    """

    engine = {"name": "demos", "version": demos_engine.__version__}
    conventions = {
        "interpolation": "code4/code4p",
        "negative_rates": "as pyhf; rate >= 0 in empty bins",
        "backend": "compiled",
    }
    reads_text = True

    def __init__(self, model: Model) -> None:
        self.model = model

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the parameters, one per component."""
        return self.model.parameter_names

    @classmethod
    def build(
        cls, workspace: bytes | Result, measurement: str | None, operations: list[Result]
    ) -> "CompiledModel":
        """Apply a signal and compile the model.

        Args:
            workspace: a pyhf workspace, as text or parsed.
            measurement: the measurement's name, or None for the first.
            operations: JSON Patch.

        Returns:
            The model.

        Raises:
            RunFailure: if the patch does not apply or the model is refused.
        """
        try:
            return cls(Model.load(workspace, measurement=measurement, patch=operations or None))
        except ModelError as error:
            pointer = "/inputs/patch" if operations else None
            raise RunFailure("invalid_input", str(error), pointer) from error

    def with_signal(self, yields: dict[str, list[float]], sample: str) -> "CompiledModel":
        """Add a signal without compiling the background again.

        Args:
            yields: events per bin, by channel.
            sample: its name.

        Returns:
            The model with the signal.

        Raises:
            RunFailure: if it does not fit.
        """
        try:
            return CompiledModel(self.model.with_signal(yields, sample))
        except ModelError as error:
            raise RunFailure("invalid_input", str(error), "/inputs/patch") from error

    def cls(self, parameters: Result, progress: Progress) -> Result:
        """Compute CLs of one signal strength, observed and expected.

        Args:
            parameters: ``test_poi``, ``test_stat``, ``calculator``, ``toys``, ``seed``.
            progress: called with the fraction of pseudo-experiments done.

        Returns:
            ``CLs_obs`` and ``CLs_exp`` (-2 to +2 standard deviations), and what they rest on.
        """
        mu, statistic = parameters["test_poi"], parameters["test_stat"]
        if parameters["calculator"] == "toys":

            def toys() -> Result:
                found = self.model.toys(
                    mu,
                    toys=parameters["toys"],
                    seed=parameters["seed"],
                    test_stat=statistic,
                    progress=_fractions(progress),
                ).to_dict()
                # Two arrays of one number per pseudo-experiment are nobody's result.
                return {k: v for k, v in found.items() if k not in ("q_signal", "q_background")}

            return _answered(toys)
        return _answered(lambda: self.model.cls(mu, test_stat=statistic).to_dict())

    def upper_limit(self, parameters: Result, progress: Progress) -> Result:
        """Compute the upper limit on the signal strength.

        Args:
            parameters: ``level`` (1 - confidence level) and ``rtol``.
            progress: not called.

        Returns:
            ``observed`` and ``expected`` (-2 to +2 standard deviations).
        """

        def compute() -> Result:
            limit = self.model.upper_limit(
                1.0 - parameters["level"], rtol=parameters["rtol"]
            ).to_dict()
            tests = [{k: t[k] for k in ("mu", "CLs_obs", "CLs_exp")} for t in limit["tests"]]
            del limit["confidence_level"]
            return {**limit, "level": parameters["level"], "tests": tests}

        return _answered(compute)

    def fit(self, parameters: Result, progress: Progress) -> Result:
        """Fit all parameters to the observed data.

        Args:
            parameters: ``correlations``: whether the correlation matrix is wanted.
            progress: not called.

        Returns:
            ``twice_nll``, ``parameters``, and how the fit went.
        """
        return _fit(self.model.fit(), correlations=parameters["correlations"])

    def scan(self, parameters: Result, progress: Progress) -> Result:
        """Profile the likelihood over one or two parameters.

        Args:
            parameters: ``axes``: list of ``parameter`` and ``values``.
            progress: called with the fraction done.

        Returns:
            ``axes`` and ``delta_twice_nll`` (nested lists, one level per axis).
        """
        axes = {a["parameter"]: a["values"] for a in parameters["axes"]}
        if len(axes) != len(parameters["axes"]):
            raise RunFailure("invalid_input", "Two axes are the same.", "/parameters/axes")

        def compute() -> Result:
            found = self.model.scan(axes, progress=_fractions(progress))
            return {
                "outcome": "ok" if not found.failed else "partial",
                "axes": parameters["axes"],
                "delta_twice_nll": found.to_dict()["delta_twice_nll"],
                "best": list(found.best),
                "failed": found.failed,
            }

        return _answered(compute)

    def yields(self, parameters: Result, progress: Progress) -> Result:
        """Compute expected events per channel and sample before and after the fit.

        Args:
            parameters: none is used.
            progress: not called.

        Returns:
            ``channels``: per channel the ``observed`` events, and per sample and in total the
            ``prefit`` and ``postfit`` events per bin with uncertainties.
        """

        def compute() -> Result:
            stages = [self.model.expected(s).channels for s in ("prefit", "postfit")]
            channels = []
            for before, after in zip(*stages, strict=True):
                pairs = [
                    (n, before.samples[n].to_dict(), after.samples[n].to_dict())
                    for n in before.samples
                ]
                totals = [
                    {"yields": c.total.tolist(), "uncertainties": c.total_uncertainties.tolist()}
                    for c in (before, after)
                ]
                channels.append(
                    {
                        "name": before.name,
                        "observed": before.observed.tolist(),
                        "samples": [{"name": n, "prefit": b, "postfit": a} for n, b, a in pairs],
                        "total": {"prefit": totals[0], "postfit": totals[1]},
                    }
                )
            return {"channels": channels}

        return _answered(compute)

    def pulls(self, parameters: Result, progress: Progress) -> Result:
        """Compute how far the fit moves each constrained parameter.

        Args:
            parameters: none is used.
            progress: not called.

        Returns:
            ``pulls``: list of ``name``, ``best_fit``, ``uncertainty``, ``pull``, ``constraint``.
        """
        return _answered(lambda: {"pulls": [p.to_dict() for p in self.model.pulls()]})

    def impacts(self, parameters: Result, progress: Progress) -> Result:
        """Compute how far each parameter's uncertainty moves the parameter of interest.

        Args:
            parameters: none is used.
            progress: called with the fraction done.

        Returns:
            ``impacts``, the largest first.
        """

        def compute() -> Result:
            found = self.model.impacts(progress=_fractions(progress))
            return {"impacts": [impact.to_dict() for impact in found]}

        return _answered(compute)

    @classmethod
    def grid(
        cls,
        workspace: bytes | Result,
        measurement: str | None,
        patches: list[list[Result]],
        parameters: Result,
        progress: Progress,
    ) -> Iterator[Result]:
        """Compute CLs of many signals; the background is compiled once.

        Args:
            workspace: the background-only workspace, as text or parsed.
            measurement: the measurement's name, or None for the first.
            patches: one JSON Patch per signal.
            parameters: as for ``cls``.
            progress: called with the fraction done.

        Yields:
            What ``cls`` gives.
        """
        if parameters["calculator"] == "toys":
            for done, operations in enumerate(patches):
                yield cls.build(workspace, measurement, operations).cls(parameters, lambda x: None)
                progress((done + 1) / len(patches))
            return
        listed = tuple(Patch(str(i), (), ops) for i, ops in enumerate(patches))
        found = cls.build(workspace, measurement, []).model.grid(
            PatchSet((), listed, {}),
            parameters["test_poi"],
            test_stat=parameters["test_stat"],
            verify=False,
            progress=_fractions(progress),
        )
        for point in found.points:
            if point.result is not None:
                yield {"outcome": "ok", **point.result.to_dict()}
                continue
            diagnostics = {"code": point.code, "message": point.message}
            failed = point.code == "fit_failed"
            yield {
                "outcome": "no_convergence" if failed else "not_computable",
                "status": point.code,
                "CLs_obs": None,
                "CLs_exp": None,
                "diagnostics": diagnostics,
            }
