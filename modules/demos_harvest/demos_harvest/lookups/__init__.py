# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Answers about one record: from the mirror with its age, or live within a bound."""
