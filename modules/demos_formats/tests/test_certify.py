# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Certificates hold for conversions and break on a single change."""

import copy
import json

import pytest
from demos_formats.certificate import certify
from demos_formats.convert import (
    convert_hs3_to_pyhf,
    convert_pyhf_to_demos,
    convert_pyhf_to_hs3,
)
from demos_formats.errors import FormatError
from models import entries, every_modifier, load, needs_corpus, two_staterrors

OTHER = {"Gauss": "Poisson", "Poisson": "Gauss", "code4": "code1", "code4p": "code0"}


def written(ws, target):
    if target == "pyhf":
        return copy.deepcopy(ws)
    made = (
        convert_pyhf_to_demos(ws) if target == "demos" else convert_pyhf_to_hs3(ws, dialect=target)
    )
    return json.loads(json.dumps(made))


def places(value, path=()):
    """Goes through all numbers, and all words that say a constraint or an interpolation."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if path or key not in ("misc", "metadata"):
                yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from places(inner, (*path, i))
    elif isinstance(value, int | float) or path[-1] in (
        "constraint",
        "constraint_type",
        "interpolation",
    ):
        yield path


def changed(document, path):
    made = copy.deepcopy(document)
    holder = made
    for step in path[:-1]:
        holder = holder[step]
    old = holder[path[-1]]
    if isinstance(old, bool):
        holder[path[-1]] = not old
    elif isinstance(old, str):
        holder[path[-1]] = OTHER[old]
    else:
        holder[path[-1]] = old * 1.001 if old else 0.001
    return made


@pytest.mark.parametrize("target", ["pyhf", "demos", "root", "pyhs3", "spec"])
@pytest.mark.parametrize("ws", [every_modifier(), two_staterrors(False)], ids=["all", "two"])
def test_every_changed_number_or_constraint_breaks_the_certificate(ws, target):
    document = written(ws, target)
    sure = certify(ws, document)
    assert sure.equivalent, sure.notes
    assert sure.points >= 3
    assert sure.max_abs_difference < 1e-8
    unseen = []
    for path in places(document):
        try:
            if certify(ws, changed(document, path), points=3).equivalent:
                unseen.append(path)
        except FormatError:
            continue  # the changed document contradicts itself
    # No bin of these models has a relative uncertainty below the changed threshold.
    assert [p for p in unseen if p[-1] != "relThreshold"] == []


def test_the_certificate_says_how_it_was_made():
    ws = every_modifier()
    made = certify(ws, convert_pyhf_to_hs3(ws), seed=7).to_dict()
    assert made["seed"] == 7
    assert made["tools"]["a"].startswith("pyhf ")
    assert made["tools"]["b"].startswith("demos-formats ")
    assert {c["name"]: c["bins"] for c in made["channels"]} == {"SR": 2, "CR": 1}
    assert any("luminosity" in n for n in made["notes"])
    assert certify(ws, convert_pyhf_to_hs3(ws), seed=7).to_dict() == made
    json.dumps(made, allow_nan=False)


def test_parameters_are_paired_without_names():
    ws = every_modifier()
    hs3 = convert_pyhf_to_hs3(ws, dialect="pyhs3")
    text = json.dumps({k: v for k, v in hs3.items() if k != "misc"}).replace("alpha_pdf", "theta")
    assert certify(ws, json.loads(text)).equivalent


def test_other_parameters_or_channels_are_named():
    ws = every_modifier()
    fewer = copy.deepcopy(ws)
    fewer["channels"][0]["samples"][0]["modifiers"].pop(0)
    sure = certify(ws, fewer)
    assert not sure.equivalent
    assert "mu" in sure.notes[0]
    renamed = json.loads(json.dumps(ws).replace('"CR"', '"XR"'))
    assert "Channels in one document only: CR, XR." in certify(ws, renamed).notes


def test_bytes_are_read_strictly():
    ws = json.dumps(every_modifier()).encode()
    assert certify(ws, ws).equivalent
    with pytest.raises(FormatError, match="duplicate_key"):
        certify(ws, ws.replace(b'"poi": "mu"', b'"poi": "mu", "poi": "mu"'))
    with pytest.raises(FormatError, match="Not a model"):
        certify(ws, b"[]")


def test_interpolation_is_part_of_the_model():
    ws = every_modifier()
    old = {"normsys": {"interpcode": "code1"}, "histosys": {"interpcode": "code0"}}
    hs3 = {k: v for k, v in convert_pyhf_to_hs3(ws, settings=old).items() if k != "misc"}
    sure = certify(ws, hs3)
    assert not sure.equivalent
    assert any("does not store its interpolation" in n for n in sure.notes)
    assert certify(ws, hs3, settings=old).equivalent


@needs_corpus
@pytest.mark.corpus
@pytest.mark.parametrize(
    "entry",
    [e for e in entries("pyhf workspace", 60_000) if "structure" in e],
    ids=lambda e: e["name"],
)
@pytest.mark.parametrize("dialect", ["root", "pyhs3", "spec"])
def test_corpus_conversions_are_certified(entry, dialect):
    ws = load(entry)
    hs3 = json.loads(json.dumps(convert_pyhf_to_hs3(ws, dialect=dialect)))
    sure = certify(ws, hs3)
    assert sure.equivalent, sure.notes
    del hs3["misc"]
    back, settings = convert_hs3_to_pyhf(hs3)
    assert certify(ws, back, settings=settings, points=3).equivalent
