# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The model's page is the model: figures, sliders, signals, with nothing asked of the server."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from xml.etree import ElementTree

import pyhf
import pytest

COUNTING = "Starter: a counting experiment"
PATIENCE = 120
"""Seconds until a new portal has drawn its first models."""

GRID = "Starter: a search with a control region and a grid of signals"


class Walk:
    """Counts what a visitor does; typing is free, a click, a paste and a sent search are not."""

    def __init__(self):
        self.steps = []

    def do(self, name, action):
        self.steps.append(name)
        return action()


@pytest.fixture
def errors(page):
    """What the page said on the console, which is nothing."""
    said = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield said
    assert said == []


@pytest.fixture
def model(page, portal):
    """Return a function that gives the id of a model that every portal has, by its title.

    A portal that has just been set up indexes and draws these models in the background.
    """

    def look(title):
        found = page.request.get(f"{portal}/api/models", params={"q": f'"{title}"'}).json()
        for hit in found["hits"]["hits"]:
            drawn = 'id="model-data"' in page.request.get(f"{portal}/models/{hit['id']}").text()
            if hit["metadata"]["title"] == title and drawn:
                return hit["id"]
        return None

    def model(title):
        for _ in range(PATIENCE):
            if found := look(title):
                return found
            time.sleep(1)
        raise AssertionError(f"{title} is not there, or is not drawn")

    return model


def workspace_of(page, portal, model_id):
    answer = page.request.get(f"{portal}/api/models/{model_id}/file", params={"format": "pyhf"})
    return json.loads(answer.body())


def cls_of_pyhf(workspace, signal):
    """Observed CLs of a signal in the first channel, by pyhf."""
    poi = workspace["measurements"][0]["config"]["poi"]
    for sample in workspace["channels"][0]["samples"]:
        if any(m["name"] == poi for m in sample["modifiers"]):
            ratio = [new / old for new, old in zip(signal, sample["data"], strict=True)]
            sample["data"] = signal
            for modifier in sample["modifiers"]:
                if modifier["type"] in ("staterror", "shapesys"):
                    modifier["data"] = [
                        r * value for r, value in zip(ratio, modifier["data"], strict=True)
                    ]
    pyhf.set_backend("numpy", pyhf.optimize.scipy_optimizer(tolerance=1e-10))
    opened = pyhf.Workspace(workspace)
    model = opened.model()
    return float(pyhf.infer.hypotest(1.0, opened.data(model), model))


def ready(page):
    """Wait until engine and model are in the page."""
    region = page.get_by_role("region", name="Explore", exact=True)
    region.scroll_into_view_if_needed()
    page.wait_for_selector("#explore[aria-busy=false]")
    return region


def until(page, holds):
    """Wait until a condition holds; a busy machine draws late."""
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    assert holds()


