# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The operations by pyhf, the reference implementation (NumPy, SLSQP), on request."""

from collections.abc import Callable, Iterator
from typing import Any

import jsonpatch
import jsonpointer
import numpy as np
import pyhf

from demos_exec.worker.errors import RunFailure

Result = dict[str, Any]
Progress = Callable[[float], None]

INTERPOLATION = {"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": "code4p"}}
"""What the ``pyhf`` command uses."""


class ReferenceModel:
    """A workspace as pyhf sees it.

    Args:
        workspace: a pyhf workspace, patched.
        measurement: the measurement's name, or None for the first.

    Raises:
        RunFailure: if pyhf refuses the workspace.
    """

    engine = {"name": "pyhf", "version": pyhf.__version__}
    conventions = {"interpolation": "code4/code4p", "negative_rates": "pyhf", "backend": "numpy"}
    reads_text = False

    def __init__(self, workspace: Result, measurement: str | None = None) -> None:
        try:
            built = pyhf.Workspace(workspace, validate=False)
            config = built.get_measurement(measurement_name=measurement)["config"]
            defined = {
                m["name"]
                for channel in built["channels"]
                for sample in channel["samples"]
                for m in sample["modifiers"]
            }
            poi = config["poi"] if config["poi"] in defined else None
            self.model = built.model(
                measurement_name=measurement,
                poi_name=poi,
                modifier_settings=INTERPOLATION,
                validate=False,
            )
            self.data = built.data(self.model)
        except (pyhf.exceptions.InvalidMeasurement, pyhf.exceptions.InvalidModel) as error:
            raise RunFailure("invalid_input", f"pyhf refuses the model: {error}") from error
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise RunFailure("invalid_input", f"pyhf cannot build the model: {error!r}") from error
        self.poi = poi

    def _need_poi(self) -> None:
        if self.poi is None:
            message = "No modifier defines the parameter of interest: give a signal."
            raise RunFailure("invalid_input", message, "/inputs/patch")

    def _guarded(self, compute: Callable[[], Result]) -> Result:
        """Turn a failed minimisation into a named outcome."""
        try:
            with np.errstate(all="ignore"):
                return {"outcome": "ok", "status": "converged", **compute()}
        except pyhf.exceptions.FailedMinimization as error:
            return {
                "outcome": "no_convergence",
                "status": "no_convergence",
                "diagnostics": {"message": str(getattr(error.result, "message", error))},
            }
        except (pyhf.exceptions.InvalidModel, ValueError, AssertionError) as error:
            return {
                "outcome": "not_computable",
                "status": "refused_by_pyhf",
                "diagnostics": {"message": str(error) or type(error).__name__},
            }

    def cls(self, parameters: Result, progress: Progress) -> Result:
        """Compute CLs of one signal strength, observed and expected.

        Args:
            parameters: ``test_poi``, ``test_stat``, ``calculator``, ``toys``, ``seed``.
            progress: not called: pyhf's calculators do not report.

        Returns:
            ``CLs_obs`` and ``CLs_exp`` (-2 to +2 standard deviations).
        """
        self._need_poi()
        toys = parameters["calculator"] == "toys"
        options = {"ntoys": parameters["toys"], "track_progress": False} if toys else {}
        if toys:
            np.random.seed(parameters["seed"])  # pyhf draws from the global state

        def compute() -> Result:
            observed, expected = pyhf.infer.hypotest(
                parameters["test_poi"],
                self.data,
                self.model,
                test_stat=parameters["test_stat"],
                calctype="toybased" if toys else "asymptotics",
                return_expected_set=True,
                **options,
            )
            return {"CLs_obs": float(observed), "CLs_exp": [float(x) for x in expected]}

        return self._guarded(compute)

    def upper_limit(self, parameters: Result, progress: Progress) -> Result:
        """Compute the upper limit on the signal strength.

        Args:
            parameters: ``level`` (1 - confidence level) and ``rtol``.
            progress: not called.

        Returns:
            ``observed`` and ``expected`` (-2 to +2 standard deviations).
        """
        self._need_poi()

        def compute() -> Result:
            observed, expected = pyhf.infer.intervals.upper_limits.upper_limit(
                self.data, self.model, level=parameters["level"], rtol=parameters["rtol"]
            )
            return {"observed": float(observed), "expected": [float(x) for x in expected]}

        return self._guarded(compute)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the parameters, one per component."""
        return tuple(self.model.config.par_names)

    def fit(self, parameters: Result, progress: Progress) -> Result:
        """Fit all parameters to the observed data.

        Args:
            parameters: none is used: SLSQP gives no uncertainties.
            progress: not called.

        Returns:
            ``twice_nll``, ``parameters`` (list of name and value), ``at_bounds``.
        """

        def compute() -> Result:
            best, twice_nll = pyhf.infer.mle.fit(self.data, self.model, return_fitted_val=True)
            bounds = self.model.config.suggested_bounds()
            at_bounds = [
                name
                for name, value, (low, high) in zip(self.parameter_names, best, bounds, strict=True)
                if min(value - low, high - value) <= 1e-8 * (high - low)
            ]
            return {
                "twice_nll": float(twice_nll),
                "parameters": [
                    {"name": n, "value": float(v)}
                    for n, v in zip(self.parameter_names, best, strict=True)
                ],
                "at_bounds": at_bounds,
            }

        return self._guarded(compute)

    def scan(self, parameters: Result, progress: Progress) -> Result:
        """Profile the likelihood over one or two parameters.

        Args:
            parameters: ``axes``: list of ``parameter`` and ``values``.
            progress: called with the fraction done.

        Returns:
            ``axes`` and ``delta_twice_nll`` (nested lists, one level per axis).
        """
        axes = parameters["axes"]
        names = self.parameter_names
        for i, axis in enumerate(axes):
            if axis["parameter"] not in names:
                message = f"The model has no parameter {axis['parameter']!r}."
                raise RunFailure("invalid_input", message, f"/parameters/axes/{i}/parameter")
        places = [names.index(a["parameter"]) for a in axes]
        shape = [len(a["values"]) for a in axes]

        def compute() -> Result:
            _, least = pyhf.infer.mle.fit(self.data, self.model, return_fitted_val=True)
            values = np.empty(shape)
            for done, index in enumerate(np.ndindex(*shape)):
                start = self.model.config.suggested_init()
                fixed = self.model.config.suggested_fixed()
                for place, axis, i in zip(places, axes, index, strict=True):
                    start[place], fixed[place] = axis["values"][i], True
                values[index] = pyhf.infer.mle.fit(
                    self.data, self.model, start, None, fixed, return_fitted_val=True
                )[1]
                progress((done + 1) / values.size)
            return {"axes": axes, "delta_twice_nll": (values - float(least)).tolist()}

        return self._guarded(compute)

    def yields(self, parameters: Result, progress: Progress) -> Result:
        """Compute expected events per channel and sample before and after the fit.

        Args:
            parameters: none is used: SLSQP gives no uncertainties.
            progress: not called.

        Returns:
            ``channels``: per channel the ``observed`` events and per sample ``prefit`` and
            ``postfit`` (events per bin).
        """

        def compute() -> Result:
            best = pyhf.infer.mle.fit(self.data, self.model)
            before = self._by_sample(self.model.config.suggested_init())
            after = self._by_sample(best)
            channels = []
            for name in self.model.config.channels:
                bins = self.model.config.channel_slices[name]
                samples = [
                    {
                        "name": s,
                        "prefit": {"yields": before[s][bins].tolist()},
                        "postfit": {"yields": after[s][bins].tolist()},
                    }
                    for s in self.model.config.samples
                    if np.any(before[s][bins]) or np.any(after[s][bins])
                ]
                observed = [float(x) for x in self.data[: len(self.data)][bins]]
                channels.append({"name": name, "observed": observed, "samples": samples})
            return {"channels": channels}

        return self._guarded(compute)

    def _by_sample(self, parameters: Any) -> dict[str, np.ndarray]:
        main = self.model.main_model
        main.batch_size = None
        rates = pyhf.tensorlib.astensor(
            main.expected_data(pyhf.tensorlib.astensor(parameters), return_by_sample=True)
        )
        return dict(zip(self.model.config.samples, np.asarray(rates), strict=True))

    @classmethod
    def build(
        cls, workspace: Result, measurement: str | None, operations: list[Result]
    ) -> "ReferenceModel":
        """Apply a signal and build the model.

        Args:
            workspace: a pyhf workspace; it is not changed.
            measurement: the measurement's name, or None for the first.
            operations: JSON Patch.

        Returns:
            The model.

        Raises:
            RunFailure: if the patch does not apply or pyhf refuses the model.
        """
        try:
            patched = jsonpatch.apply_patch(workspace, operations) if operations else workspace
        except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException) as error:
            message = f"The patch does not apply: {error}"
            raise RunFailure("invalid_input", message, "/inputs/patch") from error
        return cls(patched, measurement)

    @classmethod
    def grid(
        cls,
        workspace: Result,
        measurement: str | None,
        patches: list[list[Result]],
        parameters: Result,
        progress: Progress,
    ) -> Iterator[Result]:
        """Compute CLs of many signals, one after another.

        Args:
            workspace: the background-only workspace.
            measurement: the measurement's name, or None for the first.
            patches: one JSON Patch per signal.
            parameters: as for ``cls``.
            progress: called with the fraction done.

        Yields:
            What ``cls`` gives.
        """
        for done, operations in enumerate(patches):
            yield cls.build(workspace, measurement, operations).cls(parameters, progress)
            progress((done + 1) / len(patches))
