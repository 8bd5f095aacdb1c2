# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Fixtures: an instance in a temporary folder."""

import pytest
from demos_ops import environment
from demos_ops.instance import ROOT, Instance


@pytest.fixture
def instance(tmp_path):
    return environment.write(Instance(ROOT, tmp_path / "var"), {"DEMOS_PORT_BASE": "28400"})
