# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from demos_formats.findings import CODES
from demos_formats.limits import DEFAULT

PAGE = Path(__file__).parents[3] / "docs/formats.md"
pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="only in a checkout")


def test_the_documented_codes_are_the_codes():
    section = PAGE.read_text().partition("| Code | Meaning |")[2].partition("\n\n")[0]
    assert dict(re.findall(r"\| `(\w+)` \| (.+) \|", section)) == CODES


def test_the_documented_caps_are_caps():
    section = PAGE.read_text().partition("| Cap | Default |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`(\w+)`", section))
    assert named == {"Limits"} | set(asdict(DEFAULT)) - {"name_chars", "findings"}
