# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Who may find, read and register models.

What a reader may see of an entry depends on its sources, so reading is decided source
by source: sources in this portal's deposits as the deposit's own permission policy
says, restricted sources elsewhere for curators alone. In searches the same is a
filter over the views that are in the index.
"""

from functools import cache

from invenio_access import action_factory
from invenio_pidstore.errors import PIDDoesNotExistError
from invenio_rdm_records.proxies import current_rdm_records_service
from invenio_rdm_records.services.generators import AccessGrant, RecordCommunitiesAction
from invenio_records_permissions.generators import AdminAction, AnyUser, Generator, SystemProcess
from invenio_records_permissions.policies.base import BasePermissionPolicy
from invenio_search.engine import dsl
from sqlalchemy.exc import NoResultFound

from .registry.audience import ANYBODY, Audience, is_open, is_public
from .registry.types import PORTAL_HOST

curate_action = action_factory("demos-models-curate")
"""Lets a role or user register models of other hosts and see every entry."""

GRANT_LEVELS = ("view", "preview", "edit", "manage")
"""Levels of a grant on a deposit that include reading it."""

COMMUNITY_ACTIONS = ("view", "curate")
"""Actions of a community's members that include reading its deposits."""


def tokens_of(identity):
    """Give the tokens by which the index knows what an identity may read.

    Args:
        identity: the reader.

    Returns:
        A sorted list; everybody has at least one.
    """
    tokens = {ANYBODY}
    for need in identity.provides:
        if need.method == "id":
            tokens.add(f"user:{need.value}")
        elif need.method == "link":
            tokens.add(f"link:{need.value}")
    for level in GRANT_LEVELS:
        tokens |= {f"grant:{token}" for token in AccessGrant(level)._grant_tokens(identity)}
    for action in COMMUNITY_ACTIONS:
        communities = RecordCommunitiesAction(action).communities(identity)
        tokens |= {f"community:{community}" for community in communities}
    return sorted(tokens)


def readers_of(parent):
    """Give the tokens of those who may read the restricted deposits of a parent.

    Args:
        parent: the parent record of deposits.

    Returns:
        A sorted list that matches ``tokens_of`` of the readers.
    """
    tokens = set()
    owner = parent.access.owner
    if owner is not None and owner.owner_id is not None:
        tokens.add(f"user:{owner.owner_id}")
    tokens |= {
        f"grant:{grant.to_token()}"
        for grant in parent.access.grants
        if grant.permission in GRANT_LEVELS
    }
    tokens |= {f"link:{link.link_id}" for link in parent.access.links}
    tokens |= {f"community:{community}" for community in parent.communities.ids}
    return sorted(tokens)


class ViewReaders(Generator):
    """Finds for each reader the one view of an entry that is the reader's."""

    def needs(self, **kwargs):
        """Grant nothing: reading is decided source by source."""
        return []

    def query_filter(self, identity=None, **kwargs):
        """Filter the views: the reader's, and of several the one that goes first."""
        tokens = tokens_of(identity)
        return dsl.Q(
            "bool",
            filter=[dsl.Q("terms", **{"view.tokens": tokens})],
            must_not=[dsl.Q("terms", **{"view.preferred": tokens})],
        )


class ModelPermissionPolicy(BasePermissionPolicy):
    """Permissions of the registry."""

    can_search = [AnyUser(), SystemProcess()]
    can_read = [ViewReaders()]
    can_read_all = [AdminAction(curate_action), SystemProcess()]
    can_register = [AdminAction(curate_action), SystemProcess()]
    can_create = [SystemProcess()]
    can_update = [SystemProcess()]
    can_delete = [SystemProcess()]

    @property
    def query_filters(self):
        """Give those who may see everything exactly the views with everything."""
        identity = self.over.get("identity")
        if type(self)("read_all", identity=identity).allows(identity):
            return [dsl.Q("term", **{"view.top": True})]
        return super().query_filters


def audience_of(identity, policy_cls=ModelPermissionPolicy):
    """Say what an identity may see.

    Args:
        identity: the reader.
        policy_cls: the registry's permission policy.

    Returns:
        An ``Audience``. It asks only about sources that are not open to all, and remembers
        what the policies said: use it for one request only.
    """
    remembered = {}

    @cache
    def sees_all():
        return policy_cls("read_all", identity=identity).allows(identity)

    def may(source, action):
        if sees_all():
            return True
        if source.host != PORTAL_HOST:
            return False
        question = (source.record_id, action)
        if question not in remembered:
            remembered[question] = _deposit_allows(identity, *question)
        return remembered[question]

    return Audience(
        record=lambda source: is_public(source) or may(source, "read"),
        files=lambda source: is_open(source) or (may(source, "read") and may(source, "read_files")),
    )


def _deposit_allows(identity, record_id, action):
    service = current_rdm_records_service
    try:
        record = service.record_cls.pid.resolve(record_id)
    except (PIDDoesNotExistError, NoResultFound):
        return False
    if record.deletion_status.is_deleted:
        return False
    return service.check_permission(identity, action, record=record)
