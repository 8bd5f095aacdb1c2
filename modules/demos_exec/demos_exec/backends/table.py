# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The table of backends: every list of backends is made from it."""

from collections.abc import Mapping

from demos_exec.backends.base import Backend, Config
from demos_exec.extensions import discover

GROUP = "demos.backends"


def backend_types() -> Mapping[str, type[Backend]]:
    """Return the backends there are, whether or not the site is set up for them.

    Returns:
        Name to class, in the order of rank and name.

    Raises:
        ExtensionClash: if two have one name.
    """
    return discover(__package__, "BACKEND", GROUP)


def make_backends(config: Config) -> dict[str, Backend]:
    """Make the backends that the site is set up for.

    Args:
        config: the application's configuration.

    Returns:
        Name to backend; of those that run a job the first is the default.
    """
    found = backend_types().items()
    return {name: kind.from_config(config) for name, kind in found if kind.enabled(config)}
