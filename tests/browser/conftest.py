# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Fixtures of the browser tests: a running portal, seen through Debian's Chromium."""

import os
from pathlib import Path

import pytest
import requests
from playwright.sync_api import sync_playwright

CHROMIUM = os.environ.get("DEMOS_CHROMIUM", "/usr/bin/chromium")
SCREENSHOTS = Path(os.environ.get("DEMOS_SCREENSHOTS", "var/screenshots"))


@pytest.fixture(scope="session")
def portal():
    """The base URL of the portal under test."""
    return os.environ["DEMOS_URL"].rstrip("/")


@pytest.fixture
def stranger():
    """A session of somebody who is not signed in; the portal's certificate is its own."""
    session = requests.Session()
    session.verify = session.trust_env = False
    return session


@pytest.fixture(scope="session")
def chromium():
    """One headless Chromium for all tests."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield running
        running.close()


@pytest.fixture
def page(chromium, request):
    """A fresh page; a picture of its last state is kept."""
    context = chromium.new_context(
        ignore_https_errors=True,
        viewport={"width": 1280, "height": 900},
        accept_downloads=True,
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{request.node.name}.png", full_page=True)
    context.close()


@pytest.fixture
def administrator(page, portal):
    """The page, logged in as the administrator that `make up` created."""
    page.goto(f"{portal}/login")
    page.fill("input[name=email]", os.environ["DEMOS_ADMIN_EMAIL"])
    page.fill("input[name=password]", os.environ["DEMOS_ADMIN_PASSWORD"])
    page.click("form button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)
    return page
