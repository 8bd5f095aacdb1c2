# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A question that is computed on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from demos_engine import PatchSet
from demos_engine.engines import Engine, LoadedModel, Setup, engine
from demos_engine.operations import Operation, Question
from demos_formats.document import load as load_document
from demos_formats.inference import Prepared, interpolation, prepare

from demos_client.asking.choice import Choice
from demos_client.asking.refusals import Refused
from demos_client.files import source, working

Answer = dict[str, Any]


def ask(operation: Operation, file: str, choice: Choice, parameters: Answer) -> Answer:
    """Compute the answer of an operation for a file.

    Args:
        operation: What is asked.
        file: The file's name, or ``-``.
        choice: Which model is meant.
        parameters: Canonical.

    Returns:
        The answer with ``file``, ``engine`` and ``findings``.

    Raises:
        FormatError: ``validate`` finds an error, or the patch does not fit.
        ModelError: The engine refuses the model.
        InferenceError: The question has no answer.
        Refused: An engine is not installed.
    """
    with working(f"Computing {file}"):
        signals = None
        if operation.needs_patchset:
            signals = _signals(file, choice)
            choice = Choice(None, None, *_rest(choice))
        asimov = operation.asimov(parameters) if parameters.get("expected") else None
        prepared = prepared_of(file, choice, blinded=asimov is not None)
        model = loaded(prepared, choice, parameters["engine"], asimov)
        found = operation.compute(model, Question(parameters, signals=signals))
    findings = [finding.to_dict() for finding in prepared.findings]
    return {"file": file, "engine": parameters["engine"], **found, "findings": findings}


def _rest(choice: Choice) -> tuple[Any, ...]:
    return (choice.measurement, choice.poi, choice.interpolation, choice.fixed, choice.bounds)


def prepared_of(file: str, choice: Choice, *, blinded: bool = False) -> Prepared:
    """Read, check and patch a file.

    Args:
        file: The file's name, or ``-``.
        choice: Which model is meant.
        blinded: Whether observations may be missing.

    Returns:
        What an engine can load.

    Raises:
        FormatError: ``validate`` finds an error, or the patch does not fit.
        click.UsageError: A patch is named without a patchset.
    """
    patch: Any = choice.patch_file()
    if patch is None and choice.patch is not None:
        if choice.patchset is None:
            message = f"--patch {choice.patch} is no file; a name needs --patchset FILE."
            raise click.UsageError(message)
        (one,) = _signals(file, choice)
        patch = one.operations
    elif patch is None and choice.patchset is not None:
        raise click.UsageError("--patchset needs --patch, the name or the point of a signal.")
    settings = None if choice.interpolation is None else interpolation(choice.interpolation)
    return prepare(
        source(file),
        measurement=choice.measurement,
        patch=patch,
        settings=settings,
        blinded=blinded,
    )


def loaded(
    prepared: Prepared, choice: Choice, chosen: str | Engine, asimov: float | None = None
) -> LoadedModel:
    """Load a prepared model into an engine.

    Args:
        prepared: The model.
        choice: Which parameters differ from the file's.
        chosen: The engine, or its name.
        asimov: Signal strength of the Asimov data; None for the observed data.

    Returns:
        The model.

    Raises:
        Refused: The engine is not installed.
    """
    try:
        program = engine(chosen) if isinstance(chosen, str) else chosen
    except ModuleNotFoundError as error:
        raise Refused("unavailable", f"{chosen} is not installed ({error}).") from None
    document, settings = prepared.document, prepared.settings
    if program.name == "pyhf":
        document, settings = prepared.pyhf()
    setup = Setup(
        measurement=prepared.measurement,
        poi=choice.poi,
        interpolation={kind: one["interpcode"] for kind, one in (settings or {}).items()},
        fixed=choice.fixed,
        bounds=choice.bounds,
        asimov=asimov,
    )
    return program.load(document, setup)


def _signals(file: str, choice: Choice) -> PatchSet:
    if choice.patchset is None:
        raise click.UsageError("A grid needs --patchset FILE.")
    found = PatchSet.load(load_document(Path(choice.patchset)).content)
    found.verify(load_document(source(file)).content)
    if choice.patch is None:
        return found
    kept = tuple(p for p in found if p.name == choice.patch or _is_at(p.values, choice.patch))
    if not kept:
        raise click.UsageError(f"The patchset has no patch {choice.patch!r}.")
    return PatchSet(found.labels, kept, found.digests)


def _is_at(values: Sequence[float | str], text: str) -> bool:
    """Tell whether a text such as ``900,300`` names a point."""
    parts = [part.strip() for part in text.strip("()[] ").split(",")]
    return len(parts) == len(values) and all(
        part == value if isinstance(value, str) else _number(part) == value
        for part, value in zip(parts, values, strict=True)
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
