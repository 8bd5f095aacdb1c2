# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Steps that install: each does nothing when its inputs are unchanged."""
