# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A depositor's and a reader's view of the portal under test."""

import time
from pathlib import Path

import requests

WORKSPACE = Path(__file__).parents[2] / (
    "modules/demos_models/demos_models/starter/counting/workspace.json"
)


class Refused(Exception):
    """An answer that is no success.

    Args:
        answer: The answer.
    """

    def __init__(self, answer):
        super().__init__(f"{answer.request.method} {answer.url}: {answer.status_code}")
        self.answer = answer


class Portal:
    """The portal under test, over HTTPS.

    Args:
        url: Its base URL.
        token: A token of a depositor.
    """

    def __init__(self, url, token):
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False  # a bundle of the machine's would be used after all
        self.session.verify = False
        self.session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method, path, **options):
        """Call the portal and return a successful answer.

        Raises:
            Refused: When it is none.
        """
        answer = self.session.request(method, self.url + path, timeout=60, **options)
        if answer.status_code >= 300:
            raise Refused(answer)
        return answer

    def deposit(self, title):
        """Publish a deposit with one model and return its identifier."""
        draft = {
            "metadata": {
                "title": title,
                "publication_date": "2026-11-21",
                "resource_type": {"id": "model"},
                "publisher": "DEMOS portal",
                "creators": [
                    {"person_or_org": {"type": "organizational", "name": "A collaboration"}}
                ],
            }
        }
        recid = self.call("POST", "/api/records", json=draft).json()["id"]
        files = f"/api/records/{recid}/draft/files"
        self.call("POST", files, json=[{"key": "workspace.json"}])
        self.call(
            "PUT",
            f"{files}/workspace.json/content",
            data=WORKSPACE.read_bytes(),
            headers={"Content-Type": "application/octet-stream"},
        )
        self.call("POST", f"{files}/workspace.json/commit")
        self.call("POST", f"/api/records/{recid}/draft/actions/publish")
        return recid

    def title(self, recid):
        """Return a record's title as the database has it."""
        return self.call("GET", f"/api/records/{recid}").json()["metadata"]["title"]

    def found(self, path="/api/records"):
        """Return every hit of the search by its identifier."""
        hits, page = {}, 1
        while True:
            answer = self.call("GET", path, params={"size": 100, "page": page}).json()["hits"]
            hits |= {hit["id"]: hit for hit in answer["hits"]}
            if not answer["hits"] or len(hits) >= answer["total"]:
                return hits
            page += 1


def until(condition, seconds, what):
    """Wait until a condition holds; a refusal or a broken connection counts as not yet.

    Args:
        condition: Returns something true when it holds.
        seconds: How long it may take.
        what: What is waited for, for the failure.

    Returns:
        What the condition returned.
    """
    deadline = time.monotonic() + seconds
    last = None
    while time.monotonic() < deadline:
        try:
            if value := condition():
                return value
        except (Refused, requests.RequestException) as error:
            last = error
        time.sleep(0.3)
    raise AssertionError(f"{what}: not after {seconds} s ({last})")
