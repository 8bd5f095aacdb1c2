# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Which model of a file is meant: what all inference commands share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from demos_client.asking.portal import model_of


@dataclass(frozen=True)
class Choice:
    """Which model is meant, and how it differs from the file's.

    Args:
        patch: A JSON Patch file, or the name or the point of a patch.
        patchset: A patchset file.
        measurement: Name of a measurement.
        poi: Parameter of interest instead of the measurement's.
        interpolation: Codes, or a file of pyhf's ``modifier_settings``.
        fixed: Parameters that are held at a value.
        bounds: Bounds of parameters.
    """

    patch: str | None = None
    patchset: str | None = None
    measurement: str | None = None
    poi: str | None = None
    interpolation: str | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def gather(cls, given: Mapping[str, Any]) -> Choice:
        """Read the shared options.

        Args:
            given: What click made of them.

        Returns:
            The choice.

        Raises:
            click.BadParameter: ``--fix`` or ``--bounds`` cannot be read.
        """
        names = ("patch", "patchset", "measurement", "poi", "interpolation")
        fixed = dict(_pair(text, "--fix") for text in given["fix"])
        bounds = dict(_pair(text, "--bounds") for text in given["bounds"])
        for name, ends in bounds.items():
            if not isinstance(ends, list) or len(ends) != 2:
                message = f"{name}: two numbers LO,HI are needed."
                raise click.BadParameter(message, param_hint="--bounds")
        return cls(**{n: given[n] for n in names}, fixed=fixed, bounds=bounds)

    def patch_file(self) -> Path | None:
        """Return the JSON Patch file; None where ``patch`` names a patch."""
        path = None if self.patch is None else Path(self.patch)
        return path if path is not None and path.is_file() else None


def _pair(text: str, option: str) -> tuple[str, Any]:
    name, equals, value = text.rpartition("=")
    try:
        numbers = [float(part) for part in value.split(",")]
    except ValueError:
        numbers = []
    if not equals or not name or not numbers:
        form = "NAME=LO,HI" if option == "--bounds" else "NAME=VALUE"
        raise click.BadParameter(f"{text!r} is not {form}.", param_hint=option)
    return name, numbers[0] if len(numbers) == 1 else numbers


def targets(
    context: click.Context, argument: click.Parameter, given: tuple[str, ...]
) -> tuple[str, ...]:
    """Check that each word is a file, or may be a model of a portal."""
    for target in given:
        if target != "-" and not Path(target).is_file() and model_of(target) is None:
            message = f"{target!r} is neither a file nor a model of a portal."
            raise click.BadParameter(message, context, argument)
    return given
