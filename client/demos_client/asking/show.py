# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""An answer, or why there is none, as the user sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import click
from demos_engine import InferenceError, ModelError
from demos_engine.operations import Operation
from demos_formats.errors import FormatError
from demos_formats.findings import error

from demos_client.asking.refusals import Refused, asked
from demos_client.outcome import BAD, CANNOT, FINE, fail, plain, print_json
from demos_client.tables import print_table

Answer = dict[str, Any]

OF_THE_QUESTION: Final = frozenset({"unknown_parameter", "invalid_value", "invalid_bounds"})
"""Codes of an engine's refusal that say that the question is wrong."""


def finish(operation: Operation, file: str, ask: Callable[[], Answer], as_json: bool) -> int:
    """Ask, print, and return the exit code.

    Args:
        operation: What is asked.
        file: About what.
        ask: Gives the answer.
        as_json: Whether JSON is wanted.

    Returns:
        The exit code.
    """

    def question() -> int:
        try:
            answer = ask()
        except FormatError as problem:
            return fail(problem, file, as_json=as_json)
        except ModelError as problem:
            finding = error(problem.code, problem.pointer, problem.message)
            return fail(FormatError(finding), file, as_json=as_json)
        except (InferenceError, Refused) as problem:
            _say(file, problem.code, problem.message, as_json)
            return BAD if problem.code in OF_THE_QUESTION else CANNOT
        return show(operation, answer, as_json)

    return asked(question, file)


def _say(file: str, code: str, message: str, as_json: bool) -> None:
    if as_json:
        print_json({"file": file, "status": code, "message": message})
    else:
        click.echo(plain(f"{file}: {code}: {message}"), err=True)


def show(operation: Operation, answer: Answer, as_json: bool) -> int:
    """Print an answer.

    Args:
        operation: What was asked.
        answer: With ``file``, ``engine`` and ``status``.
        as_json: Whether JSON is wanted.

    Returns:
        The exit code.
    """
    converged = answer["status"] == "converged"
    if as_json:
        print_json(answer)
        return FINE if converged else CANNOT
    for finding in answer.get("findings") or ():
        place = f" at {finding['pointer']}" if finding["pointer"] else ""
        text = f"{finding['severity']} {finding['code']}{place}: {finding['message']}"
        click.echo(plain(f"{answer['file']}: {text}"), err=True)
    if "message" in answer:
        click.echo(plain(f"{answer['file']}: {answer['status']}: {answer['message']}"), err=True)
        return CANNOT
    table = operation.table(answer)
    rows = [[cell(one) for one in row] for row in table.rows]
    print_table(table.columns, rows, f"{answer['file']} ({answer['engine']})")
    for note in (*table.notes, *(answer.get("notes") or ())):
        click.echo(plain(str(note)), err=True)
    return FINE if converged else CANNOT


def cell(value: object) -> str:
    """Return a cell's text: numbers rounded, a dash for what is not there.

    >>> cell(0.0539939), cell(None), cell("mu"), cell(3)
    ('0.0539939', '-', 'mu', '3')
    """
    if value is None:
        return "-"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
