# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The one-shot worker: the contract ``demos-batch/1``.

``in/request.json`` and the files it names are read, ``out/result.json`` is written. Exit codes:
0 a result was written, 2 the input cannot be used (``out/error.json`` says why), 1 anything else.
"""

import json
import sys
from pathlib import Path
from typing import Any

from demos_exec.worker.library import Library
from demos_exec.worker.program import DOCUMENTS, answer

CONTRACT = "demos-batch/1"
EXIT = {"invalid_input": 2}


def batch(folder: Path) -> int:
    """Run the request of a folder.

    Args:
        folder: holds ``in`` and a writable ``out``.

    Returns:
        The process' exit code.
    """
    source, target = folder / "in", folder / "out"
    request: dict[str, Any] = json.loads((source / "request.json").read_bytes())
    library = Library()
    for part in DOCUMENTS:
        if request.get(part):
            library.add(request[part]["digest"], (source / request[part]["file"]).read_bytes())

    def progress(fraction: float) -> None:
        (target / "progress").write_text(json.dumps({"progress": round(float(fraction), 4)}))

    outcome, text = answer(library, request, progress)
    if outcome["status"] == "successful":
        (target / "result.json").write_bytes(text)
        return 0
    (target / "error.json").write_text(json.dumps(outcome))
    print(outcome["message"], file=sys.stderr)
    return EXIT.get(outcome["reason"], 1)
