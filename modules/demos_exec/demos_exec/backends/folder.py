# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Files into and out of a container whose volume is a folder of this host.

The engine starts a helper for every archive it takes or gives, 50 ms each. Where its volumes are on
this host and ours to read, the folder does the same without one. What a container left there is
anybody's: no link is followed, nothing but a regular file is opened, and everything has a cap.
"""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

from demos_exec.backends.archive import NOBODY, BadOutput, check_name

MAX_ENTRIES = 5000
MADE_BY_A_CONTAINER = (
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.ENXIO,
)
READ_ONLY = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def is_ours(folder: Path) -> bool:
    """Tell whether a volume's folder is on this host, and ours to write and to give away.

    Args:
        folder: where the engine says that the volume is.

    Returns:
        True if ``put`` and ``take`` can be used.
    """
    # With user namespaces another user is the root of the containers, and numbers differ.
    return os.geteuid() == 0 and folder.is_dir() and folder.stat().st_uid == 0


def put(folder: Path, files: dict[str, bytes]) -> None:
    """Write what a container finds below ``/demos``, before it starts.

    Args:
        folder: the new volume.
        files: name below ``in/`` to content.
    """
    into, out = folder / "in", folder / "out"
    into.mkdir()
    for name, content in files.items():
        (into / name).write_bytes(content)
        (into / name).chmod(0o444)
    into.chmod(0o755)
    out.mkdir()
    out.chmod(0o700)
    os.chown(out, NOBODY, NOBODY)


def take(folder: Path, *, max_bytes: int, max_files: int) -> dict[str, bytes]:
    """Read what a container left in ``out/`` after it has ended.

    Args:
        folder: the volume.
        max_bytes: of all files together.
        max_files: how many.

    Returns:
        Name below ``out/`` to content.

    Raises:
        BadOutput: for links, devices, strange names, or too much.
        OSError: if this host cannot read.
    """
    found: dict[str, bytes] = {}
    left = max_bytes
    try:
        top = os.open(folder / "out", READ_ONLY | os.O_DIRECTORY)
        try:
            for name, file in _files(top, "", iter(range(MAX_ENTRIES))):
                with os.fdopen(file, "rb") as stream:
                    if len(found) >= max_files:
                        message = f"More than {max_files} output files."
                        raise BadOutput("output_too_large", message)
                    content = stream.read(left + 1)
                left -= len(content)
                if left < 0:
                    message = f"More than {max_bytes} bytes of output."
                    raise BadOutput("output_too_large", message)
                found[name] = content
        finally:
            os.close(top)
    except OSError as error:
        if error.errno not in MADE_BY_A_CONTAINER:
            raise
        raise BadOutput("invalid_output", f"The output cannot be read: {error.strerror}") from error
    return found


def _names(entry: os.DirEntry[str]) -> int:
    return entry.stat(follow_symlinks=False).st_nlink


def _files(folder: int, above: str, room: Iterator[int]) -> Iterator[tuple[str, int]]:
    """Open the files below a folder, one after the other; names end before depth does harm."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if next(room, None) is None:
                raise BadOutput("output_too_large", f"More than {MAX_ENTRIES} names in the output.")
            name = check_name(above + entry.name)
            if entry.is_dir(follow_symlinks=False):
                inside = os.open(entry.name, READ_ONLY | os.O_DIRECTORY, dir_fd=folder)
                try:
                    yield from _files(inside, f"{name}/", room)
                finally:
                    os.close(inside)
            elif entry.is_file(follow_symlinks=False) and _names(entry) == 1:
                yield name, os.open(entry.name, READ_ONLY, dir_fd=folder)
            else:
                raise BadOutput("invalid_output", f"{name!r} is no regular file.")
