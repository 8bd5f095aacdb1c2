# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The search can be made again from the database."""

import urllib.request

from portal import until


def delete_indices(instance):
    """Delete every search index of the portal, as a lost disk would."""
    base = f"http://127.0.0.1:{instance.ports['opensearch']}"
    with urllib.request.urlopen(f"{base}/_cat/indices/demos-*?h=index") as answer:
        names = answer.read().decode().split()
    assert names
    for name in names:
        request = urllib.request.Request(f"{base}/{name}", method="DELETE")
        urllib.request.urlopen(request).close()


def test_search_rebuilt_from_the_database_is_equal(portal, instance, run):
    recid = portal.deposit("Found again after the indices were lost")
    until(lambda: recid in portal.found(), 60, "the deposit is found")
    records, models = portal.found(), portal.found("/api/models")

    delete_indices(instance)
    run("--set-up", "up")
    run("run", "invenio", "rdm rebuild-all-indices")
    until(lambda: records.keys() <= portal.found().keys(), 180, "all records are found")
    until(lambda: models.keys() <= portal.found("/api/models").keys(), 180, "all models are found")
    again = portal.found()
    assert {recid: again[recid] for recid in records} == records
    assert portal.found("/api/models") == models
