# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""DataCite, knowing what a HEPData double has registered.

Quirks: ``token-loop`` (the next page is always the same), ``down``.
"""

from werkzeug.routing import Rule

from .server import Double, answer, html


class DataCiteDouble(Double):
    """DataCite's REST API.

    Args:
        hepdata: The ``HEPDataDouble`` whose DOIs it knows.
        port: Where it listens.
    """

    rules = (Rule("/dois", endpoint="search"), Rule("/dois/<path:doi>", endpoint="read"))

    def __init__(self, hepdata, port=0):
        super().__init__(port)
        self.hepdata = hepdata

    def before(self, request):
        return html("Bad gateway", 502) if "down" in self.quirks else None

    def _items(self):
        for record in self.hepdata.records.values():
            base = f"10.17182/hepdata.{record.recid}.v{record.version}"
            local = [r for r in record.resources if not r.link]
            for rank, resource in enumerate(local, start=1):
                yield self._item(record, resource, f"{base}/r{rank}")

    @staticmethod
    def _item(record, resource, doi):
        site = "https://www.hepdata.net"
        related = [
            {
                "relationType": "IsSupplementTo",
                "relatedIdentifier": f"https://inspirehep.net/literature/{record.inspire_id}",
                "relatedIdentifierType": "URL",
            }
        ]
        return {
            "id": doi,
            "type": "dois",
            "attributes": {
                "doi": doi,
                "titles": [{"title": f'"{resource.filename}" of "{record.title}"'}],
                "creators": [{"name": c} for c in record.collaborations],
                "publisher": "HEPData",
                "publicationYear": 2021,
                "types": {
                    "resourceTypeGeneral": "Other",
                    "resourceType": f"{resource.type} file",
                },
                "relatedIdentifiers": related,
                "rightsList": [{"rightsIdentifier": "cc0-1.0"}],
                "url": f"{site}/record/resource/{resource.id}?landing_page=true",
                "state": "findable",
                "updated": record.updated.strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
        }

    def search(self, request):
        query = request.args.get("query", "")
        wanted = query.removeprefix('types.resourceType:"').removesuffix('"')
        found = [i for i in self._items() if i["attributes"]["types"]["resourceType"] == wanted]
        size = int(request.args.get("page[size]", 25))
        cursor = request.args.get("page[cursor]", "1")
        start = 0 if cursor == "1" else int(cursor)
        page = found[start : start + size]
        links = {}
        if start + size < len(found) or "token-loop" in self.quirks:
            following = start if "token-loop" in self.quirks else start + size
            links["next"] = (
                f"{self.url}/dois?query={query}&page[cursor]={following}&page[size]={size}"
            )
        meta = {"total": len(found), "totalPages": 1}
        return answer(
            {"data": page, "meta": meta, "links": links}, content_type="application/vnd.api+json"
        )

    def read(self, request, doi):
        for item in self._items():
            if item["id"] == doi.lower():
                return answer({"data": item}, content_type="application/vnd.api+json")
        return answer({"errors": [{"status": "404", "title": "The resource doesn't exist."}]}, 404)
