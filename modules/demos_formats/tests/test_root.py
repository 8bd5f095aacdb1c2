# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is written for ROOT, where ROOT would read something else than it says.

That ROOT itself agrees is shown in ``test_oracles``.
"""

import copy
import json

import pytest
from demos_formats import hs3
from demos_formats.certificate import certify
from demos_formats.convert import (
    convert_demos_to_hs3,
    convert_hs3_to_demos,
    convert_hs3_to_pyhf,
    convert_pyhf_to_demos,
    convert_pyhf_to_hs3,
)
from demos_formats.difference import diff as compare
from demos_formats.document import load as read
from demos_formats.errors import RefusedError
from demos_formats.hs3 import auxiliary
from demos_formats.hs3.legal import LEGAL
from demos_formats.hs3.released import below_zero
from models import every_modifier, sample, steep, workspace

CODES = ("code0", "code2", "code4p")


def settings(code):
    return {"normsys": {"interpcode": "code4"}, "histosys": {"interpcode": code}}


def written(ws, **kw):
    return json.loads(json.dumps(convert_pyhf_to_hs3(ws, dialect="root", **kw)))


def kinds(document, at=0):
    return [m["type"] for m in document["distributions"][0]["samples"][at]["modifiers"]]


@pytest.mark.parametrize("code", CODES)
def test_templates_that_can_become_negative_come_back(code):
    ws, codes = steep(), settings(code)
    document = written(ws, settings=codes)
    assert hs3.validate(document) == []
    assert "custom" in kinds(document) and "histosys" not in kinds(document)
    assert all(
        f["positiveDefinite"] is False
        for f in document["functions"]
        if f["type"] == "interpolation"
    )
    del document["misc"]
    back, found = convert_hs3_to_pyhf(document)
    assert back["channels"] == ws["channels"]
    assert found == codes
    assert certify(ws, document, settings=codes).equivalent


def test_a_document_with_functions_for_root_comes_back_as_it_was():
    document = written(steep())
    stored = convert_hs3_to_demos(document)
    assert stored["misc"]["demos"]["source"]["clipped"] is False
    assert "functions" not in stored
    again = convert_demos_to_hs3(stored, dialect="root")
    assert {k: v for k, v in again.items() if k != "misc"} == {
        k: v for k, v in document.items() if k != "misc"
    }


def test_nothing_differs_from_the_workspace():
    ws = json.dumps(every_modifier()).encode()
    document = json.dumps(written(every_modifier())).encode()
    assert compare(read(ws), read(document)).changes == ()


def test_every_number_comes_back():
    """Several numbers have the same ratio to another one."""
    hi, lo = [8.705429077148438, 115.57764434814453], [0.1, 48.42973709106445]
    jes = ("jes", "histosys", {"hi_data": hi, "lo_data": lo})
    ws = workspace([{"name": "SR", "samples": [sample("b", [8.650000000000002, 118.6], jes)]}])
    document = written(ws)
    assert "custom" in kinds(document)
    assert convert_hs3_to_pyhf(document)[0]["channels"] == ws["channels"]
    for function in document["functions"]:
        if "events" in function:  # What does not fit to the ratios does not count.
            function["events"][0] += 1
    back = convert_hs3_to_pyhf(document)[0]["channels"][0]["samples"][0]["modifiers"][0]["data"]
    assert back["hi_data"] == pytest.approx(hi, rel=1e-15)


def test_templates_that_stay_positive_are_left_as_they_are():
    histosys = {"hi_data": [11, 22.5], "lo_data": [9.5, 19]}
    ws = workspace(
        [{"name": "SR", "samples": [sample("b", [10, 20.0], ("jes", "histosys", histosys))]}]
    )
    assert kinds(written(ws)) == ["histosys"]
    assert "functions" not in written(ws)


def test_templates_are_left_to_root_on_demand():
    document = written(steep(), clipped=True)
    assert "custom" not in kinds(document)
    back, _ = convert_hs3_to_pyhf(document)
    assert back["channels"] == steep()["channels"]


def test_what_root_wrote_is_left_as_it_was():
    """Its templates were made for a tool that clips them."""
    document = written(steep(), clipped=True)
    del document["misc"]
    stored = convert_hs3_to_demos(document)
    assert stored["misc"]["demos"]["source"]["clipped"] is True
    assert kinds(convert_demos_to_hs3(stored, dialect="root")) == kinds(document)


def test_a_factor_that_can_become_negative_comes_back():
    factors = ("jer", "normsys", {"hi": 105.646, "lo": 0.01})
    plain = ("jes", "normsys", {"hi": 1.1, "lo": 0.9})
    ws = workspace([{"name": "SR", "samples": [sample("b", [10, 20.0], factors, plain)]}])
    document = written(ws)
    assert kinds(document) == ["normsys", "normsys", "custom"]
    del document["misc"]
    assert convert_hs3_to_pyhf(document)[0]["channels"] == ws["channels"]


def test_a_factor_that_does_nothing_stays_what_it_is():
    """It looks like what is left of a template, but has an interpolation."""
    ws, codes = steep(), settings("code2") | {"normsys": {"interpcode": "code1"}}
    ws["channels"][0]["samples"][0]["modifiers"][2]["data"] = {"hi": 1.0, "lo": 1.0}
    document = written(ws, settings=codes)
    del document["misc"]
    back, found = convert_hs3_to_pyhf(document)
    assert found == codes
    assert certify(ws, document, settings=codes).equivalent
    assert certify(back, ws, settings=codes).equivalent


def test_no_error_is_not_written_as_zero():
    """Where all errors of a sample are zero, ROOT takes the square root of its events."""
    stat = [("st", "staterror", [1.0, 0.0]), ("st", "staterror", [0.0, 0.0])]
    samples = [sample("a", [10, 20.0], stat[0]), sample("b", [3, 4.0], stat[1])]
    ws = workspace([{"name": "SR", "samples": samples}])
    document = written(ws)
    errors = [s["data"]["errors"] for s in document["distributions"][0]["samples"]]
    assert all(e > 0 for sample in errors for e in sample)
    del document["misc"]
    assert convert_hs3_to_pyhf(document)[0]["channels"] == ws["channels"]


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f[5].update(positiveDefinite=True),
        lambda f: f[5].update(vars=["alpha_other"] * len(f[5]["vars"])),
        lambda f: f[5].update(high=None),
        lambda f: f[5].update(interpolationCodes=[3] * len(f[5]["vars"])),
        lambda f: f[0]["data"].update(contents=[2.0] * 3),
        lambda f: f[0]["data"].update(contents=[1.0]),
        lambda f: f[0].update(type="sum", summands=[1]),
        lambda f: f[1].update(data={}),
        lambda f: f[1]["data"].update(contents=[None] * 3),
    ],
)
def test_other_functions_stay_what_they_are(change):
    document = written(steep())
    change(document["functions"])
    stored = convert_hs3_to_demos(document)
    assert "custom" in kinds(stored)
    with pytest.raises(RefusedError) as refused:
        convert_hs3_to_pyhf(document)
    assert "custom" in str(refused.value)


def test_ratios_that_are_no_number_are_refused():
    big = {"hi_data": [1e300, 0.0, 0.0], "lo_data": [0.0, 0.0, 0.0]}
    ws = workspace([{"name": "SR", "samples": [sample("b", [0.0, 5, 5], ("x", "histosys", big))]}])
    with pytest.raises(RefusedError) as refused:
        convert_pyhf_to_hs3(ws, dialect="root")
    assert "too large" in str(refused.value)


def test_a_certificate_names_the_clipping_where_it_happens():
    ws = steep()
    mine, left = certify(ws, written(ws)), certify(ws, written(ws, clipped=True))
    assert mine.equivalent and left.equivalent
    assert not any("clips" in n for n in mine.notes)
    assert any("clips" in n for n in left.notes)


def precise():
    """Makes a workspace with a huge auxiliary count, and a bin without one."""
    mc = ("mc", "shapesys", [2.0, 0.0, 300.0])
    signal = sample("s", [1, 1, 1.0], ("mu", "normfactor", None))
    return workspace([{"name": "SR", "samples": [sample("b", [1e6, 5.0, 1e4], mc), signal]}])


def test_huge_auxiliary_counts_are_a_channel():
    """ROOT could not leave the start point, were they constraints."""
    ws, document = precise(), written(precise())
    assert hs3.validate(document) == []
    names = [d["name"] for d in document["distributions"] if d["type"] == "histfactory_dist"]
    assert names == ["model_SR", "model_auxiliary_SR_mc"]
    (likelihood,) = document["likelihoods"]
    assert likelihood["distributions"] == names
    assert likelihood["data"] == ["obsData_SR", "obsData_auxiliary_SR_mc"]
    assert document["data"][1]["contents"] == pytest.approx([2.5e11, 1e4 / 9])
    assert certify(ws, document).equivalent
    found = hs3.structure(document)
    assert (found["n_channels"], found["n_parameters"]) == (1, 4)
    del document["misc"]
    assert certify(ws, document).equivalent
    back, _ = convert_hs3_to_pyhf(document)
    assert [c["name"] for c in back["channels"]] == ["SR"]
    assert back["channels"][0]["samples"][0]["modifiers"][0]["type"] == "shapesys"


def test_huge_auxiliary_counts_come_back_as_they_were():
    document = written(precise())
    stored = convert_hs3_to_demos(document)
    assert [d["type"] for d in stored["distributions"]].count("histfactory_dist") == 1
    again = convert_demos_to_hs3(stored, dialect="root")
    for made in (again, document):
        del made["misc"]
    assert again == document


@pytest.mark.parametrize(
    "change",
    [
        lambda channel, data: channel["samples"].append(channel["samples"][0] | {"name": "x"}),
        lambda channel, data: channel["samples"][0]["modifiers"].clear(),
        lambda channel, data: channel["samples"][0]["modifiers"][0].update(type="shapesys"),
        lambda channel, data: channel["samples"][0]["modifiers"][0].pop("parameters"),
        lambda channel, data: data.pop("contents"),
        lambda channel, data: data.update(contents=[1.0]),
        lambda channel, data: channel["samples"][0]["data"].update(contents=[0.0, 1.0]),
        lambda channel, data: channel["samples"][0]["modifiers"][0].update(parameters=["a", "b"]),
    ],
)
def test_other_channels_of_that_name_stay_channels(change):
    document = written(precise())
    (channel,) = [d for d in document["distributions"] if "auxiliary" in d["name"]]
    change(channel, document["data"][1])
    kept, counts = auxiliary.read(document)
    assert kept is document and counts == {}


def test_a_channel_of_that_name_is_no_hindrance():
    ws = precise()
    other = sample("b", [3.0], ("st", "staterror", [1.0]))
    ws["channels"].append({"name": "auxiliary_SR_mc", "samples": [other]})
    ws["observations"].append({"name": "auxiliary_SR_mc", "data": [3]})
    assert certify(ws, written(ws)).equivalent


def test_a_certificate_names_counts_that_root_cannot_leave():
    assert any("38 standard deviations" in n for n in certify(precise(), written(precise())).notes)


def test_the_bounds_are_never_too_high():
    """The shifts inside one standard deviation are below both straight lines, too."""
    assert below_zero([0.01], [([1.01], [0.01])], [(-1, 1)])


def test_the_source_is_not_changed():
    ws = steep()
    kept = copy.deepcopy(ws)
    document = convert_pyhf_to_hs3(ws, dialect="root")
    assert ws == kept
    kept = copy.deepcopy(document)
    convert_hs3_to_pyhf(document)
    assert document == kept


def odd_names():
    """Make a workspace whose names ROOT refuses, some of them alike."""
    signal = sample("Signal (500 GeV)", [9.0, 5.0], ("signal strength", "normfactor", None))
    background = sample(
        "tt\u0304 + jets",
        [47.0, 22.0],
        ("JER.eta-1", "normsys", {"hi": 1.08, "lo": 0.93}),
        ("JER-eta.1", "normsys", {"hi": 1.03, "lo": 0.98}),
        ("\u0394\u03c6", "histosys", {"hi_data": [49.0, 23.0], "lo_data": [45.0, 21.5]}),
        ("MC stat.", "staterror", [1.8, 1.2]),
    )
    control = sample("b", [100.0], ("2nd scale/ME", "normsys", {"hi": 1.05, "lo": 0.95}))
    return workspace(
        [
            {"name": "SR: 3j, >=1b", "samples": [signal, background]},
            {"name": "CR-low", "samples": [control]},
        ],
        poi="signal strength",
    )


def all_names(value, key=""):
    if isinstance(value, dict):
        for k, v in value.items():
            yield from all_names(v, k)
    elif isinstance(value, list):
        for v in value:
            yield from all_names(v, key)
    elif isinstance(value, str) and key not in ("type", "constraint_type", "constraint"):
        yield value


def test_names_are_legal_for_root_and_come_back():
    ws = odd_names()
    document = written(ws)
    content = {k: v for k, v in document.items() if k not in ("metadata", "misc")}
    assert all(LEGAL.fullmatch(n) for n in all_names(content))
    renamed = document["misc"]["demos"]["renamed"]
    assert len(set(renamed.values())) == len(renamed)
    assert [f for f in hs3.validate(document) if f.severity == "error"] == []
    assert certify(ws, document).equivalent
    back, _ = convert_hs3_to_pyhf(document)
    assert back == ws
    assert hs3.structure(document) == hs3.structure(convert_pyhf_to_demos(ws))
    again = convert_demos_to_hs3(convert_hs3_to_demos(document), dialect="root")
    assert {k: again[k] for k in content} == content


def test_root_gets_its_domain_and_the_observed_values_of_constraints():
    spec = convert_pyhf_to_hs3(every_modifier(), dialect="spec")
    spec["domains"][0]["name"] = "other"
    spec["analyses"][0]["domains"] = ["other"]
    document = convert_demos_to_hs3(convert_hs3_to_demos(spec), dialect="root")
    assert document["domains"][0]["name"] == "default_domain"
    assert certify(spec, document).equivalent
    for distribution in document["distributions"]:
        if distribution["type"] == "gaussian_dist":
            # ROOT 6.36 writes them without x.
            mean, x = distribution["mean"], distribution["x"]
            parameter, value = (x, mean) if isinstance(x, str) else (mean, x)
            distribution |= {"mean": parameter, "x": value}
            if parameter == "alpha_jes":
                del distribution["x"]
    assert certify(spec, document).equivalent
