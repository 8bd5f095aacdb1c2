# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Names in HS3's one global namespace."""

from __future__ import annotations

from collections.abc import Iterable


class Namespace:
    """Hands out names that are not taken yet.

    >>> names = Namespace()
    >>> names.reserve("model_SR"), names.reserve("model_SR")
    ('model_SR', 'model_SR_2')
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def __contains__(self, name: str) -> bool:
        """Tells whether a name is taken."""
        return name in self._taken

    def reserve(self, name: str) -> str:
        """Takes ``name``, or ``name_2``, ``name_3`` ... where it is taken."""
        return self.reserve_all(name, ("",))[0]

    def reserve_all(self, base: str, suffixes: Iterable[str]) -> list[str]:
        """Takes ``base + suffix`` for all suffixes, with one change of ``base`` for all of them.

        >>> Namespace({"gamma_x_bin_1"}).reserve_all("gamma_x", ("_bin_0", "_bin_1"))
        ['gamma_x_2_bin_0', 'gamma_x_2_bin_1']
        """
        suffixes = tuple(suffixes)
        candidate, n = base, 1
        while any(candidate + s in self._taken for s in suffixes):
            n += 1
            candidate = f"{base}_{n}"
        made = [candidate + s for s in suffixes]
        self._taken.update(made)
        return made
