# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Which licences allow a copy of a file to be kept here."""

from __future__ import annotations

from typing import Any

OPEN = {
    "cc0-1.0": "CC0-1.0",
    "cc-zero": "CC0-1.0",
    "cc0": "CC0-1.0",
    "public domain": "CC0-1.0",
    "cc-by-4.0": "CC-BY-4.0",
    "cc-by-3.0": "CC-BY-3.0",
    "cc-by": "CC-BY-4.0",
    "cc-by-sa-4.0": "CC-BY-SA-4.0",
    "cc-by-sa": "CC-BY-SA-4.0",
    "cc-by-nc-4.0": "CC-BY-NC-4.0",
    "cc-by-nd-4.0": "CC-BY-ND-4.0",
    "cc-by-nc-sa-4.0": "CC-BY-NC-SA-4.0",
    "cc-by-nc-nd-4.0": "CC-BY-NC-ND-4.0",
    "mit": "MIT",
    "mit-license": "MIT",
    "apache-2.0": "Apache-2.0",
    "apache2.0": "Apache-2.0",
    "bsd-2-clause": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "gpl-2.0": "GPL-2.0",
    "gpl-3.0": "GPL-3.0",
    "gpl-2.0-only": "GPL-2.0-only",
    "gpl-2.0-or-later": "GPL-2.0-or-later",
    "gpl-3.0-only": "GPL-3.0-only",
    "gpl-3.0-or-later": "GPL-3.0-or-later",
    "gpl-3.0+": "GPL-3.0-or-later",
    "lgpl-3.0-only": "LGPL-3.0-only",
    "lgpl-3.0-or-later": "LGPL-3.0-or-later",
    "agpl-3.0-only": "AGPL-3.0-only",
    "agpl-3.0-or-later": "AGPL-3.0-or-later",
    "mpl-2.0": "MPL-2.0",
    "isc": "ISC",
    "unlicense": "Unlicense",
    "odbl-1.0": "ODbL-1.0",
    "odc-by-1.0": "ODC-By-1.0",
    "pddl-1.0": "PDDL-1.0",
}
"""Licences that allow unchanged redistribution, by the spellings peers use."""

URLS = (
    ("creativecommons.org/publicdomain/zero/1.0", "CC0-1.0"),
    ("creativecommons.org/licenses/by-sa/4.0", "CC-BY-SA-4.0"),
    ("creativecommons.org/licenses/by-nc-sa/4.0", "CC-BY-NC-SA-4.0"),
    ("creativecommons.org/licenses/by-nc-nd/4.0", "CC-BY-NC-ND-4.0"),
    ("creativecommons.org/licenses/by-nc/4.0", "CC-BY-NC-4.0"),
    ("creativecommons.org/licenses/by-nd/4.0", "CC-BY-ND-4.0"),
    ("creativecommons.org/licenses/by/4.0", "CC-BY-4.0"),
    ("creativecommons.org/licenses/by/3.0", "CC-BY-3.0"),
    ("opensource.org/licenses/mit", "MIT"),
    ("opensource.org/license/mit", "MIT"),
    ("apache.org/licenses/license-2.0", "Apache-2.0"),
)


def licence_of(*spellings: Any) -> tuple[str | None, bool]:
    """Recognise a licence.

    Args:
        spellings: Identifier, name, URL as the peer gives them; the first known one counts.

    Returns:
        SPDX identifier (or the spelling as it is), and whether it allows a mirror.

    Examples:
        >>> licence_of(None, "https://creativecommons.org/publicdomain/zero/1.0/")
        ('CC0-1.0', True)
        >>> licence_of("other-closed"), licence_of()
        (('other-closed', False), (None, False))
    """
    texts = [s.strip() for s in spellings if isinstance(s, str) and s.strip()]
    for text in texts:
        if known := OPEN.get(text.lower()):
            return known, True
        for part, known in URLS:
            if part in text.lower():
                return known, True
    return (texts[0][:255] if texts else None), False
