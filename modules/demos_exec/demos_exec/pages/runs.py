# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""My runs, and one run."""

from urllib.parse import quote

import orjson
from demos_models import api as models
from flask import current_app, g, render_template, request
from flask_login import current_user
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError
from invenio_records_resources.services.errors import PermissionDeniedError

from .. import states
from ..errors import RunError
from ..proxies import current_runs_service
from ..services.results import links_of, run_to_dict
from ..services.steps import is_open
from . import words
from .snippets import snippets

PAGE_SIZE = 25
LOG_BYTES = 20_000
RESULT_BYTES = 1024 * 1024
"""A larger result is a link; a page of it helps nobody."""

SHOWN_ROWS = 60
FRAGMENT_BYTES = 200_000
"""Browsers cut longer addresses."""

STATES = (states.ACCEPTED, states.RUNNING, states.SUCCESSFUL, states.FAILED, states.DISMISSED)


def runs_page():
    """List the runs of the one who is logged in; two of them can be compared."""
    if not current_user.is_authenticated:
        return render_template("demos_exec/runs.html", found=None)
    status = request.args.get("status")
    page = request.args.get("page", 1, type=int)
    chosen = request.args.getlist("compare")[:2]
    found = current_runs_service.search(
        g.identity,
        status=status if status in STATES else None,
        page=min(max(page, 1), 1000),
        size=PAGE_SIZE,
    )
    return render_template(
        "demos_exec/runs.html",
        found=found,
        states=STATES,
        status=status,
        page=page,
        pages=-(-found["hits"]["total"] // PAGE_SIZE),
        words=words,
        titles=_titles({hit["model"]["id"] for hit in found["hits"]["hits"]}),
        compared=[_compared(run_id) for run_id in chosen] if len(chosen) == 2 else [],
    )


def _titles(model_ids):
    """Return the titles of models that the reader may see."""
    found = {}
    for model_id in model_ids:
        try:
            entry = models.open(g.identity, model_id).entry
        except (PIDDoesNotExistError, PIDDeletedError, PermissionDeniedError):
            continue
        found[model_id] = entry["metadata"]["title"]
    return found


def _compared(run_id):
    run = current_runs_service.read(g.identity, run_id)
    result = _result(run_id) or {}
    return {"run": run_to_dict(run), "rows": dict(_rows(result)), "request": run.request}


def run_page(run_id):
    """Show a run: state, reason, result, log, provenance, and how to do it again."""
    run = current_runs_service.read(g.identity, run_id)
    shown = run_to_dict(run)
    result = _result(run_id) if run.status == states.SUCCESSFUL else None
    log, cut = current_runs_service.log(g.identity, run_id, 0)
    page = render_template(
        "demos_exec/run.html",
        run=shown,
        open=is_open(run),
        sentence=words.sentence(shown),
        advice=words.ADVICE.get(shown["reason"]),
        result=result,
        rows=_rows(result or {})[:SHOWN_ROWS],
        log=log[:LOG_BYTES].decode(errors="replace"),
        log_cut=cut or len(log) > LOG_BYTES,
        inputs=run.request.get("inputs") or {},
        parameters=run.request.get("parameters") or {},
        links=links_of(run.id, run.model_id),
        title_of_model=_titles([run.model_id]).get(run.model_id),
        again=_again(run),
        snippets=snippets(run.model_id, run.operation, run.request),
    )
    return page, 200, {"Cache-Control": "private, no-store"}


def _again(run):
    """Return the address of the model's page with the run's signal filled in.

    The signal stands in the fragment, which no server sees, so that the link can be passed on.
    """
    address = f"{current_app.config['SITE_UI_URL']}/models/{run.model_id}"
    inputs = orjson.dumps(run.request.get("inputs") or {}).decode()
    return f"{address}#signal={quote(inputs)}" if len(inputs) <= FRAGMENT_BYTES else address


def _result(run_id):
    """Return a run's result, or None where there is none that fits on a page."""
    try:
        document = current_runs_service.results(g.identity, run_id).result.document
    except (RunError, PermissionDeniedError):
        return None
    return orjson.loads(document) if len(document) <= RESULT_BYTES else None


EXPECTED = ("-2 sigma", "-1 sigma", "median", "+1 sigma", "+2 sigma")


def _rows(result):
    """Return a result's numbers as rows of a table, ``[(name, value)]``.

    >>> _rows({"twice_nll": 1.5, "values": {"mu": 1.0, "theta": 0.0}, "status": "converged"})
    [('twice_nll', 1.5), ('mu', 1.0), ('theta', 0.0)]
    """
    rows = []
    for name, value in result.items():
        if isinstance(value, bool):
            continue
        if isinstance(value, int | float):
            rows.append((name, value))
        elif isinstance(value, list) and value and all(isinstance(v, int | float) for v in value):
            labels = EXPECTED if len(value) == len(EXPECTED) else range(len(value))
            rows += [(f"{name}, {label}", v) for label, v in zip(labels, value, strict=True)]
        elif name == "values" and isinstance(value, dict):
            rows += list(value.items())
    return rows
