# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What one archive may cost, all layers together."""

from __future__ import annotations

from dataclasses import dataclass

from demos_formats.errors import FormatError
from demos_formats.findings import error
from demos_formats.limits import Limits


@dataclass(slots=True)
class Budget:
    """Counts decompressed bytes and members, and stops a bomb early.

    Args:
        limits: The caps.
        source_bytes: Size of the outermost file, for the ratio.
    """

    limits: Limits
    source_bytes: int
    decompressed: int = 0
    entries: int = 0

    def spend(self, size: int) -> None:
        """Counts decompressed bytes.

        Args:
            size: Number of bytes.

        Raises:
            FormatError: ``resource_limit`` over the cap on size or ratio.
        """
        self.decompressed += size
        if self.decompressed > self.limits.archive_bytes:
            raise FormatError(
                error(
                    "resource_limit",
                    "",
                    f"The archive holds more than {self.limits.archive_bytes} bytes.",
                )
            )
        ratio = self.decompressed / max(1, self.source_bytes)
        if self.decompressed > self.limits.ratio_floor_bytes and ratio > self.limits.ratio:
            raise FormatError(
                error(
                    "resource_limit",
                    "",
                    f"The archive decompresses to over {self.limits.ratio} times its size.",
                )
            )

    def enter(self) -> None:
        """Counts one member.

        Raises:
            FormatError: ``resource_limit`` over the cap.
        """
        self.entries += 1
        if self.entries > self.limits.archive_entries:
            raise FormatError(
                error(
                    "resource_limit",
                    "",
                    f"The archive has more than {self.limits.archive_entries} members.",
                )
            )
