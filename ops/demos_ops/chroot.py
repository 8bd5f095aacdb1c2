# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A root folder that is no mount point, as in a plain chroot.

Java looks for the mount point of OpenSearch's data and finds none there, and a sandbox
cannot be made either. Both work in a mount namespace of our own in which the root is
mounted onto a folder and that folder is the root.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from .errors import OpsError
from .instance import Instance

MOUNTS = Path("/proc/self/mounts")

# Where mounts of the machine are shared, the machine sees this one too, until `release`;
# what is mounted in it afterwards stays among us.
ENTER = """\
set -e
grep -q " $0 " /proc/self/mounts || mount --rbind / "$0"
mount --make-rprivate "$0"
exec chroot "$0" env -C "$@"
"""


def is_mounted(path: Path, mounts: Path = MOUNTS) -> bool:
    """Tell whether a folder is a mount point, as this process sees the machine."""
    try:
        return any(line.split()[1] == str(path) for line in mounts.read_text().splitlines())
    except OSError:
        return True


def folder(instance: Instance) -> Path:
    """Return the folder onto which the root is mounted."""
    return instance.run / "root"


def settle(instance: Instance) -> None:
    """Go on in a namespace whose root is mounted, where it is not yet.

    Args:
        instance: The instance, under whose folder the root is mounted.

    Raises:
        OpsError: When this user may not do that.
    """
    if is_mounted(Path("/")):
        return
    if os.getuid() != 0:
        raise OpsError(
            "the root folder of this chroot is no mount point, and OpenSearch needs one",
            "run this as root, or `mount --bind` the chroot's folder onto itself from outside",
        )
    folder(instance).mkdir(parents=True, exist_ok=True)
    unshare = ["unshare", "--mount", "--propagation", "unchanged", "sh", "-c", ENTER]
    again = [sys.executable, "-m", "demos_ops", *sys.argv[1:]]
    os.execvp(unshare[0], [*unshare, str(folder(instance)), str(Path.cwd()), *again])  # noqa: S606


def release(instance: Instance) -> None:
    """Unmount what the machine sees of the mounted root; nothing runs in it any more."""
    if not is_mounted(Path("/")) and is_mounted(folder(instance)):
        subprocess.run(["umount", "-R", "-l", str(folder(instance))], check=False)
