# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Files into and out of a container: tar with caps, because what comes out is anybody's."""

import io
import json
import math
import tarfile
from collections.abc import Iterable, Iterator
from typing import Any

NOBODY = 65534
MAX_NAME = 255


class BadOutput(Exception):
    """What a container wrote cannot be taken.

    Args:
        reason: one of the platform's reasons.
        message: why.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def pack(files: dict[str, bytes]) -> bytes:
    """Make the archive that is put into a container before it starts.

    Args:
        files: name below ``in/`` to content.

    Returns:
        A tar with ``in/`` (the root's, read-only) and an empty ``out/`` (nobody's).

    Examples:
        >>> with tarfile.open(fileobj=io.BytesIO(pack({"request.json": b"{}"}))) as found:
        ...     found.getnames()
        ['in', 'in/request.json', 'out']
    """
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        _folder(archive, "in", 0, 0o755)
        for name, content in files.items():
            entry = tarfile.TarInfo(f"in/{name}")
            entry.size, entry.mode = len(content), 0o444
            archive.addfile(entry, io.BytesIO(content))
        _folder(archive, "out", NOBODY, 0o700)
    return stream.getvalue()


def _folder(archive: tarfile.TarFile, name: str, owner: int, mode: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.uid, entry.gid = tarfile.DIRTYPE, mode, owner, owner
    archive.addfile(entry)


class _Counted(io.RawIOBase):
    """A stream of chunks that ends, with an error, at a cap."""

    def __init__(self, chunks: Iterable[bytes], cap: int) -> None:
        self._chunks = iter(chunks)
        self._held = b""
        self._left = cap

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._held:
            self._held = next(self._chunks, b"")
            self._left -= len(self._held)
            if self._left < 0:
                raise BadOutput("output_too_large", "The output is larger than it may be.")
        count = min(len(buffer), len(self._held))
        buffer[:count], self._held = self._held[:count], self._held[count:]
        return count


def unpack(chunks: Iterable[bytes], *, max_bytes: int, max_files: int) -> dict[str, bytes]:
    """Read what a container left in ``out/``.

    Args:
        chunks: a tar, as it comes.
        max_bytes: of all files together.
        max_files: how many.

    Returns:
        Name below ``out/`` to content.

    Raises:
        BadOutput: for links, devices, strange names, too much, or what is no tar.
    """
    found: dict[str, bytes] = {}
    # Headers and padding are 1 kB a file; folders are not counted as files.
    counted = io.BufferedReader(_Counted(chunks, max_bytes + 4096 * (max_files + 64)))
    try:
        with tarfile.open(fileobj=counted, mode="r|") as archive:
            for entry in _regular(archive):
                if len(found) >= max_files:
                    raise BadOutput("output_too_large", f"More than {max_files} output files.")
                if entry.size + sum(map(len, found.values())) > max_bytes:
                    raise BadOutput("output_too_large", f"More than {max_bytes} bytes of output.")
                stream = archive.extractfile(entry)
                assert stream is not None
                # The archive's first folder is out/ itself.
                found[check_name(entry.name.partition("/")[2])] = stream.read()
    except (tarfile.TarError, EOFError) as error:
        raise BadOutput("invalid_output", f"The output cannot be read: {error}") from error
    return found


def _regular(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for entry in archive:
        if entry.isdir():
            continue
        if not entry.isreg() or entry.sparse is not None:
            raise BadOutput("invalid_output", f"{entry.name[:80]!r} is no regular file.")
        yield entry


def check_name(name: str) -> str:
    """Refuse names that are no plain path below ``out/``.

    Args:
        name: below ``out/``.

    Returns:
        The name.

    Raises:
        BadOutput: for a strange name.

    Examples:
        >>> check_name("plots/limit.csv")
        'plots/limit.csv'
    """
    if any(part in ("", ".", "..") for part in name.split("/")) or not name.isprintable():
        raise BadOutput("invalid_output", f"An output file has the name {name[:80]!r}.")
    if len(name) > MAX_NAME:
        message = f"An output file has a name of more than {MAX_NAME} characters."
        raise BadOutput("invalid_output", message)
    return name


def parse_result(text: bytes) -> dict[str, Any]:
    """Check that a result is a JSON object with finite numbers.

    Args:
        text: ``result.json``.

    Returns:
        The object.

    Raises:
        BadOutput: if it is not.

    Examples:
        >>> parse_result(b'{"x": 1}')
        {'x': 1}
        >>> parse_result(b'{"x": 1e999}')
        Traceback (most recent call last):
        ...
        demos_exec.backends.archive.BadOutput: result.json is not JSON: 1e999 is no JSON number
    """

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON number")

    def finite(number: str) -> float:
        value = float(number)
        if not math.isfinite(value):  # such as 1e999: text of a number that none can hold
            refuse(number[:40])
        return value

    try:
        found = json.loads(text, parse_constant=refuse, parse_float=finite)
    except (ValueError, RecursionError) as error:
        message = f"result.json is not JSON: {str(error)[:200]}"
        raise BadOutput("invalid_output", message) from error
    if not isinstance(found, dict):
        raise BadOutput("invalid_output", "result.json is not a JSON object.")
    return found
