# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The long-lived worker: frames over a Unix socket, one request at a time."""

import contextlib
import json
import socket
import sys
import time
import traceback
from typing import Any

from demos_exec import framing
from demos_exec.worker.library import Library, MissingDocuments
from demos_exec.worker.program import answer, warm

PROGRESS_SECONDS = 0.2


def serve(path: str) -> int:
    """Answer the pool's requests until it closes the connection.

    Args:
        path: the pool's Unix socket.

    Returns:
        The process' exit code.
    """
    library = Library()
    warm()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(framing.encode({"type": "ready"}))
        with contextlib.suppress(framing.FrameError):
            while True:
                header, blob = framing.receive(connection)
                if header["type"] == "document":
                    library.add(header["digest"], blob)
                elif header["type"] == "run":
                    _one(connection, library, header["job"], json.loads(blob))
    return 0


def _one(connection: socket.socket, library: Library, job: str, request: dict[str, Any]) -> None:
    told = time.monotonic()

    def progress(fraction: float) -> None:
        nonlocal told
        if time.monotonic() - told >= PROGRESS_SECONDS:
            told = time.monotonic()
            header = {"type": "progress", "job": job, "value": round(float(fraction), 4)}
            connection.sendall(framing.encode(header))

    text = b""
    try:
        outcome, text = answer(library, request, progress)
        header = {"type": "done", "job": job, "outcome": outcome}
    except MissingDocuments as missing:
        header = {"type": "missing", "job": job, "digests": missing.digests}
    except Exception:  # a fault of ours must not look like a lost worker
        traceback.print_exc(file=sys.stderr)
        message = "The worker failed; the log has the details."
        outcome = {"status": "failed", "reason": "system_error", "message": message}
        header = {"type": "done", "job": job, "outcome": outcome}
    sys.stderr.flush()
    connection.sendall(framing.encode(header, text))
