# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The peers: one folder each, with a client that asks and a mapper that translates.

Mappers are pure functions from a peer's answer to a `PeerRecord`; they do no input or output.
"""
