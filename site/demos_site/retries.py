# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""When a client should come again is for whoever answers it to say.

The rate limiter puts its own ``Retry-After`` on every answer, when its window ends, and takes the
later one where there is one: who was told to look at a run again in a second would wait for a
minute. Its header stays where nobody else gives one, as on the answer that a limit was reached.
"""

from flask import g


def _remember(response):
    g.retry_after = response.headers.get("Retry-After")
    return response


def _restore(response):
    if asked := g.pop("retry_after", None):
        response.headers["Retry-After"] = asked
    return response


def finalize_app(app):
    """Go around the rate limiter; functions after a request run from the last to the first."""
    app.after_request(_remember)
    app.after_request_funcs[None].insert(0, _restore)
