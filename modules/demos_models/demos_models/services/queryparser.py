# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""From what people type to a query."""

import re

from invenio_records_resources.services.errors import QuerystringValidationError
from invenio_records_resources.services.records.queryparser import QueryParser
from invenio_search.engine import dsl
from luqum.auto_head_tail import auto_head_tail
from luqum.exceptions import ParseError
from luqum.parser import parser as luqum_parser

UNESCAPED_SLASH = re.compile(r"(?<!\\)/")


class ModelQueryParser(QueryParser):
    """Parses query strings; what is no query string is searched as words.

    The framework's parser hands the options of query strings to the search for words
    too, where the search engine refuses them.
    """

    def parse(self, query_str):
        """Parse a query.

        Args:
            query_str: what was typed.

        Returns:
            A query over fields that may be asked for, and over no others.
        """
        try:
            # A slash begins a regular expression, which nobody needs; identifiers are full of them.
            tree = luqum_parser.parse(UNESCAPED_SLASH.sub(r"\\/", query_str))
            transformer = self.tree_transformer_cls(
                mapping=self.mapping, allow_list=self.allow_list
            )
            tree = transformer.visit(tree, context={"identity": self.identity})
            query = str(auto_head_tail(tree))
            return dsl.Q("query_string", query=query, **self.extra_params)
        except (ParseError, QuerystringValidationError):
            return dsl.Q("multi_match", query=query_str, fields=self._fields, lenient=True)
