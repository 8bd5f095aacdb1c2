# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What is asked of CMS' list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

from ...http import Download, PeerHTTP
from ..contract import Contract
from ..types import Change, Listing, ModelFile, PeerRecord
from .mapper import papers_from_json

if TYPE_CHECKING:
    from ..inveniordm import InvenioRDM

CONTRACT = Contract.of(__package__)
"""What the answers must look like."""

PATH = "/artifacts/output.json"
DAY = 86400.0


class CMS:
    """A list of DOIs; the records themselves are in the CERN repository.

    Args:
        http: The connection to the list.
        repository: The client of the CERN repository.
    """

    peer = "cms"

    def __init__(self, http: PeerHTTP, repository: InvenioRDM | None = None) -> None:
        self.http = http
        self._repository = repository

    def close(self) -> None:
        """Close the connections."""
        self.http.close()
        if self._repository is not None:
            self._repository.close()

    def papers(self, max_age: float = DAY) -> dict[str, str]:
        """Return INSPIRE's numbers of papers by the DOIs of their models.

        Args:
            max_age: A list of this age in seconds will do.

        Raises:
            PeerError: If the list cannot be had.
            MappingError: If it is no such list.
        """
        answer = self.http.get_json(PATH, max_age=max_age)
        CONTRACT.check("list", answer, self.http.url(PATH))
        return papers_from_json(answer)

    def listing(self, cursor: str | None, since: str | None = None) -> Listing:
        """List the models; the list tells no dates, so a model counts as listed with its paper."""
        papers = self.papers(max_age=0)
        changes = [Change(doi.partition("/")[2], number) for doi, number in papers.items()]
        present = frozenset(change.source_id for change in changes)
        return Listing(changes, datetime.now(UTC).date().isoformat(), present)

    def record(self, source_id: str) -> PeerRecord:
        """Fetch one record from the CERN repository, with its paper."""
        if self._repository is None:
            raise ValueError("the list itself holds no records")
        return self._repository.record(source_id)

    def download(self, file: ModelFile, target: BinaryIO) -> Download:
        """Write one file of the CERN repository."""
        if self._repository is None:
            raise ValueError("the list itself holds no files")
        return self._repository.download(file, target)
