# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""A model's exports, each at an address of its own."""

from demos_fair.exports import table
from demos_fair.negotiation import answer
from flask import abort, g, request

from ..proxies import current_models_service
from ..resources.serializers import resources_of


def resource_of(pid_value):
    """Return the model of a landing page; None where another name of it leads there.

    Args:
        pid_value: The name by which it is asked for.
    """
    version = request.args.get("version")
    entry = current_models_service.read(g.identity, pid_value, version=version).to_dict()
    if str(pid_value) != entry["id"]:
        return None
    (resource,) = resources_of([entry])
    return resource


def export_page(pid_value, name):
    """Answer an export of a model.

    Args:
        pid_value: The model's id.
        name: The name of the export.
    """
    export = table().get(name)
    if export is None:
        abort(404)
    return answer(export, resource_of(pid_value))
