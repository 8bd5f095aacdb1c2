# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The entry point of the `demos` command."""

from __future__ import annotations

import os
import sys
from typing import Final

import click

from demos_client.lazy import Lazy, LazyGroup
from demos_client.outcome import CANNOT, report_crash

_INFERENCE = "demos_client.commands.inference"
_CROSSCHECK = "demos_client.commands.crosscheck"
_PATCH = "demos_client.commands.patch"
_REMOTE = "demos_client.commands.remote"


def _asking() -> dict[str, Lazy]:
    """Return a command for each operation of the engine's table; none without the engine."""
    try:
        from demos_engine.operations import operations  # noqa: PLC0415 - an optional part
    except ModuleNotFoundError:
        return {}
    return {
        one.command_name: Lazy(_INFERENCE, one.command_name, one.description)
        for one in operations().values()
    }


COMMANDS: Final = {
    "inspect": Lazy("demos_client.commands.inspect", "inspect", "Say what files are and hold."),
    "validate": Lazy("demos_client.commands.validate", "validate", "Check files, all findings."),
    "convert": Lazy("demos_client.commands.convert", "convert", "Convert between formats."),
    "certify": Lazy("demos_client.commands.certify", "certify", "Compare two likelihoods."),
    "diff": Lazy("demos_client.commands.diff", "diff", "Say what two models differ in."),
    "patch": Lazy(_PATCH, "patch", "List, apply, make and verify signal patches."),
    **_asking(),
    "combine": Lazy("demos_client.commands.combine", "combine", "Make one model of several."),
    "crosscheck": Lazy(
        "demos_client.commands.crosscheck", "crosscheck", "Compare the engine with pyhf."
    ),
    "login": Lazy(_REMOTE, "login", "Remember a portal and your token."),
    "search": Lazy(_REMOTE, "search", "Find models in the portal."),
    "get": Lazy(_REMOTE, "get", "Download a model of the portal."),
    "run": Lazy(_REMOTE, "run", "Run a model in the portal."),
    "runs": Lazy(_REMOTE, "runs", "List runs in the portal, or look at one."),
}
"""Every command; adding one is adding a line."""


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="demos-client", prog_name="demos")
def demos() -> None:
    """Work with published statistical models: pyhf, HS3 and DEMOS documents.

    Files may be compressed or inside archives; `-` is the standard input. Exit codes: 0 fine, 1
    the input is bad, 2 wrong usage, 3 cannot be done.
    """


def main() -> None:
    """Run the command; whatever happens, the user sees a sentence and no traceback."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        demos(prog_name="demos")
    except Exception as e:
        if os.environ.get("DEMOS_DEBUG"):
            raise
        report_crash(e)
        sys.exit(CANNOT)
