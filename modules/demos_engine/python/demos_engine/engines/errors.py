# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Monte Carlo errors of p-values."""

import math


def share_error(signal: float, background: float, toys: int) -> float:
    """Return the error of CLs, the ratio of two shares of pseudo-experiments.

    Both shares are binomial and independent: relative variances (1 - p) / (n p) add.

    Args:
        signal: CLs+b.
        background: CLb, not 0.
        toys: Pseudo-experiments per hypothesis.

    Returns:
        One standard deviation; for a share of 0, what one pseudo-experiment would give.

    >>> round(share_error(0.04, 0.8, 1000), 4)
    0.0078
    """
    if not signal:
        return 1.0 / (toys * background)
    relative = (1.0 - signal) / (toys * signal) + (1.0 - background) / (toys * background)
    return signal / background * math.sqrt(relative)
