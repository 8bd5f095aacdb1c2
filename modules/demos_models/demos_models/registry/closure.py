# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Whether a model gives the results again that its publication declares.

Only CLs values are computed here; other declared quantities are reported as unchecked,
so that nobody takes silence for agreement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

QUANTITIES = {"cls_obs": "CLs_obs", "cls_exp": "CLs_exp"}


def compare(declared: Sequence[float], found: Sequence[float], tolerance: float) -> float | None:
    """Give the largest relative deviation, or None where the numbers do not match up.

    >>> compare([0.05], [0.051], 0.05) <= 0.05
    True
    >>> compare([0.05, 0.1], [0.05], 0.05) is None
    True
    """
    if len(declared) != len(found):
        return None
    return max(abs(f - d) / max(abs(d), 1e-12) for d, f in zip(declared, found, strict=True))


def close(
    results: Sequence[Mapping[str, Any]],
    load: Callable[[str | None, str | None], Any],
) -> dict[str, Any]:
    """Compute declared results again.

    Args:
        results: as the deposit declares them.
        load: gives the engine's model for a measurement's and a patch's name.

    Returns:
        ``{"verdict": "reproduced" | "deviates" | "unchecked", "results": [...]}``.
    """
    rows, verdicts = [], set()
    for declared in results:
        row = {**declared, "verdict": "unchecked"}
        attribute = QUANTITIES.get(declared["quantity"])
        wanted, tolerance = declared.get("values") or [], declared.get("tolerance", 0.05)
        if attribute:
            try:
                model = load(declared.get("measurement"), declared.get("patch"))
                found = getattr(model.cls(mu=declared.get("mu", 1.0)), attribute)
            except (ValueError, LookupError, ArithmeticError, RuntimeError) as error:
                row["message"] = str(error)[:500]
            else:
                values = list(found) if attribute == "CLs_exp" else [float(found)]
                row["found"] = values
                deviation = compare(wanted, values, tolerance)
                if deviation is None:
                    row["message"] = f"{len(values)} values were found."
                else:
                    row["deviation"] = deviation
                    row["verdict"] = "reproduced" if deviation <= tolerance else "deviates"
        verdicts.add(row["verdict"])
        rows.append(row)
    verdict = next((v for v in ("deviates", "reproduced") if v in verdicts), "unchecked")
    return {"verdict": verdict, "results": rows}
