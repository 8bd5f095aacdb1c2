# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The table of runtimes: nothing else asks of what kind a model is."""

from ..errors import NotExecutableError
from ..extensions import discover

GROUP = "demos.runtimes"


def make_runtimes():
    """Find the runtimes.

    Returns:
        Name to runtime, in the order of rank and name.

    Raises:
        ExtensionClash: if two have one name.
    """
    return discover(__package__, "RUNTIME", GROUP)


def runtime_for(runtimes, target):
    """Choose the runtime of a model.

    Args:
        runtimes: name to runtime.
        target: the registry's ``RunTarget``.

    Returns:
        The first one that accepts it.

    Raises:
        NotExecutableError: if none does.
    """
    found = next((r for r in runtimes.values() if r.accepts(target)), None)
    if found is None:
        message = f"This model is of the kind {target.kind} and names no container to run it."
        raise NotExecutableError("no_container", message)
    return found


def backends_for(runtime, backends):
    """Choose the backends that can execute the runs of a runtime.

    Args:
        runtime: the runtime.
        backends: the site's backends.

    Returns:
        Name to backend; the first one is the default.

    Raises:
        NotExecutableError: if there is none.
    """
    found = {name: b for name, b in backends.items() if runtime.runs in b.runs}
    if not found:
        message = f"No backend of this portal takes jobs of the kind {runtime.runs}."
        raise NotExecutableError("backend_unavailable", message)
    return found
