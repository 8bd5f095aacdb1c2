# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Which files are worth a look."""

from __future__ import annotations

_ENDINGS = (".json", ".json.gz", ".json.tgz", ".tar", ".tar.gz", ".tgz", ".zip", ".gz", ".hs3")
_NEVER = (
    ".csv.gz", ".nii.gz", ".fastq.gz", ".vcf.gz", ".txt.gz", ".root.gz", ".xml.gz", ".ps.gz",
    ".geojson", "codemeta.json", ".zenodo.json", "package.json", "ro-crate-metadata.json",
)  # fmt: skip


def may_hold_model(name: str) -> bool:
    """Tell from a name whether a file can be a model; its content decides later.

    Examples:
        >>> [may_hold_model(n) for n in ("BkgOnly.json", "likelihoods.tar.gz", "thesis.pdf")]
        [True, True, False]
    """
    name = name.lower().rpartition("/")[2]
    return name.endswith(_ENDINGS) and not name.endswith(_NEVER)
