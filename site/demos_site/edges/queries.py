# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a query may cost, judged by its text before any search engine sees it.

A pattern of many wildcards or a hundred fuzzy words keeps the search engine busy for seconds, for
everybody. Whatever searches takes the query from ``q``.
"""

import re

from flask import abort, request

WORD = re.compile(r'"(?:\\.|[^"\\])*"|[^\s()"]+')
ESCAPED = re.compile(r"\\.")
QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')

LIMITS = {
    "characters": 2000,
    "words": 100,
    "wildcards": 8,
    "wildcards in one word": 3,
    "fuzzy words": 5,
    "levels of brackets": 20,
}
"""The most that a query may have of each."""


def depth_of(text):
    """Return how deeply brackets are nested."""
    deepest = depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest


def cost_of(query):
    """Return how much a query has of what is limited.

    >>> cost_of("a*b* OR muon~2")["wildcards"], cost_of("a*b* OR muon~2")["fuzzy words"]
    (2, 1)
    """
    bare = QUOTED.sub('""', ESCAPED.sub("", query))
    words = WORD.findall(bare)
    wildcards = [word.count("*") + word.count("?") for word in words if word not in {"*", "*:*"}]
    return {
        "characters": len(query),
        "words": len(words),
        "wildcards": sum(wildcards),
        "wildcards in one word": max(wildcards, default=0),
        "fuzzy words": sum("~" in word for word in words),
        "levels of brackets": depth_of(bare),
    }


def fault_of(query):
    """Return what a query has too much of, as a sentence, or None.

    >>> fault_of("a*b*c*d*")
    'The query has 4 wildcards in one word, at most 3 are searched for.'
    """
    # Its length comes first: nothing else is looked at in what is too long.
    cost = {"characters": len(query)} if len(query) > LIMITS["characters"] else cost_of(query)
    for what, number in cost.items():
        if number > LIMITS[what]:
            return f"The query has {number} {what}, at most {LIMITS[what]} are searched for."
    return None


def bounded():
    """Refuse a query that costs too much."""
    for name in ("q", "suggest"):
        for query in request.args.getlist(name):
            if fault := fault_of(query):
                abort(400, fault)


def guard(app):
    """Look at the queries of an application first."""
    app.before_request_funcs.setdefault(None, []).insert(0, bounded)
