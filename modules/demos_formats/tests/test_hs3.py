# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""HS3 documents of all dialects: reading, validating, going back."""

import copy
import json

import pytest
from demos_formats import demos, hs3
from demos_formats.certificate import certify
from demos_formats.convert import (
    convert_demos_to_hs3,
    convert_hs3_to_demos,
    convert_hs3_to_pyhf,
    convert_pyhf_to_demos,
    convert_pyhf_to_hs3,
)
from demos_formats.errors import FormatError, RefusedError
from models import CORPUS, entries, every_modifier, load, needs_corpus


def channel(*modifiers, errors=(1.0, 2.0), **extra):
    axes = [{"name": "x", "min": 0, "max": 2, "nbins": 2}]
    data = {"contents": [10.0, 20.0], "errors": list(errors)}
    return {
        "metadata": {"hs3_version": "0.2"},
        "distributions": [
            {
                "name": "model_SR",
                "type": "histfactory_dist",
                "axes": axes,
                "samples": [
                    {"name": "s", "data": data, "modifiers": copy.deepcopy(list(modifiers))}
                ],
                **extra,
            }
        ],
        "data": [{"name": "obs", "type": "binned", "axes": axes, "contents": [11, 19]}],
        "likelihoods": [{"name": "L", "distributions": ["model_SR"], "data": ["obs"]}],
        "analyses": [{"name": "A", "likelihood": "L", "domains": []}],
    }


SHAPESYS = {
    "name": "u",
    "type": "shapesys",
    "parameters": ["g0", "g1"],
    "data": {"vals": [0.1, 0.2]},
}
STATERROR = {"name": "st", "type": "staterror", "parameters": ["g0", "g1"]}
NORMSYS = {"name": "n", "type": "normsys", "data": {"hi": 1.1, "lo": 0.9}}


def shapesys_data(document, **kw):
    ws, _ = convert_hs3_to_pyhf(document, **kw)
    (modifier,) = ws["channels"][0]["samples"][0]["modifiers"]
    return modifier["type"], [round(v, 12) for v in modifier["data"]]


def test_shapesys_values_mean_what_the_dialect_says():
    document = channel(SHAPESYS)
    assert shapesys_data(document, dialect="pyhs3") == ("shapesys", [0.1, 0.2])
    assert shapesys_data(document, dialect="root") == ("shapesys", [1.0, 4.0])
    assert shapesys_data(
        channel(SHAPESYS | {"data": {"vals": [100, 25]}}), dialect="root-2022"
    ) == ("shapesys", [1.0, 4.0])


def test_gaussian_shapesys_becomes_a_staterror():
    document = channel(SHAPESYS | {"constraint_type": "Gauss"})
    assert shapesys_data(document, dialect="root") == ("staterror", [1.0, 4.0])


def test_staterror_constraint_of_channel_modifier_and_default():
    said = channel(STATERROR, staterror={"constraint_type": "Gauss", "relThreshold": 0.0})
    assert shapesys_data(said, dialect="root") == ("staterror", [1.0, 2.0])
    assert shapesys_data(channel(STATERROR | {"constraint_type": "Gauss"}), dialect="root") == (
        "staterror",
        [1.0, 2.0],
    )
    # ROOT's default is Poisson; on a single sample that is exactly a shapesys.
    assert shapesys_data(channel(STATERROR), dialect="root") == ("shapesys", [1.0, 2.0])
    assert shapesys_data(channel(STATERROR), dialect="spec") == ("staterror", [1.0, 2.0])


def test_contradicting_staterror_constraints_are_an_error():
    document = channel(
        STATERROR | {"constraint_type": "Poisson"}, staterror={"constraint_type": "Gauss"}
    )
    found = hs3.validate(document)
    assert [f.code for f in found] == ["conflicting_constraint"]
    assert found[0].pointer.startswith("/distributions/0/samples/0/modifiers/0")


def test_bins_below_roots_threshold_are_fixed():
    document = channel(
        STATERROR, errors=(1.0, 0.2), staterror={"constraint_type": "Gauss", "relThreshold": 0.05}
    )
    assert shapesys_data(document, dialect="root") == ("staterror", [1.0, 0.0])


