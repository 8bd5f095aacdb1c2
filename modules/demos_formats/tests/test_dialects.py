# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Dialects describe themselves; a package from outside brings another one with one file."""

import sys

import pytest
from demos_formats import convert_pyhf_to_hs3, inspect
from demos_formats.errors import FormatError
from demos_formats.hs3 import dialects as registry
from demos_formats.hs3.dialects.base import Dialect
from demos_formats.hs3.dialects.spec import Spec
from models import every_modifier

TOY = '''
from demos_formats.hs3.dialects.spec import Spec


class Toy(Spec):
    """The specification's words, with a signature."""

    name = "toy"
    title = "HS3, dialect toy"
    purpose = "For toys."
    packages = ("toybox",)
    fallback = False

    def marks(self, document):
        return "toy" in (document.get("misc") or {})
'''


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Install a package with one dialect."""
    (tmp_path / "toybox.py").write_text(TOY)
    info = tmp_path / "toybox-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toybox\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[demos.dialects]\ntoy = toybox:Toy\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry.dialects.cache_clear()
    yield
    sys.modules.pop("toybox", None)
    monkeypatch.undo()
    registry.dialects.cache_clear()


def test_a_dialect_from_outside_is_written_and_recognised(toy):
    assert "toy" in registry.writable()
    written = convert_pyhf_to_hs3(every_modifier(), dialect="toy")
    assert written["metadata"]["dialect"] == "toy"
    assert inspect(written)["dialect"] == "toy"
    del written["metadata"]["dialect"]
    written["metadata"]["packages"] = [{"name": "Toybox", "version": "1.0"}]
    assert registry.recognise(written) == "toy"
    del written["metadata"]["packages"]
    assert registry.recognise(written) == "spec"
    assert registry.recognise(written | {"misc": {"toy": 1}}) == "toy"


def test_without_the_package_the_dialect_is_unknown():
    with pytest.raises(FormatError, match="'toy' cannot be written"):
        convert_pyhf_to_hs3(every_modifier(), dialect="toy")


def named(name, **extra):
    return type(name, (Spec,), {"name": name, "fallback": False, **extra})()


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ([Spec()], "called 'spec'"),
        ([named("a", packages=("x",)), named("b", packages=("x",))], "'x' writes them"),
        ([named("a", fallback=True)], "fallback"),
    ],
)
def test_clashes_are_refused(others, message):
    with pytest.raises(registry.DialectConflictError, match=message):
        registry.table([Spec(), *others])


def test_every_dialect_says_what_it_is_for():
    for name, dialect in registry.dialects().items():
        assert isinstance(dialect, Dialect)
        assert dialect.title and dialect.purpose.endswith("."), name
