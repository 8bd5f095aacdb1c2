# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""How many runs somebody may have, and how much they may compute."""

import hashlib
from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from flask import current_app
from invenio_db import db
from sqlalchemy import BigInteger, bindparam, case, func, select

from .. import states
from ..clock import now
from ..errors import QuotaError
from ..records.models import ModelRun
from .permissions import ADDRESS

USER = "user:"
HOUR = timedelta(hours=1)
NETWORK_BITS = 64
"""One household or machine has at least so large a network of IPv6: it is one owner."""

_RECENT = ModelRun.created > bindparam("since")
_OPEN = ModelRun.status.in_(states.OPEN)
_USED = select(
    func.count(case((_OPEN, 1))).label("open"),
    func.count(case((_RECENT, 1))).label("per_hour"),
    func.coalesce(func.sum(func.coalesce(ModelRun.cpu_seconds, 0.0)), 0.0).label("cpu_seconds"),
    func.coalesce(func.sum(case((_OPEN, ModelRun.cost))), 0.0).label("expected"),
    func.min(case((_RECENT, ModelRun.created))).label("oldest"),
).where(ModelRun.owner_key == bindparam("key"), ModelRun.attempt > 0, _RECENT | _OPEN)

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
        return f"{USER}{identity.id}"
    secret = str(current_app.config["SECRET_KEY"])
    text = f"{secret}{network_of(address)}"
    return ADDRESS + hashlib.sha256(text.encode()).hexdigest()[:40]


def network_of(address):
    """Return the part of a network address that one owner cannot change at will.

    Args:
        address: as text; what is none stays as it is.

    Returns:
        An IPv4 address as it is, of an IPv6 address its network.

    Examples:
        >>> network_of("192.0.2.7"), network_of("2001:db8:1:2:3:4:5:6")
        ('192.0.2.7', '2001:db8:1:2::/64')
        >>> network_of("::ffff:192.0.2.7"), network_of(None)
        ('192.0.2.7', 'None')
    """
    try:
        found = ip_address(str(address))
    except ValueError:
        return str(address)
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return str(IPv6Network((found, NETWORK_BITS), strict=False))
        found = found.ipv4_mapped
    return str(found)


def require(key, cost=0.0):
    """Check a quota; until the transaction ends nobody else can use the same room.

    Args:
        key: whose.
        cost: estimated seconds of one processor that the new run takes.

    Raises:
        QuotaError: if it is used up.
    """
    kind = "user" if key.startswith(USER) else "anonymous"
    quota = current_app.config["DEMOS_EXEC_QUOTAS"][kind]
    lock = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], signed=True)
    db.session.execute(_LOCK, {"lock": lock})
    used = db.session.execute(_USED, {"key": key, "since": now() - HOUR}).one()
    if used.open >= quota["open"]:
        message = f"{used.open} runs are open; {quota['open']} may be."
        extra = {"quota": "open", "limit": quota["open"], "used": used.open}
        raise QuotaError(message, extra, retry_after=5)
    if used.per_hour >= quota["per_hour"]:
        message = "The hour's quota of runs is used up."
        raise _of_the_hour(message, "per_hour", quota["per_hour"], used.per_hour, used)
    taken = used.cpu_seconds + used.expected
    if taken + cost > quota["cpu_seconds"]:
        message = (
            f"{taken:.0f} s of the hour's {quota['cpu_seconds']} s of computing are used or "
            f"reserved, and this run is estimated at {cost:.0f} s."
        )
        raise _of_the_hour(message, "cpu_seconds", quota["cpu_seconds"], round(taken, 1), used)


def _of_the_hour(message, name, limit, amount, used):
    resets = (used.oldest or now()) + HOUR
    extra = {"quota": name, "limit": limit, "used": amount, "resets": resets.isoformat()}
    return QuotaError(message, extra, retry_after=max(1, int((resets - now()).total_seconds())))