def test_modifiers_without_parameter():
    ws, _ = convert_hs3_to_pyhf(channel(NORMSYS, {"name": "mu", "type": "normfactor"}))
    names = [m["name"] for m in ws["channels"][0]["samples"][0]["modifiers"]]
    assert names == ["n", "mu"]


def test_a_modifier_without_constraint_is_fixed():
    ws, _ = convert_hs3_to_pyhf(channel(NORMSYS | {"constraint": "Const"}))
    assert ws["measurements"][0]["config"]["parameters"] == [{"name": "n", "fixed": True}]


@pytest.mark.parametrize("key", ["constraint_name", "constraint", "constraints"])
def test_constraint_by_name_in_all_spellings(key):
    named = ["c"] if key == "constraints" else "c"
    lumi = {"name": "Lumi", "type": "normfactor", "parameter": "Lumi", key: named}
    document = channel(lumi)
    document["distributions"].append(
        {"name": "c", "type": "gaussian_dist", "x": "Lumi", "mean": "nominal", "sigma": 0.03}
    )
    document["parameter_points"] = [
        {
            "name": "default_values",
            "parameters": [{"name": "nominal", "value": 0.98, "const": True}],
        }
    ]
    ws, _ = convert_hs3_to_pyhf(document, dialect="root")
    (config,) = ws["measurements"][0]["config"]["parameters"]
    assert (config["name"], config["auxdata"], config["sigmas"]) == ("lumi", [0.98], [0.03])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("code3", None),
        ("log", "code1"),
        (1, "code1"),
        (5, "code4"),
        ("code1", "code1"),
        ({"type": "mult", "in": "exp", "out": None}, "code1"),
        ({"type": "mult", "in": "poly6", "out": "exp"}, "code4"),
    ],
)
def test_interpolation_in_all_spellings(said, code):
    document = channel(NORMSYS | {"interpolation": said})
    if code is None:
        with pytest.raises(FormatError, match="has no interpolation"):
            convert_hs3_to_pyhf(document, dialect="root")
    else:
        settings = convert_hs3_to_pyhf(document, dialect="root")[1]
        assert settings["normsys"]["interpcode"] == code


SKEWED = {"name": "n", "type": "normsys", "data": {"hi": 1.3, "lo": 0.9}}
HISTOSYS = {
    "name": "h",
    "type": "histosys",
    "data": {"hi": {"contents": [11.0, 22.0]}, "lo": {"contents": [8.0, 16.0]}},
}


def only_modifier(document, dialect):
    ws, settings = convert_hs3_to_pyhf(document, dialect=dialect)
    (m,) = ws["channels"][0]["samples"][0]["modifiers"]
    return m, settings[m["type"]]["interpcode"]


@pytest.mark.parametrize(("said", "code"), [("lin", "code0"), ("parabolic", "code2")])
def test_a_factor_that_adds_is_a_template(said, code):
    m, found = only_modifier(channel(SKEWED | {"interpolation": said}), "spec")
    assert (m["name"], m["type"], found) == ("n", "histosys", code)
    assert m["data"] == {"hi_data": [13.0, 26.0], "lo_data": [9.0, 18.0]}


def test_a_straight_line_is_one_in_every_interpolation():
    document = channel(NORMSYS | {"interpolation": "lin"}, HISTOSYS | {"interpolation": "poly6"})
    document["distributions"].append(copy.deepcopy(document["distributions"][0]))
    first, second = (d["samples"][0] for d in document["distributions"])
    document["distributions"][1]["name"] = "model_CR"
    first["modifiers"], second["modifiers"] = first["modifiers"][:1], second["modifiers"][1:]
    document["likelihoods"][0] |= {
        "distributions": ["model_SR", "model_CR"],
        "data": ["obs", "obs_CR"],
    }
    document["data"].append(document["data"][0] | {"name": "obs_CR"})
    assert convert_hs3_to_pyhf(document, dialect="spec")[1]["histosys"] == {"interpcode": "code4p"}


