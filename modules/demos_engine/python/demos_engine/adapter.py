# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""For users of pyhf: the same model and data, by this engine."""

from typing import Any, Protocol

from demos_engine.model import Model


class PyhfModel(Protocol):
    """What is needed of a ``pyhf.Model``."""

    spec: Any
    config: Any


def from_pyhf(model: PyhfModel, data: Any) -> Model:
    """The engine's model of a pyhf model and its data.

    Args:
        model: A ``pyhf.Model`` made of the standard modifiers.
        data: Its data in pyhf's order, auxiliary data included.

    Returns:
        A model with the same parameters in the same order, the same interpolation and the same
        data.

    Raises:
        ModelError: The model cannot be expressed.

    >>> import pytest; pyhf = pytest.importorskip("pyhf")
    >>> pdf = pyhf.simplemodels.uncorrelated_background([5.0], [50.0], [7.0])
    >>> from_pyhf(pdf, [52.0, *pdf.config.auxdata]).parameter_names
    ('mu', 'uncorr_bkguncrt[0]')
    """
    config = model.config
    values = [float(x) for x in data]
    observations = [
        {"name": name, "data": values[part]} for name, part in config.channel_slices.items()
    ]
    parameters = model.spec.get("parameters", [])
    measurement = {
        "name": "measurement",
        "config": {"poi": config.poi_name or "", "parameters": parameters},
    }
    workspace = {
        "channels": model.spec["channels"],
        "observations": observations,
        "measurements": [measurement],
        "version": "1.0.0",
    }
    # pyhf's own defaults for what the settings leave out.
    settings = config.modifier_settings
    return Model.load(
        workspace,
        normsys=settings.get("normsys", {}).get("interpcode", "code1"),
        histosys=settings.get("histosys", {}).get("interpcode", "code0"),
        data=values,
    )
