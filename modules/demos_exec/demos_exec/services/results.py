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


def run_to_dict(run, *, queue_position=None):
    """Give a run as the API shows it.

    Args:
        run: the run.
        queue_position: runs before it, where that is known.

    Returns:
        A JSON object.
    """
    return {
        "id": str(run.id),
        "model": {"id": run.model_id, "version": run.version_id, "digest": run.model_digest},
        "operation": run.operation,
        "status": run.status,
        "phase": run.phase,
        "reason": run.reason,
        "reason_class": states.REASONS.get(run.reason),
        "message": run.message,
        **({"pointer": run.pointer} if run.pointer else {}),
        "progress": run.progress,
        "queue_position": queue_position,
        "created": _time(run.created),
        "started": _time(run.started),
        "finished": _time(run.finished),
        "updated": _time(run.updated),
        "backend": {"name": run.backend, **(run.sandbox or {})},
        "attempt": run.attempt,
        "image": run.image,
        "image_digest": run.image_digest,
        "request_sha256": run.request_sha256,
        "limits": run.limits,
        "usage": run.usage,
        "reused_from": str(run.reused_from) if run.reused_from else None,
        "derived_from": str(run.derived_from) if run.derived_from else None,
        "links": links_of(run.id, run.model_id),
    }


def etag_of(run):
    """Give a run's entity tag: it changes with every visible change.

    Args:
        run: the run.

    Returns:
        The tag without quotes.
    """
    stamp = int(run.updated.timestamp() * 1e6)
    return f"{stamp:x}-{run.status}-{run.progress or 0:g}"