def test_a_template_that_multiplies_is_a_factor():
    m, found = only_modifier(channel(HISTOSYS | {"interpolation": "log"}), "spec")
    assert (m["name"], m["type"], found) == ("h", "normsys", "code1")
    assert m["data"] == {"hi": 1.1, "lo": 0.8}


UNEVEN = HISTOSYS | {"data": {"hi": {"contents": [11.0, 23.0]}, "lo": {"contents": [8.0, 16.0]}}}


@pytest.mark.parametrize(
    ("modifiers", "reason"),
    [
        ([SKEWED | {"interpolation": "lin"}, HISTOSYS], "other histosys"),
        (
            [SKEWED | {"interpolation": "lin"}, SKEWED | {"name": "m", "interpolation": "lin"}],
            "other histosys or adding normsys",
        ),
        ([UNEVEN | {"interpolation": "log"}], "one positive ratio"),
        ([HISTOSYS | {"interpolation": "log"}, UNEVEN | {"name": "u"}], "other histosys"),
        ([HISTOSYS | {"interpolation": "log"}, NORMSYS | {"name": "h"}], "normsys of this param"),
    ],
)
def test_interpolations_without_an_exact_stand_in_are_refused(modifiers, reason):
    with pytest.raises(RefusedError, match=reason) as refused:
        convert_hs3_to_demos(channel(*modifiers), dialect="spec")
    assert refused.value.findings[0].pointer.endswith("/interpolation")


def test_root_adds_in_the_order_of_the_document():
    adding, factor = SKEWED | {"interpolation": 0}, NORMSYS | {"name": "m"}
    ws, _ = convert_hs3_to_pyhf(channel(adding, factor), dialect="root")
    kinds = [m["type"] for m in ws["channels"][0]["samples"][0]["modifiers"]]
    assert kinds == ["histosys", "normsys"]
    with pytest.raises(RefusedError, match="before it"):
        convert_hs3_to_pyhf(channel(factor, adding), dialect="root")


@pytest.mark.parametrize(
    "m", [SKEWED | {"interpolation": "lin"}, HISTOSYS | {"interpolation": "log"}]
)
def test_what_has_a_stand_in_comes_back_as_it_was(m):
    document = channel(m)
    again = convert_demos_to_hs3(convert_hs3_to_demos(document, dialect="spec"), dialect="spec")
    assert {k: v for k, v in again.items() if k != "misc"} == document


@pytest.mark.parametrize(
    ("modifiers", "reason"),
    [
        ([NORMSYS | {"constraint": "LogNormal"}], "Gaussian of width 1 only"),
        ([NORMSYS | {"interpolation": "log"}, NORMSYS | {"name": "m"}], "several interpolations"),
        (
            [SHAPESYS, {"name": "f", "type": "shapefactor", "parameters": ["g1", "g0"]}],
            "shared between different bins",
        ),
    ],
)
def test_what_pyhf_cannot_say_is_refused_with_the_reason(modifiers, reason):
    with pytest.raises(RefusedError, match=reason):
        convert_hs3_to_pyhf(channel(*modifiers), dialect="spec")


def gaussian_model():
    return {
        "metadata": {"hs3_version": "0.2", "packages": [{"name": "ROOT", "version": "6.40.00"}]},
        "distributions": [
            {"name": "g", "type": "gaussian_dist", "x": "x", "mean": "m", "sigma": 1.5}
        ],
        "data": [
            {
                "name": "d",
                "type": "unbinned",
                "axes": [{"name": "x", "min": -5, "max": 5}],
                "entries": [[0.1], [0.2]],
            }
        ],
        "likelihoods": [{"name": "L", "distributions": ["g"], "data": ["d"]}],
        "parameter_points": [{"name": "p", "parameters": [{"name": "m", "value": 0.0}]}],
        "misc": {"ROOT_internal": {"a": 1}},
    }


