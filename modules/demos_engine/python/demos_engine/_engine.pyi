# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
from collections.abc import Callable
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Model", "__version__", "instruction_set"]

__version__: str
instruction_set: str

_Array = NDArray[np.float64]
_Progress = Callable[[int, int], object]

@final
class Model:
    names: list[str]
    init: _Array
    bounds: list[tuple[float, float]]
    fixed: list[bool]
    sets: list[tuple[str, int, list[str]]]
    poi: int | None
    poi_name: str
    measurement: str
    measurements: list[str]
    interpolation: tuple[str, str]
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
    def document(self) -> dict[str, Any]: ...
    def expected_data(self, parameters: _Array) -> _Array: ...
    def logpdf(self, parameters: _Array) -> float: ...
    def derivatives(self, parameters: _Array) -> tuple[float, _Array, _Array]: ...
    def with_data(self, values: _Array) -> Model: ...
    def call(
        self,
        operation: str,
        asked: Any,
        threads: int | None,
        progress: _Progress | None,
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
    def sample(self, parameters: _Array, size: int, seed: int) -> _Array: ...
    def statistics(
        self,
        sets: list[_Array],
        near: _Array,
        mu: float,
        kind_name: str,
        threads: int | None,
        progress: _Progress | None,
    ) -> dict[str, Any]: ...
