# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Pages of the administration."""
