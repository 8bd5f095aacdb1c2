# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""INSPIRE, arXiv, GitHub, GitLab, RODARE and CERN Open Data: one record each, in their shapes."""

import hashlib
import json

from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from .server import Double, answer

COMMIT = "1f9a2c" + "0" * 34

PAPER = {
    "id": "2153660",
    "created": "2022-09-20T00:00:00+00:00",
    "updated": "2024-01-01T00:00:00+00:00",
    "metadata": {
        "control_number": 2153660,
        "titles": [{"title": "Measurement of single top"}],
        "abstracts": [{"value": "<p>We measure.</p>"}],
        "collaborations": [{"value": "ATLAS"}],
        "accelerator_experiments": [{"legacy_name": "CERN-LHC-ATLAS"}],
        "keywords": [{"value": "13000 GeV-cms", "schema": "INSPIRE"}],
        "arxiv_eprints": [{"value": "2209.08990"}],
        "dois": [{"value": "10.1007/JHEP06(2023)191"}],
        "external_system_identifiers": [{"schema": "HEPData", "value": "ins2153660"}],
    },
}
FEED = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">{}</feed>"""
ENTRY = """<entry><id>http://arxiv.org/abs/2501.00001v2</id><title>A new
  limit</title><summary>We set it.</summary><published>2025-01-01T00:00:00Z</published>
  <author><name>Jane Doe</name></author><arxiv:doi>10.1000/xyz</arxiv:doi></entry>"""


class OtherPeers(Double):
    """All of them at one address; their paths do not meet.

    Args:
        model: The bytes of the model file that forges and RODARE hold.
        port: Where it listens.
    """

    rules = (
        Rule("/literature/<number>", endpoint="inspire"),
        Rule("/arxiv/<number>", endpoint="inspire"),
        Rule("/doi/<path:number>", endpoint="inspire"),
        Rule("/api/query", endpoint="arxiv"),
        Rule("/repos/owner/models", endpoint="github"),
        Rule("/repos/owner/models/commits/<ref>", endpoint="commit"),
        Rule("/repos/owner/models/contents/<path:path>", endpoint="raw"),
        Rule("/api/v4/projects/<path:path>", endpoint="gitlab"),
        Rule("/api/records/<int:number>", endpoint="record"),
        Rule("/api/files/<bucket>/<name>", endpoint="raw"),
    )

    def __init__(self, model, port=0):
        super().__init__(port)
        self.model = model

    def inspire(self, request, number):
        known = ("2153660", "2209.08990", "10.1007/jhep06(2023)191")
        if number.lower() in known:
            return answer(PAPER)
        return answer({"status": 404, "message": "PID does not exist."}, 404)

    def arxiv(self, request):
        found = ENTRY if request.args["id_list"] == "2501.00001" else ""
        return Response(FEED.format(found), content_type="application/atom+xml")

    def github(self, request):
        licence = {"spdx_id": "MIT"}
        site = "https://github.com/owner/models"
        return answer({"html_url": site, "description": "Models", "license": licence})

    def commit(self, request, ref):
        if ref not in ("main", "v1.0"):
            return answer({"message": f"No commit found for SHA: {ref}"}, 422)
        return answer({"sha": COMMIT})

    def raw(self, request, **names):
        return Response(self.model, content_type="application/octet-stream")

    def gitlab(self, request, path):
        if path.endswith("/raw"):
            return self.raw(request)
        if "/repository/commits/" in path:
            if path.endswith("/main"):
                return answer({"id": COMMIT})
            return answer({"message": "404 Commit Not Found"}, 404)
        return answer({"description": "Models", "license": {"key": "cc-by-4.0"}})

    def record(self, request, number):
        if number == 42:
            return answer(self._rodare("model.json", self.model))
        if number == 43:
            return answer(self._rodare("plasma.h5", b"\x89HDF", number=43))
        if number == 5:
            return answer(OPENDATA)
        return answer({"status": 404, "message": "PID does not exist."}, 404)

    @staticmethod
    def _rodare(name, data, number=42):
        return {
            "id": number,
            "conceptrecid": str(number - 1),
            "doi": f"10.14278/rodare.{number}",
            "conceptdoi": "10.14278/rodare.41",
            "updated": "2024-02-02T00:00:00+00:00",
            "revision": 3,
            "files": [
                {
                    "bucket": "b",
                    "key": name,
                    "size": len(data),
                    "checksum": "md5:" + hashlib.md5(data).hexdigest(),
                }
            ],
            "metadata": {
                "title": "Equation of state of warm dense matter",
                "description": "<p>Beyond particle physics.</p>",
                "access_right": "open",
                "license": {"id": "CC-BY-4.0"},
                "creators": [{"name": "Roe, Richard"}],
                "relations": {"version": [{"index": 0}]},
            },
        }


OPENDATA = json.loads("""{"id": 5, "metadata": {"recid": "5", "title": "CMS open likelihood",
"doi": "10.7483/OPENDATA.CMS.AB12.CD34", "experiment": ["CMS"],
"collaboration": {"name": "CMS collaboration"}, "license": {"attribution": "CC0-1.0"},
"abstract": {"description": "<p>Data.</p>"}}}""")
