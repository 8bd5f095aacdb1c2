# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Addresses of an entry and of its parts."""

from flask import current_app


def model_links(model_id, kind=None):
    """Give the addresses of an entry.

    They are put together from the site's own addresses, not looked up route by route:
    a page of search results has hundreds of them.

    Args:
        model_id: the entry.
        kind: its kind; what is only described has no documents.

    Returns:
        ``{name: URL}``.
    """
    config = current_app.config
    self = f"{config['SITE_API_URL']}/models/{model_id}"
    links = {
        "self": self,
        "self_html": f"{config['SITE_UI_URL']}/models/{model_id}",
        "versions": f"{self}/versions",
        "checks": f"{self}/checks",
        "execute": f"{self}/execute",
        "run": f"{self}/run",
    }
    if kind in (None, "histfactory", "hs3"):
        links |= {
            "structure": f"{self}/structure",
            "patches": f"{self}/patches",
            "file": f"{self}/file?format=source",
            "demos": f"{self}/file?format=demos",
            "hs3": f"{self}/file?format=hs3&dialect=root",
            "pyhf": f"{self}/file?format=pyhf",
        }
    return links
