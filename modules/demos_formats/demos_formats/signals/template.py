# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""An empty form for a signal: every channel of a model, every bin, nothing filled in."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any, Literal

import yaml

from demos_formats.errors import RefusedError
from demos_formats.findings import error

Syntax = Literal["csv", "json", "yaml"]


def signal_template(structure: Mapping[str, Any] | None) -> dict[str, Any]:
    """Makes an empty signal for a model.

    Args:
        structure: What ``demos_formats.analyse`` says of a HistFactory model.

    Returns:
        A signal with zero events in each bin of each channel.

    Raises:
        RefusedError: For a model without channels and bins.

    >>> signal_template({"channels": [{"name": "SR", "bins": 2}], "measurements": []})
    {'sample': 'signal', 'yields': {'SR': [0.0, 0.0]}}
    """
    if structure is None or "channels" not in structure:
        raise RefusedError(
            error("cannot_convert", "", "Only a HistFactory model has channels and bins to fill.")
        )
    pois = [m["poi"] for m in structure["measurements"] if m["poi"]]
    return {
        "sample": "signal",
        **({"poi": pois[0]} if pois else {}),
        "yields": {c["name"]: [0.0] * c["bins"] for c in structure["channels"]},
    }


def write_template(template: Mapping[str, Any], syntax: Syntax) -> str:
    """Writes a signal as a file to be filled in.

    Args:
        template: A signal.
        syntax: ``csv`` (one line per bin; no systematics), ``json`` or ``yaml``.

    Returns:
        The text.

    >>> print(write_template({"sample": "s", "yields": {"SR": [0.0]}}, "csv"), end="")
    sample,channel,bin,yield
    s,SR,0,0.0
    """
    if syntax == "json":
        return json.dumps(template, indent=2, ensure_ascii=False) + "\n"
    if syntax == "yaml":
        return str(yaml.safe_dump(dict(template), sort_keys=False, default_flow_style=None))
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["sample", "channel", "bin", "yield"])
    for channel, values in template["yields"].items():
        rows.writerows([template["sample"], channel, i, v] for i, v in enumerate(values))
    return out.getvalue()
