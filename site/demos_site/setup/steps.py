# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The steps of the set-up, in order.

Every step takes the application, changes what is missing and returns whether it
changed anything. The framework's own commands do the work; they are called inside
this process.
"""

import os
from itertools import chain
from pathlib import Path

from demos_harvest.jobs import schedule_jobs
from demos_models.api import current_registry
from demos_oai.items import mark_outdated
from flask.cli import FlaskGroup
from invenio_access.permissions import system_identity
from invenio_db import db
from invenio_files_rest.models import Location
from invenio_oaiserver.models import OAISet
from invenio_pages.proxies import current_pages_service
from invenio_search import current_search, current_search_client
from invenio_search.utils import build_alias_name
from sqlalchemy import inspect
from sqlalchemy_utils import database_exists

from .accounts import administrator, roles
from .vocabularies import vocabularies


def _invenio(app, *args):
    """Run a command of the ``invenio`` command line in this application."""
    group = FlaskGroup(create_app=lambda: app, add_default_commands=False)
    try:
        group.main(args=list(args), prog_name="invenio", standalone_mode=False)
    except SystemExit as ended:  # some commands end the process when there is nothing to do
        if ended.code:
            raise


def database(app):
    """Create the database with its tables, or bring an older one up to date."""
    url = db.engine.url.render_as_string(hide_password=False)
    if not database_exists(url):
        _invenio(app, "db", "init")
    if not inspect(db.engine).has_table("alembic_version"):
        _invenio(app, "db", "create")
        _invenio(app, "alembic", "stamp", "heads")
        return True
    alembic = app.extensions["invenio-db"].alembic
    if _at_head(alembic):
        return False
    _invenio(app, "alembic", "upgrade")
    return True


def _at_head(alembic):
    """Tell whether every branch of the migrations is applied."""
    with alembic.migration_context.connection.begin():
        applied = set(alembic.migration_context.get_current_heads())
    return applied >= {r.revision for r in alembic.script_directory.get_revisions("heads")}


def files_location(app):
    """Create the default place of files."""
    if Location.get_default() is not None:
        return False
    uri = app.config.get("DEMOS_FILES_URI") or f"{app.instance_path}/data"
    _invenio(app, "files", "location", "create", "--default", "default-location", uri)
    return True


def search_indices(app):
    """Create the search indices that do not exist, with the custom fields' mappings."""
    missing = [
        name
        for name in current_search.mappings
        if not current_search_client.indices.exists(build_alias_name(name))
    ]
    if missing:
        for _ in chain(
            current_search.put_templates(ignore=[400]),
            current_search.put_component_templates(ignore=[400]),
            current_search.put_index_templates(ignore=[400]),
            current_search.create(ignore_existing=True, index_list=missing),
        ):
            pass
    # Putting a mapping that is there already changes nothing; a new field gets its own.
    _invenio(app, "rdm-records", "custom-fields", "init")
    _invenio(app, "communities", "custom-fields", "init")
    return bool(missing)


def oai_sets_and_pages(app):
    """Create the OAI-PMH sets and the static pages."""
    if OAISet.query.first() and current_pages_service.search(system_identity).total:
        return False
    _invenio(app, "rdm", "fixtures")
    return True


def oai_items(app):
    """Make what harvesters see of records that were there before, or that other code made."""
    return bool(mark_outdated())


def queues(app):
    """Declare the message queues of statistics and indexing."""
    _invenio(app, "queues", "declare")
    return True


def starter_models(app):
    """Deposit the starter models in the administrator's name, once.

    What an administrator has deleted since does not come back. ``DEMOS_STARTER_MODELS=none``
    leaves the portal empty.
    """
    done = Path(app.instance_path) / ".starter-models-loaded"
    wanted = os.environ.get("DEMOS_STARTER_MODELS") != "none"
    if not wanted or (done.exists() and not current_registry.is_empty()):
        return False
    owner = os.environ.get("DEMOS_ADMIN_EMAIL")
    _invenio(app, "demos", "models", "load", *(("--owner", owner) if owner else ()))
    done.touch()
    return True


def harvest_jobs(app):
    """Create the scheduled harvests that do not exist, as administrators find them in Jobs."""
    return bool(app.config["DEMOS_HARVEST_SCHEDULE"] and schedule_jobs())


STEPS = (
    database,
    files_location,
    search_indices,
    roles,
    administrator,
    vocabularies,
    oai_sets_and_pages,
    oai_items,
    queues,
    harvest_jobs,
    starter_models,
)
"""The steps, each building on those before it."""
