# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""`python -m demos_client` is the `demos` command."""

from demos_client.cli import main

if __name__ == "__main__":
    main()
