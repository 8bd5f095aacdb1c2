# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What operators see of everybody's runs."""

import pytest
from demos_exec.proxies import current_runs_service
from flask_principal import Identity, UserNeed
from invenio_access.permissions import any_user, authenticated_user, system_identity
from invenio_records_resources.services.errors import PermissionDeniedError


def test_operators_see_how_runs_ended_and_who_computes(me, other, users, two_bin):
    before = current_runs_service.overview(system_identity)
    assert me.run(two_bin, mu=0.731).status_code in (200, 201)
    assert other.run(two_bin, operation="fit").status_code in (200, 201)
    after = current_runs_service.overview(system_identity)
    assert after["waiting"] == before["waiting"] and after["running"] == before["running"]

    def ended(overview):
        return sum(runs for status, _, runs in overview["ended"] if status == "successful")

    assert ended(after) == ended(before) + 2
    owners = {o["owner"]: o for o in after["owners"] if o["kind"] == "user"}
    for user in users:
        owner = owners[str(user.id)]
        assert owner["runs"] >= 1 and 0 <= owner["cpu_seconds"] < owner["quota"]


def test_the_overview_is_for_those_who_may_see_all_runs(app, users):
    identity = Identity(int(users[0].id))
    identity.provides |= {any_user, authenticated_user, UserNeed(int(users[0].id))}
    with pytest.raises(PermissionDeniedError):
        current_runs_service.overview(identity)
