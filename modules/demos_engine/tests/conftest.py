# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Where the corpus is, and pyhf in its quiet form."""

import json
import logging
import os
from pathlib import Path

import pytest

pyhf = pytest.importorskip("pyhf")
logging.getLogger("pyhf").setLevel(logging.CRITICAL)


def data_folder():
    """The shared data, or None."""
    default = Path(__file__).resolve().parents[3].parent / "shared" / "data"
    folder = Path(os.environ.get("DEMOS_SHARED_DATA") or default) / "models"
    return folder if (folder / "manifest.json").exists() else None


@pytest.fixture(scope="session")
def corpus():
    folder = data_folder()
    if folder is None:
        pytest.skip("the corpus of models is not here (DEMOS_SHARED_DATA)")
    return folder


@pytest.fixture(scope="session")
def manifest(corpus):
    return json.loads((corpus / "manifest.json").read_text())


@pytest.fixture(autouse=True)
def numpy_backend():
    pyhf.set_backend("numpy")
