# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""CMS' public list of likelihoods, as HEPData reads it: DOIs by INSPIRE's number of the paper.

Quirks: ``analyses-1.0`` answers in HEPData's newer schema, ``html`` with a page.
"""

from werkzeug.routing import Rule

from .server import Double, answer, html


class CMSDouble(Double):
    """The list.

    Args:
        papers: ``{INSPIRE number: [DOI]}``.
        port: Where it listens.
    """

    rules = (Rule("/artifacts/output.json", endpoint="list"),)

    def __init__(self, papers, port=0):
        super().__init__(port)
        self.papers = papers

    def list(self, request):
        if "html" in self.quirks:
            return html("CERN Single Sign-On")
        if "analyses-1.0" in self.quirks:
            return answer({"schema_version": "1.0.0", "tool": "Combine", "analyses": []})
        return answer(self.papers)
