# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Doubles of peers on real sockets, with the peers' quirks, and a proxy that breaks things.

The shapes follow what the peers really send. Run them by hand with ``python -m peers --help``.
"""
