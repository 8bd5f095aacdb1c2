# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""No face of the registry shows more than the deposits themselves would.

Models are deposited in random combinations of record and file access, embargo, community,
secret link, version and owner. What each reader may see is asked of the deposits' own service;
then everything that the registry says to that reader is searched for what is not the reader's.
"""

import json
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from conftest import identity_of
from demos_fair.exports import table
from demos_models import tasks
from demos_models.oai import demos_etree
from demos_models.proxies import current_models_service as models
from demos_models.registry.index import index_works
from demos_models.resources.serializers import resources_of
from demos_models.services import deposit_models
from flask_principal import Identity
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invenio_access.permissions import any_user, system_identity
from invenio_communities.generators import CommunityRoleNeed
from invenio_communities.proxies import current_communities
from invenio_db import db
from invenio_pidstore.errors import PIDDeletedError, PIDDoesNotExistError
from invenio_rdm_records.proxies import current_rdm_records_service as records
from invenio_rdm_records.secret_links import LinkNeed
from invenio_records_resources.services.errors import PermissionDeniedError
from lxml import etree

EXAMPLES = int(os.environ.get("DEMOS_TEST_ACCESS_EXAMPLES", "8"))
REFUSALS = (PermissionDeniedError, PIDDoesNotExistError, PIDDeletedError)

DEPOSIT = st.fixed_dictionaries(
    {
        "owner": st.sampled_from([0, 1]),
        "access": st.sampled_from(
            ["open", "files restricted", "restricted", "files embargoed", "embargoed"]
        ),
        "content": st.sampled_from([0, 0, 1]),
        "community": st.booleans(),
        "link": st.booleans(),
        "next_version": st.booleans(),
    }
)

ALONE = {"link": False, "next_version": False}


@pytest.fixture(scope="module")
def community(app):
    """A community whose curators read its restricted deposits."""
    item = current_communities.service.create(
        system_identity,
        {
            "slug": f"c{uuid4().hex[:8]}",
            "metadata": {"title": "Curated"},
            "access": {"visibility": "public"},
        },
    )
    return item._record


class World:
    """What one example has deposited, with the words that must not get to the wrong people."""

    def __init__(self, deposits, owners, community, workspace):
        self._deposits, self._owners = deposits, owners
        self._community, self._workspace = community, workspace
        self.records = []
        self.links = []
        self.run = uuid4().hex[:8]

    def _file(self, content):
        return self._workspace(channel=f"channel-{self.run}-{content}")

    def add(self, choice):
        """Deposit what an example chose."""
        number = len(self.records)
        owner = self._owners[choice["owner"]]
        recid = self._publish(owner, choice, number, choice["content"])
        if choice["link"]:
            link = records.access.create_secret_link(owner, recid, {"permission": "view"})
            self.links.append(link.id)
        if choice["community"]:
            parent = records.record_cls.pid.resolve(recid).parent
            parent.communities.add(self._community)
            parent.commit()
            db.session.commit()
        if choice["next_version"]:
            # The next version is open to all, so that it is told apart from the first.
            draft = records.new_version(owner, recid)
            number = len(self.records)
            data = self._metadata({**choice, "access": "open"}, number)
            records.update_draft(owner, draft.id, data)
            self._finish(owner, draft.id, number, f"next{number}")

    def _metadata(self, choice, number):
        access = choice["access"]
        record = "restricted" if access in ("restricted", "embargoed") else "public"
        files = "public" if access == "open" else "restricted"
        data = self._deposits._metadata(
            title=f"title-{self.run}-{number}", access=record, file_access=files
        )
        if "embargoed" in access:
            until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
            data["access"]["embargo"] = {"active": True, "until": until, "reason": "x"}
        return data

    def _publish(self, owner, choice, number, content):
        draft = records.create(owner, self._metadata(choice, number))
        return self._finish(owner, draft.id, number, content)

    def _finish(self, owner, recid, number, content):
        name = f"file-{self.run}-{number}.json"
        self._deposits.upload(owner, recid, {name: self._file(content)})
        record = self._deposits.publish(owner, recid)
        self.records.append((record.id, number, content))
        return record.id

    @property
    def model_ids(self):
        """All entries that came of it."""
        found = set()
        for recid, _, _ in self.records:
            hits = deposit_models.read(system_identity, recid)["hits"]["hits"]
            found |= {h["model"]["id"] for h in hits if h["model"]}
        return sorted(found)

    def words(self, identity):
        """Give the words that an identity may see, and those that it may not.

        The deposits' own permission policy decides, deposit by deposit.
        """
        every, allowed = set(), set()
        for recid, number, content in self.records:
            record = records.record_cls.pid.resolve(recid)
            title = {f"title-{self.run}-{number}", recid}
            inside = {f"file-{self.run}-{number}.json", f"channel-{self.run}-{content}"}
            every |= title | inside
            if records.check_permission(identity, "read", record=record):
                allowed |= title
                if records.check_permission(identity, "read_files", record=record):
                    allowed |= inside
        return allowed, every - allowed


def said_of(identity, model_id):
    """Collect everything that the registry says of a model to an identity, as one text."""
    said = []

    def ask(function, *args, **kwargs):
        with suppress(*REFUSALS):
            answer = function(identity, *args, **kwargs)
            said.append(answer)
            return answer
        return None

    item = ask(models.read, model_id)
    if item is not None:
        said[-1] = item.to_dict()
        (resource,) = resources_of([item.to_dict()])
        said += [export.write(resource) for export in table().values()]
    versions = ask(models.versions, model_id)
    numbers = range(1, (versions or {"hits": {"total": 0}})["hits"]["total"] + 2)
    for version in (None, *numbers):
        ask(models.structure, model_id, version=version)
        ask(models.checks, model_id, version=version)
        ask(models.patches, model_id, version=version)
        if content := ask(models.content, model_id, version=version):
            said[-1] = content.read().decode()
    return json.dumps(said, default=str)


def search(identity, **facets):
    """Search as the REST API does."""
    params = {"facets": {k: [v] for k, v in facets.items() if k != "q"}, "size": 100}
    if "q" in facets:
        params["q"] = facets["q"]
    return models.search(identity, params).to_dict()


def assert_nothing_leaks(world, identity, model_ids):
    allowed, forbidden = world.words(identity)
    for model_id in model_ids:
        said = said_of(identity, model_id)
        for word in forbidden:
            assert word not in said, (word, model_id)
    found = json.dumps(search(identity, q=world.run), default=str)
    for word in forbidden:
        assert word not in found, word
    for word in forbidden:
        name = "channel" if word.startswith("channel-") else "record"
        results = [search(identity, q=f'"{word}"'), search(identity, **{name: word})]
        for result in results:
            assert result["hits"]["total"] == 0, word
            assert all(not a["buckets"] for a in result["aggregations"].values()), word
    for recid, number, _ in world.records:
        if recid in allowed:
            hits = search(identity, record=recid)["hits"]
            assert hits["total"] == 1, (recid, number)


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
@given(choices=st.lists(DEPOSIT, min_size=1, max_size=3))
def test_no_reader_is_shown_more_than_the_deposits_show(
    running_app, deposits, users, community, workspace, choices
):
    owners = [identity_of(user) for user in users]
    world = World(deposits, owners, community, workspace)
    for choice in choices:
        world.add(choice)
    tasks.reconcile()
    model_ids = world.model_ids
    index_works(model_ids, refresh=True)

    anyone = Identity(None)
    anyone.provides.add(any_user)
    visitors = [Identity(None) for _ in world.links]
    for visitor, link in zip(visitors, world.links, strict=True):
        visitor.provides |= {any_user, LinkNeed(link)}
    curator = identity_of(987_654)
    curator.provides.add(CommunityRoleNeed(str(community.id), "curator"))
    for identity in (anyone, identity_of(123_456), *visitors, curator, *owners):
        assert_nothing_leaks(world, identity, model_ids)

    _, forbidden = world.words(anyone)
    for recid, _, _ in world.records:
        # A deposit without a model that anybody may see has no payload.
        root = demos_etree(None, {"_source": {"id": recid}})
        body = "" if root is None else etree.tostring(root, encoding="unicode").split(">", 1)[-1]
        for word in forbidden:
            assert word not in body, word


def test_a_curator_finds_every_copy_that_the_community_holds(
    running_app, deposits, users, community, workspace
):
    world = World(deposits, [identity_of(user) for user in users], community, workspace)
    mine = {"owner": 0, "access": "restricted", "content": 0, "community": True}
    for owner, access, shared in ((0, "restricted", True), (0, "open", False)):
        world.add({**mine, "owner": owner, "access": access, "community": shared, **ALONE})
    world.add({**mine, "owner": 1, **ALONE})
    tasks.reconcile()
    index_works(world.model_ids, refresh=True)
    curator = identity_of(987_654)
    curator.provides.add(CommunityRoleNeed(str(community.id), "curator"))
    for identity in (curator, *map(identity_of, users)):
        assert_nothing_leaks(world, identity, world.model_ids)
    found = search(curator, q=world.run)["hits"]
    assert found["total"] == 1
    assert set(found["hits"][0]["records"]) == {recid for recid, _, _ in world.records}


def test_a_restricted_copy_changes_nothing_that_others_can_compare(
    deposits, owner, other, anyone, workspace
):
    content = workspace(channel=f"compared-{uuid4().hex[:8]}")
    record = deposits.deposit(owner, {"m.json": content}, title="Open")
    model_id = deposit_models.read(anyone, record.id)["hits"]["hits"][0]["model"]["id"]

    def seen():
        index_works([model_id], refresh=True)
        result = search(anyone, record=record.id)
        return (
            models.read(anyone, model_id).etag,
            models.versions(anyone, model_id),
            result["hits"],
            result["aggregations"],
        )

    before = seen()
    deposits.deposit(other, {"copy.json": content}, title="Closed", access="restricted")
    assert seen() == before
