# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What binds the modules of DEMOS portal into one InvenioRDM instance."""

__version__ = "0.1.0"
