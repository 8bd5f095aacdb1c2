# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The peers as the documentation shows them.

``python -m demos_harvest.peers.documentation`` prints the table; a test compares it with the page.
"""

from __future__ import annotations

from collections.abc import Iterable

from .peer import Peer
from .table import own, table

HEAD = ("Archive", "Name", "What is taken", "How", "What it can", "Pinned")


def markdown(peers: Iterable[Peer]) -> str:
    """Return the table of peers in Markdown."""
    rows = [HEAD, ("---",) * len(HEAD)]
    for peer in peers:
        can = [
            word
            for word, has in (
                (f"harvested every {peer.every} h", peer.harvested),
                ("single records for everybody", peer.open_import),
                ("single records after login", peer.importable and not peer.open_import),
                (f"`/api/{peer.name}/…`", peer.looked_up),
            )
            if has
        ]
        pinned = peer.contract.pinned if peer.contract else "no"
        name, protocol = f"`{peer.name}`", peer.protocol
        rows.append((peer.title, name, peer.purpose, protocol, "; ".join(can) or "asked", pinned))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    print(markdown(table(sorted(own(), key=lambda peer: peer.name)).values()))
