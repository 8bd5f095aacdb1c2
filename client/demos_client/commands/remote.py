# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`demos login`, `search`, `get`, `run` and `runs`: a portal's models and runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import click
from demos_formats.hs3.dialects import writable

from demos_client.asking.refusals import asked
from demos_client.outcome import FINE, lists, plain, print_json

# The HTTP library and NumPy are imported where they are used: they would slow down `--help`.

P = ParamSpec("P")
JSON_OPTION = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _answered(command: Callable[P, int]) -> Callable[P, None]:
    """Ends a command with its exit code; what the portal refuses is a sentence."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        sys.exit(asked(lambda: command(*args, **kwargs)))

    return run


@click.command()
@click.argument("url")
@click.option("--token", help="A personal access token; asked for if left out.")
@click.option("--insecure", is_flag=True, help="Do not check the portal's certificate.")
@click.option("--certificate", type=click.Path(exists=True, dir_okay=False), help="Trust this one.")
@_answered
def login(*, url: str, token: str | None, insecure: bool, certificate: str | None) -> int:
    """Remember a portal's address and your token.

    The token is made in your account's settings there. It is kept in a file that only you can
    read, after the portal has accepted it.
    """
    from demos_client.client import Client  # noqa: PLC0415
    from demos_client.settings import Settings, save  # noqa: PLC0415

    token = token or click.prompt("Token", hide_input=True)
    verify: bool | str = certificate or not insecure
    Client(url, token, verify=verify).runs(size="1")
    path = save(Settings(url.rstrip("/"), token, verify))
    click.echo(f"Signed in to {url}; kept in {path}.")
    return FINE


@click.command()
@click.argument("query", default="")
@click.option("--experiment", help="Only of this experiment.")
@click.option("--channel", help="Only with this channel.")
@click.option("--size", type=click.IntRange(1, 1000), default=20, show_default=True)
@JSON_OPTION
@_answered
def search(
    query: str, experiment: str | None, channel: str | None, size: int, as_json: bool
) -> int:
    """Find models in the portal."""
    from demos_client.client import Client  # noqa: PLC0415
    from demos_client.tables import print_table  # noqa: PLC0415

    filters = {"experiment": experiment or "", "channel": channel or ""}
    found = list(Client().search(query, size, **filters))
    if as_json:
        for entry in found:
            print_json(entry)
        return FINE
    rows = [
        (
            e["id"],
            e["metadata"].get("title") or "",
            str((e.get("structure") or {}).get("n_bins", "")),
        )
        for e in found
    ]
    print_table(("model", "title", "bins"), rows)
    return FINE


@click.command()
@click.argument("model")
@click.option("--format", type=click.Choice(["source", "pyhf", "hs3", "demos"]), default="source")
@click.option("--dialect", type=click.Choice(writable()), help="Of HS3.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, writable=True))
@_answered
def get(model: str, format: str, dialect: str | None, output: str | None) -> int:
    """Download a model. What was downloaded before comes from this machine."""
    from demos_client.client import Client  # noqa: PLC0415

    data = Client().model(model).file(format, dialect)
    if output:
        Path(output).write_bytes(data)
    else:
        sys.stdout.buffer.write(data)
    return FINE


def _value(text: str) -> Any:
    """Reads a parameter's value: JSON where it is, else text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _pairs(given: tuple[str, ...], option: str) -> dict[str, Any]:
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint=option)
        found[name] = _value(value)
    return found


def _signal(patch: str | None, signal: str | None) -> tuple[Any, Any]:
    """Reads the signal's options: a name or a file of JSON Patch; a file of yields."""
    if patch is not None and Path(patch).is_file():
        return json.loads(Path(patch).read_bytes()), None
    return patch, json.loads(Path(signal).read_bytes()) if signal else None


@contextmanager
def _progress() -> Iterator[Callable[[dict[str, Any]], None] | None]:
    """Shows a bar while a run takes its time, where somebody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=100, label="running", file=sys.stderr) as bar:

        def show(state: dict[str, Any]) -> None:
            bar.label = str(state["phase"])
            bar.update(max(0, int(100 * (state["progress"] or 0)) - bar.pos))

        yield show


@click.command()
@click.argument("model")
@click.argument("operation", required=False)
@click.option("--patch", help="Name of one of the model's patches, or a file of JSON Patch.")
@click.option(
    "--signal",
    type=click.Path(exists=True, dir_okay=False),
    help="File of yields: a JSON object, channel to events per bin.",
)
@click.option("--sample", default="signal", show_default=True, help="Name of that signal.")
@click.option("--fix", multiple=True, metavar="NAME=VALUE", help="Hold a parameter.")
@click.option(
    "-p",
    "--parameter",
    multiple=True,
    metavar="NAME=VALUE",
    help="Of the operation, such as mu=0.5.",
)
@click.option("--no-wait", is_flag=True, help="Print the run and do not wait for its end.")
@_answered
def run(
    *,
    model: str,
    operation: str | None,
    patch: str | None,
    signal: str | None,
    sample: str,
    fix: tuple[str, ...],
    parameter: tuple[str, ...],
    no_wait: bool,
) -> int:
    """Run a model of the portal there, and print the result as JSON.

    The operations are those of the commands (the limit's is upper_limit), or those of the model's
    own container; without OPERATION, the model's default one.
    """
    from demos_client.client import Client, inputs_of  # noqa: PLC0415

    ops, yields = _signal(patch, signal)
    inputs = inputs_of(patch=ops, signal=yields, sample=sample, fixed=_pairs(fix, "--fix"))
    parameters = _pairs(parameter, "--parameter")
    started = (
        Client().model(model).start(operation, inputs, parameters, wait=0 if no_wait else None)
    )
    if no_wait:
        print_json(started.state)
        return FINE
    with _progress() as show:
        started.wait(progress=show)
    print_json(lists(started.result()))
    return FINE


@click.command()
@click.argument("run_id", required=False)
@click.option("--cancel", is_flag=True, help="End the run.")
@click.option("--log", "show_log", is_flag=True, help="Print what the run wrote.")
@click.option("--result", is_flag=True, help="Wait for its result and print it.")
@JSON_OPTION
@_answered
def runs(*, run_id: str | None, cancel: bool, show_log: bool, result: bool, as_json: bool) -> int:
    """List your runs, or look at one."""
    from demos_client.client import Client  # noqa: PLC0415
    from demos_client.tables import print_table  # noqa: PLC0415

    client = Client()
    if run_id:
        one = client.run(run_id)
        if cancel:
            one.cancel()
        if show_log:
            click.echo(plain(one.log()), nl=False)
        elif result:
            print_json(lists(one.result()))
        else:
            print_json(one.state)
        return FINE
    found = client.runs()
    if as_json:
        for one in found:
            print_json(one.state)
        return FINE
    rows = [
        (r.id, r.state["operation"], r.state["status"], r.state["reason"] or "", r.state["created"])
        for r in found
    ]
    print_table(("run", "operation", "status", "reason", "created"), rows)
    return FINE
