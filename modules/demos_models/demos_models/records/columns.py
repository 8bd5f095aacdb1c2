# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Column types."""

from invenio_db import db


class UTCDateTime(db.UTCDateTime):
    """Invenio's type for moments, in statements that SQLAlchemy compiles only once.

    Invenio marks its own as not to be cached, so that every statement that binds one is
    compiled anew each time, which costs more than the database needs for it. The type
    has no state of its own: one compiled statement does for all of its values.
    """

    cache_ok = True
