# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A research object in the words that catalogues share, whatever it was made from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

INVERSE = {
    one: other
    for pair in (
        "IsCitedBy Cites",
        "IsSupplementTo IsSupplementedBy",
        "IsContinuedBy Continues",
        "IsDescribedBy Describes",
        "HasMetadata IsMetadataFor",
        "HasVersion IsVersionOf",
        "IsNewVersionOf IsPreviousVersionOf",
        "IsPartOf HasPart",
        "IsReferencedBy References",
        "IsDocumentedBy Documents",
        "IsCompiledBy Compiles",
        "IsVariantFormOf IsOriginalFormOf",
        "IsReviewedBy Reviews",
        "IsDerivedFrom IsSourceOf",
        "IsRequiredBy Requires",
        "IsObsoletedBy Obsoletes",
        "IsCollectedBy Collects",
        "IsTranslationOf HasTranslation",
        "IsIdenticalTo IsIdenticalTo",
    )
    for one, other in (pair.split(), pair.split()[::-1])
}
"""DataCite's relation types (kernel 4.7) and their inverses."""

RELATIONS = {name.lower(): name for name in (*INVERSE, "IsPublishedIn", "Other")}
"""DataCite's spelling of a relation by the identifier of InvenioRDM's vocabulary."""

CONTRIBUTORS = {
    name.lower(): name
    for name in (
        "ContactPerson",
        "DataCollector",
        "DataCurator",
        "DataManager",
        "Distributor",
        "Editor",
        "HostingInstitution",
        "Other",
        "Producer",
        "ProjectLeader",
        "ProjectManager",
        "ProjectMember",
        "RegistrationAgency",
        "RegistrationAuthority",
        "RelatedPerson",
        "ResearchGroup",
        "Researcher",
        "RightsHolder",
        "Sponsor",
        "Supervisor",
        "Translator",
        "WorkPackageLeader",
    )
}
"""DataCite's types of contributors by the ids of InvenioRDM's roles."""

DATES = {
    name.lower(): name
    for name in (
        "Accepted",
        "Available",
        "Collected",
        "Copyrighted",
        "Coverage",
        "Created",
        "Issued",
        "Submitted",
        "Updated",
        "Valid",
        "Withdrawn",
        "Other",
    )
}
"""DataCite's types of dates by the ids of InvenioRDM's."""

_TAG = re.compile(r"<[^>]*>")


def plain(text: str) -> str:
    """Return a description without its markup.

    >>> plain("<p>A&nbsp;<b>search</b></p><p>for it</p>")
    'A search for it'
    """
    return " ".join(unescape(_TAG.sub(" ", text)).split())


@dataclass(frozen=True)
class Affiliation:
    """Where somebody works.

    Attributes:
        name: As it was written.
        ror: The identifier in the Research Organization Registry, without its address.
    """

    name: str
    ror: str | None = None


@dataclass(frozen=True)
class Agent:
    """A person or an organisation.

    Attributes:
        name: The whole name; of a person the family name first.
        is_person: Whether it is a person.
        family: The family name.
        given: The given names.
        orcid: The ORCID, without its address.
        ror: The identifier of an organisation, without its address.
        affiliations: Where the person works.
        role: DataCite's type of contributor; None for creators.
    """

    name: str
    is_person: bool = True
    family: str | None = None
    given: str | None = None
    orcid: str | None = None
    ror: str | None = None
    affiliations: tuple[Affiliation, ...] = ()
    role: str | None = None

    @property
    def url(self) -> str | None:
        """The address that names the agent, if there is one."""
        if self.orcid:
            return f"https://orcid.org/{self.orcid}"
        return f"https://ror.org/{self.ror}" if self.ror else None


