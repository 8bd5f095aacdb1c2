# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A real second InvenioRDM in Zenodo's place; `make test-archive` runs this."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

N_RECORDS = 5

pytestmark = [pytest.mark.archive, pytest.mark.usefixtures("no_documents")]


class Archive:
    """The second InvenioRDM, in a process of its own."""

    def __init__(self):
        folder = Path(__file__).resolve().parents[3] / "tests"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "peers.archive", "--records", str(N_RECORDS)],
            cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={k: v for k, v in os.environ.items() if not k.startswith("INVENIO_")},
        )  # fmt: skip
        self.url = self._read().rpartition("=")[2]
        self.names = self._read().split()

    def _read(self):
        line = self._process.stdout.readline().strip()
        assert line, "the archive ended"
        return line

    def do(self, command, name):
        self._process.stdin.write(f"{command} {name}\n")
        self._process.stdin.flush()
        return self._read()

    def close(self):
        self._process.stdin.close()
        self._process.wait(timeout=60)


@pytest.fixture
def archive(clean):
    made = Archive()
    clean.config["DEMOS_PEER_ZENODO_URL"] = made.url
    yield made
    made.close()


def test_all_models_of_a_second_invenio_and_then_exactly_what_changed(
    archive, harvest, works, client, registry
):
    counts = harvest("zenodo")
    assert (counts["registered"], counts["failed"], works()) == (N_RECORDS, 0, N_RECORDS)
    before = registry()
    assert harvest("zenodo")["unchanged"] == N_RECORDS
    assert registry() == before

    edited, versioned, deleted = archive.names[:3]
    archive.do("edit", edited)
    newest = archive.do("version", versioned)
    archive.do("delete", deleted)
    counts = harvest("zenodo")
    assert (counts["registered"], counts["updated"], counts["deleted"]) == (0, 2, 1)
    assert (counts["failed"], works()) == (0, N_RECORDS - 1)

    record = client.get(f"/zenodo/{edited}").json
    assert record["metadata"]["title"].endswith(", revised")
    model = record["files"][0]["models"][0]["id"]
    answer = client.get(f"/zenodo/{edited}/download?file=workspace.json")
    assert answer.status_code == 200
    assert client.get(f"/models/{model}").json["sources"][0]["host"] == "zenodo"
    models = [
        client.get(f"/zenodo/{name}").json["files"][0]["models"] for name in (versioned, newest)
    ]
    assert models[0][0]["id"] == models[1][0]["id"]
    assert client.get(f"/zenodo/{deleted}").status_code == 410
