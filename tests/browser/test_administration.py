# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""An operator's way to the reason of a failed run."""

import time


def _failed_run(portal, stranger):
    """Ask for more than can be computed in ten milliseconds."""
    models = stranger.get(f"{portal}/api/models", params={"q": "peak"}, timeout=30).json()
    body = {
        "operation": "toys",
        "parameters": {"toys": 20000, "seed": int(time.time())},
        "resources": {"wall_seconds": 0.01},
    }
    model = models["hits"]["hits"][0]["id"]
    return stranger.post(
        f"{portal}/api/models/{model}/run", json=body, headers={"Prefer": "wait=10"}, timeout=60
    ).json()


def test_the_registry_says_what_it_holds_and_owes(administrator, portal, stranger):
    page = administrator
    page.goto(f"{portal}/administration")
    page.get_by_role("link", name="Registry", exact=True).first.click()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Models"))
    held = int(row.get_by_role("link").inner_text())
    listed = stranger.get(f"{portal}/api/models", params={"size": 1}, timeout=30)
    assert held >= listed.json()["hits"]["total"] > 0
    assert "is parked" in page.get_by_role("main").inner_text()


def test_the_reason_of_a_failed_run_is_three_clicks_away(administrator, portal, stranger):
    run = _failed_run(portal, stranger)
    assert run["reason"] == "timeout"
    page = administrator
    page.goto(f"{portal}/administration")
    page.get_by_role("link", name="Runs", exact=True).first.click()  # 1
    page.get_by_role("table", name="How the runs of the last day ended").wait_for()
    page.get_by_role("link", name="timeout", exact=True).first.click()  # 2
    link = page.get_by_role("link", name=run["id"][:8], exact=True)
    assert "Not done after 0.01 s." in page.get_by_role("row").filter(has=link).inner_text()
    link.click()  # 3
    assert "Not done after 0.01 s." in page.get_by_role("main").inner_text()
