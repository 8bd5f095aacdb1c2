# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What the checks mean, in a physicist's words: one verdict each, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from invenio_i18n import gettext as _

EXPECTED_OF_BACKGROUND = frozenset({"poi_undefined"})
"""Findings that every background-only file has: what is published with signals beside it."""


def of_entry(entry: Mapping[str, Any], checks: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the verdicts on an entry.

    Args:
        entry: the entry.
        checks: what was checked, as the service gives it.

    Returns:
        ``[{"mood", "label", "text"}]``; ``mood`` is ``good``, ``note`` or ``bad``.
    """
    found = [_valid(entry, checks)]
    if any(f["code"] in EXPECTED_OF_BACKGROUND for f in checks["findings"]):
        found.append(
            _chip(
                "note",
                _("Background only"),
                _(
                    "The file holds the background alone, as published models with many signals "
                    "do. Add a signal below: from the grid, as yields, or as a patch."
                ),
            )
        )
    found += [_conversion(checks.get("certificate") or {})]
    found += [_engines((checks.get("certificate") or {}).get("engines") or {})]
    found += [_closure(checks.get("closure") or {})]
    return [chip for chip in found if chip]


def _chip(mood: str, label: str, text: str) -> dict[str, str]:
    return {"mood": mood, "label": label, "text": text}


def _valid(entry: Mapping[str, Any], checks: Mapping[str, Any]) -> dict[str, str] | None:
    if checks.get("valid") is None:
        return None
    if not checks["valid"]:
        return _chip(
            "bad",
            _("Has errors"),
            _("The file breaks the rules of its format; the checks below name the places."),
        )
    return _chip(
        "good",
        _("Well-formed"),
        _("The file follows the rules of its format; every name in it leads somewhere."),
    )


def _conversion(certificate: Mapping[str, Any]) -> dict[str, str] | None:
    if certificate.get("state") == "pending":
        return _chip(
            "note",
            _("Conversions are being compared"),
            _("The converted files are made and compared with the original; look again soon."),
        )
    equivalent = certificate.get("equivalent")
    if equivalent is None or not certificate.get("points"):
        return None
    if equivalent:
        return _chip(
            "good",
            _("Conversions agree"),
            _(
                "pyhf and HS3 files of this model give the same likelihood: log L was evaluated at "
                "%(points)s points, and its differences agree to %(difference)s.",
                points=certificate["points"],
                difference=f"{certificate.get('max_abs_difference') or 0:.2g}",
            ),
        )
    return _chip(
        "bad",
        _("Conversions differ"),
        _("A converted file does not give the likelihood of the original; use the original."),
    )


def _engines(engines: Mapping[str, Any]) -> dict[str, str] | None:
    agree = engines.get("agree")
    if agree is None:
        return None
    if agree:
        return _chip(
            "good",
            _("Checked against pyhf"),
            _("The engine that computes on this page gives the numbers that pyhf gives."),
        )
    return _chip(
        "bad",
        _("Differs from pyhf"),
        _("The engine of this page and pyhf do not agree on this model; see the checks below."),
    )


def _closure(closure: Mapping[str, Any]) -> dict[str, str] | None:
    verdict = closure.get("verdict")
    if verdict == "reproduced":
        return _chip(
            "good",
            _("Reproduces the publication"),
            _("The results that the publication declares were computed again, and agree."),
        )
    if verdict == "deviates":
        return _chip(
            "bad",
            _("Deviates from the publication"),
            _("A declared result was computed again and came out different; see the checks below."),
        )
    return None
