# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Commands of the portal; the registry's own are under ``models``.

Other packages add groups through the entry point group ``demos.commands``.
"""

import json
import sys
import time
from collections import Counter
from importlib.metadata import entry_points
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_principal import Identity, UserNeed
from invenio_access.permissions import any_user, authenticated_user, system_identity
from invenio_accounts.proxies import current_datastore
from invenio_db import db

from . import maintenance
from .deposit import loading
from .errors import RegistrationError
from .proxies import current_registry
from .registry import outbox
from .registry.types import Source

STARTERS = Path(__file__).parent / "starter"


class PortalCommands(click.Group):
    """A group to which packages add commands; they are loaded when they are called."""

    def list_commands(self, ctx):
        """Name all commands."""
        return sorted({*super().list_commands(ctx), *entry_points(group="demos.commands").names})

    def get_command(self, ctx, name):
        """Find a command."""
        own = super().get_command(ctx, name)
        found = entry_points(group="demos.commands", name=name)
        return own or next((entry.load() for entry in found), None)


@click.group(cls=PortalCommands)
def demos():
    """Manage the DEMOS portal."""


@demos.group()
def models():
    """Manage the registry of statistical models."""


def _owner(email):
    """Give the identity of a depositor; without an e-mail address the system's."""
    if not email:
        return system_identity
    user = current_datastore.get_user_by_email(email)
    if user is None:
        raise click.BadParameter(f"nobody has the address {email}", param_hint="--owner")
    identity = Identity(user.id)
    identity.provides |= {any_user, authenticated_user, UserNeed(user.id)}
    return identity


@models.command()
@click.argument(
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=STARTERS,
)
@click.option("--owner", help="The depositor's e-mail address; the system if not given.")
@click.option("--creator", default="Unknown", help="The creator where no deposit.yaml names one.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
@with_appcontext
def load(folder, owner, creator, as_json):
    """Deposit the models in FOLDER; without FOLDER the starter models.

    What is deposited already is passed over, so an interrupted call can be repeated.
    """
    identity = _owner(owner)
    found = list(loading.plans(folder, creator))
    counts, refused, slowest = Counter(), Counter(), 0.0
    started = time.perf_counter()
    with click.progressbar(found, label="Models", file=sys.stderr) as bar:
        for plan in bar:
            before = time.perf_counter()
            outcome, detail = loading.load(plan, identity)
            counts[outcome] += 1
            slowest = max(slowest, time.perf_counter() - before)
            if outcome == "refused":
                refused[detail] += 1
                click.echo(f"\n{plan.name}: {detail}", err=True)
            db.session.expunge_all()
    seconds = time.perf_counter() - started
    summary = {
        "loaded": counts["loaded"],
        "there": counts["there"],
        "refused": dict(refused),
        "seconds": round(seconds, 2),
        "seconds_per_model": round(seconds / max(1, len(found)), 3),
        "slowest": round(slowest, 2),
    }
    if as_json:
        click.echo(json.dumps(summary))
    else:
        click.echo(
            f"{counts['loaded']} loaded, {counts['there']} were there, "
            f"{counts['refused']} refused, {seconds:.1f} s"
        )


@models.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--host", default="other", help="Who hosts the model, such as github.")
@click.option("--key", help="The host's name of the file; the file's name if not given.")
@click.option("--record", help="The host's record that the file belongs to.")
@click.option("--url", help="Where a reader finds the file.")
@click.option("--title", help="The title; the file's name if not given.")
@click.option("--licence", help="An SPDX identifier or a URL.")
@click.option("--release", "version", help="The host's version of the record.")
@click.option("--doi", multiple=True, help="A DOI of the model.")
@click.option("--paper-doi", help="The DOI of the paper.")
@click.option("--arxiv", help="The arXiv number of the paper.")
@click.option("--inspire", help="The INSPIRE number of the paper.")
@click.option("--hepdata", help="The HEPData record, such as ins1748602.")
@click.option("--experiment", help="The experiment.")
@with_appcontext
def register(path, **options):
    """Register the model in PATH, or all in a folder, that another host has."""
    files = [path] if path.is_file() else [f for f in sorted(path.rglob("*")) if f.is_file()]
    failed = 0
    for file in files:
        name = str(file.relative_to(path)) if path.is_dir() else file.name
        source, metadata = _hosted(name, options, alone=path.is_file())
        try:
            done = current_registry.register(system_identity, source, file, metadata)
        except RegistrationError as error:
            db.session.rollback()
            failed += 1
            click.echo(f"{name}: {error}", err=True)
        else:
            click.echo(f"{name}: {done.status} {' '.join(done.model_ids)}")
    if failed:
        sys.exit(1)


def _hosted(name, options, alone):
    """Say where a file is hosted and what is known of its model, as the options have it."""
    record = options["record"]
    series = options["key"] or record or options["host"]
    source = Source(
        host=options["host"],
        key=options["key"] if options["key"] and alone else f"{series}/{name}",
        url=options["url"],
        record_id=record,
        filename=name,
        licence=options["licence"],
        version=options["version"],
    )
    publication = {
        "doi": options["paper_doi"],
        "arxiv": options["arxiv"],
        "inspire_id": options["inspire"],
    }
    metadata = {
        "title": options["title"] or Path(name).name.split(".")[0],
        "experiment": options["experiment"],
        "publication": {k: v for k, v in publication.items() if v},
        "external_references": {"hepdata": options["hepdata"]} if options["hepdata"] else None,
        "aliases": list(options["doi"]),
    }
    return source, {k: v for k, v in metadata.items() if v}


@models.command()
@with_appcontext
def rebuild():
    """Derive the registry and its index from the deposits again."""
    with click.progressbar(length=_count_records(), label="Deposits", file=sys.stderr) as bar:
        counts = maintenance.rebuild(lambda: bar.update(1))
    click.echo(json.dumps(counts))


def _count_records():
    return sum(1 for _ in maintenance.published_records())


@models.command()
@click.option("--json", "as_json", is_flag=True, help="One line of JSON per difference.")
@with_appcontext
def verify(as_json):
    """Compare registry, deposits, files and index; exit with 1 if they differ."""
    number = 0
    for difference in maintenance.verify():
        number += 1
        entry = difference.to_dict()
        click.echo(
            json.dumps(entry)
            if as_json
            else f"{entry['kind']} {entry['subject']}: {entry['detail']}"
        )
    click.echo(f"{number} differences", err=as_json)
    if number:
        sys.exit(1)


@models.command("follow-ups")
@click.option("--retry", is_flag=True, help="Try again what is parked.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON per follow-up.")
@with_appcontext
def follow_ups(retry, as_json):
    """List what is owed; exit with 1 if something is parked."""
    if retry:
        again = outbox.retry()
        db.session.commit()
        for kind, key in again:
            outbox.send(kind, key)
    number = 0
    for entry in outbox.owed():
        number += entry.parked_at is not None
        row = {
            "kind": entry.kind,
            "key": entry.key,
            "attempts": entry.attempts,
            "state": "parked" if entry.parked_at else "owed",
            "due_at": entry.due_at.isoformat(),
            "error": entry.error,
        }
        click.echo(json.dumps(row) if as_json else " ".join(str(v) for v in row.values() if v))
    if number:
        sys.exit(1)


@models.command()
@with_appcontext
def stats():
    """Count what the registry holds."""
    click.echo(json.dumps(maintenance.stats(), indent=2))
