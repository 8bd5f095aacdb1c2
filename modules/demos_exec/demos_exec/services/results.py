# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""How runs are shown."""

from flask import current_app

from .. import states


def _time(value):
    return value.isoformat().replace("+00:00", "Z") if value else None


def links_of(run_id, model_id):
    """Give the links of a run.

    Args:
        run_id: the run.
        model_id: its model.

    Returns:
        Name to absolute URL.
    """
    api = current_app.config["SITE_API_URL"]
    base = f"{api}/runs/{run_id}"
    parts = ("results", "logs", "provenance", "cancel", "rerun")
    return {
        "self": base,
        **{part: f"{base}/{part}" for part in parts},
        "model": f"{api}/models/{model_id}",
    }


OF_THE_MODEL = ("message", "pointer", "request_sha256", "usage")
"""Members of a run that may tell what is in the model's files."""


def run_to_dict(run, *, closed=False, queue_position=None):
    """Return a run as the API shows it.

    Args:
        run: the run.
        closed: whether the reader may not read the model's files any more: what may follow from
            them is left out then, and ``closed`` says so.
        queue_position: runs before it, where that is known.

    Returns:
        A JSON object.
    """
    found = {
        "id": str(run.id),
        "model": {"id": run.model_id, "version": run.version_id, "digest": run.model_digest},
        "operation": run.operation,
        "status": run.status,
        "phase": run.phase,
        "reason": run.reason,
        "reason_class": states.REASONS[run.reason].fault if run.reason else None,
        "message": run.message,
        **({"pointer": run.pointer} if run.pointer else {}),
        "progress": run.progress,
        "queue_position": queue_position,
        "created": _time(run.created),
        "started": _time(run.started),
        "finished": _time(run.finished),
        "updated": _time(run.updated),
        "runtime": run.runtime,
        "backend": {**(run.sandbox or {}), "name": run.backend},
        "attempt": run.attempt,
        "image": run.image,
        "image_digest": run.image_digest,
        "request_sha256": run.request_sha256,
        "limits": run.limits,
        "usage": run.usage,
        "reused": run.status == states.SUCCESSFUL and run.attempt == 0,
        "reused_from": str(run.reused_from) if run.reused_from else None,
        "derived_from": str(run.derived_from) if run.derived_from else None,
        "links": links_of(run.id, run.model_id),
    }
    if not closed:
        return found
    found["model"]["digest"] = None
    return {k: v for k, v in found.items() if k not in OF_THE_MODEL} | {"closed": True}


def etag_of(run):
    """Give a run's entity tag: it changes with every visible change.

    Args:
        run: the run.

    Returns:
        The tag without quotes.
    """
    stamp = int(run.updated.timestamp() * 1e6)
    return f"{stamp:x}-{run.status}-{run.progress or 0:g}"