def test_roofit_models_become_documents_but_no_workspace():
    source = gaussian_model()
    document = json.loads(json.dumps(convert_hs3_to_demos(source)))
    assert demos.is_demos(document)
    assert [f for f in demos.validate(document) if f.severity == "error"] == []
    structure = demos.structure(document)
    assert structure["distributions"] == {"gaussian_dist": 1}
    assert structure["data"] == {"unbinned": 1}
    assert structure["parameters"] == 1
    assert convert_demos_to_hs3(document, dialect="root") == source
    with pytest.raises(RefusedError, match="'g', a gaussian_dist"):
        convert_hs3_to_pyhf(source)
    assert certify(source, document).equivalent
    other = copy.deepcopy(source)
    other["distributions"][0]["sigma"] = 1.6
    assert not certify(source, other).equivalent


@pytest.mark.parametrize("dialect", ["root", "pyhs3", "spec"])
def test_hs3_comes_back_as_it_was(dialect):
    source = json.loads(json.dumps(convert_pyhf_to_hs3(every_modifier(), dialect=dialect)))
    del source["misc"]
    source["metadata"]["authors"] = ["A. Physicist"]
    document = json.loads(json.dumps(convert_hs3_to_demos(source)))
    assert convert_demos_to_hs3(document, dialect=dialect) == source


def test_an_edited_document_is_written_as_edited():
    source = channel(NORMSYS, STATERROR, {"name": "mu", "type": "normfactor"})
    document = json.loads(json.dumps(convert_hs3_to_demos(source)))
    document["distributions"][0]["samples"][0]["modifiers"][0]["data"]["hi"] = 1.25
    back = convert_demos_to_hs3(document, dialect="spec")
    assert back["distributions"][0]["samples"][0]["modifiers"][0]["data"]["hi"] == 1.25
    assert certify(document, back).equivalent
    assert not certify(source, back).equivalent


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        (lambda d: d.pop("metadata"), "schema_error", ""),
        (
            lambda d: d["metadata"].update(hs3_version="9.0"),
            "unsupported_version",
            "/metadata/hs3_version",
        ),
        (
            lambda d: d["distributions"][0].update(type="magic_dist"),
            "unsupported_type",
            "/distributions/0/type",
        ),
        (
            lambda d: d["distributions"].append(copy.deepcopy(d["distributions"][0])),
            "duplicate_name",
            "/distributions/1/name",
        ),
        (
            lambda d: d["likelihoods"][0]["distributions"].append("model_SR"),
            "length_mismatch",
            "/likelihoods/0",
        ),
        (
            lambda d: d["likelihoods"][0].update(data=["none"]),
            "unresolved_reference",
            "/likelihoods/0/data/0",
        ),
        (
            lambda d: d["analyses"][0].update(likelihood="none"),
            "unresolved_reference",
            "/analyses/0/likelihood",
        ),
        (
            lambda d: d.update(functions=[{"name": "f", "type": "product", "factors": ["f", "a"]}]),
            "cyclic_reference",
            "/functions/0",
        ),
        (lambda d: d["data"][0]["contents"].append(3), "length_mismatch", "/data/0/axes"),
        (
            lambda d: d["data"][0].update(contents=[1, -1]),
            "negative_observation",
            "/data/0/contents/1",
        ),
        (
            lambda d: d["distributions"][0]["axes"][0].update(edges=[0, 1, 2]),
            "schema_error",
            "/distributions/0/axes/0",
        ),
        (
            lambda d: d["distributions"][0]["axes"][0].update(max=-1),
            "invalid_axis",
            "/distributions/0/axes/0",
        ),
        (
            lambda d: d["distributions"][0]["samples"][0]["data"].update(errors=[1, -2]),
            "negative_uncertainty",
            "/distributions/0/samples/0/data/errors/1",
        ),
        (
            lambda d: d["distributions"][0]["samples"][0]["modifiers"][0]["data"].update(lo=0),
            "degenerate_normsys",
            "/distributions/0/samples/0/modifiers/0/data/lo",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(change, code, pointer):
    document = channel(NORMSYS, STATERROR)
    change(document)
    errors = [f for f in hs3.validate(document) if f.severity == "error"]
    assert (code, pointer) in {(f.code, f.pointer) for f in errors}
    assert all(f.message for f in errors)


def test_an_undefined_poi_is_a_warning():
    document = channel(NORMSYS)
    document["analyses"][0]["parameters_of_interest"] = ["mu"]
    found = hs3.validate(document)
    assert [(f.code, f.severity) for f in found] == [("poi_undefined", "warning")]


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        3,
        {},
        {"metadata": {"hs3_version": "0.2"}, "distributions": [3]},
        {"metadata": {"hs3_version": "0.2"}, "distributions": [{"name": "a", "type": []}]},
    ],
)
def test_hostile_shapes_are_findings(document):
    assert any(f.severity == "error" for f in hs3.validate(document))


