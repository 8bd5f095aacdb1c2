# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The members of an archive and of the archives in it, one after the other."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import IO, BinaryIO, Final, Literal, cast

from demos_formats.archives.budget import Budget
from demos_formats.archives.decompress import decompress
from demos_formats.archives.paths import readable, refusal
from demos_formats.archives.stream import MAX_READ, Stream, read_all, too_much
from demos_formats.errors import FormatError
from demos_formats.findings import Finding, error
from demos_formats.limits import Limits
from demos_formats.schema import cut, short

Kind = Literal["tar", "zip", "document"]

# The module zipfile decompresses what it read of a bzip2 or LZMA member at once, however much that
# is, before anybody can count it.
_ZIP_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ZIP: Final = b"PK\x03\x04"
_EMPTY_ZIP: Final = b"PK\x05\x06"
_TAR_ERRORS: Final = (tarfile.TarError, ValueError, OSError, EOFError, RecursionError, KeyError)
_ZIP_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    IndexError,
    KeyError,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One member of an archive.

    Args:
        path: Its path; ``outer.tgz!/inner.json`` inside an archive of an archive.
        data: Its bytes, decompressed; None where it is refused, or too large for a document.
        finding: Why it is refused.
    """

    path: str
    data: bytes | None
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What is inside the compression of some bytes.

    Args:
        kind: ``tar``, ``zip`` or ``document``.
        stream: The content, at its start.
        compressed: Whether there was a compression.
    """

    kind: Kind
    stream: Stream
    compressed: bool


def open_content(stream: Stream, budget: Budget) -> Opened:
    """Undoes compressions and tells what is inside.

    Args:
        stream: The bytes.
        budget: Caps.

    Returns:
        The content.

    Raises:
        FormatError: For damaged bytes, or for too many layers.
    """
    layers = 0
    while (inner := decompress(stream, budget)) is not None:
        stream, layers = inner, layers + 1
        if layers > budget.limits.archive_depth:
            raise _too_deep(budget.limits)
    return Opened(_kind(stream.peek(512)), stream, layers > 0)


def _kind(head: bytes) -> Kind:
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        return "zip"
    return "tar" if _is_tar(head) else "document"


def _is_tar(head: bytes) -> bool:
    """Tells a tar by the checksum of its first header, which old ones have too."""
    if len(head) < 512 or not head[0]:
        return False
    try:
        declared = int(head[148:156].strip(b" \0") or b"x", 8)
    except ValueError:
        return False
    return declared == 256 + sum(head[:148]) + sum(head[156:])


def walk(opened: Opened, file: IO[bytes] | None, budget: Budget) -> Iterator[Entry]:
    """Gives the members of an archive.

    Args:
        opened: The archive.
        file: The same bytes as a seekable file, where there is one; a zip needs it.
        budget: Caps.

    Yields:
        Members in the order of the archive.

    Raises:
        FormatError: For an archive that is damaged or over a cap.
    """
    yield from _walk(opened, file, budget, "", 1)


def _walk(
    opened: Opened, file: IO[bytes] | None, budget: Budget, prefix: str, depth: int
) -> Iterator[Entry]:
    if depth > budget.limits.archive_depth:
        raise _too_deep(budget.limits)
    if opened.kind == "tar":
        members = _tar(opened.stream, budget)
    else:
        members = _zip(file if file and not opened.compressed else None, opened.stream, budget)
    seen: set[str] = set()
    for path, stream, refused in members:
        shown = prefix + path
        finding = refused or (_repeated(shown) if path in seen else None)
        seen.add(path)
        if finding is not None or stream is None:
            yield Entry(shown, None, finding)
            continue
        try:
            inner = open_content(stream, budget)
            if inner.kind == "document":
                yield _document(shown, inner.stream, budget.limits)
            else:
                yield from _walk(inner, None, budget, f"{shown}!/", depth + 1)
        except FormatError as e:
            if any(f.code == "resource_limit" for f in e.findings):
                raise
            yield Entry(
                shown, None, replace(e.findings[0], message=f"{shown}: {e.findings[0].message}")
            )


