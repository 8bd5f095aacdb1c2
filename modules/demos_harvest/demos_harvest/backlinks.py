# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``/analyses.json``: what HEPData reads to link its records to the models here."""

from datetime import UTC, datetime

from demos_models.api import entries_by
from flask import current_app

from . import __version__

SCHEMA_VERSION = "1.0.0"


def analyses():
    """Return the list in HEPData's schema.

    Returns:
        The document; None as long as there is no analysis to list, since the schema wants one.
    """
    found = {}
    for number, model_id, title in entries_by(publication="inspire_id"):
        if number.isdigit():
            entry = found.setdefault(int(number), {"title": title, "models": []})
            if model_id not in entry["models"]:
                entry["models"].append(model_id)
    if not found:
        return None
    site = current_app.config["SITE_UI_URL"]
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": "DEMOS",
        "version": __version__,
        "date_created": datetime.now(UTC).isoformat(timespec="seconds"),
        "implementations_description": "Statistical model: structure, conversion, runs",
        "url_templates": {"main_url": f"{site}/models/{{name}}"},
        "analyses": [
            {
                "inspire_id": number,
                **({"pretty_name": entry["title"]} if entry["title"] else {}),
                "implementations": [{"name": model_id} for model_id in entry["models"]],
            }
            for number, entry in sorted(found.items())
        ],
        "implementations_license": {
            "name": "CC0-1.0",
            "url": "https://creativecommons.org/publicdomain/zero/1.0/",
        },
    }
