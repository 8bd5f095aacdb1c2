# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
import copy

import pyhf
import pytest
from demos_formats.pyhf import digest, structure, validate
from demos_formats.pyhf.validate import MODIFIERS


def workspace(*modifiers, data=(10.0, 20.0), parameters=(), poi="mu"):
    return {
        "channels": [
            {
                "name": "SR",
                "samples": [
                    {
                        "name": "signal",
                        "data": [1.0, 2.0],
                        "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
                    },
                    {"name": "bkg", "data": list(data), "modifiers": list(modifiers)},
                ],
            }
        ],
        "observations": [{"name": "SR", "data": [11.0, 19.0]}],
        "measurements": [{"name": "m", "config": {"poi": poi, "parameters": list(parameters)}}],
        "version": "1.0.0",
    }


def modifier(type_, name="x", data=None):
    return {"name": name, "type": type_, "data": data}


def found(document):
    return [(f.code, f.severity, f.pointer) for f in validate(document)]


BKG = "/channels/0/samples/1"
MOD = f"{BKG}/modifiers/0"
PAR = "/measurements/0/config/parameters/0"
LUMI = {"name": "lumi", "inits": [1.0], "bounds": [[0.5, 1.5]], "auxdata": [1.0], "sigmas": [0.02]}


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        (
            workspace(modifier("normsys", data={"hi": 1.1, "lo": 0.0})),
            ("degenerate_normsys", f"{MOD}/data/lo"),
        ),
        (
            workspace(modifier("normsys", data={"hi": -1, "lo": 0.9})),
            ("degenerate_normsys", f"{MOD}/data/hi"),
        ),
        (
            workspace(modifier("histosys", data={"hi_data": [1, 2, 3], "lo_data": [1, 2]})),
            ("length_mismatch", f"{MOD}/data/hi_data"),
        ),
        (workspace(modifier("shapesys", data=[1.0])), ("length_mismatch", f"{MOD}/data")),
        (
            workspace(modifier("shapesys", data=[1.0, -2.0])),
            ("negative_uncertainty", f"{MOD}/data/1"),
        ),
        (
            workspace(modifier("staterror", data=[-1.0, 2.0])),
            ("negative_uncertainty", f"{MOD}/data/0"),
        ),
        (workspace(data=[-30.0, 20.0]), ("negative_expected", "/channels/0/samples")),
        (workspace(data=[1e200, 20.0]), ("nonfinite_number", f"{BKG}/data/0")),
        (workspace(modifier("shapesys", data=[1, 1e-200])), ("nonfinite_number", f"{MOD}/data/1")),
        (workspace(data=[1.0]), ("length_mismatch", f"{BKG}/data")),
        (
            workspace(modifier("normsys", "mu", {"hi": 1.1, "lo": 0.9})),
            ("incompatible_parameter_reuse", MOD),
        ),
        (
            workspace(modifier("lumi", "lumi")),
            ("missing_parameter_config", "/measurements/0/config/parameters"),
        ),
        (
            workspace(modifier("lumi", "lumi"), parameters=[{"name": "lumi", "sigmas": [0.1]}]),
            ("missing_parameter_config", PAR),
        ),
        (
            workspace(modifier("lumi", "lumi"), parameters=[LUMI | {"sigmas": [0.0]}]),
            ("negative_uncertainty", f"{PAR}/sigmas"),
        ),
        (
            workspace(parameters=[{"name": "mu", "bounds": [[5, 1]]}]),
            ("invalid_bounds", f"{PAR}/bounds/0"),
        ),
        (
            workspace(parameters=[{"name": "mu", "bounds": [[5]]}]),
            ("invalid_bounds", f"{PAR}/bounds/0"),
        ),
        (
            workspace(parameters=[{"name": "mu", "inits": [-3.0]}]),
            ("invalid_bounds", f"{PAR}/inits/0"),
        ),
        (
            workspace(parameters=[{"name": "mu", "bounds": [[2, 3]]}]),
            ("invalid_bounds", f"{PAR}/bounds/0"),
        ),
        (
            workspace(parameters=[{"name": "mu", "inits": [1, 1]}]),
            ("length_mismatch", f"{PAR}/inits"),
        ),
        (
            workspace(parameters=[{"name": "mu", "sigmas": [1.0]}]),
            ("conflicting_constraint", f"{PAR}/sigmas"),
        ),
        (
            workspace(parameters=[{"name": "mu"}, {"name": "mu"}]),
            ("duplicate_name", "/measurements/0/config/parameters/1/name"),
        ),
        (
            workspace(modifier("shapefactor"), modifier("shapefactor")),
            ("duplicate_name", f"{BKG}/modifiers/1"),
        ),
        (workspace(modifier("shapesys", data=["1", 2])), ("schema_error", f"{MOD}/data/0")),
        (workspace(modifier("shapesys", data=[True, 2])), ("schema_error", f"{MOD}/data/0")),
        (workspace(modifier("normsys", data={"hi": 1})), ("schema_error", f"{MOD}/data")),
        (workspace(modifier("overallsys")), ("schema_error", f"{MOD}/type")),
    ],
)
def test_each_problem_has_its_code_and_place(document, wanted):
    assert found(document) == [(wanted[0], "error", wanted[1])]


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        (workspace(poi="nu"), ("poi_undefined", "/measurements/0/config/poi")),
        (workspace(poi=""), ("poi_undefined", "/measurements/0/config/poi")),
        (workspace(parameters=[{"name": "none"}]), ("unknown_parameter", f"{PAR}/name")),
    ],
)
def test_what_is_normal_in_published_files_is_a_warning(document, wanted):
    assert found(document) == [(wanted[0], "warning", wanted[1])]


