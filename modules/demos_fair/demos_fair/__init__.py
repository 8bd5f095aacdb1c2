# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What machines find at the portal: exports, negotiation, signposting, vocabulary, sitemaps."""

__version__ = "0.1.0"
