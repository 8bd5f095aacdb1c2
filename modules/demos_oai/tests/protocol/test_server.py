# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The protocol against a repository in memory, as a harvester sees it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from demos_oai.protocol import Format, Identity, Item, Server, SetInfo, TokenSigner
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

NS = {"o": "http://www.openarchives.org/OAI/2.0/"}
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DC = Format("oai_dc", "http://example.org/dc.xsd", "http://example.org/dc")
MODELS = SetInfo("models", "Models")
DEMOS = Format("demos", "http://example.org/demos.xsd", "http://example.org/demos")


class Memory:
    """A repository in memory."""

    def __init__(self, items, sets=None):
        self.items, self._sets = list(items), [MODELS] if sets is None else list(sets)

    def identify(self):
        return Identity("Tests", "", ["librarian@demos-portal.org"], BEGIN)

    def formats(self, identifier=None):
        if identifier is None:
            return [DC, DEMOS]
        found = [one for one in self.items if one.identifier == identifier]
        return [DC] if found and not found[0].deleted else [] if found else None

    def sets(self):
        return self._sets

    def get(self, identifier, prefix):
        found = [one for one in self.items if one.identifier == identifier]
        return found[0] if found and prefix == "oai_dc" else None

    def _listed(self, selection):
        return [
            one
            for one in sorted(self.items, key=lambda item: item.key)
            if selection.prefix == "oai_dc"
            and (selection.set_spec is None or selection.set_spec in one.sets)
            and (selection.first is None or one.datestamp >= selection.first)
            and (selection.last is None or one.datestamp <= selection.last)
        ]

    def count(self, selection):
        return len(self._listed(selection))

    def page(self, selection, after, size, *, metadata):
        return [one for one in self._listed(selection) if after is None or one.key > after][:size]


def item(number, **fields):
    given_ = {
        "identifier": f"oai:demos:{number}",
        "datestamp": BEGIN + timedelta(days=number // 2),
        "sets": ("models",) if number % 2 else (),
        "metadata": b"<dc/>",
    }
    return Item(number, **{**given_, **fields})


def server(count=0, *, page_size=3, largest_page=None, items=None, **options):
    held = [item(number) for number in range(1, count + 1)] if items is None else items
    signer = TokenSigner(["key"], timedelta(hours=24))
    return Server(
        Memory(held, **options),
        signer,
        "https://demos.example/oai2d",
        page_size=page_size,
        largest_page=largest_page,
    )


def ask(served, now=NOW, **arguments):
    pairs = [(name.rstrip("_"), value) for name, value in arguments.items()]
    return etree.fromstring(b"".join(served.answer(pairs, now)))


def codes(answer):
    return [one.get("code") for one in answer.findall("o:error", NS)]


def identifiers(answer):
    return [one.text for one in answer.findall(".//o:header/o:identifier", NS)]


def token(answer):
    return answer.find(".//o:resumptionToken", NS)


def harvest(served, **arguments):
    pages = [ask(served, **arguments)]
    while token(pages[-1]) is not None and token(pages[-1]).text:
        pages.append(ask(served, verb=arguments["verb"], resumptionToken=token(pages[-1]).text))
    return pages


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6, 7, 31])
@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_a_list_is_complete_whatever_its_length(count, verb):
    pages = harvest(server(count), verb=verb, metadataPrefix="oai_dc")
    delivered = [one for page in pages for one in identifiers(page)]
    assert delivered == [f"oai:demos:{number}" for number in range(1, count + 1)]
    assert len(pages) == -(-count // 3)
    assert all(identifiers(page) for page in pages)
    if len(pages) == 1:
        assert token(pages[0]) is None
    else:
        assert token(pages[-1]).text is None
        assert [token(page).get("cursor") for page in pages] == [
            str(3 * number) for number in range(len(pages))
        ]
        assert {token(page).get("completeListSize") for page in pages} == {str(count)}


def test_later_pages_are_larger_and_nothing_is_lost_between_them():
    pages = harvest(server(40, largest_page=10), verb="ListIdentifiers", metadataPrefix="oai_dc")
    assert [len(identifiers(page)) for page in pages] == [3, 3, 6, 10, 10, 8]
    delivered = [one for page in pages for one in identifiers(page)]
    assert delivered == [f"oai:demos:{number}" for number in range(1, 41)]
    assert [token(page).get("cursor") for page in pages] == ["0", "3", "6", "12", "22", "32"]


def test_a_token_that_is_sent_twice_gives_the_same_page():
    served = server(9)
    first = token(ask(served, verb="ListRecords", metadataPrefix="oai_dc")).text
    pages = [
        b"".join(served.answer([("verb", "ListRecords"), ("resumptionToken", first)], NOW))
        for _ in range(2)
    ]
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "junk"}, "badVerb"),
        ({"verb": "__doc__"}, "badVerb"),
        ({"verb": "identify"}, "badVerb"),
        ({"verb": "Identify", "x": "1"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "GetRecord", "identifier": "oai:demos:1"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "a b"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "May"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2024-02-30"}, "badArgument"),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2024-01-01T00:00:00.5Z"},
            "badArgument",
        ),
        (
            {
                "verb": "ListRecords",
                "metadataPrefix": "oai_dc",
                "from": "2024-01-01",
                "until": "2024-01-02T00:00:00Z",
            },
            "badArgument",
        ),
        (
            {
                "verb": "ListRecords",
                "metadataPrefix": "oai_dc",
                "from": "2027-01-01",
                "until": "2024-01-02",
            },
            "badArgument",
        ),
        ({"verb": "ListRecords", "metadataPrefix": "zz"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "no"}, "noRecordsMatch"),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2099-01-01"},
            "noRecordsMatch",
        ),
        ({"verb": "ListRecords", "resumptionToken": "junk"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": ""}, "badResumptionToken"),
        ({"verb": "ListSets", "resumptionToken": "junk"}, "badResumptionToken"),
        (
            {"verb": "GetRecord", "identifier": "oai:demos:99", "metadataPrefix": "oai_dc"},
            "idDoesNotExist",
        ),
        (
            {"verb": "GetRecord", "identifier": "oai:demos:1", "metadataPrefix": "demos"},
            "cannotDisseminateFormat",
        ),
        ({"verb": "ListMetadataFormats", "identifier": "x"}, "idDoesNotExist"),
    ],
)
def test_what_is_wrong_has_its_code(arguments, code):
    answer = ask(server(5), **arguments)
    assert set(codes(answer)) == {code}
    repeated = {} if code in ("badVerb", "badArgument") else arguments
    assert dict(answer.find("o:request", NS).attrib) == repeated


