# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A run's provenance as a Process Run Crate (RO-Crate metadata, JSON-LD)."""

import json

from flask import current_app

from . import states
from .services.results import links_of, run_to_dict

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
TERMS = "https://w3id.org/ro/terms/workflow-run/context"

ACTION_STATUS = {
    states.ACCEPTED: "http://schema.org/PotentialActionStatus",
    states.RUNNING: "http://schema.org/ActiveActionStatus",
    states.SUCCESSFUL: "http://schema.org/CompletedActionStatus",
    states.FAILED: "http://schema.org/FailedActionStatus",
    states.DISMISSED: "http://schema.org/FailedActionStatus",
}


def _ref(identifier):
    return {"@id": identifier}


def _property(run_url, name, value):
    text = value if isinstance(value, str | int | float) else json.dumps(value, sort_keys=True)
    return {
        "@id": f"{run_url}#{name}",
        "@type": "PropertyValue",
        "propertyID": name,
        "name": name,
        "value": text,
    }


def crate_of(run, events=()):
    """Describe how a result came about.

    Args:
        run: the run.
        events: what happened to it.

    Returns:
        The crate's metadata document: the action with its instrument (image and engine), objects
        (model version, request), result, agent, times and limits.
    """
    shown = run_to_dict(run)
    site = current_app.config["SITE_UI_URL"]
    links = links_of(run.id, run.model_id)
    url, model_url = links["self"], links["model"]
    instrument = f"{url}#instrument"
    agent = f"{url}#agent" if run.user_id is None else f"{site}/users/{run.user_id}"
    properties = [
        _property(url, "operation", run.operation),
        _property(url, "request", {k: run.request[k] for k in ("inputs", "parameters")}),
        _property(url, "requestSha256", run.request_sha256),
        _property(url, "backend", shown["backend"]),
        _property(url, "limits", run.limits),
        _property(url, "attempt", run.attempt),
    ]
    if run.usage:
        properties.append(_property(url, "usage", run.usage))
    for name in ("reused_from", "derived_from"):
        if shown[name]:
            properties.append(_property(url, name, shown[name]))
    history = [
        {"at": e.at.isoformat(), "attempt": e.attempt, "status": e.status, "reason": e.reason}
        for e in events
    ]
    if history:
        properties.append(_property(url, "history", history))
    action = {
        "@id": url,
        "@type": "CreateAction",
        "name": f"{run.operation} of model {run.model_id}",
        "description": f"The operation {run.operation} on one version of a statistical model.",
        "instrument": _ref(instrument),
        "agent": _ref(agent),
        "object": [_ref(model_url), *[_ref(p["@id"]) for p in properties]],
        "actionStatus": _ref(ACTION_STATUS[run.status]),
        "startTime": shown["started"] or shown["created"],
    }
    if shown["finished"]:
        action["endTime"] = shown["finished"]
    if run.status in (states.FAILED, states.DISMISSED):
        action["error"] = f"{run.reason}: {run.message}"
    entities = [
        {
            "@id": model_url,
            "@type": "CreativeWork",
            "name": f"Statistical model {run.model_id}",
            "identifier": run.model_id,
            "version": run.version_id,
            **({"sha256": run.model_digest} if run.model_digest else {}),
        },
        {
            "@id": instrument,
            "@type": "SoftwareApplication",
            "name": run.image or "DEMOS platform worker",
            "url": site,
            "version": run.image_digest,
            "softwareVersion": run.image_digest,
        },
        {
            "@id": agent,
            "@type": "Person",
            "name": "A user who has not signed in" if run.user_id is None else "A portal user",
        },
        *properties,
    ]
    parts = []
    if run.result is not None:
        result = links["results"]
        action["result"] = [_ref(result)]
        parts = [_ref(result)]
        entities.append(
            {
                "@id": result,
                "@type": "File",
                "name": "Result",
                "description": f"What the operation {run.operation} gave.",
                "encodingFormat": "application/json",
                "contentSize": str(len(run.result.document)),
                "sha256": run.result.sha256,
                "dateModified": run.result.created.isoformat(),
            }
        )
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Run {run.id}",
        "description": f"A run of the DEMOS portal: {action['name']}.",
        "datePublished": shown["finished"] or shown["created"],
        "license": _ref("https://spdx.org/licenses/CC0-1.0"),
        "conformsTo": [_ref(PROFILE)],
        "hasPart": parts,
        "mentions": [_ref(url)],
        "publisher": _ref(site),
    }
    about = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "conformsTo": _ref("https://w3id.org/ro/crate/1.1"),
            "about": _ref("./"),
        },
        root,
        {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {
            "@id": "https://spdx.org/licenses/CC0-1.0",
            "@type": "CreativeWork",
            "name": "CC0-1.0",
            "description": "Creative Commons Zero v1.0 Universal",
        },
        {"@id": site, "@type": "Organization", "name": "DEMOS portal", "url": site},
    ]
    return {"@context": [CONTEXT, TERMS], "@graph": [*about, action, *entities]}
