# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A depositor's way through the browser: log in, upload, publish, find, download."""

import json
import re
import time
import uuid

WORKSPACE = {
    "channels": [
        {
            "name": "signal_region",
            "samples": [
                {
                    "name": "signal",
                    "data": [4.0, 6.0],
                    "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
                },
                {
                    "name": "background",
                    "data": [40.0, 51.0],
                    "modifiers": [{"name": "bkg", "type": "shapesys", "data": [4.0, 6.0]}],
                },
            ],
        }
    ],
    "observations": [{"name": "signal_region", "data": [41.0, 55.0]}],
    "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": []}}],
    "version": "1.0.0",
}


def test_deposit_publish_find_download(administrator, portal, tmp_path):
    page = administrator
    title = f"A browser deposit {uuid.uuid4().hex[:8]}"
    # One number is this run's own: the registry knows equal content as one model.
    workspace = json.loads(json.dumps(WORKSPACE))
    workspace["channels"][0]["samples"][1]["data"][0] = 40 + time.time() % 1
    file = tmp_path / "workspace.json"
    file.write_text(json.dumps(workspace))

    page.goto(f"{portal}/uploads/new")
    page.set_input_files("input[type=file]", file)
    page.get_by_text("workspace.json").first.wait_for()
    # Before anything is saved the form says what is in the file, and draws it.
    understood = page.get_by_role("region", name="What was understood")
    understood.get_by_role("img").wait_for()
    assert "1 channel · 2 bins · 2 samples" in understood.inner_text()
    assert "signal_region" in understood.inner_text()
    page.fill("[name='metadata.title']", title)
    kind = page.get_by_role("combobox", name="Resource type").first
    assert "Statistical model" in kind.inner_text()
    page.get_by_role("button", name="Add author").click()
    author = page.locator(".ui.modal.visible")
    author.get_by_text("Organization", exact=True).click()
    author.locator("[name='person_or_org.name']").fill("Browser Collaboration")
    author.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.locator(".ui.modal.visible").get_by_role("button", name="Publish").click()
    page.wait_for_url(re.compile(r"/records/[a-z0-9-]+"), timeout=60_000)
    page.get_by_role("heading", name=title).wait_for()
    page.get_by_text(re.compile(r"10\.\d+/")).first.wait_for()
    record = page.url

    found = _until_found(page, f"{portal}/search?q=%22{title}%22", title)
    found.click()
    page.wait_for_url(record)
    with page.expect_download() as download:
        page.locator("a[href*='/files/workspace.json?download=1']").first.click()
    assert download.value.path().read_bytes() == file.read_bytes()


def _until_found(page, url, title):
    """Return the link to a record; a new record takes a moment to be searchable."""
    for _ in range(10):
        page.goto(url, wait_until="networkidle")
        link = page.get_by_role("link", name=title)
        if link.count():
            return link.first
        time.sleep(1)
    raise AssertionError(f"{title} is not found at {url}")
