# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Set-up of an instance: everything that a served portal needs, in one process."""
