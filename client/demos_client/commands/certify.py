# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`demos certify`."""

from __future__ import annotations

import click
from demos_formats.certificate import Certificate
from demos_formats.certificate import certify as compare
from demos_formats.document import load
from demos_formats.errors import FormatError

from demos_client.files import JSON_OPTION, READABLE, source, working
from demos_client.outcome import BAD, FINE, fail, plain, print_json
from demos_client.tables import print_table


@click.command
@click.argument("first", type=READABLE)
@click.argument("second", type=READABLE)
@click.option("--seed", type=int, default=20261121, show_default=True, help="Of the points.")
@click.option(
    "--points", type=click.IntRange(3, 1000), default=10, show_default=True, help="How many."
)
@JSON_OPTION
@click.pass_context
def certify(
    ctx: click.Context, *, first: str, second: str, seed: int, points: int, as_json: bool
) -> None:
    """Say whether FIRST and SECOND are the same likelihood.

    Compares differences of the log-likelihood between points, and the expected events of each
    channel. A pyhf workspace is evaluated by pyhf where it is installed. Exit code 0 says that they
    are equivalent, 1 that they are not.
    """
    try:
        with working("Comparing likelihoods"):
            a, b = load(source(first)), load(source(second))
            certificate = compare(a, b, seed=seed, points=points)
    except FormatError as e:
        ctx.exit(fail(e, f"{first} and {second}", as_json=as_json))
    if as_json:
        print_json(certificate.to_dict())
    else:
        _show(certificate)
    ctx.exit(FINE if certificate.equivalent else BAD)


def _show(certificate: Certificate) -> None:
    difference = certificate.max_abs_difference
    click.echo("equivalent" if certificate.equivalent else "not equivalent")
    click.echo(
        f"largest difference {difference if difference is not None else 'not evaluated'} "
        f"over {certificate.points} points, seed {certificate.seed}"
    )
    for which, tool in certificate.tools.items():
        click.echo(plain(f"{which}: {tool}"))
    if certificate.channels:
        columns = list(certificate.channels[0])
        print_table(columns, ([c[k] for k in columns] for c in certificate.channels), "Channels")
    for note in certificate.notes:
        click.echo(plain(f"note: {note}"))
