# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A root folder that is no mount point, as in a plain chroot.

Java looks for the mount point of OpenSearch's data and finds none there, and a sandbox
cannot be made either. Both work in a mount namespace of our own in which the root is
mounted onto a folder; nothing of it is seen outside or outlives the processes in it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .errors import OpsError
from .instance import Instance

MOUNTS = Path("/proc/self/mounts")

ENTER = 'mount --rbind / "$0" && exec chroot "$0" env -C "$@"'


def is_mounted(mounts: Path = MOUNTS) -> bool:
    """Tell whether the root folder is a mount point."""
    try:
        return any(line.split()[1] == "/" for line in mounts.read_text().splitlines())
    except OSError:
        return True


def settle(instance: Instance) -> None:
    """Go on in a namespace whose root is mounted, where it is not yet.

    Args:
        instance: The instance, under whose folder the root is mounted.

    Raises:
        OpsError: When this user may not do that.
    """
    if is_mounted():
        return
    if os.getuid() != 0:
        raise OpsError(
            "the root folder of this chroot is no mount point, and OpenSearch needs one",
            "run this as root, or `mount --bind` the chroot's folder onto itself from outside",
        )
    folder = instance.run / "root"
    folder.mkdir(parents=True, exist_ok=True)
    unshare = ["unshare", "--mount", "--propagation", "private", "sh", "-c", ENTER, str(folder)]
    again = [sys.executable, "-m", "demos_ops", *sys.argv[1:]]
    os.execvp(unshare[0], [*unshare, str(Path.cwd()), *again])  # noqa: S606
