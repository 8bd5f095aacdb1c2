# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__version__: str
instruction_set: str

_Array = NDArray[np.float64]
_Progress = Callable[[int, int], object]

class Model:
    names: list[str]
    init: _Array
    bounds: list[tuple[float, float]]
    fixed: list[bool]
    constraints: list[tuple[str, float, float]]
    sets: list[tuple[str, int, list[str]]]
    poi: int | None
    poi_name: str
    measurement: str
    measurements: list[str]
    channels: list[tuple[str, int, list[str]]]
    @staticmethod
    def load(
        source: Any,
        measurement: str | None,
        poi: str | None,
        normsys: str,
        histosys: str,
        patch: Any,
    ) -> Model: ...
    def patched(self, patch: Any) -> Model: ...
    def with_signal(self, name: str, yields: list[tuple[str, list[float]]]) -> Model: ...
    def data(self) -> _Array: ...
    def expected_data(self, parameters: _Array) -> _Array: ...
    def logpdf(self, parameters: _Array, data: _Array | None) -> float: ...
    def derivatives(
        self, parameters: _Array, data: _Array | None
    ) -> tuple[float, _Array, _Array]: ...
    def fit(
        self, data: _Array | None, setup: Any, restarts: int, uncertainties: bool
    ) -> dict[str, Any]: ...
    def intervals(
        self,
        data: _Array | None,
        setup: Any,
        best: _Array,
        parameters: list[int],
        widths: list[float],
        threads: int | None,
        progress: _Progress | None,
    ) -> list[tuple[float | None, float | None, str | None]]: ...
    def conditional(
        self,
        data: _Array | None,
        setup: Any,
        near: _Array,
        held: list[list[tuple[int, float]]],
        threads: int | None,
        progress: _Progress | None,
    ) -> list[tuple[float, str, _Array]]: ...
    def scan(
        self,
        data: _Array | None,
        setup: Any,
        near: _Array,
        parameters: list[int],
        chains: list[list[list[float]]],
        threads: int | None,
        progress: _Progress | None,
    ) -> list[list[tuple[float, str]]]: ...
    def cls(self, mu: float, statistic: str, data: _Array | None) -> dict[str, Any]: ...
    def cls_curve(
        self, strengths: list[float], statistic: str, data: _Array | None
    ) -> list[dict[str, Any]]: ...
    def upper_limit(
        self, level: float, precision: float, statistic: str, data: _Array | None
    ) -> dict[str, Any]: ...
    def grid(
        self,
        patches: list[Any],
        mu: float,
        statistic: str,
        near: _Array | None,
        threads: int | None,
        progress: _Progress | None,
    ) -> list[dict[str, Any] | tuple[str, str]]: ...
    def expected(
        self, parameters: _Array, covariance: list[float] | None
    ) -> list[dict[str, Any]]: ...
    def sample(self, parameters: _Array, size: int, seed: int) -> _Array: ...
    def toys(
        self,
        truth: _Array,
        mu: float,
        statistic: str,
        size: int,
        seed: int,
        threads: int | None,
        progress: _Progress | None,
    ) -> dict[str, Any]: ...
    def statistics(
        self,
        sets: list[_Array],
        near: _Array,
        mu: float,
        kind_name: str,
        threads: int | None,
        progress: _Progress | None,
    ) -> dict[str, Any]: ...
