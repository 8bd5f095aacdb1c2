# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A question that a portal computes, about a model that is there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from demos_engine.operations import Operation

from demos_client.outcome import lists

if TYPE_CHECKING:
    from demos_client.asking.choice import Choice

Answer = dict[str, Any]

MODEL: Final = re.compile(
    r"(?:https?://\S+/models/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|10\.\d{4,9}/\S+)"
)
FILES_ONLY: Final = ("patchset", "poi", "interpolation")


def model_of(target: str) -> str | None:
    """Return the model that a word on the command line names; None for a file.

    Args:
        target: The word.

    Returns:
        The model's identifier or DOI.

    >>> model_of("https://127.0.0.1:5000/models/7c9c2100-1835-4d8d-9258-a6b0a2435725")
    '7c9c2100-1835-4d8d-9258-a6b0a2435725'
    >>> model_of("10.17182/hepdata.89408.v3/r2")
    '10.17182/hepdata.89408.v3/r2'
    >>> model_of("workspace.json")
    """
    found = None if target == "-" or Path(target).is_file() else MODEL.fullmatch(target)
    return found[1] if found else None


def signal_of(text: str | None) -> Any:
    """Return the signal that ``--patch`` names.

    Args:
        text: A file of JSON Patch, a patch's name, or a point such as ``900,300``.

    Returns:
        What a request carries.

    >>> signal_of("900,300"), signal_of("C1N2_900_300")
    ({'point': [900.0, 300.0]}, 'C1N2_900_300')
    """
    if text is None:
        return None
    if Path(text).is_file():
        return json.loads(Path(text).read_bytes())
    try:
        point = [float(part) for part in text.split(",")]
    except ValueError:
        return text
    return {"point": point} if len(point) > 1 else text


def ask(operation: Operation, target: str, choice: Choice, parameters: Answer) -> Answer:
    """Have the portal answer.

    Args:
        operation: What is asked.
        target: The model.
        choice: Which model is meant; what only files have is refused.
        parameters: Canonical.

    Returns:
        The answer, in the shape of a local one.

    Raises:
        PortalError: The portal refuses, or does not answer.
        RunFailed: The run ended without a result.
        click.UsageError: An option is for files.
    """
    # The HTTP library and NumPy are imported where they are used: they would slow down `--help`.
    from demos_client.client import Client, inputs_of  # noqa: PLC0415

    for name in FILES_ONLY:
        if getattr(choice, name) is not None:
            raise click.UsageError(f"--{name} is for files, not for a model of a portal.")
    model = str(model_of(target))
    signal = signal_of(choice.patch)
    if operation.needs_patchset:
        inputs = inputs_of(fixed=choice.fixed, bounds=choice.bounds)
        inputs |= {"patches": [choice.patch]} if choice.patch else {}
    else:
        inputs = inputs_of(patch=signal, fixed=choice.fixed, bounds=choice.bounds)
    if choice.measurement is not None:
        inputs["measurement"] = choice.measurement
    found = lists(Client().model(model).run(operation.name, inputs, parameters))
    status = "converged" if found["outcome"] == "ok" else found["outcome"]
    message = (found.get("diagnostics") or {}).get("message")
    shown = {**found, "engine": parameters["engine"], "status": status}
    return {"file": model, **shown, **({"message": message} if message else {})}
