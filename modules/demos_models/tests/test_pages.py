# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The pages of models, as a browser without JavaScript gets them."""

import json
from itertools import pairwise
from urllib.parse import unquote
from uuid import uuid4

import pytest
from conftest import configuration
from demos_models.deposit.deposits import sources_of_deposit
from demos_models.pages.deposits import models_of_deposit
from demos_models.registry.index import index_works
from demos_models.services import deposit_models
from demos_models.tasks import reconcile
from flask import g
from flask_webpackext.manifest import JinjaManifest, JinjaManifestEntry, JinjaManifestLoader
from invenio_access.permissions import system_identity
from invenio_app.factory import create_ui
from invenio_db import db
from lxml import html

BASE = "https://127.0.0.1:5000"


class AnyBundle(JinjaManifest):
    """Stands for the built assets, which the pages only link to."""

    def __getitem__(self, key):
        return JinjaManifestEntry(key, [key])


class AnyBundleLoader(JinjaManifestLoader):
    """Loads what stands for the built assets."""

    def load(self, filepath):
        return AnyBundle()


@pytest.fixture(scope="module")
def ui(app, database_uri):
    """The application of the pages, on the same services."""
    return create_ui(
        **configuration(database_uri),
        WEBPACKEXT_MANIFEST_LOADER=AnyBundleLoader,
        APP_DEFAULT_SECURE_HEADERS={"force_https": False},
    )


@pytest.fixture
def get(running_app, ui):
    """Give a function that gets a page as somebody who is not logged in."""

    def get(path, status=200):
        with ui.test_client() as client:
            response = client.get(path, base_url=BASE)
        assert response.status_code == status, response.text[:500]
        return response

    return get


@pytest.fixture
def register(deposits, owner):
    """Give a function that deposits one file and gives the deposit's and the model's ids."""

    def register(content, title=None, **kwargs):
        title = title or f"Model {uuid4().hex[:8]}"
        record = deposits.deposit(owner, {"model.json": content}, title=title, **kwargs)
        (hit,) = deposit_models.read(system_identity, record.id)["hits"]["hits"]
        index_works([hit["model"]["id"]], refresh=True)
        return title, record.id, hit["model"]["id"]

    return register


def text_of(response):
    return " ".join(html.fromstring(response.text).text_content().split())


def assert_well_formed(response):
    """One main heading, no skipped level, unique ids, every input with a label."""
    tree = html.fromstring(response.text)
    main = tree.xpath("//main")[0]
    levels = [int(h.tag[1]) for h in main.xpath(".//*[self::h1 or self::h2 or self::h3]")]
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    ids = main.xpath(".//@id")
    assert len(ids) == len(set(ids))
    for field in main.xpath(".//input[not(@type='hidden')] | .//select"):
        assert main.xpath(f".//label[@for='{field.get('id')}']"), field.get("id")


def test_the_list_shows_what_is_found_with_facets_and_an_order(get, register, workspace):
    channel = f"SR{uuid4().hex[:8]}"
    title, _, model_id = register(workspace(channel=channel))
    page = get(f"/models?channel={channel}&sort=newest")
    assert_well_formed(page)
    assert title in page.text
    assert f'href="/models/{model_id}"' in page.text
    assert "1 model" in text_of(page)
    tree = html.fromstring(page.text)
    facet = tree.xpath("//a[contains(., 'HistFactory (1)')]/@href")
    assert facet
    narrowed = get(facet[0])
    assert title in narrowed.text
    assert html.fromstring(narrowed.text).xpath("//a[@aria-current='true']/@href")
    assert tree.xpath("//select[@name='sort']/option[@selected]/@value") == ["newest"]


def test_a_search_without_results_says_what_to_do(get):
    page = get(f"/models?q={uuid4().hex}")
    assert_well_formed(page)
    assert "No model fits" in text_of(page)


def test_what_the_search_engine_refuses_is_explained(get):
    page = get("/models?q=NOT+NOT+NOT+a", status=400)
    assert "The search engine cannot understand this query." in text_of(page)


@pytest.mark.parametrize("query", ["size=-1", "page=x", "n_bins=z", "size=100000"])
def test_a_search_that_cannot_be_made_is_explained(get, query):
    page = get(f"/models?{query}", status=400)
    assert_well_formed(page)
    assert query.split("=")[0] in text_of(page)


