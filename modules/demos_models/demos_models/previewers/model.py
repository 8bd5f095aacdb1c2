# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Previews models, patchsets and archives of them by what was understood of them."""

from flask import g, render_template

from ..deposit.deposits import sources_of_deposit
from ..pages import structure
from ..permissions import audience_of
from ..registry import analyse
from ..registry.contents import RECOGNISED_FORMATS, contents_of
from ..services.links import model_links
from .beginning import beginning_of

previewable_extensions = ["json", "gz", "bz2", "xz", "zip", "tar", "tgz"]

SHOWN = 100
"""Documents of an archive, patches of a patchset and findings that are listed."""


def can_preview(file):
    """Return whether a file was analysed and is a model, a patchset or an archive of them."""
    found = _analysis(file)
    return found is not None and found.get("format") in RECOGNISED_FORMATS


def preview(file):
    """Render what was understood of a file; nothing of it is read but the beginning of a text."""
    found = _analysis(file)
    whole, *members = contents_of(file.filename, found)
    text, cut = None, False
    if whole.format != "pallet" and whole.member is None:
        with file.open() as stream:
            text, cut = beginning_of(stream)
    return render_template(
        "demos_models/previewers/model.html",
        file=file,
        content=whole,
        structure=structure.shown(whole.structure) if whole.is_model else None,
        members=members[:SHOWN],
        n_members=len(members),
        pages=_pages(file),
        shown=SHOWN,
        text=text,
        cut=cut,
    )


def _analysis(file):
    stored = file.file._file.file  # the framework's face of a file keeps the record's file here
    return analyse.known([stored.id]).get(str(stored.id)) if stored is not None else None


def _pages(file):
    """Return the addresses of the models that a published file holds: ``{member: address}``."""
    audience = audience_of(g.identity)
    return {
        source.member: model_links(str(source.version.work_id))["self_html"]
        for source in sources_of_deposit(file.record["id"])
        if source.filename == file.filename
        and source.version is not None
        and audience.record(source)
    }