def paste(page, field, text):
    """Paste as from a spreadsheet."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    field.click()
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")


def test_from_the_front_page_to_the_cls_of_own_yields(page, portal, model, errors):
    model_id = model(COUNTING)
    workspace = workspace_of(page, portal, model_id)
    channel = workspace["channels"][0]["name"]
    bins = len(workspace["channels"][0]["samples"][0]["data"])
    signal = [6.5 + i for i in range(bins)]
    walk = Walk()
    page.goto(portal)
    box = page.get_by_role("main").get_by_role("searchbox").first
    box.fill(COUNTING)
    walk.do("search", lambda: box.press("Enter"))
    walk.do("the model", page.locator(f"main a[href*='/models/{model_id}']").first.click)
    walk.do("Yields", lambda: page.get_by_role("radio", name="Yields", exact=True).check())
    field = page.get_by_label(f"{channel} bin 1", exact=True)
    walk.do("paste", lambda: paste(page, field, "\t".join(map(str, signal))))
    if bins == 1:
        field.fill(str(signal[0]))
    walk.do("Compute", page.get_by_role("button", name="Compute", exact=True).click)
    status = page.locator("[role=status][data-cls-observed]")
    status.wait_for()
    found = float(status.get_attribute("data-cls-observed"))
    assert found == pytest.approx(cls_of_pyhf(workspace, signal), rel=1e-4)
    assert len(walk.steps) <= 5


@pytest.mark.parametrize("kind", ["PNG", "SVG", "CSV"])
def test_a_figure_for_a_lecture(page, portal, model, errors, kind):
    model_id = model(COUNTING)
    walk = Walk()
    walk.do("the page", lambda: page.goto(f"{portal}/models/{model_id}"))
    region = page.get_by_role("region", name="Explore", exact=True)
    walk.do("Download", region.get_by_role("button", name="Download").first.click)
    with page.expect_download() as download:
        walk.do(kind, region.get_by_role("button", name=kind, exact=True).first.click)
    content = download.value.path().read_bytes()
    if kind == "PNG":
        assert content.startswith(b"\x89PNG")
        assert int.from_bytes(content[16:20], "big") >= 600
    elif kind == "SVG":
        assert ElementTree.fromstring(content).tag.endswith("svg")
    else:
        observed = workspace_of(page, portal, model_id)["observations"][0]["data"]
        assert ",".join(f"{n:g}" for n in observed) in content.decode()
    assert len(walk.steps) <= 3


def test_an_address_leads_to_the_first_figure(page, portal, model, errors):
    model_id = model(GRID)
    entry = page.request.get(f"{portal}/api/models/{model_id}").json()
    doi = entry["metadata"]["citation"]["doi"]
    page.goto(f"{portal}/explore?url=https://doi.org/{doi}")
    region = page.get_by_role("region", name="Explore", exact=True)
    region.get_by_role("img").first.wait_for()
    assert page.url.startswith(f"{portal}/models/{model_id}")


def test_nothing_is_asked_while_the_model_is_explored(page, portal, model, errors):
    page.goto(f"{portal}/models/{model(GRID)}")
    region = ready(page)
    points = page.locator("[data-point]")
    page.locator("[data-point][data-cls-observed]").nth(points.count() - 1).wait_for()
    page.context.set_offline(True)
    before = region.get_by_role("img").first.inner_html()
    slider = region.get_by_role("slider").first
    slider.focus()
    slider.press("ArrowRight")
    until(page, lambda: region.get_by_role("img").first.inner_html() != before)
    region.get_by_role("button", name="Fit to data").click()
    region.get_by_text("The best fit to the data.").wait_for()
    region.get_by_role("button", name="Reset").click()
    until(page, lambda: region.get_by_role("img").first.inner_html() == before)
    for name in ("Pulls and impacts", "Correlations", "Likelihood scan"):
        region.get_by_role("tab", name=name).click()
        panel = region.get_by_role("tabpanel", name=name)
        panel.get_by_role("img").first.wait_for()
    points.first.click()
    page.get_by_text("Upper limit on the signal strength").wait_for()
    page.get_by_text("Excess over the background").wait_for()


def test_a_local_file_is_opened_and_stays_where_it_is(page, portal, model, errors):
    workspace = workspace_of(page, portal, model(COUNTING))
    name = f"unpublished_{workspace['channels'][0]['name']}"
    workspace["channels"][0]["name"] = workspace["observations"][0]["name"] = name
    page.goto(f"{portal}/explore")
    sent = []
    page.on("request", lambda r: sent.append(r.post_data_buffer or b""))
    content = json.dumps(workspace).encode()
    file = {"name": "mine.json", "mimeType": "application/json", "buffer": content}
    page.get_by_label("Open a file").first.set_input_files(file)
    page.get_by_role("region", name="Explore").get_by_role("img", name=name).first.wait_for()
    assert not any(sent)


def test_bad_input_is_named_at_its_field(page, portal, model, errors):
    page.goto(f"{portal}/models/{model(COUNTING)}")
    page.get_by_role("radio", name="Yields", exact=True).check()
    field = page.locator("input[aria-label$=' bin 1']").first
    field.fill("1e")
    page.get_by_role("button", name="Compute", exact=True).click()
    assert field.get_attribute("aria-invalid") == "true"
    described = page.locator(f"#{field.get_attribute('aria-describedby')}").inner_text()
    assert "not a number of events" in described


@pytest.fixture
def served():
    """Return a function that serves a page at another origin than the portal's."""
    servers = []

    def served(text):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/"

    yield served
    for server in servers:
        server.shutdown()
        server.server_close()


def test_figures_work_in_a_frame_of_another_page(page, portal, model, served):
    address = f"{portal}/embed/models/{model(COUNTING)}"
    sandbox = "allow-scripts allow-same-origin"
    frame = f'<iframe src="{address}" width=1000 height=700 sandbox="{sandbox}"></iframe>'
    page.goto(served(frame))
    frame = page.frame_locator("iframe")
    frame.get_by_role("slider").first.press("ArrowRight")
    frame.locator("#explore[aria-busy=false]").wait_for()
    frame.get_by_role("img").first.wait_for()
