# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The landing page of a model."""

from demos_fair.exports import bibtex, json_ld
from demos_fair.signposting import header, landing_page
from flask import g, make_response, redirect, render_template, request, url_for
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError
from invenio_records_resources.services.errors import PermissionDeniedError

from ..drawing import formula
from ..proxies import current_models_service
from ..resources.serializers import resources_of
from . import parts, structure, usage, verdicts
from .differences import differences
from .documents import documents_of_entry
from .figures import drawing_of, model_data

MAX_PATCHES = 300


def model_page(pid_value):
    """Show a model; another name of it leads to its own address."""
    version = request.args.get("version")
    entry = current_models_service.read(g.identity, pid_value, version=version).to_dict()
    if pid_value != entry["id"]:
        # A DOI of a version leads to that version.
        if version is None and not entry["version"]["is_latest"]:
            version = entry["version"]["number"]
        return redirect(url_for(".model_page", pid_value=entry["id"], version=version))
    arguments = (g.identity, entry["id"])
    readable = bool(entry.get("structure"))
    checks = current_models_service.checks(*arguments, version=version) if readable else None
    grid = current_models_service.patches(*arguments, version=version) if readable else None
    patches = structure.shown_patches(grid, MAX_PATCHES)
    drawing, undrawn = drawing_of(g.identity, entry, version) if readable else (None, None)
    versions = current_models_service.versions(*arguments)
    runs = entry["kind"] == "container" and entry["metadata"].get("container")
    doi = entry["metadata"]["citation"]["doi"]
    (resource,) = resources_of([entry])
    links = landing_page(resource)
    page = render_template(
        "demos_models/detail.html",
        entry=entry,
        metadata=entry["metadata"],
        readable=readable,
        checks=checks,
        chips=verdicts.of_entry(entry, checks) if checks else [],
        drawing=drawing,
        undrawn=undrawn,
        parts=parts.named_parts(g.identity, entry, version) if readable and not drawing else [],
        model_data=model_data(entry, drawing, grid) if drawing else None,
        documents=documents_of_entry(entry, checks),
        structure=structure.shown(entry.get("structure")),
        formula=formula(entry["structure"]) if readable else None,
        patches=patches,
        versions=versions["hits"]["hits"],
        changes=_changes(entry) if readable else None,
        usage=usage.snippets(entry, patches) if readable or runs else [],
        citation=entry["metadata"]["citation"]["text"],
        bibtex=bibtex.entry(resource),
        doi=doi,
        json_ld=json_ld.document(resource),
        links=links,
    )
    response = make_response(page)
    response.headers["Link"] = header(links)
    response.cache_control.private = True
    response.cache_control.no_cache = True
    return response


def _changes(entry):
    """Return what this version changed, or None where it is the first or the one before is gone."""
    number = entry["version"]["number"]
    if number <= 1:
        return None
    try:
        before = current_models_service.read(g.identity, entry["id"], version=str(number - 1))
        structure_before = before.to_dict().get("structure")
    except (PIDDoesNotExistError, PIDDeletedError, PermissionDeniedError):
        return None
    return differences(structure_before, entry["structure"]) if structure_before else None
