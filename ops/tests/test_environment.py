# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is given to `make up` reaches the processes, is remembered, and secrets stay."""

import stat
import subprocess

import pytest
from demos_ops import envfile, environment
from demos_ops.errors import OpsError
from demos_ops.instance import ROOT, Instance


def again(instance, **environ):
    return environment.write(Instance(ROOT, instance.var, instance.env), environ)


def test_secrets_are_made_once_and_are_their_owners_alone(instance):
    later = again(instance)
    for name in environment.SECRETS:
        assert len(later.env[name]) >= 32
        assert later.env[name] == instance.env[name]
    assert len({later.env[name] for name in environment.SECRETS}) == len(environment.SECRETS)
    assert stat.S_IMODE(later.env_file.stat().st_mode) == 0o600


def test_settings_are_remembered_until_given_again_and_forgotten_when_empty(instance):
    given = again(instance, DEMOS_PEER_HEPDATA_URL="http://127.0.0.1:9/x", INVENIO_MAIL_SERVER="m")
    assert again(given).env["DEMOS_PEER_HEPDATA_URL"] == "http://127.0.0.1:9/x"
    assert again(given).env["INVENIO_MAIL_SERVER"] == "m"
    changed = again(given, DEMOS_PEER_HEPDATA_URL="http://127.0.0.1:10")
    assert changed.env["DEMOS_PEER_HEPDATA_URL"] == "http://127.0.0.1:10"
    assert "DEMOS_PEER_HEPDATA_URL" not in again(changed, DEMOS_PEER_HEPDATA_URL="").env


def test_given_variables_win_over_derived_ones(instance):
    url = "https://demos.example.org"
    served = again(instance, DEMOS_SITE_URL=url, INVENIO_CACHE_REDIS_URL="redis://other/7")
    assert served.env["INVENIO_SITE_API_URL"] == f"{url}/api"
    assert served.env["INVENIO_CACHE_REDIS_URL"] == "redis://other/7"


def test_a_changed_port_base_moves_every_address(instance):
    moved = again(instance, DEMOS_PORT_BASE="28600")
    assert moved.url == "https://127.0.0.1:28600"
    assert "28602" in moved.env["INVENIO_SQLALCHEMY_DATABASE_URI"]
    assert "284" not in moved.env["INVENIO_SEARCH_HOSTS"]


def test_the_file_means_the_same_to_a_shell(tmp_path):
    values = {"A": 'it\'s "quoted" $HOME `x`', "B": "a b\\c # no comment", "C": ""}
    envfile.write(tmp_path / "env", "# words\n" + envfile.dump(values))
    assert envfile.read(tmp_path / "env") == values
    shell = subprocess.run(
        ["sh", "-c", 'set -a; . "$0"; printf "%s|%s|%s" "$A" "$B" "$C"', tmp_path / "env"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shell.stdout.split("|") == list(values.values())


def test_external_services_must_be_named(instance):
    with pytest.raises(OpsError, match="DEMOS_SEARCH_HOSTS, DEMOS_REDIS_URL"):
        again(instance, DEMOS_SERVICES="external", DEMOS_DATABASE_URI="postgresql://x/y")


def test_external_services_are_taken_as_given(instance):
    outside = again(
        instance,
        DEMOS_SERVICES="external",
        DEMOS_DATABASE_URI="postgresql+psycopg2://u:p@db/demos",
        DEMOS_SEARCH_HOSTS="https://one:9200, https://two:9200",
        DEMOS_REDIS_URL="rediss://cache:6380/",
        DEMOS_BROKER_URL="amqp://b//",
    )
    assert outside.env["INVENIO_SEARCH_HOSTS"] == "['https://one:9200', 'https://two:9200']"
    assert outside.env["INVENIO_CELERY_RESULT_BACKEND"] == "rediss://cache:6380/2"


@pytest.mark.parametrize(
    ("name", "value"), [("DEMOS_SERVICES", "podman"), ("DEMOS_PORT_BASE", "80")]
)
def test_a_wrong_setting_is_named(instance, name, value):
    with pytest.raises(OpsError, match=f"{name} is '{value}'"):
        again(instance, **{name: value})
