# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A small evaluator of HistFactory likelihoods in NumPy, independent of pyhf."""

from demos_formats.evaluate.likelihood import Likelihood

__all__ = ["Likelihood"]
