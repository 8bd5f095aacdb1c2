# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Reads a signal that somebody filled in: JSON, YAML or CSV, told apart by content."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping
from typing import Any, Final

import yaml

from demos_formats import parse
from demos_formats.errors import FormatError
from demos_formats.findings import Finding, error, pointer
from demos_formats.limits import DEFAULT, MAX_DEPTH, Limits
from demos_formats.schema import cut, short
from demos_formats.signals.patch import schema_findings

MAX_BYTES: Final = 1 << 20
"""Size of a signal file; the largest published model has 51 channels."""
_COLUMNS: Final = ("channel", "bin", "yield")


def read_signal(data: bytes, *, limits: Limits = DEFAULT) -> dict[str, Any]:
    r"""Reads a signal.

    Args:
        data: A JSON or YAML document as ``schemas/signal-1.0.json`` describes it, or CSV with the
            columns channel, bin and yield, and optionally sample.
        limits: Caps.

    Returns:
        ``sample``, ``yields``, and where given ``poi`` and ``systematics``.

    Raises:
        FormatError: With a finding per problem.

    >>> read_signal(b"channel,bin,yield\nSR,0,1.5\nSR,1,0.5\n")
    {'sample': 'signal', 'yields': {'SR': [1.5, 0.5]}}
    """
    if len(data) > MAX_BYTES:
        raise FormatError(error("resource_limit", "", f"A signal has at most {MAX_BYTES} bytes."))
    if data.lstrip()[:1] in (b"{", b"["):
        signal = parse.loads(data, limits=limits)
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as e:
            raise FormatError(
                error("parse_error", "", f"Byte {e.start} is not valid UTF-8.")
            ) from None
        first = text.partition("\n")[0].lower().split(",")
        header = [cell.strip() for cell in first]
        signal = _csv(text) if set(_COLUMNS) <= set(header) else _yaml(text)
    if found := schema_findings(signal, limits):
        raise FormatError(found)
    return dict(signal)


class _Loader(yaml.SafeLoader):
    """Plain YAML: no anchors (they multiply), no duplicate keys, no deep nesting."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise yaml.YAMLError(f"nested deeper than {MAX_DEPTH} levels")
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("anchors and aliases are not allowed")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.YAMLError("a key is a plain text")
            if key.value in seen:
                raise FormatError(
                    error("duplicate_key", "", f"The key {short(key.value)} appears twice.")
                )
            seen.add(key.value)
        return dict(super().construct_mapping(node, deep))


# YAML 1.1 reads 1e-3 and 1.5e3 as texts; in a table of yields they are numbers.
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)"),
    list("-+.0123456789"),
)


def _yaml(text: str) -> Any:
    try:
        signal = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except FormatError:
        raise
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as e:
        reason = " ".join(str(e).split())
        raise FormatError(error("parse_error", "", f"Not YAML: {cut(reason, 200)}.")) from None
    found = list(_nonfinite(signal, ()))
    if found:
        raise FormatError(found)
    return signal


def _nonfinite(value: Any, at: tuple[str | int, ...]) -> list[Finding]:
    """Finds what YAML can say and JSON cannot."""
    if isinstance(value, float) and not math.isfinite(value):
        return [error("nonfinite_number", pointer(*at), f"{value} is not a finite number.")]
    if isinstance(value, Mapping):
        found = []
        for key, inner in value.items():
            if not isinstance(key, str):
                found.append(
                    error("schema_error", pointer(*at), f"The key {key} is not a text; quote it.")
                )
            found += _nonfinite(inner, (*at, str(key)))
        return found
    if isinstance(value, list):
        return [f for i, inner in enumerate(value) for f in _nonfinite(inner, (*at, i))]
    if value is None or isinstance(value, str | int | float):
        return []
    return [error("schema_error", pointer(*at), f"{value} is neither a text nor a number.")]


def _csv(text: str) -> dict[str, Any]:
    yields: dict[str, dict[int, float]] = {}
    samples: list[str] = []
    found: list[Finding] = []
    try:
        rows = list(csv.DictReader(io.StringIO(text), skipinitialspace=True))
    except csv.Error as e:
        raise FormatError(error("parse_error", "", f"Not CSV: {e}.")) from None
    for line, row in enumerate(rows, start=2):
        cells = {str(k).strip().lower(): v for k, v in row.items()}
        try:
            channel, index = str(cells["channel"]), int(str(cells["bin"]))
            value = float(str(cells["yield"]))
        except (KeyError, ValueError):
            found.append(error("parse_error", "", f"Line {line} has no channel, bin and yield."))
            continue
        if not math.isfinite(value):
            found.append(error("nonfinite_number", "", f"Line {line}: the yield is not finite."))
        elif index in yields.setdefault(channel, {}):
            found.append(error("duplicate_key", "", f"Line {line}: this bin was given before."))
        else:
            yields[channel][index] = value
        if cells.get("sample"):
            samples.append(str(cells["sample"]))
    for channel, bins in yields.items():
        if sorted(bins) != list(range(len(bins))):
            found.append(
                error(
                    "length_mismatch",
                    pointer("yields", channel),
                    f"The bins of channel {short(channel)} are not 0, 1, 2 ... without gaps.",
                )
            )
    if len(set(samples)) > 1:
        found.append(error("duplicate_name", "/sample", "The lines name several samples."))
    if found:
        raise FormatError(found)
    return {
        "sample": samples[0] if samples else "signal",
        "yields": {channel: [bins[i] for i in sorted(bins)] for channel, bins in yields.items()},
    }
