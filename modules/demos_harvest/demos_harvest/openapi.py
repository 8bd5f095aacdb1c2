# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The description of the module's part of the REST API, made from the table of peers."""

import json
from importlib.resources import files

import yaml

from .errors import CODES
from .peers.table import installed


def fragment(peers=None):
    """Return the fragment of the OpenAPI description.

    Args:
        peers: Descriptions of peers by name; the installed ones by default.
    """
    peers = installed() if peers is None else peers
    text = files(__package__).joinpath("openapi.yaml").read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    templates = document.pop("x-peer-paths")
    for peer in peers.values():
        if peer.looked_up:
            for path, item in templates.items():
                document["paths"][path.replace("{peer}", peer.name)] = _of(item, peer)
    parameters = document["components"]["parameters"]
    harvested = sorted(p.name for p in peers.values() if p.harvested)
    parameters["Peer"]["schema"]["enum"] = harvested
    document["components"]["schemas"]["PeerProblem"]["properties"]["code"]["enum"] = list(CODES)
    return document


def _of(item, peer):
    """Return a path's description with the peer's words in it."""
    words = {"[PEER]": peer.title, "[NAME]": peer.name.title(), "[HELP]": peer.record_help}
    text = json.dumps(item)
    for mark, word in words.items():
        text = text.replace(mark, json.dumps(word)[1:-1])
    described = json.loads(text)
    for operation in described.values():
        record = next(p for p in operation["parameters"] if p.get("name") == "record_id")
        if peer.example:
            record["example"] = peer.example
    return described
