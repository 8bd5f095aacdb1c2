#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Records a second that a harvester gets, of this portal and of another repository.

Harvests each prefix from the beginning, `--rounds` times in turns, over one connection each. Prints
one JSON object: by repository and prefix the best rate, the number of pages, and the seconds of the
second and of the last page that is as long.

    benchmarks/oai.py --of https://127.0.0.1:5000/oai2d --of http://127.0.0.1:8000/oai2d
"""

import argparse
import http.client
import json
import os
import re
import ssl
import time
import urllib.parse

CONTEXT = ssl._create_unverified_context()  # a portal on loopback signs for itself
HEADER = re.compile(rb"<(?:\w+:)?header\b")
TOKEN = re.compile(rb"<(?:\w+:)?resumptionToken[^>]*>([^<]+)<")


def harvest(base, prefix, most):
    """Return of one list the records, the seconds, and records and seconds of each page."""
    address = urllib.parse.urlsplit(base)
    secure = address.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    options = {"context": CONTEXT} if secure else {}
    connection = kind(address.hostname, address.port, timeout=120, **options)
    arguments = {"verb": "ListRecords", "metadataPrefix": prefix}
    pages, begun = [], time.perf_counter()
    while sum(count for count, _ in pages) < most:
        asked = time.perf_counter()
        connection.request("GET", f"{address.path}?{urllib.parse.urlencode(arguments)}")
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{base} answers {answer.status}: {body[:200]!r}")
        pages.append((len(HEADER.findall(body)), time.perf_counter() - asked))
        token = TOKEN.search(body)
        if not token:
            break
        arguments = {"verb": "ListRecords", "resumptionToken": token[1].decode()}
    connection.close()
    return sum(count for count, _ in pages), time.perf_counter() - begun, pages


def measured(base, prefix, most, rounds):
    """Return the figures of one list: those of its fastest round."""
    found = [harvest(base, prefix, most) for _ in range(rounds)]
    records, seconds, pages = min(found, key=lambda one: one[1] / max(1, one[0]))
    longest = max(count for count, _ in pages)
    full = [took for count, took in pages if count == longest]
    return {
        "records": records,
        "pages": len(pages),
        "records_per_second": round(records / seconds, 1),
        "first_full_page": round(full[0], 4),
        "last_full_page": round(full[-1], 4),
    }


def main():
    """Measure and print."""
    url = os.environ.get("DEMOS_URL", "https://127.0.0.1:5000")
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--of", action="append", help="base URL; several may be given")
    cli.add_argument("--prefix", action="append", help="oai_dc and oai_datacite if not given")
    cli.add_argument("--most", type=int, default=20_000, help="records of a list")
    cli.add_argument("--rounds", type=int, default=3)
    given = cli.parse_args()
    bases = given.of or [f"{url}/oai2d"]
    prefixes = given.prefix or ["oai_dc", "oai_datacite"]
    result = {
        base: {p: measured(base, p, given.most, given.rounds) for p in prefixes} for base in bases
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
