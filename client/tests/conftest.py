# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("DEMOS_SHARED_DATA", REPOSITORY.parent / "shared/data")) / "models"

WORKSPACE = {
    "channels": [
        {
            "name": "SR",
            "samples": [
                {
                    "name": "sig",
                    "data": [1.0, 2.0],
                    "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
                },
                {
                    "name": "bkg",
                    "data": [10.0, 20.0],
                    "modifiers": [{"name": "unc", "type": "shapesys", "data": [1.0, 2.0]}],
                },
            ],
        }
    ],
    "observations": [{"name": "SR", "data": [11.0, 19.0]}],
    "measurements": [{"name": "m", "config": {"poi": "mu", "parameters": []}}],
    "version": "1.0.0",
}


@pytest.fixture
def corpus():
    if not (CORPUS / "manifest.json").exists():
        pytest.skip("the shared corpus of models is not here")
    return CORPUS


@pytest.fixture
def workspace(tmp_path):
    path = tmp_path / "workspace.json"
    path.write_text(json.dumps(WORKSPACE))
    return path


@pytest.fixture
def run(tmp_path):
    """Runs the command as a user does, in a process of its own."""

    def call(*args, stdin=b"", **env):
        done = subprocess.run(
            [sys.executable, "-m", "demos_client", *map(str, args)],
            input=stdin,
            capture_output=True,
            check=False,
            cwd=tmp_path,
            env=os.environ | env,
        )
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        return done

    return call
