# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""``python -m demos_site.setup``: make database, indices and fixtures what they should be.

Each ``invenio`` command costs ten seconds of start-up, so all steps run here, in one
application. A step that has nothing to do says so; running again changes nothing.
"""

import sys
import time

from invenio_app.factory import create_app

from .steps import STEPS


def main():
    """Run the steps in order; tell each with its time."""
    started = time.monotonic()
    app = create_app()
    print(f"application {time.monotonic() - started:.1f} s", flush=True)
    with app.app_context():
        for step in STEPS:
            started = time.monotonic()
            done = step(app)
            name = step.__name__.replace("_", " ")
            print(
                f"{name} {time.monotonic() - started:.1f} s{'' if done else ' (nothing to do)'}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
