# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A run as something to type elsewhere."""

import json
import shlex
from pprint import pformat

from flask import current_app


def snippets(model_id, operation, request):
    """Return a run's request as Python, as ``curl`` and as a ``demos`` command.

    Args:
        model_id: the model.
        operation: what was computed.
        request: the request as it is stored.

    Returns:
        ``[{"label", "code"}]``.
    """
    api = current_app.config["SITE_API_URL"]
    body = {key: request[key] for key in ("inputs", "parameters") if request.get(key)}
    body = {"operation": operation, **body}
    address = f"{api}/models/{model_id}/run"
    text = json.dumps(body, ensure_ascii=False)
    parameters = [
        f"-p {shlex.quote(f'{name}={value}')}"
        for name, value in (request.get("parameters") or {}).items()
        if isinstance(value, str | int | float)
    ]
    inputs = request.get("inputs") or {}
    given = [f"--inputs {shlex.quote(json.dumps(inputs, ensure_ascii=False))}"] if inputs else []
    python = (
        "# Python\nimport requests\n\n"
        f"request = {pformat(body, sort_dicts=False)}\n"
        f'answer = requests.post("{address}", json=request, headers={{"Prefer": "wait=60"}}, '
        "timeout=90)\n"
        "answer.raise_for_status()\n"
        'print(answer.json()["results"])'
    )
    curl = (
        f"curl -X POST '{address}' -H 'Content-Type: application/json' -H 'Prefer: wait=60' \\\n"
        f"  -d {shlex.quote(text)}"
    )
    demos = " ".join(["demos run", model_id, operation, *given, *parameters])
    return [
        {"label": "Python", "code": python},
        {"label": "curl", "code": curl},
        {"label": "demos", "code": demos},
    ]