def _document(path: str, stream: Stream, limits: Limits) -> Entry:
    json_like = stream.peek(64).lstrip()[:1] in (b"{", b"[")
    data = read_all(stream, limits.document_bytes)
    finding = None
    if data is None and json_like:
        finding = error(
            "resource_limit",
            "",
            f"The member {short(path)} is larger than {limits.document_bytes} bytes.",
        )
    return Entry(path, data, finding)


def _counted(content: IO[bytes], budget: Budget) -> Callable[[int], bytes]:
    def read(size: int) -> bytes:
        data = content.read(size)
        budget.spend(len(data))
        return data

    return read


_Found = tuple[str, Stream | None, Finding | None]


def _tar(stream: Stream, budget: Budget) -> Iterator[_Found]:
    try:
        archive = tarfile.TarFile(fileobj=cast(BinaryIO, stream))
        while (info := archive.next()) is not None:
            budget.enter()
            if info.isdir():
                continue
            path = readable(info.name)
            finding = refusal(path, budget.limits)
            if finding is None and (not info.isreg() or info.issparse()):
                finding = _special(path)
            content = None if finding else archive.extractfile(info)
            yield path, _guarded(content.read, _TAR_ERRORS) if content else None, finding
    except _TAR_ERRORS as e:
        raise _damaged(e) from None


def _zip(file: IO[bytes] | None, stream: Stream, budget: Budget) -> Iterator[_Found]:
    if file is None:
        data = read_all(stream, budget.limits.nested_zip_bytes)
        if data is None:
            raise FormatError(
                error(
                    "resource_limit",
                    "",
                    "A zip archive inside an archive is larger than "
                    f"{budget.limits.nested_zip_bytes} bytes.",
                )
            )
        file = io.BytesIO(data)
    try:
        with zipfile.ZipFile(cast(BinaryIO, _Capped(file))) as archive:
            for info in archive.infolist():
                budget.enter()
                if info.is_dir():
                    continue
                path = readable(info.filename)
                finding = refusal(path, budget.limits)
                mode = info.external_attr >> 16
                if finding is None and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                    finding = _special(path)
                if finding is None and info.flag_bits & 0x1:
                    finding = error("unsafe_archive", "", f"The member {short(path)} is encrypted.")
                if finding is None and info.compress_type not in _ZIP_METHODS:
                    finding = _method(path)
                if finding:
                    yield path, None, finding
                    continue
                try:
                    content = archive.open(info)
                except FormatError:
                    raise
                except _ZIP_ERRORS as e:
                    yield path, None, _damaged(e).findings[0]
                    continue
                with content:
                    yield path, _guarded(_counted(content, budget), _ZIP_ERRORS), None
    except _ZIP_ERRORS as e:
        raise _damaged(e) from None


class _Capped:
    """A file that refuses the huge read by which a zip's directory of members is loaded."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(MAX_READ + 1 if size < 0 or size > MAX_READ else size)
        if len(data) > MAX_READ:
            raise too_much()
        return data


def _guarded(pull: Callable[[int], bytes], errors: tuple[type[Exception], ...]) -> Stream:
    """Gives a member's content; what its reader raises becomes a finding."""

    def read(size: int) -> bytes:
        try:
            return pull(size)
        except errors as e:
            raise _damaged(e) from None

    return Stream(read)


def _repeated(path: str) -> Finding:
    return error("duplicate_name", "", f"The archive has two members called {short(path)}.")


def _special(path: str) -> Finding:
    return error(
        "unsafe_archive",
        "",
        f"The member {short(path)} is a link, a device or another special file.",
        "Put plain files into the archive.",
    )


def _method(path: str) -> Finding:
    return error(
        "unsafe_archive",
        "",
        f"The member {short(path)} is compressed by a method other than deflate.",
        "Pack the archive with the usual method of ZIP, deflate, or without compression.",
    )


def _damaged(e: Exception) -> FormatError:
    if isinstance(e, FormatError):
        return e
    reason = str(e) or type(e).__name__
    return FormatError(error("parse_error", "", f"The archive is damaged: {cut(reason, 120)}."))


def _too_deep(limits: Limits) -> FormatError:
    return FormatError(
        error(
            "resource_limit",
            "",
            f"There are more than {limits.archive_depth} archives or compressions inside each "
            "other.",
        )
    )
