# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Who may do what with runs."""

from flask_principal import UserNeed
from invenio_access import action_factory
from invenio_access.permissions import any_user
from invenio_records_permissions.generators import (
    AdminAction,
    AnyUser,
    AuthenticatedUser,
    Generator,
    SystemProcess,
)
from invenio_records_permissions.policies import BasePermissionPolicy

ADDRESS = "address:"
"""How the owner key begins of a run that was started without signing in."""

see_all_runs_action = action_factory("demos-exec-see-all")
"""Lets a role or user see and cancel everybody's runs."""


class RunOwner(Generator):
    """Who started the run.

    A run that was started without signing in belongs to whoever has its address: the identifier is
    random and listed nowhere. A run of an account that was deleted belongs to nobody.
    """

    def needs(self, run=None, **kwargs):
        """Return the need of a run's owner.

        Args:
            run: the run.
            **kwargs: the framework's other arguments.

        Returns:
            A list of one need, none without a run.
        """
        if run is None:
            return []
        if run.user_id is not None:
            return [UserNeed(run.user_id)]
        return [any_user] if run.owner_key.startswith(ADDRESS) else []


class RunPermissionPolicy(BasePermissionPolicy):
    """Permissions of runs."""

    can_create = [AnyUser(), SystemProcess()]
    can_search = [AuthenticatedUser(), SystemProcess()]
    can_see_all = [AdminAction(see_all_runs_action), SystemProcess()]
    can_read = [RunOwner(), AdminAction(see_all_runs_action), SystemProcess()]
    can_cancel = can_read
    can_delete = can_read
