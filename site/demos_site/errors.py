# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The codes of all errors of the portal, where they are documented, and where they resolve.

``python -m demos_site.errors > docs/errors.md`` makes the page.
"""

from demos_engine import errors as engine
from demos_exec import errors as runs
from demos_formats import findings
from demos_harvest import errors as harvest
from demos_models import errors as models
from demos_oai.protocol import errors as oai
from flask import abort, redirect

from .edges import problems

TABLES = {
    "Findings in a document": findings.CODES,
    "Inference": engine.CODES,
    "The registry": models.CODES,
    "Runs": runs.CODES,
    "Harvest and look-ups": harvest.CODES,
    "Every REST call": problems.CODES,
    "OAI-PMH": oai.CODES,
}
"""Codes with their meaning, by what answers them."""

HEAD = """\
# Errors

Every error has a code, and the codes are stable. Errors of the REST API are problem documents
(RFC 9457): `type` is the address `/errors/CODE`, which leads here; `code` is the code, `detail`
says what is wrong in words, and `errors` names each place. `findings` of a document carry the code,
a severity, a JSON pointer and a hint; the command `demos` prints the same findings. OAI-PMH has
the codes of its protocol.

A client should decide by the code and show the words.

In Python the command-line client and the libraries raise exceptions with the same codes: their
trees are in the docstrings of `demos_formats.errors`, `demos_engine.errors` and `demos_client`.
"""


def page():
    """Return the documentation of all codes as Markdown."""
    seen, parts = set(), [HEAD]
    for title, codes in TABLES.items():
        parts += [f"## {title}", "", "| Code | Meaning |", "|---|---|"]
        for code, meaning in sorted(codes.items()):
            anchor = "" if code in seen else f'<a id="{code}"></a>'
            seen.add(code)
            parts.append(f"| {anchor}`{code}` | {meaning} |".replace("\n", " "))
        parts.append("")
    return "\n".join(parts)


def error_page(code):
    """Lead from a problem's ``type`` to its documentation."""
    if not any(code in codes for codes in TABLES.values()):
        abort(404)
    return redirect(f"/docs/errors/#{code}", 303)


if __name__ == "__main__":
    print(page(), end="")
