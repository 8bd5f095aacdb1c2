# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Records that are written together come out as if each had been written alone."""

import pytest
import sqlalchemy as sa
from peers import hepdata, models
from peers.datacite import DataCiteDouble
from peers.zenodo import Record, ZenodoDouble

pytestmark = pytest.mark.usefixtures("no_documents")


def files(seed, name="workspace.json", **options):
    return {name: models.as_json(models.workspace(seed), **options)}


def archive():
    """Records whose models have to do with each other, in all the ways there are."""
    first, second = models.workspace(1), models.workspace(2)
    pallet = {"a/one.json": models.as_json(first), "b/two.json": models.as_json(second)}
    return [
        Record("100", "10", "first version", files(100)),
        Record("101", "10", "second version of it", files(101), index=2),
        Record("102", "11", "the same content, indented", files(100, indent=2)),
        Record("103", "12", "a pallet", {"models.tgz": models.tgz(pallet)}),
        Record("104", "13", "what is in the pallet", {"w.json": models.as_json(first)}),
        Record("105", "14", "two files", {**files(5, "x.json"), **files(6, "y.json")}),
        Record("106", "14", "its second version", {**files(7, "y.json"), **files(5, "x.json")},
               index=2),
        Record("107", "15", "a model", files(8, "old.json")),
        Record("108", "15", "two under other names", {**files(9, "n.json"), **files(10, "m.json")},
               index=2),
        Record("109", "16", "no model", {"settings.json": b'{"colour": "blue"}'}),
    ]  # fmt: skip


def state():
    from demos_models.records.models import ModelAlias, ModelDoubt, ModelSource

    versions = {
        s.key: (s.version.digest, s.version.position, s.gone_at is None)
        for s in ModelSource.query.filter(ModelSource.version_id.isnot(None))
    }
    works = {}
    for source in ModelSource.query.filter(ModelSource.version_id.isnot(None)):
        works.setdefault(source.version.work_id, set()).add(source.key)
    aliases = sorted((a.scheme, a.value, tuple(sorted(works[a.work_id]))) for a in ModelAlias.query)
    doubts = sorted((d.key, len(d.candidates)) for d in ModelDoubt.query)
    return versions, sorted(map(sorted, works.values())), aliases, doubts


def test_the_size_of_batches_changes_nothing(clean, doubles, harvest, client):
    from demos_models.records.models import ModelSource
    from invenio_db import db

    zenodo = doubles("zenodo", ZenodoDouble())
    ends = []
    for size in (1, 3, 50):
        db.session.execute(sa.text("TRUNCATE demos_models_work, demos_models_source CASCADE"))
        db.session.execute(sa.text("TRUNCATE demos_harvest_item, demos_harvest_cursor CASCADE"))
        db.session.execute(sa.text("TRUNCATE demos_models_doubt"))
        db.session.commit()
        clean.config["DEMOS_HARVEST_BATCH"] = size
        zenodo.records = {record.id: record for record in archive()}
        first = harvest("zenodo")
        middle = state()
        zenodo.edit("100", title="A better title")
        zenodo.edit("104", files=files(11, "w.json"))
        zenodo.records["103"].deleted = True
        zenodo.new_version("107", "110", files(12, "old.json"))
        ends.append((first, middle, harvest("zenodo"), state()))
    assert ends[0] == ends[1] == ends[2]
    first, middle, second, _ = ends[0]
    assert (first["failed"], first["skipped"], first["doubtful"]) == (0, 1, 1)
    assert first["registered"] + first["updated"] == 8
    assert (second["updated"], second["deleted"], second["failed"]) == (3, 1, 0)
    assert ["100/workspace.json", "101/workspace.json", "102/workspace.json"] in [
        [key.partition(":")[2] or key for key in keys] for keys in middle[1]
    ]
    assert ModelSource.query.filter(ModelSource.gone_at.isnot(None)).count() == 2


def test_a_record_that_cannot_be_written_stops_no_other(clean, doubles, harvest, works, item):
    # The registry has no room for so long an identifier, which only the database finds out.
    long = "9" * 300
    zenodo = doubles("zenodo", ZenodoDouble([Record(n, n, n) for n in ("1", "2", long, "4", "5")]))
    clean.config["DEMOS_HARVEST_OAIPMH_SOURCES"] = {
        "rossendorf": {"url": f"{zenodo.url}/oai2d", "set": "user-likelihoods"}
    }
    counts = harvest("rossendorf")
    assert (counts["status"], counts["registered"], counts["failed"]) == ("partial", 4, 1)
    assert works() == 4
    failed = item("rossendorf", f"oai:zenodo.org:{long}")
    assert (failed.state, failed.error["code"]) == ("failed", "internal_error")


def test_two_names_of_a_record_are_one_item(doubles, harvest, works):
    from demos_harvest.records.models import HarvestItem

    resource = hepdata.Resource("w.json", models.as_json(models.workspace(1)))
    double = doubles(
        "hepdata", hepdata.HEPDataDouble([hepdata.Record(7, 70, resources=[resource])])
    )
    doubles("datacite", DataCiteDouble(double))
    counts = harvest("hepdata", ids=["7", "ins70"])
    assert (counts["registered"], counts["unchanged"], works()) == (1, 1, 1)
    assert [row.state for row in HarvestItem.query] == ["registered"]


def test_no_archive_is_asked_inside_a_transaction(clean, doubles, harvest, works):
    from invenio_db import db

    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
    )
    engine = sa.create_engine(clean.config["SQLALCHEMY_DATABASE_URI"])
    open_transactions = []

    class Watching(ZenodoDouble):
        def before(self, request):
            with engine.connect() as connection:
                open_transactions.append(connection.execute(waiting).scalar())
            return super().before(request)

    zenodo = doubles("zenodo", Watching(archive()))
    db.session.rollback()
    harvest("zenodo", dry_run=True)
    harvest("zenodo")
    zenodo.edit("100", title="A better title")
    zenodo.edit("104", files=files(11, "w.json"))
    harvest("zenodo")
    engine.dispose()
    assert len(open_transactions) > 30
    assert set(open_transactions) == {0}
