# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Addresses of an entry and of its parts."""

from flask import current_app


def model_links(model_id, kind=None, version=None):
    """Give the addresses of an entry.

    They are put together from the site's own addresses, not looked up route by route:
    a page of search results has hundreds of them.

    Args:
        model_id: the entry.
        kind: its kind; what is only described has no documents.
        version: the version whose parts are meant; the current one if not given.

    Returns:
        ``{name: URL}``.
    """
    config = current_app.config
    self = f"{config['SITE_API_URL']}/models/{model_id}"
    links = {
        "self": self,
        "self_html": f"{config['SITE_UI_URL']}/models/{model_id}",
        "versions": f"{self}/versions",
    }
    parts = {"checks": "checks", "execute": "execute", "run": "run"}
    if kind in (None, "histfactory", "hs3"):
        parts |= {
            "structure": "structure",
            "patches": "patches",
            "file": "file?format=source",
            "demos": "file?format=demos",
            "hs3": "file?format=hs3&dialect=root",
            "pyhf": "file?format=pyhf",
        }
    for name, part in parts.items():
        suffix = f"{'&' if '?' in part else '?'}version={version}" if version else ""
        links[name] = f"{self}/{part}{suffix}"
    return links
