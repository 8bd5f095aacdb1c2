# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""An operator's way to the reason of a failed run."""

import uuid

import requests


def _failed_run(portal):
    """Ask for a patch that does not fit the model; return the reason."""
    session = requests.Session()
    session.verify = False
    models = session.get(f"{portal}/api/models", params={"kind": "histfactory"}, timeout=30).json()
    model = models["hits"]["hits"][0]["id"]
    body = {
        "operation": "cls",
        "inputs": {"patch": {"ops": [{"op": "remove", "path": f"/{uuid.uuid4().hex}"}]}},
    }
    run = session.post(f"{portal}/api/models/{model}/run", json=body, timeout=60).json()
    return run.get("reason")


def test_the_reason_of_a_failed_run_is_three_clicks_away(administrator, portal):
    page = administrator
    reason = _failed_run(portal)
    page.goto(f"{portal}/administration")
    page.get_by_role("link", name="Runs", exact=True).first.click()  # 1
    page.get_by_role("table", name="How the runs of the last day ended").wait_for()
    if reason:
        page.get_by_role("link", name=reason, exact=True).first.click()  # 2
        row = page.get_by_role("table").last.get_by_role("row").nth(1)
        assert reason in row.inner_text()
        row.get_by_role("link").first.click()  # 3
        page.get_by_role("main").get_by_text("failed").first.wait_for()
