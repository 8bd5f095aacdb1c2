# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""One object with everything, and one with nothing but a title."""

import pytest
from demos_fair.resource import (
    Action,
    Affiliation,
    Agent,
    File,
    Grant,
    Moment,
    Quantity,
    Related,
    Resource,
    Term,
)
from demos_fair.vocabulary import address

PAGE = "https://portal.example/models/1"
SOURCE = "https://portal.example/api/models/1/file?format=source"
PYHF = "https://scikit-hep.org/pyhf/schemas/1.0.0/workspace.json"


@pytest.fixture(scope="session")
def bare():
    return Resource("1", PAGE, "https://portal.example/api/models/1", "T", created="2026-01-02")


@pytest.fixture(scope="session")
def full():
    return Resource(
        id="0b9ff2a5",
        page=PAGE,
        api="https://portal.example/api/models/1",
        title="Search for Ω ≥ Ψ & {Δ} 100 % <b>",
        creators=(
            Agent(
                "O'Brien-Ŝmith, Zoë",
                family="O'Brien-Ŝmith",
                given="Zoë",
                orcid="0000-0002-1825-0097",
                affiliations=(Affiliation("BNL", "02ex6cf31"), Affiliation("Institut <1> & Söhne")),
            ),
            Agent("ATLAS Collaboration", is_person=False),
        ),
        contributors=(Agent("Doe, Ada", family="Doe", given="Ada", role="DataCurator"),),
        publisher="DEMOS",
        published="2026-11-21/2026-11-22",
        created="2026-11-21T10:00:00+00:00",
        updated="2026-11-22T10:00:00+00:00",
        cite_doi="10.80443/abc-def",
        identifiers=(("UUID", "urn:uuid:0b9ff2a5"),),
        description="A likelihood.",
        version="v1.0",
        language="eng",
        subjects=(Term("supersymmetry"), Term("normsys", address("normsys"))),
        licence="CC-BY-4.0",
        licence_url="https://spdx.org/licenses/CC-BY-4.0",
        general="Model",
        label="Statistical model",
        files=(
            File("model.json", SOURCE, "application/json", 10, "a" * 64, conforms_to=(PYHF,)),
            File(
                "1.hs3.json",
                "https://portal.example/api/models/1/file?format=hs3&dialect=root",
                "application/json",
                12,
                "b" * 64,
                made_from=SOURCE,
                made_by="demos-formats/1.0",
                made_at="2026-11-21T10:00:01+00:00",
            ),
        ),
        related=(
            Related("10.1140/epjc/s10052-020-8050-3", "DOI", "IsSupplementTo", "JournalArticle"),
            Related("10.80443/abc-def", "DOI", "IsPartOf"),
            Related("9783161484100", "ISBN", "References", "Book"),
            Related("10.80443/run", "DOI", "IsSourceOf"),
        ),
        grants=(Grant("European Commission", "00k4n6c32", "101000000", "Likelihoods & co"),),
        moments=(Moment("2025-01-01/2025-06-01", "Collected"),),
        conforms_to=(PYHF,),
        measured=(Quantity("mu", term=address("parameter_of_interest")),),
        facts=(Quantity("n_bins", 2, address("n_bins")),),
        actions=(
            Action(
                "https://portal.example/runs/1",
                "CLs",
                "demos-engine/0.1",
                (SOURCE,),
                ("https://portal.example/api/runs/1/results",),
                "2026-11-23T10:00:00+00:00",
            ),
        ),
    )