@dataclass(frozen=True)
class Grant:
    """Who paid.

    Attributes:
        funder: The funder's name.
        ror: The funder's identifier in the Research Organization Registry.
        number: The grant's number.
        title: The grant's title.
        url: The grant's address.
    """

    funder: str
    ror: str | None = None
    number: str | None = None
    title: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Related:
    """Another object and what this one is to it.

    Attributes:
        identifier: As it was written, a DOI without its address.
        scheme: DataCite's name of the identifier's kind, as ``DOI``.
        relation: DataCite's relation type.
        general: DataCite's general type of the other object, if it is known.
    """

    identifier: str
    scheme: str
    relation: str
    general: str | None = None

    @property
    def url(self) -> str | None:
        """The address of the other object, if its identifier has one.

        >>> Related("10.1/x", "DOI", "Cites").url
        'https://doi.org/10.1/x'
        """
        prefixes = {
            "DOI": "https://doi.org/",
            "arXiv": "https://arxiv.org/abs/",
            "Handle": "https://hdl.handle.net/",
            "URL": "",
            "PURL": "",
            "w3id": "",
            "URN": "",
            "SWHID": "https://archive.softwareheritage.org/",
            "ARK": "https://n2t.net/",
        }
        if self.scheme not in prefixes:
            return None
        name = self.identifier
        if self.scheme == "arXiv":
            name = re.sub(r"^arxiv:", "", name, flags=re.IGNORECASE)
        return name if "://" in name else f"{prefixes[self.scheme]}{name}"


@dataclass(frozen=True)
class File:
    """One file that can be downloaded.

    Attributes:
        name: What it is called.
        url: Where it is.
        media_type: Its media type.
        size: Bytes.
        sha256: Of the bytes, hexadecimal.
        md5: Of the bytes, hexadecimal.
        title: What it is.
        conforms_to: Addresses of the specifications that it satisfies.
        made_from: Address of the file that it was converted from.
        made_by: Name and version of the program that converted it.
        made_at: When it was converted, ISO 8601.
    """

    name: str
    url: str
    media_type: str
    size: int | None = None
    sha256: str | None = None
    md5: str | None = None
    title: str | None = None
    conforms_to: tuple[str, ...] = ()
    made_from: str | None = None
    made_by: str | None = None
    made_at: str | None = None


@dataclass(frozen=True)
class Moment:
    """A date of DataCite's kinds.

    Attributes:
        date: A date or an interval, ISO 8601.
        kind: DataCite's type of date.
        description: What happened.
    """

    date: str
    kind: str
    description: str | None = None


@dataclass(frozen=True)
class Term:
    """A subject, or a term of a vocabulary.

    Attributes:
        label: The word.
        url: The address that names it, if it is of a vocabulary.
    """

    label: str
    url: str | None = None


@dataclass(frozen=True)
class Quantity:
    """Something that was measured, or a number that describes the object.

    Attributes:
        name: What it is called.
        value: The number, if it is known.
        term: The address of the term that says what it is.
        description: The same in words.
    """

    name: str
    value: float | None = None
    term: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class Action:
    """Something that a program made of the object: a conversion, a run.

    Attributes:
        url: The address of the action.
        name: What was done.
        instrument: Name and version of the program.
        source: Addresses of what it read.
        result: Addresses of what it made.
        ended: When it was done, ISO 8601.
        failed: Whether it made nothing.
    """

    url: str
    name: str
    instrument: str
    source: tuple[str, ...] = ()
    result: tuple[str, ...] = ()
    ended: str | None = None
    failed: bool = False


