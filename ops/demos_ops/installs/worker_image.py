# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The images that models run in, built where models run in containers."""

from __future__ import annotations

from ..errors import OpsError
from ..instance import Instance
from ..steps import Job


def install(instance: Instance, job: Job) -> bool:
    """Build the worker's image and the example model's, unless they are of these sources.

    Returns:
        Whether an image was built.

    Raises:
        OpsError: When it cannot be built.
    """
    program = instance.root / "docker" / "worker" / "build.py"
    try:
        job.run(
            [str(instance.venv / "bin" / "python"), str(program)],
            env={**instance.env, "PATH": "/usr/sbin:/sbin:/usr/bin:/bin"},
            cwd=instance.root,
        )
    except OpsError as error:
        hint = "`DEMOS_EXEC_BACKEND=local make up` runs models in sandboxes, without containers"
        raise OpsError(f"the worker's image: {error.message}", hint) from None
    return "built " in job.log.read_text(errors="replace")
