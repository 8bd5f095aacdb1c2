# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Which record a resource of HEPData's belongs to."""

import json
import re

from demos_models.records.models import ModelSource
from flask import current_app
from invenio_db import db

from ..connections import connect
from ..http import PeerError
from ..http.client import Patience
from .mirror import LookupFailedError

MEDIA_TYPE = "application/vnd.hepdata.ld+json"


def record_of_resource(number):
    """Return HEPData's number of the record that a resource belongs to.

    Args:
        number: The resource's number, as in ``/record/resource/{number}``.

    Raises:
        LookupFailedError: If neither the registry nor HEPData knows.
    """
    source = ModelSource.query.filter(
        ModelSource.host == "hepdata",
        ModelSource.key.like(f"%/{number}") | ModelSource.key.like(f"%/{number}#%"),
    ).first()
    if source is not None:
        return source.lineage
    db.session.commit()  # no transaction is open while the peer is asked
    timeout = current_app.config["DEMOS_HARVEST_LOOKUP_TIMEOUT"]
    with connect("hepdata", Patience(total=timeout, attempts=1, max_wait=0.2)) as http:
        try:
            answer = http.get_json(
                f"/record/resource/{number}", {"landing_page": "true"}, accept=MEDIA_TYPE
            )
        except PeerError as error:
            status = 404 if error.code == "not-found" else 502
            raise LookupFailedError(status, error.to_dict()) from error
    match = re.search(r"10\.17182/hepdata\.(\d+)", json.dumps(answer), re.IGNORECASE)
    if match is None:
        problem = {"code": "not-found", "message": "HEPData does not say which record this is."}
        raise LookupFailedError(404, problem)
    return match.group(1)
