# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The package's public face: every function takes a document in any form."""

import json

import demos_formats
import pytest
from demos_formats import FormatError, convert_pyhf_to_demos, convert_pyhf_to_hs3
from models import every_modifier

CONVERTERS = {
    "convert_pyhf_to_demos": every_modifier,
    "convert_pyhf_to_hs3": every_modifier,
    "convert_demos_to_pyhf": lambda: convert_pyhf_to_demos(every_modifier()),
    "convert_demos_to_hs3": lambda: convert_pyhf_to_demos(every_modifier()),
    "convert_hs3_to_demos": lambda: convert_pyhf_to_hs3(every_modifier()),
    "convert_hs3_to_pyhf": lambda: convert_pyhf_to_hs3(every_modifier()),
}


def without_source(document):
    """Drop the source's sha256, which a parsed document has none of."""
    text = json.dumps(document)
    made = json.loads(text)
    for part in made if isinstance(made, list) else [made]:
        part.get("misc", {}).get("demos", {}).get("source", {}).pop("sha256", None)
    return made


@pytest.mark.parametrize("name", CONVERTERS)
def test_converters_take_a_path_bytes_text_and_a_parsed_document(name, tmp_path):
    convert = getattr(demos_formats, name)
    document = CONVERTERS[name]()
    path = tmp_path / "model.json"
    path.write_text(json.dumps(document))
    want = without_source(convert(document))
    for given in (path, str(path), path.read_bytes(), path.read_text()):
        assert without_source(convert(given)) == want


@pytest.mark.parametrize("name", [*CONVERTERS, "prepare", "load", "diff", "certify"])
@pytest.mark.parametrize("given", ["[1, 2", b"\x00", '{"channels": NaN}', [object()]])
def test_bad_input_is_a_format_error(name, given):
    function = getattr(demos_formats, name)
    arguments = (given, given) if name in ("diff", "certify") else (given,)
    if name == "load" and isinstance(given, list):
        return  # what is parsed already is taken as it is
    with pytest.raises(FormatError) as raised:
        function(*arguments)
    assert all(f.code in demos_formats.CODES for f in raised.value.findings)
