# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Zenodo: REST and OAI-PMH.

Quirks that can be switched on:

``expiring-tokens``  the first resumption token of every list is refused once
``empty-last-page``  a full last page promises one more, which is an error
``token-loop``       a list that never ends
``entity-bomb``      OAI answers declare entities
``html-403``         a page with status 403 to every REST request
``rate-limit``       every fifth request answers 429
``down``             503 to everything
"""

import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from .server import Double, answer, html

RDM = "application/vnd.inveniordm.v1+json"
OAI_PAGE = 50
BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{i} "{"&a%s;" % (i - 1 if i > 1 else "") * 10}">' for i in range(1, 9))
    + "]>"
)


@dataclass
class Record:
    """A published version of a record."""

    id: str
    concept: str
    title: str = "A statistical model"
    files: dict = field(default_factory=dict)
    licence: str | None = "cc-by-4.0"
    index: int = 1
    revision: int = 1
    updated: datetime = datetime(2024, 3, 1, 12, 0, 0, tzinfo=UTC)
    related: tuple = ()
    sets: tuple = ("user-likelihoods",)
    restricted: bool = False
    deleted: bool = False


class ZenodoDouble(Double):
    """Zenodo with the records it is given.

    Args:
        records: ``Record`` objects.
        port: Where it listens.
    """

    doi = "10.5281/zenodo."
    rules = (
        Rule("/oai2d", endpoint="oai"),
        Rule("/api/records", endpoint="search"),
        Rule("/api/records/<id>", endpoint="record"),
        Rule("/api/records/<id>/files", endpoint="files"),
        Rule("/api/records/<id>/files/<path:key>/content", endpoint="content"),
    )

    def __init__(self, records=(), port=0):
        super().__init__(port)
        self.records = {record.id: record for record in records}
        self._refused = set()

    def before(self, request):
        if "down" in self.quirks:
            return html("Service Unavailable", 503, Retry_After="1")
        if "html-403" in self.quirks and request.path.startswith("/api"):
            return html("Forbidden", 403)
        if "rate-limit" in self.quirks and len(self.requests) % 5 == 0:
            return html("Too Many Requests", 429, Retry_After="1")
        return None

    def after(self, request, response):
        response.headers.setdefault("Retry-After", "55")  # on 200 too
        return response

    # changes

    def edit(self, id, **fields):
        record = self.records[id]
        for name, value in fields.items():
            setattr(record, name, value)
        record.revision += 1
        record.updated = datetime.now(UTC)

    def new_version(self, id, new_id, files):
        old = self.records[id]
        self.records[new_id] = Record(
            new_id, old.concept, old.title, files, old.licence, old.index + 1,
            updated=datetime.now(UTC), sets=old.sets,
        )  # fmt: skip

    def _live(self):
        return [r for r in self.records.values() if not r.deleted]

    # REST

    def search(self, request):
        size = int(request.args.get("size", 25))
        if size > 25:
            return answer({"status": 400, "message": "Page size cannot be greater than 25."}, 400)
        page = int(request.args.get("page", 1))
        words = [w for w in request.args.get("q", "").lower().split() if w.isalnum()]
        found = [r for r in self._live() if all(w in r.title.lower() for w in words)]
        hits = [self._json(request, r) for r in found[(page - 1) * size : page * size]]
        links = {"self": request.url}
        if page * size < len(found):
            links["next"] = f"{self.url}/api/records?page={page + 1}"
        return answer({"hits": {"hits": hits, "total": len(found)}, "links": links})

    def record(self, request, id):
        record = self.records.get(id)
        if record is None:
            versions = [r for r in self._live() if r.concept == id]
            if versions:
                latest = max(versions, key=lambda r: r.index)
                return Response(status=302, headers={"Location": f"/api/records/{latest.id}"})
            return answer(
                {"status": 404, "message": "The persistent identifier does not exist."}, 404
            )
        if record.deleted:
            tombstone = {"removal_reason": {"id": "retracted"}, "note": ""}
            body = {"status": 410, "message": "Record deleted", "tombstone": tombstone}
            return answer(body, 410)
        return answer(self._json(request, record))

    def _json(self, request, record):
        if RDM not in request.headers.get("Accept", ""):
            return self._legacy(record)
        newest = max((r.index for r in self._live() if r.concept == record.concept), default=1)
        doi = f"{self.doi}{record.id}"
        rights = []
        if record.licence:
            url = f"https://creativecommons.org/licenses/{record.licence}"
            rights = [
                {"id": record.licence, "title": {"en": record.licence}, "props": {"url": url}}
            ]
        access = "restricted" if record.restricted else "public"
        return {
            "id": record.id,
            "created": "2024-01-01T00:00:00+00:00",
            "updated": record.updated.isoformat(),
            "revision_id": record.revision,
            "links": {"self": f"{self.url}/api/records/{record.id}"},
            "parent": {
                "id": record.concept,
                "pids": {"doi": {"identifier": f"{self.doi}{record.concept}"}},
                "communities": {"entries": [{"slug": "likelihoods"}]},
            },
            "pids": {
                "doi": {"identifier": doi, "provider": "datacite", "client": "datacite"},
                "oai": {"identifier": f"oai:zenodo.org:{record.id}", "provider": "oai"},
            },
            "versions": {"index": record.index, "is_latest": record.index == newest},
            "is_published": True,
            "metadata": {
                "resource_type": {"id": "dataset", "title": {"en": "Dataset"}},
                "title": record.title,
                "creators": [
                    {
                        "person_or_org": {
                            "type": "personal",
                            "name": "Doe, Jane",
                            "identifiers": [
                                {"scheme": "orcid", "identifier": "0000-0002-1825-0097"}
                            ],
                        },
                        "affiliations": [{"name": "CERN"}],
                    }
                ],
                "publication_date": "2024-01-01",
                "description": f"<p>{escape(record.title)}</p>",
                "rights": rights,
                "related_identifiers": list(record.related),
                "subjects": [{"subject": "likelihood"}],
            },
            "access": {"record": "public", "files": access, "status": "open"},
            "files": {
                "enabled": True,
                "count": len(record.files),
                "entries": {} if record.restricted else {e["key"]: e for e in self._files(record)},
            },
        }

    def _files(self, record):
        return [
            {
                "key": key,
                "size": len(data),
                "checksum": "md5:" + hashlib.md5(data).hexdigest(),
                "mimetype": "application/octet-stream",
                "links": {"content": f"{self.url}/api/records/{record.id}/files/{key}/content"},
            }
            for key, data in record.files.items()
        ]

    def _legacy(self, record):
        return {
            "id": int(record.id),
            "conceptrecid": record.concept,
            "doi": f"{self.doi}{record.id}",
            "updated": record.updated.isoformat(),
            "revision": record.revision,
            "files": [
                {"key": e["key"], "size": e["size"], "checksum": e["checksum"]}
                for e in self._files(record)
            ],
            "metadata": {
                "title": record.title,
                "license": {"id": record.licence},
                "creators": [{"name": "Doe, Jane"}],
            },
        }

    def files(self, request, id):
        return answer({"enabled": True, "entries": self._files(self.records[id])})

    def content(self, request, id, key):
        record = self.records.get(id)
        if record is None or record.deleted or key not in record.files:
            return answer({"status": 404, "message": "No such file."}, 404)
        if record.restricted:
            return answer({"status": 403, "message": "Permission denied."}, 403)
        return Response(record.files[key], content_type="application/octet-stream")

    # OAI-PMH

    def oai(self, request):
        args = request.args
        verb = args.get("verb")
        if verb == "Identify":
            body = (
                "<Identify><repositoryName>Zenodo</repositoryName>"
                "<protocolVersion>2.0</protocolVersion><deletedRecord>no</deletedRecord>"
                "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>"
            )
            return self._oai(verb, body)
        if verb == "GetRecord":
            return self._get(args)
        if verb in ("ListIdentifiers", "ListRecords"):
            return self._list(verb, args)
        return self._oai_error("badVerb", "Illegal OAI verb")

    def _get(self, args):
        record = self.records.get(args.get("identifier", "").rpartition(":")[2])
        if record is None or record.deleted:
            return self._oai_error("idDoesNotExist", "No matching identifier")
        if args.get("metadataPrefix") not in ("oai_dc", "oai_datacite"):
            return self._oai_error("badArgument", "metadataPrefix does not exist")
        return self._oai("GetRecord", f"<GetRecord>{self._record(record)}</GetRecord>")

    def _list(self, verb, args):
        token = args.get("resumptionToken")
        if token:
            if set(args) != {"verb", "resumptionToken"}:
                return self._oai_error("badArgument", "token with other arguments")
            if "expiring-tokens" in self.quirks and not self._refused:
                self._refused.add(token)
                return self._oai_error(
                    "badResumptionToken", "The value of the resumptionToken argument is invalid."
                )
            name, start, page = token.split("|")
            name, start, page = name or None, start or None, int(page)
        else:
            if args.get("metadataPrefix") not in ("oai_dc", "oai_datacite"):
                return self._oai_error("badArgument", "metadataPrefix does not exist")
            name, start, page = args.get("set"), args.get("from"), 0
        found = [r for r in self._live() if name is None or name in r.sets]
        if start:
            found = [r for r in found if r.updated.strftime("%Y-%m-%dT%H:%M:%SZ") >= start]
        random.Random(7).shuffle(found)  # the list has no order
        chunk = found[page * OAI_PAGE : (page + 1) * OAI_PAGE]
        if not chunk:
            return self._oai_error("noRecordsMatch", "No records match")
        show = self._record if verb == "ListRecords" else self._header
        body = "".join(show(r) for r in chunk)
        total = len(found)
        more = (page + 1) * OAI_PAGE < total or "token-loop" in self.quirks
        more = more or ("empty-last-page" in self.quirks and (page + 1) * OAI_PAGE == total)
        following = page if "token-loop" in self.quirks else page + 1
        value = f"{name or ''}|{start or ''}|{following}" if more else ""
        if more or page:
            body += (
                f'<resumptionToken cursor="{page * OAI_PAGE}" completeListSize="{total}" '
                f'expirationDate="2030-01-01T00:00:00Z">{value}</resumptionToken>'
            )
        return self._oai(verb, f"<{verb}>{body}</{verb}>")

    @staticmethod
    def _header(record):
        stamp = record.updated.strftime("%Y-%m-%dT%H:%M:%SZ")
        sets = "".join(f"<setSpec>{name}</setSpec>" for name in record.sets)
        return (
            f"<header><identifier>oai:zenodo.org:{record.id}</identifier>"
            f"<datestamp>{stamp}</datestamp>{sets}</header>"
        )

    def _record(self, record):
        dc = (
            '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>{escape(record.title)}</dc:title><dc:creator>Doe, Jane</dc:creator>"
            f"<dc:identifier>https://doi.org/{self.doi}{record.id}</dc:identifier>"
            "<dc:rights>info:eu-repo/semantics/openAccess</dc:rights>"
            "<dc:rights>https://creativecommons.org/licenses/by/4.0/</dc:rights></oai_dc:dc>"
        )
        return f"<record>{self._header(record)}<metadata>{dc}</metadata></record>"

    def _oai(self, verb, body, status=200):
        bomb = BOMB if "entity-bomb" in self.quirks else ""
        text = (
            f"<?xml version='1.0' encoding='UTF-8'?>{bomb}"
            "<?xml-stylesheet type='text/xsl' href='/static/oai2.xsl'?>"
            "<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'>"
            "<responseDate>2026-08-10T00:00:00Z</responseDate>"
            f"<request>{self.url}/oai2d</request>{body}</OAI-PMH>"
        )
        return Response(text, status, content_type="text/xml; charset=utf-8")

    def _oai_error(self, code, message):
        return self._oai("", f'<error code="{code}">{message}</error>', 422)
