# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What the portal's processes find in their environment.

``var/env`` holds three kinds of variables: secrets, which are generated once;
``DEMOS_*`` and ``INVENIO_*`` variables that were given to ``make up``, which are
remembered until they are given again (an empty value forgets one); and the
``INVENIO_*`` variables that follow from both.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping

from . import containers, envfile
from .errors import OpsError
from .instance import Instance

SECRETS = (
    "DEMOS_ADMIN_PASSWORD",
    "DEMOS_DATABASE_PASSWORD",
    "DEMOS_DATACITE_PASSWORD",
    "DEMOS_REDIS_PASSWORD",
    "DEMOS_BROKER_PASSWORD",
    "DEMOS_SUPERVISOR_PASSWORD",
    "DEMOS_ERLANG_COOKIE",
    "INVENIO_SECRET_KEY",
    "INVENIO_SECURITY_PASSWORD_SALT",
    "INVENIO_WTF_CSRF_SECRET_KEY",
    "INVENIO_CSRF_SECRET_SALT",
)

EXTERNAL = ("DEMOS_DATABASE_URI", "DEMOS_SEARCH_HOSTS", "DEMOS_REDIS_URL", "DEMOS_BROKER_URL")
"""What must be given when the services run elsewhere."""

REDIS_DATABASES = {
    "INVENIO_CACHE_REDIS_URL": 0,
    "INVENIO_ACCOUNTS_SESSION_REDIS_URL": 1,
    "INVENIO_CELERY_RESULT_BACKEND": 2,
    "INVENIO_RATELIMIT_STORAGE_URI": 3,
    "INVENIO_COMMUNITIES_IDENTITIES_CACHE_REDIS_URL": 4,
}
"""InvenioRDM's customary Redis database for each purpose."""

NOT_REMEMBERED = {"DEMOS_VAR", "DEMOS_SUPERVISED", "DEMOS_SHARED_DATA"}


def given(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a caller that are settings of the portal."""
    return {
        key: value
        for key, value in environ.items()
        if key.startswith(("DEMOS_", "INVENIO_"))
        and not key.startswith("DEMOS_TEST_")
        and key not in NOT_REMEMBERED
    }


def service_urls(instance: Instance) -> dict[str, str]:
    """Return database URI, search hosts, Redis URL and broker URL.

    Raises:
        OpsError: When the services run elsewhere and an address is missing.
    """
    env, ports = instance.env, instance.ports
    if instance.services == "external":
        missing = [key for key in EXTERNAL if not env.get(key)]
        if missing:
            raise OpsError(
                f"DEMOS_SERVICES=external without {', '.join(missing)}",
                "give the services' addresses in the environment",
            )
        return {key: env[key] for key in EXTERNAL}
    database, broker = env["DEMOS_DATABASE_PASSWORD"], env["DEMOS_BROKER_PASSWORD"]
    return {
        "DEMOS_DATABASE_URI": f"postgresql+psycopg2://demos:{database}"
        f"@127.0.0.1:{ports['postgresql']}/demos",
        "DEMOS_SEARCH_HOSTS": f"127.0.0.1:{ports['opensearch']}",
        "DEMOS_REDIS_URL": f"redis://:{env['DEMOS_REDIS_PASSWORD']}@127.0.0.1:{ports['redis']}",
        "DEMOS_BROKER_URL": f"amqp://demos:{broker}@127.0.0.1:{ports['rabbitmq']}//",
    }


def derived(instance: Instance) -> dict[str, str]:
    """Return the variables that follow from secrets and settings."""
    urls = service_urls(instance)
    redis = urls["DEMOS_REDIS_URL"].rstrip("/")
    hosts = [host.strip() for host in urls["DEMOS_SEARCH_HOSTS"].split(",")]
    site = instance.url
    return {
        "DEMOS_SITE_URL": site,
        "DEMOS_ADMIN_EMAIL": "admin@demos.example.org",
        "DEMOS_CELERY_QUEUES": "celery,low",
        **containers.settings(instance),
        # The local registry of test DOIs, until an account at DataCite is given.
        "DEMOS_DATACITE_URL": f"http://127.0.0.1:{instance.ports['datacite']}",
        "DEMOS_DATACITE_USERNAME": "DEMOS.LOCAL",
        "DEMOS_DATACITE_PREFIX": "10.80443",
        "INVENIO_INSTANCE_PATH": str(instance.app),
        "INVENIO_SQLALCHEMY_DATABASE_URI": urls["DEMOS_DATABASE_URI"],
        "INVENIO_SEARCH_HOSTS": repr(hosts),
        "INVENIO_BROKER_URL": urls["DEMOS_BROKER_URL"],
        "INVENIO_CELERY_BROKER_URL": urls["DEMOS_BROKER_URL"],
        **{key: f"{redis}/{number}" for key, number in REDIS_DATABASES.items()},
        "INVENIO_TEMPLATES_AUTO_RELOAD": repr(bool(instance.env.get("DEMOS_RELOAD"))),
        "INVENIO_SITE_UI_URL": site,
        "INVENIO_SITE_API_URL": f"{site}/api",
    }


GENERATED = "# Written by `make up`; keep it secret. Give a variable to `make up` to change it.\n"


def write(instance: Instance, environ: Mapping[str, str] = os.environ) -> Instance:
    """Bring the environment file up to date.

    Args:
        instance: The instance, with the environment of its last run.
        environ: The environment of this run.

    Returns:
        The instance with its new environment.
    """
    remembered = envfile.read(instance.var / "settings")
    remembered |= given(environ)
    remembered = {key: value for key, value in sorted(remembered.items()) if value}
    kept = {key: instance.env.get(key) or secrets.token_hex(24) for key in SECRETS}
    base = Instance(instance.root, instance.var, kept | remembered)
    env = derived(base) | kept | remembered
    envfile.write(instance.var / "settings", GENERATED + envfile.dump(remembered))
    envfile.write(instance.env_file, GENERATED + envfile.dump(env))
    return Instance(instance.root, instance.var, env)