def test_deep_chains_are_walked_without_recursion():
    functions = [{"name": f"f{i}", "type": "sum", "summands": [f"f{i + 1}"]} for i in range(20_000)]
    document = {"metadata": {"hs3_version": "0.2"}, "functions": functions}
    assert [f.code for f in hs3.validate(document)] == ["missing_distributions"]


def test_structure_has_the_keys_of_a_workspace():
    ws = every_modifier()
    for dialect in ("root", "pyhs3", "spec"):
        found = hs3.structure(convert_pyhf_to_hs3(ws, dialect=dialect))
        assert (found["n_channels"], found["n_bins"], found["n_samples"]) == (2, 3, 4)
        assert found["n_parameters"] == 10
        assert found["measurements"] == [{"name": "meas", "poi": "mu", "poi_defined": True}]
    found = demos.structure(convert_pyhf_to_demos(ws))
    assert found["modifiers"] == {
        "histosys": 1,
        "lumi": 2,
        "normfactor": 1,
        "normsys": 2,
        "shapefactor": 1,
        "shapesys": 1,
        "staterror": 3,
    }


def numbers(x):
    if isinstance(x, dict):
        return {k: numbers(v) for k, v in sorted(x.items())}
    if isinstance(x, list):
        return [numbers(v) for v in x]
    return float(x) if isinstance(x, int) and not isinstance(x, bool) else x


def by_name(document):
    sections = {k: v for k, v in document.items() if k not in ("misc", "metadata")}
    return {k: sorted(numbers(v), key=lambda e: e["name"]) for k, v in sections.items()}


@needs_corpus
@pytest.mark.corpus
@pytest.mark.parametrize("entry", entries("HS3", 150_000), ids=lambda e: e["name"])
def test_corpus_hs3_goes_there_and_back(entry):
    source = load(entry)
    assert [f for f in hs3.validate(source) if f.severity == "error"] == []
    document = json.loads(json.dumps(convert_hs3_to_demos(source)))
    assert [f for f in demos.validate(document) if f.severity == "error"] == []
    back = convert_demos_to_hs3(document, dialect=hs3.recognise(source))
    assert by_name(back) == by_name(source)
    if "histfactory_dist" not in (entry.get("distribution_types") or {"histfactory_dist": 1}):
        with pytest.raises(RefusedError):
            convert_hs3_to_pyhf(source)
    elif entry.get("derived_from_pyhf"):
        assert convert_hs3_to_pyhf(source)[0]["channels"]


@needs_corpus
@pytest.mark.corpus
def test_root_export_is_the_workspace_it_was_made_from():
    """ROOT keeps seven digits of statistical uncertainties, sorts, and renames."""
    source = json.loads((CORPUS / "hs3/root640_pyhf_doc_2-bin_1-channel.hs3.json").read_text())
    ws = json.loads((CORPUS / "pyhf/pyhf_doc_2-bin_1-channel.json").read_text())
    back, _ = convert_hs3_to_pyhf(source)
    assert {c["name"] for c in back["channels"]} == {c["name"] for c in ws["channels"]}
    assert certify(source, back).max_abs_difference < 1e-8


