# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""An OAI-PMH 2.0 server for InvenioRDM."""
