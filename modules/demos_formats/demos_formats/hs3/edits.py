# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The differences between what a dialect writes by default and what a document said.

Two spellings of the same likelihood differ in keys that are left out, names of constraints and
the like. What the source said is kept per named object, with the digest of the default form: where
the object has changed since, its record no longer applies and the default form is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from demos_formats.hs3.detect import SECTIONS

Json = Mapping[str, Any]


def record(default: Json, source: Json) -> list[dict[str, Any]]:
    """Records how a source differs from its default form.

    Args:
        default: What the dialect would write.
        source: What the source says.

    Returns:
        One entry per differing object.

    >>> record({"data": [{"name": "a", "x": 1}]}, {"data": [{"name": "a"}]})[0]["edit"]
    {'del': ['x']}
    """
    entries: list[dict[str, Any]] = []
    for section in SECTIONS:
        have, want = default.get(section), source.get(section)
        if have == want:
            continue
        if want is None:
            # An empty section that the source does not have.
            entries.append({"section": section, "absent": True})
            want = []
        if have is None:
            entries.append({"section": section, "empty": True})
        written = {x["name"]: x for x in have or ()}
        for item in want:
            name = item["name"]
            if name not in written:
                entries.append({"section": section, "name": name, "add": item})
            elif written[name] != item:
                entries.append(
                    {
                        "section": section,
                        "name": name,
                        "digest": digest(written[name]),
                        "edit": _difference(written[name], item),
                    }
                )
        wanted = {x["name"] for x in want}
        entries += [
            {"section": section, "name": n, "digest": digest(x), "remove": True}
            for n, x in written.items()
            if n not in wanted
        ]
    return entries


def replay(default: Json, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Turns a default form back into what the source said, where nothing has changed.

    Args:
        default: What the dialect writes.
        entries: From :func:`record`.

    Returns:
        The document.
    """
    made = dict(default)
    changed = False
    for entry in entries:
        section = entry["section"]
        items = list(made.get(section) or ())
        at = next((i for i, x in enumerate(items) if x["name"] == entry.get("name")), None)
        if "add" in entry:
            if at is None and not changed:
                items.append(entry["add"])
        elif "name" in entry:
            if at is None or digest(items[at]) != entry["digest"]:
                changed = True
                continue
            if "remove" in entry:
                del items[at]
            else:
                items[at] = _edited(items[at], entry["edit"])
        made[section] = items
    for entry in entries:
        if "absent" in entry and not made.get(entry["section"]):
            made.pop(entry["section"], None)
    return made


def digest(value: Any) -> str:
    """Gives 16 hexadecimal digits that identify a JSON value."""
    canonical = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()[:16]


def _difference(have: Any, want: Any) -> Any:
    if isinstance(have, dict) and isinstance(want, dict):
        edit: dict[str, Any] = {}
        gone = [k for k in have if k not in want]
        new = {k: v for k, v in want.items() if k not in have}
        inner = {k: _difference(have[k], want[k]) for k in have if k in want and have[k] != want[k]}
        if gone:
            edit["del"] = gone
        if new:
            edit["new"] = new
        if inner:
            edit["in"] = inner
        return edit
    if isinstance(have, list) and isinstance(want, list) and len(have) == len(want):
        pairs = enumerate(zip(have, want, strict=True))
        return {"at": {str(i): _difference(a, b) for i, (a, b) in pairs if a != b}}
    if isinstance(have, list) and isinstance(want, list) and have[: len(want)] == want:
        return {"first": len(want)}
    return {"is": want}


def _edited(value: Any, edit: Json) -> Any:
    if "is" in edit:
        return edit["is"]
    if "first" in edit:
        return value[: edit["first"]]
    if "at" in edit:
        made = list(value)
        for index, inner in edit["at"].items():
            made[int(index)] = _edited(made[int(index)], inner)
        return made
    result = {k: v for k, v in value.items() if k not in edit.get("del", ())}
    for key, inner in edit.get("in", {}).items():
        result[key] = _edited(result[key], inner)
    return result | edit.get("new", {})
