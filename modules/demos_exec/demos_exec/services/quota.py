# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""How many runs somebody may have."""

import hashlib
from datetime import timedelta

from flask import current_app
from invenio_db import db
from sqlalchemy import BigInteger, bindparam, case, func, select

from .. import states
from ..records.models import ModelRun
from .errors import QuotaError
from .machine import now

HOUR = timedelta(hours=1)

_RECENT = ModelRun.created > bindparam("since")
_OPEN = ModelRun.status.in_(states.OPEN)
_USED = select(
    func.count(case((_OPEN, 1))).label("open"),
    func.count(case((_RECENT, 1))).label("per_hour"),
    func.min(case((_RECENT, ModelRun.created))).label("oldest"),
).where(ModelRun.owner_key == bindparam("key"), ModelRun.reused_from.is_(None), _RECENT | _OPEN)

_LOCK = select(func.pg_advisory_xact_lock(bindparam("lock", type_=BigInteger)))


def owner_key(identity, address):
    """Name whose quota a run counts for.

    Args:
        identity: who runs.
        address: the client's network address, for users who have not signed in.

    Returns:
        A key that does not tell the address.
    """
    if identity.id is not None:
        return f"user:{identity.id}"
    secret = str(current_app.config["SECRET_KEY"])
    return "address:" + hashlib.sha256(f"{secret}{address}".encode()).hexdigest()[:40]


def require(key):
    """Check a quota; until the transaction ends nobody else can use the same room.

    Args:
        key: whose.

    Raises:
        QuotaError: if it is used up.
    """
    kind = "user" if key.startswith("user:") else "anonymous"
    quota = current_app.config["DEMOS_EXEC_QUOTAS"][kind]
    lock = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], signed=True)
    db.session.execute(_LOCK, {"lock": lock})
    used = db.session.execute(_USED, {"key": key, "since": now() - HOUR}).one()
    if used.open >= quota["open"]:
        message = f"{used.open} runs are open; {quota['open']} may be."
        raise QuotaError(message, {"limit": quota["open"], "used": used.open}, retry_after=5)
    if used.per_hour >= quota["per_hour"]:
        resets = used.oldest + HOUR
        extra = {"limit": quota["per_hour"], "used": used.per_hour, "resets": resets.isoformat()}
        wait = max(1, int((resets - now()).total_seconds()))
        raise QuotaError("The hour's quota of runs is used up.", extra, retry_after=wait)