@pytest.mark.parametrize(
    "modifier",
    [
        NORMSYS | {"constraint": "Const"},
        NORMSYS | {"constraint": "LogNormal"},
        SHAPESYS | {"constraint": "Const"},
        STATERROR | {"constraint": "Const"},
        {"name": "c", "type": "custom", "parameter": "p"},
    ],
)
@pytest.mark.parametrize("tool", [None, "ROOT"])
def test_rare_modifiers_come_back(modifier, tool):
    source = channel(modifier, {"name": "mu", "type": "normfactor"})
    if tool:
        source["metadata"]["packages"] = [{"name": tool, "version": "6.32"}]
    document = json.loads(json.dumps(convert_hs3_to_demos(source)))
    assert convert_demos_to_hs3(document, dialect=hs3.recognise(source)) == source
    assert certify(source, document).equivalent


def test_a_wide_constraint_is_written_for_readers_of_the_text():
    source = channel(NORMSYS)
    wide = {"name": "wide", "type": "gaussian_dist", "x": "alpha_n", "mean": 0, "sigma": 2}
    source["distributions"].append(wide)
    source["likelihoods"][0]["aux_distributions"] = ["wide"]
    back = convert_demos_to_hs3(convert_hs3_to_demos(source), dialect="spec")
    assert certify(source, back).equivalent


def test_edges_and_limits_must_agree():
    document = channel(NORMSYS)
    document["distributions"][0]["axes"] = [{"name": "x", "edges": [0, 1, 3]}]
    found = [f for f in hs3.validate(document) if f.severity == "error"]
    assert [(f.code, f.pointer) for f in found] == [("invalid_axis", "/likelihoods/0/data/0")]


@pytest.mark.parametrize("sigma", [0, -1.5])
def test_a_width_is_positive(sigma):
    document = channel(NORMSYS)
    document["distributions"].append(
        {"name": "k", "type": "gaussian_dist", "x": "alpha_n", "mean": 0, "sigma": sigma}
    )
    errors = [f for f in hs3.validate(document) if f.severity == "error"]
    assert [(f.code, f.pointer) for f in errors] == [
        ("negative_uncertainty", "/distributions/1/sigma")
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["distributions"][0]["samples"][0].update(modifiers=[]),
        lambda d: d.update(
            parameter_points=[
                {"name": "default_values", "parameters": [{"name": "alpha_n", "value": 9.0}]}
            ]
        ),
    ],
    ids=["no parameter", "start outside"],
)
def test_no_workspace_is_written_that_pyhf_would_not_take(change):
    document = channel(NORMSYS)
    change(document)
    with pytest.raises(RefusedError, match="pyhf would not take"):
        convert_hs3_to_pyhf(document)


@pytest.mark.parametrize("events", [1e-200, 1.0, 1e200])
@pytest.mark.parametrize("uncertainty", [1e-99, 1.0, 1e99])
@pytest.mark.parametrize("modifier", [SHAPESYS, STATERROR, STATERROR | {"constraint": "Poisson"}])
def test_numbers_without_a_square_are_named(events, uncertainty, modifier):
    document = channel(copy.deepcopy(modifier), errors=(uncertainty, 1.0))
    sample = document["distributions"][0]["samples"][0]
    sample["data"]["contents"] = [events, 1.0]
    if modifier["type"] == "shapesys":
        sample["modifiers"][0]["data"]["vals"] = [uncertainty, 1.0]
    codes = {f.code for f in hs3.validate(document)}
    assert codes == (set() if events == uncertainty == 1 else {"nonfinite_number"})


@pytest.mark.parametrize("scale", [-4.0, 0.0])
def test_the_mean_of_a_count_is_positive(scale):
    free = {"name": "f", "type": "shapefactor", "parameters": ["g0", "g1"]}
    document = channel(free)
    document["functions"] = [{"name": "m", "type": "product", "factors": ["g0", scale]}]
    document["distributions"].append({"name": "c", "type": "poisson_dist", "x": 4, "mean": "m"})
    document["likelihoods"][0]["aux_distributions"] = ["c"]
    with pytest.raises(RefusedError, match="not the constraint of one parameter"):
        convert_hs3_to_pyhf(document, dialect="spec")
