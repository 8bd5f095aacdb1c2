# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is wrong with a document, and where: one taxonomy for every format."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final, Literal

Severity = Literal["error", "warning"]

CODES: Final[dict[str, str]] = {
    "parse_error": "The bytes are not a JSON document (or not a readable archive).",
    "nonfinite_number": "NaN, Infinity, or a number too large for a 64-bit float.",
    "duplicate_key": "An object has the same key twice; most readers silently keep the last one.",
    "resource_limit": "The input is larger, deeper or more numerous than this reader allows.",
    "unsafe_archive": "An archive member is a link or device, or its path leaves the archive.",
    "schema_error": "The document does not have the shape that its format prescribes.",
    "unsupported_version": "The format is known, this version of it is not.",
    "unsupported_type": "A distribution, function, modifier or data type that is not known.",
    "wrong_format": "The document is of another format than the one asked for.",
    "duplicate_name": "Two objects that are told apart by their name have the same one.",
    "length_mismatch": "Two lists that go bin by bin (or pair by pair) have different lengths.",
    "missing_distributions": "An HS3 document has no distribution, so there is no likelihood.",
    "missing_observation": "A channel has no observed data.",
    "extra_observation": "Observed data name a channel that the model does not have.",
    "poi_undefined": "The parameter of interest is not a parameter of the model.",
    "missing_parameter_config": "A parameter needs a configuration that is not given.",
    "unknown_parameter": "A configuration names a parameter that no modifier defines.",
    "invalid_bounds": "Bounds are inverted, empty, or exclude the initial value.",
    "incompatible_parameter_reuse": "One parameter name is used by modifiers that cannot share it.",
    "conflicting_constraint": "One parameter has two different constraint terms.",
    "unresolved_reference": "A name refers to nothing in the document.",
    "cyclic_reference": "Objects of the document are defined by each other in a circle.",
    "invalid_axis": "An axis has no valid binning.",
    "negative_uncertainty": "An absolute uncertainty is negative.",
    "negative_observation": "An observed event count is negative.",
    "degenerate_normsys": "A normalisation factor at one sigma is zero or negative.",
    "negative_expected": "The expected event count of a bin is negative before any fit.",
    "empty_bin_with_data": "Events are observed in a bin that expects none before any fit.",
    "uncertainty_without_effect": "An uncertainty is given for a bin in which it has no effect.",
    "synthetic_axis": "Bin edges are counted (0, 1, 2 ...), not physical: the source has none.",
    "invalid_patch": "A JSON Patch has an operation or path that is not allowed.",
    "patch_conflict": "A JSON Patch does not fit the document it is applied to.",
    "digest_mismatch": "A digest differs from the one that is declared.",
    "cannot_convert": "The target format has no way to say this.",
    "analysis_failed": "The file could not be analysed; the fault is the reader's.",
}
"""Every code with its meaning."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or worth saying, about a place in a document.

    Args:
        code: A key of ``CODES``.
        severity: ``error`` (the document cannot be used as it is) or ``warning``.
        pointer: JSON pointer (RFC 6901) of the place; empty for the whole document.
        message: What is the matter, in a physicist's words.
        hint: What to do about it; may be empty.
    """

    code: str
    severity: Severity
    pointer: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Gives one line for a terminal or a log.

        >>> str(Finding("length_mismatch", "error", "/channels/0", "2 bins, 3 values."))
        'error length_mismatch at /channels/0: 2 bins, 3 values.'
        """
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.severity} {self.code} at {self.pointer or '/'}: {self.message}{hint}"

    def to_dict(self) -> dict[str, str]:
        """Gives the finding as a JSON object."""
        return asdict(self)


def error(code: str, pointer: str, message: str, hint: str = "") -> Finding:
    """Makes a finding of severity ``error``."""
    return Finding(code, "error", pointer, message, hint)


def warning(code: str, pointer: str, message: str, hint: str = "") -> Finding:
    """Makes a finding of severity ``warning``."""
    return Finding(code, "warning", pointer, message, hint)


def escape(part: str | int) -> str:
    """Gives one step of a JSON pointer.

    >>> escape("a/b~c"), escape(3)
    ('a~1b~0c', '3')
    """
    return str(part).replace("~", "~0").replace("/", "~1")


def pointer(*parts: str | int) -> str:
    """Joins steps to a JSON pointer.

    >>> pointer("channels", 0, "a/b")
    '/channels/0/a~1b'
    """
    return "".join(f"/{escape(p)}" for p in parts)