def test_every_wrong_argument_is_named():
    answer = ask(server(1), verb="ListRecords", metadataPrefix="oai_dc", foo="1", bar="2")
    assert [error.text for error in answer.findall("o:error", NS)] == [
        "ListRecords takes no argument foo.",
        "ListRecords takes no argument bar.",
    ]


def test_arguments_may_not_be_repeated():
    pairs = [("verb", "ListSets"), ("verb", "ListSets")]
    assert codes(etree.fromstring(b"".join(server().answer(pairs, NOW)))) == ["badVerb"]
    pairs = [("verb", "ListRecords"), ("metadataPrefix", "oai_dc"), ("metadataPrefix", "oai_dc")]
    assert codes(etree.fromstring(b"".join(server().answer(pairs, NOW)))) == ["badArgument"]


def test_a_token_stands_alone_and_for_its_verb():
    served = server(9)
    text = token(ask(served, verb="ListRecords", metadataPrefix="oai_dc")).text
    for extra in ({"metadataPrefix": "oai_dc"}, {"set": "models"}, {"foo": "1"}):
        answer = ask(served, verb="ListRecords", resumptionToken=text, **extra)
        assert set(codes(answer)) == {"badArgument"}
    for verb in ("ListIdentifiers", "ListSets"):
        assert codes(ask(served, verb=verb, resumptionToken=text)) == ["badResumptionToken"]
    flipped = text[:-2] + ("A" if text[-2] != "A" else "B") + text[-1]
    for wrong in (text[:-3], text[:20], flipped):
        answer = ask(served, verb="ListRecords", resumptionToken=wrong)
        assert codes(answer) == ["badResumptionToken"]


def test_a_token_expires_and_outlives_a_new_key():
    served = server(9)
    answer = ask(served, verb="ListRecords", metadataPrefix="oai_dc")
    text = token(answer).text
    assert token(answer).get("expirationDate") == "2026-12-01T12:00:00Z"
    asked = {"verb": "ListRecords", "resumptionToken": text}
    assert not codes(ask(served, NOW + timedelta(hours=24), **asked))
    assert codes(ask(served, NOW + timedelta(hours=24, seconds=1), **asked)) == [
        "badResumptionToken"
    ]
    served.signer = TokenSigner(["key", "new key"], timedelta(hours=24))
    assert not codes(ask(served, **asked))
    served.signer = TokenSigner(["new key"], timedelta(hours=24))
    assert codes(ask(served, **asked)) == ["badResumptionToken"]


