# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The gallery: cards with a drawn channel, one for each record, and filters that are said."""

import json
from uuid import uuid4

import pytest
from demos_models.proxies import current_models_service
from demos_models.registry.index import index_works
from demos_models.services import deposit_models
from invenio_access.permissions import system_identity
from lxml import html
from test_pages import assert_well_formed, get, register, text_of, ui  # noqa: F401  (fixtures)


def ids_of(record_id):
    hits = deposit_models.read(system_identity, record_id)["hits"]["hits"]
    return [hit["model"]["id"] for hit in hits if hit["model"]]


@pytest.fixture
def a_sample():
    return f"sample{uuid4().hex[:8]}"


def test_a_card_shows_the_main_channel_as_it_was_drawn(get, register, workspace, a_sample):  # noqa: F811
    _, _, model = register(workspace(channel="SR<1>", sample=a_sample))
    page = get(f"/models?sample={a_sample}")
    assert_well_formed(page)
    (figure,) = html.fromstring(page.text).xpath("//li//*[@role='img']")
    assert figure.get("aria-label") == "SR<1>: 2 bins"
    assert len(figure.xpath(".//circle")) == 2
    (hit,) = current_models_service.search(
        system_identity, params={"facets": {"sample": [a_sample]}}
    ).to_dict()["hits"]["hits"]
    assert hit["id"] == model
    assert hit["thumbnail"] == {
        "channel": "SR<1>",
        "expected": [55.0, 70.0],
        "signal": [5.0, 10.0],
        "observed": [55.0, 65.0],
    }


def test_the_models_of_one_record_share_a_card(get, deposits, owner, workspace, a_sample):  # noqa: F811
    names = ["regionA.json", "regionB.json", "regionC.json"]
    record = deposits.deposit(owner, {n: workspace(sample=a_sample) for n in names}, title="Three")
    index_works(ids_of(record.id), refresh=True)
    page = get(f"/models?sample={a_sample}")
    assert_well_formed(page)
    tree = html.fromstring(page.text)
    assert len(tree.xpath("//li[contains(@class, 'hit')]")) == 1
    assert "3 models of this record" in text_of(page)
    linked = {a.text for a in tree.xpath("//li//details//a")}
    assert linked == set(names)


def test_every_filter_that_is_set_can_be_taken_back(get, register, workspace, a_sample):  # noqa: F811
    title, *_ = register(workspace(sample=a_sample))
    register(workspace(sample=a_sample))
    page = get(f"/models?sample={a_sample}&kind=histfactory&n_bins=2-3&patch_grid=no&poi=mu")
    chips = {a.text: a.get("href") for a in html.fromstring(page.text).xpath("//a[@class='tag']")}
    assert set(chips) == {
        f"sample: {a_sample} ✕",
        "Kind: HistFactory ✕",
        "n_bins: 2-3 ✕",
        "Grid of signals: without ✕",
        "Parameter of interest: mu ✕",
    }
    assert "kind=" not in chips["Kind: HistFactory ✕"] and title in page.text
    (field,) = html.fromstring(page.text).xpath("//input[@name='n_bins']")
    assert field.get("value") == "2-3"


def test_energies_verdicts_and_grids_are_counted(running_app, deposits, owner, workspace, a_sample):
    patchset = {
        "metadata": {
            "references": {"hepdata": "ins0000001"},
            "labels": ["m"],
            "description": "Invented",
            "digests": {"sha256": "0" * 64},
        },
        "patches": [],
        "version": "1.0.0",
    }
    content = workspace(sample=a_sample)
    files = {"model.json": content}
    record = deposits.deposit(
        owner,
        files,
        custom_fields={"demos:energy": [{"value": 13.0, "unit": "TeV"}]},
    )
    (model,) = ids_of(record.id)
    digest = current_models_service.read(system_identity, model).to_dict()["version"]["digest"]
    patchset["metadata"]["digests"]["sha256"] = digest
    patchset["patches"] = [{"metadata": {"name": "p", "values": [1]}, "patch": []}]
    second = deposits.deposit(
        owner, {**files, "grid.json": json.dumps(patchset).encode()}, title="With its grid"
    )
    index_works(ids_of(second.id), refresh=True)

    def buckets(**params):
        found = current_models_service.search(
            system_identity, params={"facets": {"sample": [a_sample], **params}}
        ).to_dict()
        return found["hits"]["total"], {
            name: {b["key"]: b["doc_count"] for b in facet["buckets"]}
            for name, facet in found["aggregations"].items()
        }

    total, counted = buckets()
    assert total == 1
    assert counted["energy"] == {"13 TeV": 1}
    assert counted["patch_grid"] == {"yes": 1}
    assert counted["verdict"] == {"equivalent": 1}
    assert counted["poi"] == {"mu": 1}
    assert buckets(patch_grid=["no"])[0] == 0
    assert buckets(energy=["13000 GeV"])[0] == 1
    assert buckets(verdict=["different"])[0] == 0


def test_the_help_names_the_fields_and_its_examples_work(get):  # noqa: F811
    page = get("/models")
    tree = html.fromstring(page.text)
    examples = tree.xpath("//details[@id='models-help']//li/a/@href")
    assert len(examples) == 4
    for example in examples:
        get(example)
    assert {"channel", "n_bins", "doi"} <= {c.text for c in tree.xpath("//details//code")}


def test_gallery_leads_to_the_models_with_its_filters(get):  # noqa: F811
    response = get("/gallery?kind=histfactory", status=301)
    assert response.headers["Location"].endswith("/models?kind=histfactory")
