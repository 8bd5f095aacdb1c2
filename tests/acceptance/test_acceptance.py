# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The product as an outside user's scripts use it."""

import os

import pytest

portal = pytest.mark.skipif("DEMOS_URL" not in os.environ, reason="no portal is running")


def test_formats(accepts, excerpt):
    accepts("formats.py", excerpt, "--jobs", "2", limit=900)


def test_engine(accepts, excerpt):
    pytest.importorskip("demos_engine")
    accepts("engine.py", excerpt, limit=900)


@portal
def test_portal(accepts, corpus):
    accepts("portal.py", corpus, limit=900)


@portal
def test_runs(accepts, corpus):
    accepts("runs.py", corpus, limit=900)