def test_ranges_are_inclusive_and_a_day_is_whole():
    stamps = [BEGIN, BEGIN + timedelta(hours=23, minutes=59, seconds=59), BEGIN + timedelta(days=1)]
    items = [item(number, datestamp=stamp) for number, stamp in enumerate(stamps, 1)]
    served = server(items=items)
    whole = ask(
        served,
        verb="ListIdentifiers",
        metadataPrefix="oai_dc",
        from_="2026-01-01",
        until="2026-01-01",
    )
    assert identifiers(whole) == ["oai:demos:1", "oai:demos:2"]
    second = "2026-01-01T23:59:59Z"
    one = ask(served, verb="ListIdentifiers", metadataPrefix="oai_dc", from_=second, until=second)
    assert identifiers(one) == ["oai:demos:2"]


def test_what_changes_during_a_harvest_is_not_lost():
    served = server(9)
    held = served.repository.items
    page = ask(served, verb="ListIdentifiers", metadataPrefix="oai_dc")
    seen = identifiers(page)
    held[0] = replace(held[0], datestamp=NOW)
    held[5] = replace(held[5], datestamp=NOW, deleted=True)
    held.append(item(10, datestamp=NOW))
    while token(page) is not None and token(page).text:
        page = ask(served, verb="ListIdentifiers", resumptionToken=token(page).text)
        seen += identifiers(page)
    assert set(seen) == {f"oai:demos:{number}" for number in range(1, 11)}
    assert int(token(page).get("completeListSize")) >= int(token(page).get("cursor")) + 1


def test_a_deletion_has_a_header_and_no_metadata():
    served = server(items=[item(1, deleted=True)])
    for asked in (
        {"verb": "GetRecord", "identifier": "oai:demos:1"},
        {"verb": "ListRecords"},
    ):
        answer = ask(served, metadataPrefix="oai_dc", **asked)
        assert answer.find(".//o:header", NS).get("status") == "deleted"
        assert answer.find(".//o:setSpec", NS).text == "models"
        assert answer.find(".//o:metadata", NS) is None
    listed = ask(served, verb="ListMetadataFormats", identifier="oai:demos:1")
    assert codes(listed) == ["noMetadataFormats"]


def test_identify_says_what_is_true():
    answer = ask(server(1), verb="Identify")
    said = {etree.QName(one).localname: one.text for one in answer.find("o:Identify", NS)}
    assert said["baseURL"] == "https://demos.example/oai2d"
    assert said["deletedRecord"] == "persistent"
    assert said["granularity"] == "YYYY-MM-DDThh:mm:ssZ"
    assert said["earliestDatestamp"] == "2026-01-01T00:00:00Z"


def test_sets_are_paged_or_said_to_be_missing():
    sets = [SetInfo(f"s{number}", f"<Set> & {number}", "words") for number in range(7)]
    pages = harvest(server(1, sets=sets), verb="ListSets")
    assert [one.text for page in pages for one in page.findall(".//o:setSpec", NS)] == [
        one.spec for one in sets
    ]
    assert len(pages) == 3
    without = server(1, sets=[])
    assert codes(ask(without, verb="ListSets")) == ["noSetHierarchy"]
    assert codes(ask(without, verb="ListRecords", metadataPrefix="oai_dc", set="x")) == [
        "noSetHierarchy"
    ]


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=40)), max_size=6))
def test_whatever_is_sent_the_answer_is_well_formed(pairs):
    answer = etree.fromstring(b"".join(server(4).answer(pairs, NOW)))
    assert codes(answer) or pairs


@given(
    st.sampled_from(["identifier", "metadataPrefix", "set", "from", "resumptionToken"]), st.text()
)
def test_hostile_values_are_contained(name, value):
    arguments = {"verb": "ListRecords", "metadataPrefix": "oai_dc", name: value}
    if name == "resumptionToken":
        del arguments["metadataPrefix"]
    answer = etree.fromstring(b"".join(server(4).answer(list(arguments.items()), NOW)))
    assert codes(answer)
