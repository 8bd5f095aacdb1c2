# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The same answers from pyhf, the reference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import jsonpatch
import numpy as np
import pyhf
from demos_engine import InferenceError, ModelError
from pyhf.infer.intervals.upper_limits import upper_limit

Answer = dict[str, Any]

BACKENDS = {"pyhf": "numpy"} | ({"pyhf-jax": "jax"} if find_spec("jax") else {})
"""pyhf's backends that are installed, by the name of the engine in answers."""


@contextmanager
def backend(name: str) -> Iterator[None]:
    """Let pyhf compute with the backend of an engine.

    Args:
        name: The engine; one that is not in `BACKENDS` changes nothing.
    """
    pyhf.set_backend(BACKENDS.get(name, "numpy"))
    try:
        yield
    finally:
        pyhf.set_backend("numpy")


def load(workspace: Any, operations: Any, measurement: str | None, poi: str | None) -> Reference:
    """Load a model in pyhf.

    Args:
        workspace: The document, as bytes or parsed.
        operations: A JSON Patch, as bytes or parsed, or None.
        measurement: Name of the measurement.
        poi: Parameter of interest instead of the measurement's.

    Returns:
        Its answers.

    Raises:
        ModelError: pyhf refuses the workspace.
    """
    try:
        document = json.loads(workspace) if isinstance(workspace, bytes) else workspace
        if operations is not None:
            patch = json.loads(operations) if isinstance(operations, bytes) else operations
            document = jsonpatch.apply_patch(document, patch)
        made = pyhf.Workspace(document)
        name = poi or made.get_measurement(measurement_name=measurement)["config"]["poi"]
        known = any(name == modifier for modifier, _ in made.modifiers)
        model = made.model(measurement_name=measurement, poi_name=name if known else None)
        return Reference(model, made.data(model))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError("schema_error", "", f"pyhf refuses it: {error}") from error
    except (pyhf.exceptions.InvalidSpecification, pyhf.exceptions.InvalidMeasurement) as error:
        raise ModelError("schema_error", "", f"pyhf refuses it: {error}") from error
    except (pyhf.exceptions.InvalidModel, pyhf.exceptions.InvalidModifier) as error:
        raise ModelError("schema_error", "", f"pyhf refuses it: {error}") from error
    except jsonpatch.JsonPatchException as error:
        raise ModelError("patch_conflict", "", str(error)) from error


class Reference:
    """A pyhf model with its data."""

    def __init__(self, model: Any, data: list[float]) -> None:
        self.model = model
        self.data = data

    def cls(self, mu: float, statistic: str) -> Answer:
        """CLs at a signal strength."""
        self._need_poi()
        observed, band = self._guard(
            pyhf.infer.hypotest,
            mu,
            self.data,
            self.model,
            test_stat=statistic,
            return_expected_set=True,
        )
        expected = [float(x) for x in band]
        found = {"mu": mu, "CLs_obs": float(observed), "CLs_exp": expected}
        return {**found, "test_stat": statistic, "status": "converged"}

    def limit(self, level: float, statistic: str) -> Answer:
        """Upper limits by pyhf's root search."""
        self._need_poi()
        observed, band = self._guard(
            upper_limit, self.data, self.model, level=1.0 - level, test_stat=statistic
        )
        expected = [float(x) for x in band]
        found = {"observed": float(observed), "expected": expected, "confidence_level": level}
        return {**found, "test_stat": statistic, "status": "converged"}

    def fit(self, intervals: tuple[str, ...]) -> Answer:
        """The best fit."""
        if intervals:
            raise InferenceError("invalid_value", "pyhf makes no profile intervals")
        best, value = self._guard(pyhf.infer.mle.fit, self.data, self.model, return_fitted_val=True)
        return {
            "converged": True,
            "status": "converged",
            "twice_nll": float(value),
            "parameter_names": list(self.model.config.par_names),
            "parameters": [float(x) for x in best],
            "uncertainties": None,
        }

    def scan(self, parameters: tuple[str, ...], points: int) -> Answer:
        """A scan in the parameter of interest over its bounds."""
        self._need_poi()
        name = self.model.config.poi_name
        if any(parameter != name for parameter in parameters):
            raise InferenceError("invalid_value", "pyhf scans the parameter of interest only")
        low, high = self.model.config.suggested_bounds()[self.model.config.poi_index]
        axis = np.linspace(low, high, points)
        best, value = self._guard(pyhf.infer.mle.fit, self.data, self.model, return_fitted_val=True)
        rise = [
            float(
                self._guard(
                    pyhf.infer.mle.fixed_poi_fit, x, self.data, self.model, return_fitted_val=True
                )[1]
                - value
            )
            for x in axis
        ]
        return {
            "parameters": [name],
            "points": [axis.tolist()],
            "delta_twice_nll": rise,
            "best": [float(best[self.model.config.poi_index])],
            "status": "converged",
        }

    def yields(self, stage: str) -> Answer:
        """Expected yields, without uncertainties."""
        config = self.model.config
        point = config.suggested_init()
        if stage == "postfit":
            point = self._guard(pyhf.infer.mle.fit, self.data, self.model)
        cells = self.model.main_model.expected_data(point, return_by_sample=True)
        channels = []
        for name, part in config.channel_slices.items():
            rows = {
                sample: {"yields": [float(x) for x in row[part]], "uncertainties": None}
                for sample, row in zip(config.samples, cells, strict=True)
            }
            total = [float(x) for x in cells[:, part].sum(axis=0)]
            observed = [float(x) for x in self.data[part]]
            entry = {"name": name, "samples": rows, "total": total, "observed": observed}
            channels.append({**entry, "total_uncertainties": None})
        return {"stage": stage, "channels": channels, "status": "converged"}

    def _need_poi(self) -> None:
        if self.model.config.poi_index is None:
            message = "no modifier defines the parameter of interest"
            raise InferenceError("poi_undefined", message)

    @staticmethod
    def _guard(call: Any, *args: Any, **options: Any) -> Any:
        try:
            return call(*args, **options)
        except (pyhf.exceptions.FailedMinimization, ValueError) as error:
            raise InferenceError("fit_failed", f"pyhf: {error}") from error
