# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""From what people type to a query: words, identifiers, fields.

A mistake in a query is named: an unknown field or a broken bracket would otherwise turn
a narrow query into a wide one. Free text with punctuation stays free text.
"""

from __future__ import annotations

import re
from datetime import datetime

from invenio_i18n import lazy_gettext as _
from invenio_records_resources.services.errors import QuerystringValidationError
from invenio_records_resources.services.records.queryparser import (
    QueryParser,
    SearchFieldTransformer,
)
from invenio_search.engine import dsl
from luqum.auto_head_tail import auto_head_tail
from luqum.exceptions import ParseError
from luqum.parser import parser as luqum_parser
from luqum.tree import From, Range, Regex, Term, To

from ..registry.identifiers import normalise

IDENTIFIERS = "identifiers"
"""The field of the index that holds all names of an entry in their normal forms."""

IDENTIFIER_FIELDS = ("doi", "arxiv", "inspire", "hepdata", "identifier", "id")
"""Fields of a query whose values are identifiers."""

NUMBERS, DATES = "numbers", "dates"

_SLASH = re.compile(r"(?<!\\)/")
_TOKEN = re.compile(
    r'(?P<open>[(+\-!]*)(?:(?P<field>[A-Za-z_]+):)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))'
)
_SYNTAX = re.compile(r'(?<!\S)(?:AND|OR|NOT|TO)(?!\S)|"')
_LOOSE_COLON = re.compile(r"(?<!\\):(?=\s|$)")
_SPECIAL = re.compile(r'([+\-=&|><!(){}\[\]^"~*?:\\/])')
_UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
_DATE = re.compile(r"^\d{4}(-\d\d(-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?)?)?$")
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")


def _unbalanced(text: str) -> bool:
    """Say whether brackets or quotes are left open."""
    if text.count('"') % 2:
        return True
    plain = re.sub(r'"[^"]*"', "", text)
    pairs = {")": "(", "]": "[", "}": "{"}
    stack = []
    for character in plain:
        if character in pairs.values():
            stack.append(character)
        elif character in pairs and (not stack or stack.pop() not in ("[", "{", pairs[character])):
            return True
    return bool(stack)


def mark_identifiers(text: str) -> str:
    """Replace the identifiers in a query by a question for their normal form.

    Args:
        text: What was typed.

    >>> mark_identifiers("shape AND doi:10.1007/JHEP12(2019)060")
    'shape AND identifiers:"10.1007/jhep12(2019)060"'
    >>> mark_identifiers("arXiv:1908.03122v2 OR (two words)")
    'identifiers:"1908.03122" OR (two words)'
    """

    def marked(match):
        text, field = match["phrase"] or match["word"] or "", match["field"]
        bare = text
        while match["word"] and bare.endswith(")") and bare.count(")") > bare.count("("):
            bare = bare[:-1]
        tail = text[len(bare) :]
        prefixed = f"{field}:{bare}" if field else bare
        found = ("", bare.lower()) if _UUID.match(bare) else normalise(prefixed)
        if found is None and field and field.lower() in IDENTIFIER_FIELDS:
            found = normalise(bare) or ("", bare.lower())
        if found is None or (found[0] == "url" and field is None and match["phrase"]):
            return match[0]
        value = found[1].replace("\\", "\\\\").replace('"', '\\"')
        return f'{match["open"]}{IDENTIFIERS}:"{value}"{tail}'

    return _TOKEN.sub(marked, text)


class FieldTransformer(SearchFieldTransformer):
    """Translates the names of fields, and refuses values that a field cannot have."""

    def __init__(self, mapping, allow_list, kinds=None, **kwargs):
        """Keep the names and the kinds of values."""
        self._kinds = kinds or {}
        super().__init__(mapping, allow_list, **kwargs)

    def visit_search_field(self, node, context):
        """Translate a field."""
        if node.name not in self._mapping and node.name not in self._allow_list:
            fields = ", ".join(sorted(self._mapping))
            raise QuerystringValidationError(
                _(
                    "There is no field %(name)s to search in. The fields are: %(fields)s.",
                    name=repr(node.name),
                    fields=fields,
                )
            )
        kind = self._kinds.get(self._mapping.get(node.name, node.name))
        if kind:
            _check(node.name, kind, node.expr)
        yield from super().visit_search_field(node, context)


def _check(name, kind, node):
    """Refuse a value that is no number or no date where the field holds these."""
    if isinstance(node, Term) and not isinstance(node, Regex):
        text = node.value.strip('"').strip()
        good = text == "*" or (_NUMBER if kind == NUMBERS else _DATE).match(text)
        if good and kind == DATES and text != "*":
            try:
                datetime.fromisoformat(f"{text}-01-01"[:10] if len(text) < 10 else text[:10])
            except ValueError:
                good = False
        if not good:
            wanted = "a number" if kind == NUMBERS else "a date such as 2026-11-21"
            raise QuerystringValidationError(
                _("%(name)s takes %(wanted)s, not %(text)r.", name=name, wanted=wanted, text=text)
            )
    elif isinstance(node, Range):
        _check(name, kind, node.low)
        _check(name, kind, node.high)
    elif isinstance(node, From | To):
        _check(name, kind, node.a)
    else:
        for child in node.children:
            _check(name, kind, child)


class ModelQueryParser(QueryParser):
    """Parses query strings; what has no syntax of queries is searched as words."""

    kinds = {}
    """Which fields of the index hold numbers or dates."""

    def parse(self, query_str):
        """Parse a query.

        Args:
            query_str: What was typed.

        Returns:
            A query over fields that may be asked for, and over no others.

        Raises:
            QuerystringValidationError: It names an unknown field, or cannot be parsed.
        """
        if query_str.replace('\\"', "").count('"') % 2:
            raise QuerystringValidationError(_("The query cannot be understood: an open quote."))
        marked = mark_identifiers(query_str)
        # A slash begins a regular expression, which nobody needs; names are full of them.
        # A colon before a space belongs to the text, as in "Search for SUSY: two leptons".
        text = _LOOSE_COLON.sub(r"\:", _SLASH.sub(r"\/", marked))
        try:
            tree = luqum_parser.parse(text)
        except ParseError as error:
            if _SYNTAX.search(query_str) or _unbalanced(query_str):
                raise QuerystringValidationError(
                    _("The query cannot be understood: %(error)s", error=_said(error))
                ) from error
            tree = luqum_parser.parse(_SPECIAL.sub(r"\\\1", query_str))
        transformer = FieldTransformer(self.mapping, self.allow_list, self.kinds)
        tree = transformer.visit(tree, context={"identity": self.identity})
        return dsl.Q("query_string", query=str(auto_head_tail(tree)), **self.extra_params)


def _said(error):
    """Return what is wrong with a query, without the parser's words for itself."""
    text = str(error)
    return text if len(text) < 200 else f"{text[:200]}..."
