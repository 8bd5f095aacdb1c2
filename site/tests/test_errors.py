# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The published table of errors is the code's, and every type of a problem resolves."""

import re
from pathlib import Path

import pytest
from demos_site import errors
from flask import Flask

DOCS = Path(__file__).parents[2] / "docs" / "errors.md"


def test_the_page_is_made_from_the_code():
    assert DOCS.read_text() == errors.page(), "python -m demos_site.errors > docs/errors.md"


@pytest.mark.parametrize("title", [title for title in errors.TABLES if title != "OAI-PMH"])
def test_codes_have_one_spelling_and_a_sentence(title):
    for code, meaning in errors.TABLES[title].items():
        assert re.fullmatch("[a-z][a-z0-9_]*", code)
        assert meaning.strip()


def test_types_of_problems_resolve():
    app = Flask(__name__)
    app.add_url_rule("/errors/<code>", view_func=errors.error_page)
    client = app.test_client()
    for code in errors.problems.CODES:
        answer = client.get(f"/errors/{code}")
        assert (answer.status_code, answer.location) == (303, f"/docs/errors/#{code}")
        assert f'<a id="{code}">' in errors.page()
    assert client.get("/errors/no_such_code").status_code == 404
