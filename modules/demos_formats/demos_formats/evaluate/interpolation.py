# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Interpolation between templates at -1, 0 and +1 standard deviation.

``alpha`` has shape (points, systematics); templates have shape (systematics, bins).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def code0(alpha: Array, up: Array, down: Array) -> Array:
    """Sums piecewise linear shifts.

    Args:
        alpha: Parameters, in standard deviations.
        up: Template at +1 minus nominal, in events.
        down: Nominal minus template at -1, in events.

    Returns:
        Shifts of shape (points, bins), in events.

    >>> code0(np.array([[0.5], [-2.0]]), np.array([[2.0]]), np.array([[1.0]])).tolist()
    [[1.0], [-2.0]]
    """
    return np.maximum(alpha, 0.0) @ up + np.minimum(alpha, 0.0) @ down


def code2(alpha: Array, up: Array, down: Array) -> Array:
    """Sums parabolic shifts that go on as straight lines beyond one standard deviation.

    The lines start where the parabola ends (ROOT and the standard; pyhf 0.7 has a step there).

    >>> code2(np.array([[1.0], [2.0]]), np.array([[2.0]]), np.array([[1.0]])).tolist()
    [[2.0], [4.5]]
    """
    inside = np.clip(alpha, -1.0, 1.0)
    beyond, sign = alpha - inside, np.sign(alpha)
    curve, slope = (up - down) / 2, (up + down) / 2
    return (inside**2 + 2 * sign * beyond) @ curve + (inside + beyond) @ slope


def code4p(alpha: Array, up: Array, down: Array) -> Array:
    """Sums shifts by a polynomial of order 6 inside, straight lines outside.

    >>> code4p(np.array([[1.0], [-2.0]]), np.array([[2.0]]), np.array([[1.0]])).tolist()
    [[2.0], [-2.0]]
    """
    square = alpha**2
    inside = square * (15 + square * (3 * square - 10)) / 8
    even = np.where(np.abs(alpha) > 1, np.abs(alpha), inside)
    return even @ ((up - down) / 2) + alpha @ ((up + down) / 2)


def code1(alpha: Array, up: Array, down: Array) -> Array:
    """Multiplies exponential factors.

    Args:
        alpha: Parameters, in standard deviations.
        up: Factors at +1, shape (systematics,).
        down: Factors at -1, shape (systematics,).

    Returns:
        Factors of shape (points,).

    >>> code1(np.array([[2.0], [-1.0]]), np.array([1.1]), np.array([0.8])).round(12).tolist()
    [1.21, 0.8]
    """
    factors: Array = np.where(alpha > 0, up ** np.abs(alpha), down ** np.abs(alpha))
    product: Array = np.prod(factors, axis=1)
    return product


def code4(alpha: Array, up: Array, down: Array) -> Array:
    """Multiplies factors by a polynomial of order 6 inside, exponentials outside.

    Value, first and second derivative are continuous at one standard deviation.

    >>> code4(np.array([[0.0], [1.0], [-2.0]]), np.array([1.1]), np.array([0.8])).round(12).tolist()
    [1.0, 1.1, 0.64]
    """
    lu, ld = np.log(up), np.log(down)
    sum0, dif0 = (up + down) / 2 - 1, (up - down) / 2
    sum1, dif1 = (up * lu + down * ld) / 2, (up * lu - down * ld) / 2
    sum2, dif2 = (up * lu**2 + down * ld**2) / 2, (up * lu**2 - down * ld**2) / 2
    # Even and odd parts are fixed by value, slope and curvature at +-1.
    even = (
        3 * sum0 - 9 / 8 * sum1 + sum2 / 8,
        -3 * sum0 + 7 / 4 * sum1 - sum2 / 4,
        sum0 - 5 / 8 * sum1 + sum2 / 8,
    )
    odd = (
        15 / 8 * dif0 - 7 / 8 * dif1 + dif2 / 8,
        -5 / 4 * dif0 + 5 / 4 * dif1 - dif2 / 4,
        3 / 8 * dif0 - 3 / 8 * dif1 + dif2 / 8,
    )
    square = alpha**2
    inside = 1 + square * (even[0] + square * (even[1] + square * even[2]))
    inside = inside + alpha * (odd[0] + square * (odd[1] + square * odd[2]))
    outside = np.where(alpha > 0, up, down) ** np.abs(alpha)
    factors: Array = np.where(np.abs(alpha) < 1, inside, outside)
    product: Array = np.prod(factors, axis=1)
    return product


ADDITIVE: Final[dict[str, Callable[[Array, Array, Array], Array]]] = {
    "code0": code0,
    "code2": code2,
    "code4p": code4p,
}
MULTIPLICATIVE: Final[dict[str, Callable[[Array, Array, Array], Array]]] = {
    "code1": code1,
    "code4": code4,
}
