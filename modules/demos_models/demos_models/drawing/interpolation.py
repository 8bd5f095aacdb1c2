# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Interpolation between the templates at -1, 0 and +1, by pyhf's default codes."""

from __future__ import annotations

from math import log

SMALLEST = 1e-10
"""A factor below this is taken as this, so that its logarithm exists."""


def factor(alpha: float, low: float, high: float) -> float:
    """Return the factor of a ``normsys`` modifier (code 4, CERN-OPEN-2012-016, eq. 13).

    Args:
        alpha: The parameter, in standard deviations.
        low: The factor at -1.
        high: The factor at +1.

    >>> factor(0.0, 0.9, 1.2), factor(1.0, 0.9, 1.2), factor(-1.0, 0.9, 1.2)
    (1.0, 1.2, 0.9)
    >>> round(factor(2.0, 0.9, 1.2), 12)
    1.44
    """
    low, high = max(low, SMALLEST), max(high, SMALLEST)
    if alpha >= 1:
        return float(high**alpha)
    if alpha <= -1:
        return float(low**-alpha)
    up, down = log(high), log(low)
    d_up, d_down = up * high, -down * low
    dd_up, dd_down = up * up * high, down * down * low
    even, odd = (high + low) / 2 - 1, (high - low) / 2
    d_even, d_odd = (d_up - d_down) / 2, (d_up + d_down) / 2
    dd_even, dd_odd = (dd_up + dd_down) / 2, (dd_up - dd_down) / 2
    a1 = (15 * odd - 7 * d_odd + dd_odd) / 8
    a3 = (-10 * odd + 10 * d_odd - 2 * dd_odd) / 8
    a5 = (3 * odd - 3 * d_odd + dd_odd) / 8
    a2 = (24 * even - 9 * d_even + dd_even) / 8
    a4 = (-24 * even + 14 * d_even - 2 * dd_even) / 8
    a6 = (8 * even - 5 * d_even + dd_even) / 8
    value = 1.0
    power = alpha
    for coefficient in (a1, a2, a3, a4, a5, a6):
        value += coefficient * power
        power *= alpha
    return value


def shift(alpha: float, low: float, nominal: float, high: float) -> float:
    """Return the events that a ``histosys`` modifier adds to a bin (code 4p).

    Args:
        alpha: The parameter, in standard deviations.
        low: The template at -1.
        nominal: The template at 0.
        high: The template at +1.

    >>> shift(0.0, 8, 10, 13), shift(1.0, 8, 10, 13), shift(-1.0, 8, 10, 13)
    (0.0, 3.0, -2.0)
    """
    up, down = high - nominal, nominal - low
    if alpha >= 1:
        return float(up * alpha)
    if alpha <= -1:
        return float(down * alpha)
    square = alpha * alpha
    odd, even = (up + down) / 2, (up - down) / 16
    return float(alpha * odd + square * (3 * square * square - 10 * square + 15) * even)
