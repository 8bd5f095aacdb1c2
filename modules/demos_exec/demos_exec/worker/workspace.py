# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The signal that a request puts into a workspace."""

from typing import Any

from demos_exec.worker.errors import RunFailure
from demos_exec.worker.signals import parameter_of, patch_by_name, patch_by_yields

Workspace = dict[str, Any]


def measurement_of(workspace: Workspace, name: str | None) -> dict[str, Any]:
    """Find a measurement.

    Args:
        workspace: a pyhf workspace.
        name: its name, or None for the first.

    Returns:
        The measurement.

    Raises:
        RunFailure: if there is none of the name.

    Examples:
        >>> measurement_of({"measurements": [{"name": "a", "config": {"poi": "mu"}}]}, None)["name"]
        'a'
    """
    for measurement in workspace.get("measurements", ()):
        if name is None or measurement["name"] == name:
            return dict(measurement)
    raise RunFailure(
        "invalid_input", f"The model has no measurement {name!r}.", "/inputs/measurement"
    )


def operations_for(
    workspace: Workspace, inputs: dict[str, Any], patchset: Workspace | None
) -> list[dict[str, Any]]:
    """Give the JSON Patch that a request's signal means.

    Args:
        workspace: the pyhf workspace without the signal.
        inputs: the request's inputs.
        patchset: the model's patchset, where it has one.

    Returns:
        JSON Patch operations, none without a signal.

    Raises:
        RunFailure: if the signal does not fit the model.
    """
    signal = inputs.get("patch")
    if signal is None:
        return []
    if isinstance(signal, str):
        return patch_by_name(patchset or {}, signal)
    if "ops" in signal:
        return list(signal["ops"])
    poi = measurement_of(workspace, inputs.get("measurement"))["config"].get("poi")
    return patch_by_yields(workspace, signal, poi)


def is_plain(workspace: Workspace, signal: Any, measurement: str | None) -> bool:
    """Tell whether a signal is no more than yields that the signal strength scales.

    Such a signal can be added to a model that is compiled already.

    Args:
        workspace: the pyhf workspace without the signal.
        signal: the request's signal.
        measurement: the measurement's name, or None for the first.

    Returns:
        True if adding it means the same as its patch.

    Examples:
        >>> model = {"channels": [{"name": "SR", "samples": []}],
        ...     "measurements": [{"name": "m", "config": {"poi": "mu"}}]}
        >>> is_plain(model, {"yields": {"SR": [1.0]}, "sample": "s"}, None)
        True
    """
    if not isinstance(signal, dict) or set(signal) != {"yields", "sample"}:
        return False
    poi = measurement_of(workspace, measurement)["config"].get("poi")
    only_poi = [("normfactor", poi)]
    for channel in workspace["channels"]:
        for sample in channel["samples"]:
            if sample["name"] != signal["sample"]:
                continue
            kinds = [(m["type"], parameter_of(m)) for m in sample["modifiers"]]
            if kinds != only_poi or channel["name"] not in signal["yields"]:
                return False
    return bool(poi)