def test_observations_are_matched_to_channels():
    document = workspace()
    document["observations"][0]["name"] = "CR"
    assert found(document) == [
        ("missing_observation", "error", "/channels/0"),
        ("extra_observation", "warning", "/observations/0"),
    ]
    document = workspace()
    document["observations"][0]["data"] = [1.0, -1.0, 3.0]
    assert found(document) == [
        ("length_mismatch", "error", "/observations/0/data"),
        ("negative_observation", "error", "/observations/0/data/1"),
    ]


def test_a_shapesys_belongs_to_one_sample():
    document = workspace(modifier("shapesys", data=[1, 1]))
    document["channels"][0]["samples"][0]["modifiers"].append(modifier("shapesys", data=[1, 1]))
    assert found(document) == [("incompatible_parameter_reuse", "error", f"{BKG}/modifiers/0")]
    with pytest.raises(pyhf.exceptions.InvalidModel):
        pyhf.Workspace(document).model()


@pytest.mark.parametrize("type_", ["staterror", "shapefactor"])
@pytest.mark.parametrize("other_bins", [2, 3])
def test_bin_by_bin_parameters_shared_between_channels(type_, other_bins):
    data = None if type_ == "shapefactor" else [1.0, 1.0]
    document = workspace(modifier(type_, data=data))
    other = copy.deepcopy(document["channels"][0])
    other["name"] = "CR"
    for sample in other["samples"]:
        sample["data"] = [5.0] * other_bins
    if data:
        other["samples"][1]["modifiers"][0]["data"] = [1.0] * other_bins
    document["channels"].append(other)
    document["observations"].append({"name": "CR", "data": [5.0] * other_bins})
    wanted = {
        ("staterror", 2): [("incompatible_parameter_reuse", "warning", MOD)],
        ("staterror", 3): [("incompatible_parameter_reuse", "warning", MOD)],
        ("shapefactor", 2): [],
        ("shapefactor", 3): [("incompatible_parameter_reuse", "error", MOD)],
    }
    assert found(document) == wanted[type_, other_bins]
    if not any(f[1] == "error" for f in found(document)):
        assert structure(document)["n_parameters"] == pyhf.Workspace(document).model().config.npars


def test_every_modifier_type_is_counted_as_pyhf_does():
    data = {
        "histosys": {"hi_data": [11, 21], "lo_data": [9, 19]},
        "normsys": {"hi": 1.1, "lo": 0.9},
        "shapesys": [1.0, 0.0],
        "staterror": [1.0, 2.0],
    }
    names = {t: "lumi" if t == "lumi" else f"x_{t}" for t in MODIFIERS} | {"histosys": "x_normsys"}
    document = workspace(
        *(modifier(t, names[t], data.get(t)) for t in MODIFIERS), parameters=[LUMI]
    )
    assert found(document) == []
    got = structure(document)
    assert got["n_parameters"] == pyhf.Workspace(document).model().config.npars
    assert got["modifiers"] == dict.fromkeys(MODIFIERS, 1) | {"normfactor": 2}
    assert got["channels"] == [{"name": "SR", "bins": 2, "samples": ["signal", "bkg"]}]
    assert got["measurements"] == [{"name": "m", "poi": "mu", "poi_defined": True}]
    assert digest(document) == pyhf.utils.digest(document)
    assert digest(document, "md5") == pyhf.utils.digest(document, "md5")


def test_the_channels_of_a_model_without_data_are_checked():
    document = workspace()
    del document["measurements"], document["observations"]
    document["channels"] *= 2
    assert ("duplicate_name", "error", "/channels/1/name") in found(document)


def test_the_version_decides_before_the_schema():
    assert found(workspace() | {"version": "2.0.0"}) == [
        ("unsupported_version", "error", "/version")
    ]
    assert found(workspace() | {"version": 1}) == [("schema_error", "error", "/version")]


@pytest.mark.parametrize(
    "document", [None, 1, "x", [], [1], {}, {"channels": 1}, {"channels": [3]}]
)
def test_any_json_value_gives_findings(document):
    assert {f.code for f in validate(document)} == {"schema_error"}
