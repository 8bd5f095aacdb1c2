# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The examples of the installed package's docstrings."""

import doctest
from importlib import import_module

import pytest

MODULES = (
    "",
    ".adapter",
    ".model",
    ".patchset",
    ".results",
    ".engines",
    ".engines.workspace",
    ".operations",
    ".operations.canonical",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_the_docstrings(name):
    found = doctest.testmod(import_module(f"demos_engine{name}"))
    assert found.attempted > 0 and found.failed == 0
