# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The composed settings."""

from pathlib import Path

from demos_site import config

ROOT = Path(__file__).parent.parent.parent


def test_only_the_public_host_and_this_machine_are_trusted():
    assert config.trusted_hosts("https://demos.example.org:8443") == [
        "127.0.0.1",
        "demos.example.org",
        "localhost",
    ]


def test_inline_scripts_are_not_allowed():
    policy = config.SECURE_HEADERS["content_security_policy"]
    assert not {"'unsafe-inline'", "'unsafe-eval'"} & set(policy["script-src"])


def test_dois_are_ours_or_the_depositors():
    doi = config.PERSISTENT_IDENTIFIERS["doi"]
    assert doi["providers"] == ["datacite", "external"]
    assert doi["required"]


def test_settings_stay_thin_and_hold_no_secret():
    text = (ROOT / "invenio.cfg").read_text()
    assert len(text.splitlines()) <= 300
    assert "SECRET_KEY" not in text


def test_vocabularies_name_files_that_exist_and_ids_once():
    import yaml

    data = ROOT / "app_data"
    listed = yaml.safe_load((data / "vocabularies.yaml").read_text())
    for name, entry in listed.items():
        for source in entry.get("schemes", [entry]):
            file = data / source["data-file"]
            assert file.is_file(), name
            if file.suffix == ".yaml":
                ids = [e["id"] for e in yaml.safe_load(file.read_text()) or []]
                assert len(ids) == len(set(ids)), name


def test_what_moves_runs_and_registrations_on_is_done_regularly():
    tasks = {entry["task"] for entry in config.BEAT_SCHEDULE.values()}
    assert {"demos_exec.tasks.reconcile", "demos_models.tasks.reconcile"} <= tasks
    assert "invenio_records_resources.tasks.manage_indexer_queues" in tasks
    assert config.TASK_ROUTES["demos_exec.tasks.*"] == {"queue": "exec"}