@dataclass(frozen=True)
class Resource:
    """A research object as one reader may see it.

    Attributes:
        id: Its identifier in the portal.
        page: Address of its landing page.
        api: Address of its JSON.
        title: Its title.
        creators: Who made it.
        contributors: Who helped, each with a role.
        publisher: Who published it.
        published: The day, month or year of its publication, or an interval; EDTF.
        created: When it was registered, ISO 8601.
        updated: When it was last changed, ISO 8601.
        doi: Its own DOI.
        cite_doi: The DOI to cite; not its own where it is part of something else.
        identifiers: Further identifiers: pairs of DataCite's kind and the identifier.
        description: What it is, without markup.
        version: The label of its version.
        language: Of its texts, ISO 639-3.
        subjects: What it is about.
        licence: An SPDX identifier.
        licence_url: Address of the licence.
        licence_title: Name of the licence.
        general: DataCite's general type of resources.
        label: The type in words.
        schema_type: The type in schema.org, without its address.
        additional_type: Address of a term that says what kind it is.
        is_open: Whether anybody may read its files.
        files: Its files that the reader may read.
        related: What it is related to.
        grants: Who paid.
        moments: Its further dates.
        conforms_to: Addresses of the community's specifications that it satisfies.
        measured: What its data measure.
        facts: Numbers that describe it.
        actions: What programs made of it.
        other: What exports of the portal need beyond; never written as it is.
    """

    id: str
    page: str
    api: str
    title: str
    creators: tuple[Agent, ...] = ()
    contributors: tuple[Agent, ...] = ()
    publisher: str | None = None
    published: str | None = None
    created: str | None = None
    updated: str | None = None
    doi: str | None = None
    cite_doi: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    description: str | None = None
    version: str | None = None
    language: str | None = None
    subjects: tuple[Term, ...] = ()
    licence: str | None = None
    licence_url: str | None = None
    licence_title: str | None = None
    general: str = "Dataset"
    label: str = "Dataset"
    schema_type: str = "Dataset"
    additional_type: str | None = None
    is_open: bool = True
    files: tuple[File, ...] = ()
    related: tuple[Related, ...] = ()
    grants: tuple[Grant, ...] = ()
    moments: tuple[Moment, ...] = ()
    conforms_to: tuple[str, ...] = ()
    measured: tuple[Quantity, ...] = ()
    facts: tuple[Quantity, ...] = ()
    actions: tuple[Action, ...] = ()
    other: Mapping[str, str] = field(default_factory=dict)

    @property
    def cited(self) -> str:
        """The address to cite: of the DOI, else of the page."""
        doi = self.doi or self.cite_doi
        return f"https://doi.org/{doi}" if doi else self.page

    @property
    def year(self) -> str:
        """The year of publication, four digits."""
        found = re.match(r"\d{4}", self.published or self.created or "")
        return found[0] if found else ""

    @property
    def day(self) -> str | None:
        """The first day, month or year of publication."""
        return (self.published or "").split("/")[0] or None

    def address(self, export: str) -> str:
        """Return where an export of it is.

        Args:
            export: The export's name.
        """
        return f"{self.page}/export/{export}"


def licence_url(licence: str | None) -> str | None:
    """Return the address of a licence.

    Args:
        licence: An SPDX identifier in any spelling of its case, or a URL.

    >>> licence_url("cc0-1.0"), licence_url("https://example.org/licence")
    ('https://spdx.org/licenses/CC0-1.0', 'https://example.org/licence')
    """
    if not licence or licence.startswith(("http://", "https://")):
        return licence
    return f"https://spdx.org/licenses/{spdx(licence)}"


SPDX = {
    name.lower(): name
    for name in (
        "MIT",
        "MIT-0",
        "ISC",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "GPL-2.0-only",
        "GPL-2.0-or-later",
        "GPL-3.0-only",
        "GPL-3.0-or-later",
        "LGPL-2.1-only",
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "LGPL-3.0-or-later",
        "AGPL-3.0-only",
        "AGPL-3.0-or-later",
        "MPL-2.0",
        "EUPL-1.2",
        "Unlicense",
        "ODC-By-1.0",
        "ODbL-1.0",
        "PDDL-1.0",
        "Artistic-2.0",
        "BSL-1.0",
        "Zlib",
    )
}
"""Spellings of SPDX identifiers that InvenioRDM keeps in lower case."""


def spdx(licence: str) -> str:
    """Return an SPDX identifier as SPDX spells it.

    >>> spdx("cc-by-4.0"), spdx("apache-2.0")
    ('CC-BY-4.0', 'Apache-2.0')
    """
    lower = licence.lower()
    if lower in SPDX:
        return SPDX[lower]
    # Identifiers are compared without case; those of Creative Commons are upper case.
    return licence.upper() if lower.startswith("cc") else licence