def test_results_go_over_pages(get, register, workspace):
    sample = f"sample{uuid4().hex[:8]}"
    titles = {register(workspace(sample=sample))[0] for _ in range(3)}
    seen = set()
    for number in (1, 2, 3):
        page = get(f"/models?sample={sample}&size=1&page={number}")
        seen |= {title for title in titles if title in page.text}
        current = html.fromstring(page.text).xpath("//*[@aria-current='page']/text()")
        assert str(number) in current
    assert seen == titles


def test_a_page_tells_people_and_machines_about_the_model(get, register, workspace):
    channel = f"SR{uuid4().hex[:8]}"
    content = workspace(channel=channel)
    title, record_id, model_id = register(content)
    page = get(f"/models/{model_id}")
    assert_well_formed(page)
    text = text_of(page)
    for expected in (title, channel, "1 channel", "3 parameters", "ATLAS Collaboration"):
        assert expected in text
    tree = html.fromstring(page.text)
    assert tree.xpath(f"//a[@href='{BASE}/records/{record_id}']")
    assert tree.xpath("//a[@download]/@href")[0].endswith(f"{model_id}/file?format=source")
    (json_ld,) = tree.xpath("//script[@type='application/ld+json']/text()")
    assert json.loads(json_ld)["name"] == title
    links = page.headers["Link"]
    described = f'<{BASE}/models/{model_id}/export/json-ld>; rel="describedby"'
    assert f'{described}; type="application/ld+json"' in links
    assert f'<{BASE}/api/models/{model_id}/file?format=source>; rel="item"' in links
    assert tree.xpath("//link[@rel='describedby']")
    assert "Accept" in page.headers["Vary"]
    assert "private" in page.headers["Cache-Control"]


def test_markup_in_metadata_and_names_stays_text(get, register, workspace):
    attack = f"<img src=x onerror=alert({uuid4().int % 1000})></script><b>"
    *_, model_id = register(workspace(channel=attack), title=f"T {attack}")
    for path in (f"/models/{model_id}", "/models?q=T"):
        page = get(path)
        assert "<img src=x" not in page.text
        assert not html.fromstring(page.text).xpath("//img[@src='x']")


def test_the_page_of_a_large_model_stays_small(get, register, workspace):
    small = json.loads(workspace())
    signal = small["channels"][0]["samples"][0]["modifiers"]
    modifiers = [
        {
            "name": f"systematic_uncertainty_number_{i}",
            "type": "normsys",
            "data": {"hi": 1.1, "lo": 0.9},
        }
        for i in range(100)
    ]
    channels = [
        {
            "name": f"signal_region_number_{c}_{uuid4().hex[:6]}",
            "samples": [
                {
                    "name": f"background_process_number_{s}",
                    "data": [10.0] * 5,
                    "modifiers": modifiers if s else signal,
                }
                for s in range(40)
            ],
        }
        for c in range(50)
    ]
    large = {
        **small,
        "channels": channels,
        "observations": [{"name": c["name"], "data": [400.0] * 5} for c in channels],
    }
    *_, model_id = register(json.dumps(large).encode())
    page = get(f"/models/{model_id}")
    assert channels[-1]["name"] in page.text
    assert len(page.data) < 500_000


def test_a_restricted_model_is_not_shown(get, register, workspace):
    channel = f"secret{uuid4().hex[:8]}"
    title, record_id, model_id = register(workspace(channel=channel), access="restricted")
    page = get(f"/models/{model_id}", status=403)
    assert title not in page.text
    (login,) = html.fromstring(page.text).xpath("//main//a[contains(@href, '/login/')]/@href")
    assert unquote(login).endswith(f"next=/models/{model_id}")
    for query in (f"channel={channel}", f"q={channel}", f"record={record_id}"):
        page = get(f"/models?{query}")
        assert title not in page.text
        assert "0 models" in text_of(page)


def test_restricted_files_leave_the_description_alone(get, register, workspace):
    channel = f"secret{uuid4().hex[:8]}"
    title, _, model_id = register(workspace(channel=channel), file_access="restricted")
    page = get(f"/models/{model_id}")
    assert_well_formed(page)
    assert title in page.text
    assert channel not in page.text
    assert "You may not read the files" in text_of(page)
    assert 'rel="item"' not in page.headers["Link"]


