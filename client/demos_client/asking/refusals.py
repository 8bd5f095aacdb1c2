# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a command says and ends with when the portal refuses, or does not answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import click

from demos_client.outcome import BAD, CANNOT, plain

REFUSED: Final = frozenset({400, 413, 422})


class Refused(Exception):
    """A question that has no answer.

    Args:
        code: Named reason.
        message: The same in words.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def asked(question: Callable[[], int], about: str = "") -> int:
    """Ask a portal, and turn a refusal into a sentence and an exit code.

    Args:
        question: Asks, prints and returns the exit code.
        about: What the sentence begins with.

    Returns:
        The exit code.
    """
    # The HTTP library is imported where it is used: it would slow down `--help`.
    from demos_client.client import RunFailed  # noqa: PLC0415
    from demos_client.http import PortalError  # noqa: PLC0415

    prefix = f"demos: {about}: " if about else "demos: "
    try:
        return question()
    except RunFailed as error:
        click.echo(plain(f"{prefix}the run {error}"), err=True)
        return BAD if error.reason == "invalid_input" else CANNOT
    except PortalError as error:
        click.echo(plain(f"{prefix}{error}"), err=True)
        return BAD if error.status in REFUSED else CANNOT
