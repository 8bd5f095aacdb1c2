# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``python -m demos_exec.worker``: one-shot, or ``--connect SOCKET`` for a long-lived worker."""

import sys
from pathlib import Path

USAGE = "usage: python -m demos_exec.worker [--connect SOCKET]"


def main(arguments: list[str]) -> int:
    """Choose the mode.

    Args:
        arguments: the command line without the program.

    Returns:
        The process' exit code.
    """
    if not arguments:
        from demos_exec.worker.batch import batch  # noqa: PLC0415 - each mode loads its own

        return batch(Path("/demos"))
    if len(arguments) == 2 and arguments[0] == "--connect":
        from demos_exec.worker.serve import serve  # noqa: PLC0415

        return serve(arguments[1])
    print(USAGE, file=sys.stderr)
    return 64


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
