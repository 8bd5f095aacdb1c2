# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Black-box programs of outside users, run where a checkout has them beside it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SHARED = Path(os.environ.get("DEMOS_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def programs():
    """The folder of the programs."""
    if not (SHARED / "accept").is_dir():
        pytest.skip("the acceptance programs are not beside this checkout")
    return SHARED / "accept"


@pytest.fixture(scope="session")
def corpus():
    """The whole corpus of models with reference numbers."""
    if not (SHARED / "data" / "models" / "manifest.json").is_file():
        pytest.skip("the corpus of models is not beside this checkout")
    return SHARED / "data" / "models"


@pytest.fixture(scope="session")
def excerpt(corpus, tmp_path_factory):
    """A part of the corpus that takes minutes: each kind, all malformed files."""
    folder = tmp_path_factory.mktemp("corpus")
    for name in ("pyhf", "hs3", "patches", "malformed"):
        (folder / name).symlink_to(corpus / name, target_is_directory=True)
    manifest = json.loads((corpus / "manifest.json").read_text())
    pyhf = [e for e in manifest["models"] if e["format"].startswith("pyhf workspace")]
    hs3 = [e for e in manifest["models"] if e["format"].startswith("HS3")]
    kept = {e["name"] for e in (*pyhf[::10], *hs3[::6])}
    manifest["models"] = [
        e
        for e in manifest["models"]
        if e["name"] in kept or not e["format"].startswith(("pyhf workspace", "HS3"))
    ]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def accepts(programs):
    """Run a program and show what it said when it found something."""

    # A bundle of the machine's makes `requests` verify the portal's own certificate after all.
    env = {k: v for k, v in os.environ.items() if k not in {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}}

    def run(program, data=None, *options, limit):
        given = () if data is None else ("--data", str(data))
        done = subprocess.run(
            [sys.executable, str(programs / program), *given, *options],
            capture_output=True,
            text=True,
            check=False,
            timeout=limit,
            env=env,
        )
        failures = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
        closing = done.stdout.splitlines()[-1:] or [done.stderr[-2000:]]
        print(*closing)
        assert done.returncode == 0, "\n".join((*failures[:30], *closing))

    return run
