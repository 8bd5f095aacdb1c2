# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``/hepdata``, ``/zenodo`` and ``/lookup``."""

from pathlib import Path

from demos_models.errors import DerivativePendingError
from demos_models.proxies import current_models_service
from demos_models.records.models import ModelSource
from demos_models.registry import Content
from demos_models.resources.downloads import send_content
from demos_models.resources.problems import Problem
from flask import current_app, g, jsonify, redirect
from flask_resources import (
    Resource,
    from_conf,
    request_parser,
    resource_requestctx,
    response_handler,
    route,
)
from invenio_db import db
from invenio_files_rest.models import FileInstance

from ..lookups.answers import lookup, models_of, record_answer
from ..lookups.mirror import mirrored, refresh
from .config import PROBLEM_TYPE

view_args = request_parser(from_conf("request_view_args"), location="view_args")
convert_args = request_parser(from_conf("request_convert_args"), location="args")
download_args = request_parser(from_conf("request_download_args"), location="args")
lookup_args = request_parser(from_conf("request_lookup_args"), location="args")


def _age(found):
    """Headers that say how old the answer is."""
    headers = {"Age": str(found.age), "Cache-Control": "no-cache"}
    if found.stale:
        headers["Warning"] = '110 - "Response is stale"'
    return headers


class LookupResource(Resource):
    """Look-ups."""

    def create_url_rules(self):
        """Give the routes."""
        routes = self.config.routes
        return [
            route("GET", routes["hepdata"], self.hepdata),
            route("GET", routes["convert"], self.convert),
            route("GET", routes["zenodo"], self.zenodo),
            route("GET", routes["download"], self.download),
            route("GET", routes["lookup"], self.lookup),
        ]

    @view_args
    def hepdata(self):
        """Say what HEPData's record holds."""
        return self._record("hepdata")

    @view_args
    def zenodo(self):
        """Say what Zenodo's record holds."""
        return self._record("zenodo")

    @staticmethod
    def _record(name):
        found = mirrored(name, resource_requestctx.view_args["record_id"])
        response = jsonify(record_answer(name, found))
        response.headers.update(_age(found))
        return response

    @lookup_args
    @response_handler()
    def lookup(self):
        """Say what an identifier or address leads to."""
        answer = lookup(resource_requestctx.args["id"])
        if answer is None:
            errors = [{"field": "id", "messages": ["Neither a DOI nor a URL nor an identifier."]}]
            raise Problem(400, "This is no identifier that is understood here.", errors)
        return answer, 200

    @view_args
    @convert_args
    def convert(self):
        """Send a likelihood of HEPData's in the format that is asked for."""
        args = resource_requestctx.args
        found = mirrored("hepdata", resource_requestctx.view_args["record_id"])
        file = _choose_file(found.record, args.get("resource"))
        models = models_of(found.record.host, file.key)
        if not models:
            return _later(found, file)
        model = _choose_member(models, args.get("member"))
        try:
            content = current_models_service.content(
                g.identity, model["id"], format=args["format"], dialect=args.get("dialect")
            )
        except DerivativePendingError as error:
            return _accepted({"status": "running", "detail": str(error)}, error.retry_after)
        response = send_content(content)
        response.headers["Age"] = str(found.age)
        response.headers["Link"] = f'<{model["links"]["self"]}>; rel="describedby"'
        return response

    @view_args
    @download_args
    def download(self):
        """Send a mirrored file of Zenodo's, or lead to it."""
        name = resource_requestctx.args["file"]
        found = mirrored("zenodo", resource_requestctx.view_args["record_id"])
        file = next((f for f in found.record.files if f.filename == name), None)
        if file is None:
            names = [f.filename for f in found.record.files]
            raise Problem(404, "The record has no such model file.", files=names)
        content = _mirrored_file(found.record.host, file)
        if content is None:
            return redirect(file.url, 307)
        response = send_content(content)
        response.headers["Age"] = str(found.age)
        return response


def _choose_file(record, wanted):
    files = [
        f
        for f in record.files
        if wanted in (None, f.key, f.filename, f.doi, f.key.rpartition("/")[2])
    ]
    if len(files) == 1:
        return files[0]
    choices = [{"resource": f.key.rpartition("/")[2], "filename": f.filename} for f in record.files]
    if not files:
        detail = "The record has no such model file." if choices else "The record has no model."
        raise Problem(404, detail, resources=choices)
    raise Problem(300, "The record has several model files: name one.", resources=choices)


def _choose_member(models, wanted):
    chosen = [m for m in models if wanted in (None, m["member"], m["id"])]
    if len(chosen) == 1:
        return chosen[0]
    detail = "The file holds several models: name a member." if chosen else "No such member."
    raise Problem(300 if chosen else 404, detail, members=models)


def _later(found, file):
    """Answer for a file that is not registered: why, or when."""
    note = found.files.get(file.key) or {}
    if "error" in note and not note["error"].get("retryable"):
        raise Problem(
            422,
            note["error"].get("message"),
            note["error"].get("errors"),
            type_=PROBLEM_TYPE + str(note["error"].get("code")),
        )
    if note.get("status") == "skipped" or file.download_url is None:
        detail = "The file's bytes are not kept here, so it cannot be converted."
        raise Problem(409, detail, type_=PROBLEM_TYPE + "not-mirrored", url=file.url)
    if note.get("status") == "doubtful":
        raise Problem(409, "A curator has to say what this file belongs to.")
    run = refresh("hepdata", found.record.record_id)
    if run.status == "failed":
        raise Problem(503, (run.error or {}).get("message"), headers={"Retry-After": 30})
    url = f"{current_app.config['SITE_API_URL']}/integrations/runs/{run.id}"
    return _accepted({"status": run.status, "id": str(run.id), "links": {"self": url}}, 2, url)


def _accepted(body, pause, location=None):
    response = jsonify(body)
    response.status_code = 202
    response.headers["Retry-After"] = str(pause)
    if location:
        response.headers["Location"] = location
    return response


def _mirrored_file(host, file):
    """Return the mirrored bytes of a file that anybody may read.

    A compressed document is kept unpacked, under another name, and not given for the file.
    """
    members = ModelSource.key.startswith(f"{file.key}#", autoescape=True)
    source = (
        db.session.query(ModelSource)
        .filter(ModelSource.host == host, (ModelSource.key == file.key) | members)
        .filter(ModelSource.file_id.isnot(None), ModelSource.gone_at.is_(None))
        .filter(ModelSource.access_files == "public")
        .filter(ModelSource.filename == file.filename)
        .first()
    )
    if source is None:
        return None
    stored = db.session.get(FileInstance, source.file_id)
    path = Path(stored.uri)
    return Content(
        path=path if path.is_file() else None,
        storage=stored.storage(),
        digest=source.container_sha256 or source.sha256,
        size=stored.size,
        mimetype="application/octet-stream",
        filename=file.filename.rpartition("/")[2],
        modified=stored.updated,
    )
