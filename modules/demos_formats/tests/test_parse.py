# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
import json

import pytest
from demos_formats.errors import FormatError
from demos_formats.limits import Limits
from demos_formats.parse import loads
from hypothesis import given
from hypothesis import strategies as st


def problems(data, **kw):
    with pytest.raises(FormatError) as caught:
        loads(data, **kw)
    return [(f.code, f.pointer) for f in caught.value.findings]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (b"", [("parse_error", "")]),
        (b"  \n", [("parse_error", "")]),
        (b'\xef\xbb\xbf{"a": 1}', [("parse_error", "")]),
        (b"\x1f\x8b\x08\x00", [("parse_error", "")]),
        (b'{"a": [1, 2', [("parse_error", "/a/1")]),
        (b'{"a": [1, ]}', [("parse_error", "/a/1")]),
        (b'{"a": 1,}', [("parse_error", "/a")]),
        (b'{"a" 1}', [("parse_error", "/a")]),
        (b'{"a": tru}', [("parse_error", "/a")]),
        (b'{"a": 01}', [("parse_error", "/a")]),
        (b'{"a": 1} {}', [("parse_error", "")]),
        (b'["\\ud800"]', [("parse_error", "")]),
        (b'["\xff"]', [("parse_error", "")]),
        (
            b'{"a": NaN, "b": [-Infinity]}',
            [("nonfinite_number", "/a"), ("nonfinite_number", "/b/0")],
        ),
        (b'{"a": 1e999}', [("nonfinite_number", "/a")]),
        (b"[" + b"9" * 5000 + b"]", [("nonfinite_number", "/0")]),
        (b'{"a": 1, "a": 2}', [("duplicate_key", "/a")]),
        (b'[{"x/y": {"k": 1, "k": 1}}]', [("duplicate_key", "/0/x~1y/k")]),
        (b'{"a": 1, "\\u0061": 2}', [("duplicate_key", "/a")]),
        # the escaped colon would make up for the dropped member's one
        (b'{"a": 1, "a": "\\u003a"}', [("duplicate_key", "/a")]),
        (b'{"a": {"b": 1, "b": 2}, "a": 3}', [("duplicate_key", "/a/b"), ("duplicate_key", "/a")]),
    ],
)
def test_bad_text_is_a_named_finding_with_its_place(text, wanted):
    assert problems(text) == wanted


@pytest.mark.parametrize("depth", [255, 1025, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_deep_nesting_is_a_resource_limit(depth, opening, closing):
    middle = "1" if opening != "[" else ""
    assert problems((opening * depth + middle + closing * depth).encode()) == [
        ("resource_limit", "")
    ]
    assert loads((opening * 254 + middle + closing * 254).encode())


@pytest.mark.parametrize(
    "limits", [Limits(document_bytes=10), Limits(values=3), Limits(containers=1)]
)
def test_caps_are_named(limits):
    assert problems(b'{"a": [1, 2, 3, 4]}', limits=limits) == [("resource_limit", "")]


def test_findings_are_capped():
    text = ("[" + ",".join(["NaN"] * 50) + "]").encode()
    assert len(problems(text, limits=Limits(findings=7))) == 7


def test_an_escaped_character_is_no_problem():
    assert loads(b'{"a\\u003a\\u0000": "\\u00e9:", "b": ":::"}') == {"a:\0": "é:", "b": ":::"}


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values, st.booleans(), st.sampled_from([None, 1]))
def test_every_json_value_is_read_as_the_standard_library_does(value, ascii_only, indent):
    try:
        text = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    except UnicodeEncodeError:
        return
    if ascii_only and "\\ud" in text.decode():
        return
    assert loads(text) == json.loads(text)


@given(st.dictionaries(st.text('ab:\\"{', max_size=3), values, min_size=1), st.data())
def test_a_repeated_member_is_always_seen(value, data):
    members = [f"{json.dumps(k)}:{json.dumps(v)}" for k, v in value.items()]
    key = data.draw(st.sampled_from(sorted(value)))
    members.insert(
        data.draw(st.integers(0, len(members))),
        f"{json.dumps(key)}:{json.dumps(data.draw(values))}",
    )
    text = "{" + ",".join(members) + "}"
    try:
        loads(text.encode())
    except FormatError as e:
        assert {f.code for f in e.findings} <= {"duplicate_key", "parse_error"}
    else:
        pytest.fail("accepted")


@given(st.binary(max_size=60) | st.text('{}[]",:\\u0 1.e-NaIfntrl', max_size=40).map(str.encode))
def test_any_bytes_give_a_document_or_findings(data):
    try:
        loads(data)
    except FormatError as e:
        assert e.findings
