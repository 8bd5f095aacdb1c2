# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Exceptions of this package, with one root.

::

    ValueError
    └── FormatError            a document cannot be used; ``findings`` say why and where
        └── RefusedError       the document is good, but what is asked cannot be done with it

Files that cannot be read raise :class:`OSError`. Codes of findings are in
:data:`demos_formats.findings.CODES`.

>>> import demos_formats
>>> try:
...     demos_formats.convert_pyhf_to_demos("[1, 2")
... except demos_formats.FormatError as e:
...     print(e.findings[0].code)
parse_error
"""

from __future__ import annotations

from collections.abc import Iterable

from demos_formats.findings import Finding


class FormatError(ValueError):
    """A document cannot be used; ``findings`` say why and where.

    Args:
        findings: At least one finding.
    """

    def __init__(self, findings: Finding | Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = (
            (findings,) if isinstance(findings, Finding) else tuple(findings)
        )
        super().__init__("; ".join(map(str, self.findings)))


class RefusedError(FormatError):
    """The document is good, but what is asked cannot be done with it."""
