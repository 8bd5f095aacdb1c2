# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The API's description of runs: what comes in kinds is listed from the tables."""

from importlib.resources import files

import yaml

from .backends.table import backend_types
from .runtimes.table import make_runtimes
from .states import REASONS


def fragment():
    """Return this module's part of the API's description.

    Returns:
        The text beside this file, with the names of the backends, runtimes and reasons there are.
    """
    text = files(__package__).joinpath("openapi.yaml").read_text(encoding="utf-8")
    found = yaml.safe_load(text)
    schemas = found["components"]["schemas"]
    backends = {
        "enum": list(backend_types()),
        "description": "; ".join(f"{b.name}: {b.title}" for b in backend_types().values()) + ".",
    }
    runtimes = {"enum": list(make_runtimes())}
    schemas["RunRequest"]["properties"]["backend"] = backends
    run, execution = schemas["Run"]["properties"], schemas["Execution"]["properties"]
    run["backend"] = {"type": "object", "properties": {"name": backends}}
    run["runtime"] = execution["runtime"] = runtimes
    run["reason"]["enum"] = [None, *REASONS]
    execution["backends"] = {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["name", "default"],
            "properties": {"name": backends, "default": {"type": "boolean"}},
        },
    }
    return found
