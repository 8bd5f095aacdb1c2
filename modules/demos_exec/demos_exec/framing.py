# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Frames between the portal, the pool and the workers.

A frame is a header (a JSON object) and a blob (bytes, may be empty), with their lengths in front
as two big-endian 32-bit numbers. Documents travel as blobs, so that nobody parses them twice.
"""

import asyncio
import json
import socket
import struct
from typing import Any

Header = dict[str, Any]

PREFIX = struct.Struct(">II")
MAX_HEADER = 64 * 1024 * 1024
MAX_BLOB = 256 * 1024 * 1024


class FrameError(ConnectionError):
    """The other side ended in the middle of a frame, or sent what is no frame."""


def encode(header: Header, blob: bytes = b"") -> bytes:
    r"""Put a header and a blob into one frame.

    Args:
        header: JSON object; numbers must be finite.
        blob: bytes that follow it.

    Returns:
        The frame.

    Examples:
        >>> encode({"a": 1}, b"xy")
        b'\x00\x00\x00\x07\x00\x00\x00\x02{"a":1}xy'
    """
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    return PREFIX.pack(len(text), len(blob)) + text + blob


def sizes(prefix: bytes) -> tuple[int, int]:
    """Read the two lengths of a frame and refuse what is too large.

    Args:
        prefix: the frame's first eight bytes.

    Returns:
        Bytes of the header and of the blob.

    Raises:
        FrameError: if a length is above its cap.
    """
    head, blob = PREFIX.unpack(prefix)
    if head > MAX_HEADER or blob > MAX_BLOB:
        raise FrameError(f"A frame of {head}+{blob} bytes is too large.")
    return head, blob


def parse_header(text: bytes) -> Header:
    """Parse a frame's header.

    Args:
        text: the header's bytes.

    Returns:
        The JSON object.

    Raises:
        FrameError: if it is no JSON object.
    """
    try:
        header = json.loads(text)
    except ValueError as error:
        raise FrameError("A frame's header is not JSON.") from error
    if not isinstance(header, dict):
        raise FrameError("A frame's header is not an object.")
    return header


def _receive(connection: socket.socket, count: int) -> bytes:
    parts = bytearray(count)
    view, done = memoryview(parts), 0
    while done < count:
        got = connection.recv_into(view[done:])
        if not got:
            raise FrameError("The other side closed the connection.")
        done += got
    return bytes(parts)


def receive(connection: socket.socket) -> tuple[Header, bytes]:
    """Read one frame from a blocking socket.

    Args:
        connection: a connected stream socket.

    Returns:
        Header and blob.

    Raises:
        FrameError: if the connection ends or carries no frame.
    """
    head, blob = sizes(_receive(connection, PREFIX.size))
    return parse_header(_receive(connection, head)), _receive(connection, blob)


async def read(reader: asyncio.StreamReader) -> tuple[Header, bytes]:
    """Read one frame from a stream.

    Args:
        reader: the stream.

    Returns:
        Header and blob.

    Raises:
        FrameError: if the stream ends or carries no frame.
    """
    try:
        head, blob = sizes(await reader.readexactly(PREFIX.size))
        header = parse_header(await reader.readexactly(head))
        return header, await reader.readexactly(blob) if blob else b""
    except asyncio.IncompleteReadError as error:
        raise FrameError("The other side closed the connection.") from error
