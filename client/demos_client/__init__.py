# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The `demos` command and the Python client of a DEMOS portal."""
