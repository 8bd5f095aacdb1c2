# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The roles of the portal and its first administrator."""

import os
from datetime import UTC, datetime

from flask_security.utils import hash_password
from invenio_access.models import ActionRoles
from invenio_access.proxies import current_access
from invenio_accounts.proxies import current_datastore
from invenio_db import db

ROLES = {
    "admin": ("superuser-access",),
    "administration": ("administration-access",),
    "administration-moderation": ("administration-moderation",),
    "demos-curator": (),
}
"""Role name: the actions that it allows."""


def roles(app):
    """Create the roles and what they may do."""
    changed = False
    for name, actions in ROLES.items():
        role = current_datastore.find_role(name)
        if role is None:
            role = current_datastore.create_role(id=name, name=name)
            changed = True
        for action in actions:
            need = current_access.actions[action]
            if not ActionRoles.query.filter_by(action=action, role_id=role.id).count():
                db.session.add(ActionRoles.allow(need, role=role))
                changed = True
    current_datastore.commit()
    return changed


def administrator(app):
    """Create the administrator that the environment names, once."""
    email, password = os.environ.get("DEMOS_ADMIN_EMAIL"), os.environ.get("DEMOS_ADMIN_PASSWORD")
    if not (email and password) or current_datastore.get_user(email):
        return False
    user = current_datastore.create_user(
        email=email,
        username="admin",
        password=hash_password(password),
        active=True,
        confirmed_at=datetime.now(UTC),
    )
    user.user_profile = {"full_name": "Portal administrator"}
    user.preferences = {"visibility": "restricted", "email_visibility": "restricted"}
    for name in ("admin", "administration", "administration-moderation"):
        current_datastore.add_role_to_user(user, current_datastore.find_role(name))
    current_datastore.commit()
    return True
