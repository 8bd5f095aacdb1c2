# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The import contract: floors run one way, tables stay at home, nothing runs in a circle."""

import shutil
from pathlib import Path

import pytest
from imports import PACKAGES, Import, circles, graph, imports

ROOT = Path(__file__).parents[2]

FLOORS = {
    "demos_formats": set(),
    "demos_engine": set(),
    "demos_ops": set(),
    "demos_client": {"demos_formats", "demos_engine"},
    "demos_fair": set(),
    "demos_models": {"demos_formats", "demos_engine", "demos_fair"},
    "demos_harvest": {"demos_formats", "demos_models"},
    "demos_exec": {"demos_formats", "demos_engine", "demos_models"},
    "demos_oai": set(),
    "demos_site": {
        "demos_formats",
        "demos_engine",
        "demos_fair",
        "demos_oai",
        "demos_models",
        "demos_harvest",
        "demos_exec",
    },
}
"""Whom each package may import."""

TABLES = "demos_models.records.models"

FACE = ("demos_models.api", "demos_models.records.columns")
"""What the registry's neighbours import of it: its face, and a type of columns."""

NEIGHBOURS = ("demos_harvest", "demos_exec")

ORACLE = ("demos_formats.reference", "demos_engine")
"""The certificate of a conversion asks the engine where it is installed, and does without."""

WITHOUT_FIT = ("demos_models.resources", "demos_models.services", "demos_exec.services")
"""Rooms of web processes: of the engine they know what can be asked, and compute nothing."""

DESCRIPTIONS = "demos_engine.operations"


def forbidden(found):
    """Return the imports that break the contract."""
    bad = []
    for one in found:
        package = one.target.partition(".")[0]
        if (one.module, package) == ORACLE or one.target.startswith(DESCRIPTIONS):
            continue
        if package not in {one.package, *FLOORS[one.package]}:
            bad.append(f"{one}: {one.package} stands below {package} or beside it")
        elif one.target.startswith(TABLES) and one.package != "demos_models":
            bad.append(f"{one}: the registry's tables are for itself")
        elif (
            one.package in NEIGHBOURS
            and package == "demos_models"
            and not one.target.startswith(FACE)
        ):
            bad.append(f"{one}: neighbours reach the registry through {FACE[0]}")
        elif package == "demos_engine" and one.module.startswith(WITHOUT_FIT):
            bad.append(f"{one}: web processes run no fit")
    return bad


def test_the_contract_holds():
    assert forbidden(imports(ROOT)) == []


def test_nothing_is_imported_in_a_circle():
    closed = circles(graph(ROOT))
    assert [sorted(group) for group in closed] == []


def test_all_packages_are_looked_at():
    here = {p.parent.name for p in ROOT.glob("*/demos_*/__init__.py")}
    here |= {p.parent.name for p in (ROOT / "modules").glob("*/**/demos_*/__init__.py")}
    assert here == set(PACKAGES) == set(FLOORS)
    assert len(imports(ROOT)) > 1000


@pytest.mark.parametrize(
    ("module", "target"),
    [
        ("demos_formats.parse", "demos_models.api"),
        ("demos_engine.model", "demos_formats"),
        ("demos_harvest.jobs", "demos_exec.api"),
        ("demos_exec.tasks", "demos_harvest.jobs"),
        ("demos_site.views", f"{TABLES}.ModelSource"),
        ("demos_harvest.jobs", TABLES),
        ("demos_harvest.jobs", "demos_models.services.service"),
        ("demos_client.cli", "demos_models.api"),
        ("demos_exec.services.service", "demos_engine.Model"),
    ],
)
def test_a_forbidden_import_is_seen(module, target):
    assert len(forbidden([Import(module, target, 1)])) == 1


@pytest.mark.parametrize(
    "statement",
    ["from demos_models import api", "def f():\n    import demos_exec", "from .. import nothing"],
)
def test_an_import_is_seen_wherever_it_stands(tmp_path, statement):
    folder = tmp_path / PACKAGES["demos_harvest"] / "peers"
    folder.mkdir(parents=True)
    (folder / "x.py").write_text(statement)
    assert len(imports(tmp_path)) == 1


def test_an_import_for_the_type_checker_is_none(tmp_path):
    folder = tmp_path / PACKAGES["demos_formats"]
    folder.mkdir(parents=True)
    (folder / "x.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import demos_exec\n"
    )
    assert imports(tmp_path) == []


def test_a_circle_is_seen(tmp_path):
    for package in PACKAGES.values():
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.so"))
    file = tmp_path / PACKAGES["demos_formats"] / "findings.py"
    file.write_text(file.read_text() + "\n\ndef f():\n    from .parse import parse_json\n")
    assert any("demos_formats.findings" in group for group in circles(graph(tmp_path)))
