# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""HEPData.

Quirks that can be switched on (``double.quirks``):

``error-200``        search answers 200 with nothing but an error
``html-200``         a download answers 200 with a page
``login``            records lead to the login page
``challenge``        bot protection answers 403
``not-acceptable``   downloads want the exact media type (406 tells it)
``no-keywords``      records without ``data_keywords``
``no-version``       ``hepdata_doi`` without ``.vN``
``iso-dates``        ``last_updated`` in ISO form
``rate-limit``       every third request answers 429
``retry-after``      Retry-After on every answer, 200 too
``down``             500 to everything
``hidden-records``   ``/search/ids`` leaves everything out
``tables-silent``    a record's JSON says nothing of what is attached to its tables
``robots``           robots.txt closes the searches, as HEPData's does
``renamed``          the list of resources calls ``file_type`` ``type``
``retyped``          the record's ``analyses`` are an object
"""

import mimetypes
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from .server import Double, answer, html

mimetypes.add_type("application/x-tar", ".tgz")


def mimetype_of(name):
    """Guess a type as HEPData does: the ending before a compression counts."""
    if name.endswith((".tar.gz", ".tgz", ".tar")):
        return "application/x-tar"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


@dataclass
class Resource:
    """A resource of a record or table; ``link`` instead of ``data`` for one elsewhere."""

    filename: str
    data: bytes = b""
    type: str = "HistFactory"
    description: str = "HistFactory likelihood"
    link: str | None = None
    licence: dict | None = None
    id: int = 0


@dataclass
class Record:
    """A finished record."""

    recid: int
    inspire_id: int
    title: str = "Search for something in $pp$ collisions at $\\sqrt{s}=13$ TeV"
    collaborations: tuple = ("ATLAS",)
    arxiv: str | None = None
    doi: str | None = None
    energies: tuple = (13000.0,)
    resources: list = field(default_factory=list)
    tables: dict = field(default_factory=dict)
    version: int = 1
    updated: datetime = datetime(2023, 11, 13, 13, 29, 57, tzinfo=UTC)
    gone: bool = False


class HEPDataDouble(Double):
    """HEPData with the records it is given.

    Args:
        records: ``Record`` objects; their resources get numbers.
        port: Where it listens.
    """

    rules = (
        Rule("/ping", endpoint="ping"),
        Rule("/robots.txt", endpoint="robots"),
        Rule("/search/ids", endpoint="ids"),
        Rule("/search/", endpoint="search"),
        Rule("/record/resources/<int:recid>/<int:version>", endpoint="resources"),
        Rule("/record/resource/<int:number>", endpoint="resource"),
        Rule("/record/<name>", endpoint="record"),
    )

    def __init__(self, records=(), port=0):
        super().__init__(port)
        self._next = 1_000_000
        self.records = {}
        for record in records:
            self.add(record)

    def add(self, record):
        self.number(record)
        self.records[record.inspire_id] = record
        return record

    def number(self, record):
        """Give every resource a new number, as a new version of a record does."""
        for resource in self._all(record):
            self._next += 1
            resource.id = self._next

    def bump(self, inspire_id, updated=None):
        """Publish a new version: resources are renumbered and so are their DOIs."""
        record = self.records[inspire_id]
        record.version += 1
        record.updated = updated or datetime.now(UTC)
        self.number(record)

    @staticmethod
    def _all(record):
        return [*record.resources, *(r for table in record.tables.values() for r in table)]

    def before(self, request):
        if "down" in self.quirks:
            return html("Internal Server Error", 500)
        if "challenge" in self.quirks:
            return html("Just a moment...", 403, Cf_Mitigated="challenge", Server="cloudflare")
        if "rate-limit" in self.quirks and len(self.requests) % 3 == 0:
            return html("Too Many Requests", 429, Retry_After="1")
        return None

    def after(self, request, response):
        response.headers["X-RateLimit-Limit"] = "60"
        if "retry-after" in self.quirks:
            response.headers.setdefault("Retry-After", "59")
        return response

    def robots(self, request):
        if "robots" not in self.quirks:
            raise NotFound
        return Response("User-agent: *\nDisallow: /search\n", content_type="text/plain")

    def ping(self, request):
        return Response("OK")

    def _live(self):
        return [r for r in self.records.values() if not r.gone]

    def ids(self, request):
        if "hidden-records" in self.quirks:
            return answer([])
        since = request.args.get("last_updated")
        found = sorted(self._live(), key=lambda r: r.updated, reverse=True)
        if since:
            try:
                start = datetime.strptime(since, "%Y-%m-%d").replace(tzinfo=UTC)
            except ValueError:
                return answer({"error": "Unable to parse date."}, 400)
            found = [r for r in found if r.updated >= start]
        inspire = request.args.get("inspire_ids", "false").lower() not in ("false", "f")
        return answer([r.inspire_id if inspire else r.recid for r in found])

    def search(self, request):
        if "error-200" in self.quirks:
            return answer({"error": "Failed to parse query [analysis:]"})
        try:
            size = min(int(request.args.get("size", 10)), 100)
        except ValueError:
            size = 10
        page = int(request.args.get("page", 1))
        kind = request.args.get("q", "").removeprefix("analysis:")
        found = [r for r in self._live() if any(x.type == kind for x in r.resources)]
        results = [
            {"recid": r.recid, "inspire_id": str(r.inspire_id), "title": r.title}
            for r in found[(page - 1) * size : page * size]
        ]
        return answer({"results": results, "total": len(found), "hits": {"total": len(found)}})

    def _find(self, name):
        for record in self._live():
            if name in (f"ins{record.inspire_id}", str(record.recid)):
                return record
        raise NotFound

    def record(self, request, name):
        record = self._find(name)
        if "login" in self.quirks:
            return Response(status=302, headers={"Location": f"/login/?next=/record/{name}"})
        if request.args.get("format") != "json":
            return html(record.title)
        document = self._document(record)
        if "tables-silent" in self.quirks:
            for table in document["data_tables"]:
                table["resources"] = []
        if "retyped" in self.quirks:
            document["record"]["analyses"] = {}
        if request.args.get("light"):  # any text counts, "false" too
            document.pop("data_tables")
        return answer(document)

    def _document(self, record):
        site = "https://www.hepdata.net"
        doi = f"10.17182/hepdata.{record.recid}"
        stamp = record.updated
        local = [r for r in record.resources if not r.link]
        body = {
            "abstract": f"<p>{record.title}, with 139 fb<sup>-1</sup>.</p>",
            "analyses": [
                {
                    "type": r.type,
                    "analysis": r.link or f"{site}/record/resource/{r.id}?landing_page=true",
                    **({} if r.link else {"filename": r.filename}),
                }
                for r in record.resources
                if r.type in ("HistFactory", "HS3", "Combine", "SModelS", "rivet")
            ],
            "collaborations": list(record.collaborations),
            "control_number": str(record.recid),
            "creation_date": "2021-08-17",
            "data_keywords": {
                "cmenergies": [{"gte": e, "lte": e} for e in record.energies],
                "observables": ["CLS"],
                "phrases": ["Supersymmetry"],
                "reactions": ["P P --> CHARGINO CHARGINO"],
            },
            "doc_type": "publication",
            "doi": record.doi,
            "first_author": {"full_name": "Aad, Georges", "affiliation": "Marseille, CPPM"},
            "hepdata_doi": doi if "no-version" in self.quirks else f"{doi}.v{record.version}",
            "id": record.recid,
            "inspire_id": str(record.inspire_id),
            "keywords": [{"schema": "INSPIRE", "value": "p p: colliding beams"}],
            "last_updated": (
                stamp.strftime("%Y-%m-%dT%H:%M:%S")
                if "iso-dates" in self.quirks
                else format_datetime(stamp, usegmt=True)
            ),
            "publication_date": "2021-11-01T00:00:00",
            "recid": record.recid,
            "resources": [
                {
                    "description": r.description,
                    "type": r.type,
                    "url": r.link or f"{site}/record/resource/{r.id}?landing_page=true",
                }
                for r in record.resources
            ],
            "subject_area": ["hep-ex"],
            "summary_authors": [{"full_name": "Aad, Georges", "affiliation": "Marseille, CPPM"}],
            "title": record.title,
            "type": ["article"],
            "version": record.version,
            "year": "2021",
        }
        if record.arxiv:
            body["arxiv_id"] = f"arXiv:{record.arxiv}"
        if "no-keywords" in self.quirks:
            body.pop("data_keywords")
        return {
            "access_count": {"sum": 13371},
            "additional_resources": bool(record.resources),
            "data_tables": [
                {
                    "id": record.recid * 10 + number,
                    "name": name,
                    "processed_name": name.replace(" ", ""),
                    "description": "Cut off after some…",
                    "doi": f"{doi}.v{record.version}/t{number}",
                    "location": None,
                    "data": {"json": f"{site}/download/table/ins{record.inspire_id}/{name}/json"},
                    "resources": [
                        {
                            "description": r.description,
                            "type": r.type,
                            "url": f"{site}/record/resource/{r.id}?landing_page=true",
                        }
                        for r in resources
                    ],
                }
                for number, (name, resources) in enumerate(record.tables.items(), start=1)
            ],
            "mode": "record",
            "recid": record.recid,
            "record": body,
            "record_type": "publication",
            "related_recids": [],
            "resources_with_doi": [
                {
                    "description": r.description,
                    "doi": f"{doi}.v{record.version}/r{rank}",
                    "filename": r.filename,
                }
                for rank, r in enumerate(local, start=1)
            ],
            "status": "finished",
            "version": record.version,
            "version_count": record.version,
            "watched": False,
        }

    def resources(self, request, recid, version):
        record = next((r for r in self._live() if r.recid == recid), None)
        items = []
        if record is not None:
            doi = f"10.17182/hepdata.{recid}.v{record.version}"
            local = [r for r in record.resources if not r.link]
            ranks = {id(r): f"{doi}/r{n}" for n, r in enumerate(local, start=1)}
            groups = [("Common Resources", "submission", record.resources)]
            groups += [(name, "data", found) for name, found in record.tables.items()]
            items = [
                {
                    "name": name,
                    "type": kind,
                    "version": version,
                    "id": recid,
                    "resources": [self._renamed(self._entry(r, ranks.get(id(r)))) for r in found],
                }
                for name, kind, found in groups
            ]
        return answer(
            {"submission_items": items or [{"name": "Common Resources", "resources": []}]}
        )

    def _renamed(self, entry):
        if "renamed" in self.quirks:
            entry["type"] = entry.pop("file_type")
        return entry

    @staticmethod
    def _entry(resource, doi):
        licence = resource.licence or {
            "name": "CC0",
            "url": "https://creativecommons.org/publicdomain/zero/1.0/",
            "description": "CC0 enables reuse.",
        }
        return {
            "id": resource.id,
            "file_type": resource.type,
            "file_description": resource.description,
            "data_license": licence,
            "location": resource.link or f"/record/resource/{resource.id}?view=true",
            "doi": doi,
        }

    def resource(self, request, number):
        for record in self._live():
            for resource in self._all(record):
                if resource.id == number:
                    return self._send(request, record, resource)
        raise NotFound

    def _send(self, request, record, resource):
        if resource.link:
            return Response(status=302, headers={"Location": resource.link})
        kind = mimetype_of(resource.filename)
        accept = request.headers.get("Accept", "*/*")
        if "ld+json" in accept:
            doi = f"10.17182/hepdata.{record.recid}.v{record.version}"
            part = {"@type": "Dataset", "@id": f"https://doi.org/{doi}"}
            return answer({"@type": "CreativeWork", "isPartOf": part})
        if not request.args.get("view"):
            return answer({"location": resource.filename, "type": resource.type})
        if "html-200" in self.quirks:
            return html("An error occurred")
        if "not-acceptable" in self.quirks and accept != kind:
            message = f"Accept header value '{accept}' does not contain a valid media type"
            return answer({"file_mimetype": kind, "msg": message}, 406)
        name = resource.filename.rpartition("/")[2]
        return Response(
            resource.data,
            content_type=kind,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
