# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``invenio demos harvest``."""

import json
import sys

import click
from flask.cli import with_appcontext

CANNOT_BE_DONE = 3
"""Exit code for a run that a peer or another run prevented."""


@click.group()
def harvest():
    """Take in models that other archives hold."""


def _line(as_json, document, text):
    click.echo(json.dumps(document) if as_json else text)


def _report(run, name, as_json):
    from .harvesting.counts import ordered  # noqa: PLC0415 - commands start faster without

    counts = ordered(run.counts or {})
    document = {"peer": name, **counts, "status": run.status}
    if run.error:
        document["error"] = run.error
    if run.id:
        document["run"] = str(run.id)
    text = f"{name}: {run.status}; " + ", ".join(f"{v} {k}" for k, v in counts.items())
    if run.error:
        text += f"\n{run.error.get('code')}: {run.error.get('message', '')}"
    _line(as_json, document, text)
    if run.status in ("failed", "interrupted"):
        sys.exit(CANNOT_BE_DONE)


def _run(name, as_json, **options):
    from .errors import AlreadyRunningError, UnknownPeerError  # noqa: PLC0415
    from .harvesting.runner import harvest as run_harvest  # noqa: PLC0415

    try:
        run = run_harvest(name, **options)
    except UnknownPeerError as error:
        raise click.UsageError(str(error)) from error
    except AlreadyRunningError as error:
        document = {"peer": name, "status": "failed", "error": {"code": "already_running"}}
        _line(as_json, document, str(error))
        sys.exit(CANNOT_BE_DONE)
    _report(run, name, as_json)


@harvest.command("run")
@click.argument("peer")
@click.option("--since", metavar="DATE", help="Only what changed since this day (YYYY-MM-DD).")
@click.option("--ids", metavar="A,B", help="Only these records.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
@with_appcontext
def run_command(peer, since, ids, dry_run, as_json):
    """Harvest PEER: new, changed and deleted records since the last run."""
    from datetime import date  # noqa: PLC0415

    if since:
        try:
            date.fromisoformat(since)
        except ValueError as error:
            raise click.BadParameter("a day is written YYYY-MM-DD", param_hint="--since") from error
    wanted = [part.strip() for part in (ids or "").split(",") if part.strip()]
    _run(peer, as_json, since=since, ids=wanted, dry_run=dry_run)


@harvest.command("retry")
@click.argument("peer")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
@with_appcontext
def retry_command(peer, as_json):
    """Try what failed at PEER again, also what waits for a person."""
    _run(peer, as_json, retry=True)


@harvest.command("status")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@with_appcontext
def status_command(as_json):
    """Show where the harvest of every peer stands."""
    from .status import states  # noqa: PLC0415

    peers = states()
    if as_json:
        click.echo(json.dumps({"peers": peers}))
        return
    for peer in peers:
        last = peer["last_run"]
        click.echo(
            f"{peer['name']:<12} {last['status'] if last else 'never run':<12} "
            f"circuit {peer['circuit']['state']}, "
            + (", ".join(f"{v} {k}" for k, v in sorted(peer["items"].items())) or "no records")
        )


@harvest.command("schedule")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@with_appcontext
def schedule_command(as_json):
    """Create the scheduled job of every archive that has none yet."""
    from .jobs import schedule_jobs  # noqa: PLC0415

    made = schedule_jobs()
    _line(as_json, {"created": made}, f"New jobs: {', '.join(made) or 'none'}.")


@harvest.command("import")
@click.argument("model")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@with_appcontext
def import_command(model, as_json):
    """Make an InvenioRDM record of the harvested MODEL (identifier, DOI or other alias)."""
    from invenio_access.permissions import system_identity  # noqa: PLC0415

    from .errors import ImportRefusedError  # noqa: PLC0415
    from .proxies import current_harvested_records_service  # noqa: PLC0415

    try:
        imported = current_harvested_records_service.create(system_identity, model)
    except ImportRefusedError as error:
        _line(
            as_json,
            {"model": model, "error": {"code": error.code, "message": error.message}},
            str(error),
        )
        sys.exit(CANNOT_BE_DONE)
    _line(as_json, imported.to_dict(), f"{imported.status}: {imported.url}")
