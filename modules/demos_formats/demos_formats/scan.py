# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Finds the places of what is wrong in a JSON text; slow, for texts known to be suspect."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field

from demos_formats.findings import Finding, error, pointer

_TOKEN = re.compile(
    r"""[ \t\n\r]*(?:
      (?P<mark>[\[\]{},:])
    | (?P<string>"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*")
    | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![0-9A-Za-z_.+-]))
    | (?P<nonfinite>[+-]?(?:NaN|nan|Infinity|infinity|Inf|inf)(?![0-9A-Za-z_]))
    | (?P<word>true|false|null)(?![0-9A-Za-z_])
    )""",
    re.VERBOSE,
)
_UNCLOSED = re.compile(r'"(?:[^"\\]|\\.)*\\?', re.DOTALL)
_SPACE = re.compile(r"[ \t\n\r]*")


@dataclass(slots=True)
class _Object:
    key: str = ""
    keys: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _List:
    key: int = 0


@dataclass(slots=True)
class _Scanner:
    text: str
    most: int
    found: list[Finding] = field(default_factory=list)
    stack: list[_Object | _List] = field(default_factory=list)
    expect: str = "value"

    def run(self) -> None:
        position, text = 0, self.text
        while len(self.found) < self.most:
            position = _SPACE.match(text, position).end()  # type: ignore[union-attr]
            token = _TOKEN.match(text, position)
            if token is None:
                if position < len(text) or self.expect != "end":
                    self._syntax(position)
                return
            if not self._take(token):
                self._syntax(position)
                return
            position = token.end()

    def _take(self, token: re.Match[str]) -> bool:
        """Moves on by one token; false where the grammar does not allow it."""
        kind, word = token.lastgroup, token[token.lastgroup or 0]
        if kind == "mark":
            return self._mark(word)
        if self.expect in ("key", "key or }"):
            return kind == "string" and self._key(json.loads(word))
        if self.expect not in ("value", "value or ]"):
            return False
        if kind == "nonfinite" or (kind == "number" and math.isinf(float(word))):
            shown = word if len(word) <= 24 else f"{word[:20]}..."
            self.found.append(
                error(
                    "nonfinite_number",
                    self._pointer(),
                    f"{shown} is not a finite 64-bit number.",
                    "Give a finite number, or leave the object out.",
                )
            )
        self.expect = "next" if self.stack else "end"
        return True

    def _mark(self, mark: str) -> bool:
        if mark in "{[" and self.expect in ("value", "value or ]"):
            self.stack.append(_Object() if mark == "{" else _List())
            self.expect = "key or }" if mark == "{" else "value or ]"
        elif mark == ":" and self.expect == "colon":
            self.expect = "value"
        elif mark == "," and self.expect == "next":
            inner = self.stack[-1]
            if isinstance(inner, _List):
                inner.key += 1
            self.expect = "key" if isinstance(inner, _Object) else "value"
        elif self._closes(mark):
            self.stack.pop()
            self.expect = "next" if self.stack else "end"
        else:
            return False
        return True

    def _closes(self, mark: str) -> bool:
        if not self.stack or mark not in "}]":
            return False
        if isinstance(self.stack[-1], _Object):
            return mark == "}" and self.expect in ("next", "key or }")
        return mark == "]" and self.expect in ("next", "value or ]")

    def _key(self, key: str) -> bool:
        inner = self.stack[-1]
        assert isinstance(inner, _Object)
        inner.key = key
        if key in inner.keys:
            self.found.append(
                error(
                    "duplicate_key",
                    self._pointer(),
                    f"The key {_short(key)} appears twice in one object.",
                    "Keep one of them; readers disagree about which one counts.",
                )
            )
        inner.keys.add(key)
        self.expect = "colon"
        return True

    def _pointer(self) -> str:
        return pointer(*(entry.key for entry in self.stack))

    def _syntax(self, position: int) -> None:
        position = min(position, len(self.text))
        line = self.text.count("\n", 0, position) + 1
        column = position - self.text.rfind("\n", 0, position)
        rest = self.text[position:]
        if not rest or (rest[0] == '"' and _UNCLOSED.fullmatch(rest)):
            message = f"The text ends too early, at line {line}, column {column}: it is cut off."
        else:
            message = (
                f"Not valid JSON at line {line}, column {column}: "
                f"{_short(self.text[position : position + 12])} is not expected there."
            )
        self.found.append(error("parse_error", self._pointer(), message))


def problems(data: bytes, most: int) -> list[Finding]:
    """Finds what is wrong in a JSON text.

    Args:
        data: The text as bytes.
        most: Number of findings after which to stop.

    Returns:
        Duplicate keys and numbers that are not finite, each with its place, and the first syntax
        error; empty for a good text.

    >>> [f.pointer for f in problems(b'{"a": {"b": NaN, "b": 1}}', 10)]
    ['/a/b', '/a/b']
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as e:
        return [error("parse_error", "", f"Byte {e.start} is not valid UTF-8.")]
    scanner = _Scanner(text, most)
    scanner.run()
    return scanner.found


def _short(text: str) -> str:
    return json.dumps(text if len(text) <= 60 else f"{text[:57]}...")
