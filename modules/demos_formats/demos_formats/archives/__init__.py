# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""One hardened reader for archives: in memory, forward, under caps; nothing is ever written."""

from demos_formats.archives.walk import Entry, Opened, open_content, walk

__all__ = ["Entry", "Opened", "open_content", "walk"]
