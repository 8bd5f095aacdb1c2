# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Previews the beginning of JSON that is too long to be shown whole."""

from flask import render_template

from .beginning import beginning_of

previewable_extensions = ["json", "geojson"]

LONG_BYTES = 100_000
"""From here on the framework's previewer makes a page that takes seconds to draw."""


def can_preview(file):
    """Return whether a file is long JSON."""
    return file.has_extensions(".json", ".geojson") and file.size > LONG_BYTES


def preview(file):
    """Render the beginning of a file as text."""
    with file.open() as stream:
        text, cut = beginning_of(stream)
    return render_template("demos_models/previewers/text.html", file=file, text=text, cut=cut)
