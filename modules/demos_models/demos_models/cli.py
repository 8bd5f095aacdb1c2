# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Commands of the registry."""

import click


@click.group()
def demos():
    """Manage the DEMOS portal."""


@demos.group()
def models():
    """Manage the registry of statistical models."""