def test_an_embargo_says_until_when(get, register, workspace):
    _, record_id, model_id = register(workspace(), file_access="restricted")
    (source,) = sources_of_deposit(record_id)
    source.data = {**source.data, "embargo": {"until": "2031-05-17"}}
    db.session.commit()
    assert "under embargo until 2031-05-17" in text_of(get(f"/models/{model_id}"))


def test_a_name_that_nobody_knows_is_not_found(get):
    page = get(f"/models/{uuid4()}", status=404)
    assert_well_formed(page)
    assert "No such model" in text_of(page)


def test_another_name_leads_to_the_model(get, register, workspace):
    doi = f"10.5072/{uuid4().hex[:8]}"
    *_, model_id = register(workspace(), custom_fields={"demos:references": {"doi": doi}})
    answer = get(f"/models/{doi}", status=302)
    assert answer.headers["Location"].endswith(f"/models/{model_id}")


def test_several_models_of_one_name_are_listed(get, register, workspace):
    doi = f"10.5072/{uuid4().hex[:8]}"
    fields = {"custom_fields": {"demos:references": {"doi": doi}}}
    first, second = register(workspace(), **fields), register(workspace(), **fields)
    page = get(f"/models/{doi}", status=300)
    assert first[0] in page.text
    assert second[0] in page.text


def test_a_container_s_page_says_how_to_run_it(get, deposits, owner):
    record = deposits.deposit(
        owner,
        {"model.md": b"# A model"},
        kind="model-container",
        custom_fields={"demos:container": {"image": "ghcr.io/example/higgs:1.0"}},
    )
    (source,) = sources_of_deposit(record.id)
    model_id = str(source.version.work_id)
    page = get(f"/models/{model_id}")
    assert_well_formed(page)
    text = text_of(page)
    assert "ghcr.io/example/higgs:1.0" in text
    assert "is a container image" in text
    assert f"demos run {model_id}" in text
    assert f"/api/models/{model_id}/execute" in text


def test_a_model_s_page_compares_two_engines(get, register, workspace):
    _, _, model_id = register(workspace(channel="compared"))
    reconcile()
    text = text_of(get(f"/models/{model_id}"))
    assert "The engine of this portal and pyhf agree on this model." in text
    assert "CLs at μ = 1:" in text


def test_a_deposit_lists_its_models_for_those_who_may_see_them(
    ui, register, workspace, anyone, owner
):
    _, open_record, model_id = register(workspace())
    _, closed_record, closed_id = register(workspace(), access="restricted")
    with ui.test_request_context(base_url=BASE):
        g.identity = anyone
        (model,) = models_of_deposit(open_record)["shown"]
        assert (model["id"], model["label"], model["format"]) == (model_id, "model.json", "pyhf")
        assert models_of_deposit(closed_record) == {"total": 0, "shown": []}
        g.identity = owner
        assert [m["id"] for m in models_of_deposit(closed_record)["shown"]] == [closed_id]


def test_figures_can_be_put_into_a_page_of_others_and_nothing_else_can(get, register, workspace):
    channel = f"SR{uuid4().hex[:8]}"
    title, _, model_id = register(workspace(channel=channel))
    page = get(f"/embed/models/{model_id}")
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers
    assert_well_formed(page)
    assert title in page.text
    assert html.fromstring(page.text).xpath(f"//*[@role='img'][contains(@aria-label, '{channel}')]")
    whole = get(f"/models/{model_id}")
    assert whole.headers["X-Frame-Options"].lower() == "sameorigin"
    assert f"/embed/models/{model_id}" in whole.text


def test_a_restricted_model_is_not_put_into_a_page_of_others(get, register, workspace):
    _, _, model_id = register(workspace(channel=f"SR{uuid4().hex[:8]}"), access="restricted")
    get(f"/embed/models/{model_id}", status=403)


def test_the_formula_has_the_parts_of_the_model_and_no_others(get, register, workspace):
    _, _, model_id = register(workspace(channel=f"SR{uuid4().hex[:8]}"))
    tree = html.fromstring(get(f"/models/{model_id}").text)
    (section,) = tree.xpath("//section[@aria-labelledby='formula']")
    assert len(section.xpath(".//math")) == 2
    text = " ".join(section.text_content().split())
    assert "Pois" in text
    assert "\\varphi_s" in text
    assert "\\lambda" not in text
