# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The edges of the portal: what every request may ask and every answer may say.

Most of it mends behaviour of the framework that a public repository cannot have;
``docs/upstream.md`` offers the same upstream.
"""

from . import accounts, answers, asked, problems, queries, stumbles


def finalize_app(app):
    """Guard the pages."""
    answers.guard(app)
    asked.guard(app)
    queries.guard(app)
    stumbles.mend(app)
    stumbles.mend_pages(app)
    accounts.keep_quiet(app)


def api_finalize_app(app):
    """Guard the REST API."""
    answers.guard(app, bare=True)
    asked.guard(app)
    queries.guard(app)
    asked.guard_api(app)
    problems.complete_all(app)
    stumbles.mend(app)
