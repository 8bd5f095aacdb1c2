# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Bring the portal up, watch it, test it and take it down again (standard library only)."""
