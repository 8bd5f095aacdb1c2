# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Patchsets: many signals for one background, by name."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from demos_engine.errors import ModelError

_DIGESTS = ("sha256", "md5")


@dataclass(frozen=True)
class Patch:
    """One signal.

    Attributes:
        name: Unique in its set.
        values: Coordinates, one per label of the set.
        operations: The JSON Patch.
    """

    name: str
    values: tuple[float | str, ...]
    operations: list[dict[str, Any]]


@dataclass(frozen=True)
class PatchSet:
    """A pyhf patchset.

    Attributes:
        labels: Names of the coordinates.
        patches: In the document's order.
        digests: Digests of the background workspace, by algorithm.
    """

    labels: tuple[str, ...]
    patches: tuple[Patch, ...]
    digests: Mapping[str, str]

    @classmethod
    def load(cls, source: "bytes | str | Mapping[str, Any] | PatchSet") -> "PatchSet":
        """Read a patchset.

        Args:
            source: The document, as bytes, text or parsed.

        Returns:
            The patchset.

        Raises:
            ModelError: It is none; the pointer says where.

        >>> PatchSet.load({"patches": []})
        Traceback (most recent call last):
            ...
        demos_engine.errors.ModelError: schema_error at /patches: a patchset has patches
        """
        if isinstance(source, PatchSet):
            return source
        document = _parse(source)
        if not isinstance(document, Mapping):
            raise ModelError("schema_error", "", "a patchset is an object")
        patches = document.get("patches")
        if not isinstance(patches, list) or not patches:
            raise ModelError("schema_error", "/patches", "a patchset has patches")
        if document.get("version") != "1.0.0":
            raise ModelError("unsupported_version", "/version", 'the version is not "1.0.0"')
        labels, digests = _metadata(document.get("metadata"))
        found = tuple(_patch(patch, index, labels) for index, patch in enumerate(patches))
        _unique(found)
        return cls(labels, found, digests)

    def __getitem__(self, name: str) -> Patch:
        """The patch of a name.

        Args:
            name: Name.

        Returns:
            The patch.

        Raises:
            ModelError: There is none.
        """
        for patch in self.patches:
            if patch.name == name:
                return patch
        raise ModelError("unresolved_reference", "/patches", f"there is no patch {name!r}")

    def __iter__(self) -> Iterator[Patch]:
        return iter(self.patches)

    def __len__(self) -> int:
        return len(self.patches)

    def verify(self, workspace: bytes | str | Mapping[str, Any]) -> None:
        """Check that the patches are meant for a workspace, as pyhf does.

        Args:
            workspace: The background workspace.

        Raises:
            ModelError: ``digest_mismatch``.
        """
        text = json.dumps(_parse(workspace), sort_keys=True, ensure_ascii=False).encode()
        for algorithm, expected in self.digests.items():
            found = hashlib.new(algorithm, text, usedforsecurity=False).hexdigest()
            if found != expected.lower():
                message = f"the patchset is for a workspace of {algorithm} {expected}, not {found}"
                raise ModelError("digest_mismatch", f"/metadata/digests/{algorithm}", message)


def _parse(source: Any) -> Any:
    if not isinstance(source, bytes | str):
        return source
    try:
        return json.loads(source)
    except (ValueError, RecursionError) as error:
        raise ModelError("parse_error", "", str(error)) from None


def _metadata(metadata: Any) -> tuple[tuple[str, ...], dict[str, str]]:
    if not isinstance(metadata, Mapping):
        raise ModelError("schema_error", "/metadata", "a patchset has metadata")
    labels = metadata.get("labels")
    if not isinstance(labels, list) or not labels or not all(isinstance(x, str) for x in labels):
        raise ModelError("schema_error", "/metadata/labels", "labels are a list of names")
    digests = metadata.get("digests")
    if (
        not isinstance(digests, Mapping)
        or not digests
        or any(key not in _DIGESTS for key in digests)
    ):
        raise ModelError("schema_error", "/metadata/digests", "digests are sha256 or md5")
    if not all(isinstance(value, str) for value in digests.values()):
        raise ModelError("schema_error", "/metadata/digests", "digests are sha256 or md5")
    return tuple(labels), dict(digests)


def _patch(patch: Any, index: int, labels: tuple[str, ...]) -> Patch:
    here = f"/patches/{index}"
    if not isinstance(patch, Mapping) or not isinstance(patch.get("patch"), list):
        raise ModelError("schema_error", here, "a patch has a list of operations")
    metadata = patch.get("metadata")
    if not isinstance(metadata, Mapping) or not isinstance(metadata.get("name"), str):
        raise ModelError("schema_error", f"{here}/metadata", "a patch has a name")
    values = metadata.get("values")
    if not isinstance(values, list) or any(
        isinstance(x, bool) or not isinstance(x, int | float | str) for x in values
    ):
        raise ModelError("schema_error", f"{here}/metadata/values", "values are numbers or text")
    if len(values) != len(labels):
        message = f"{len(values)} values for {len(labels)} labels"
        raise ModelError("length_mismatch", f"{here}/metadata/values", message)
    return Patch(metadata["name"], tuple(values), patch["patch"])


def _unique(patches: tuple[Patch, ...]) -> None:
    names: set[str] = set()
    values: set[tuple[float | str, ...]] = set()
    for index, patch in enumerate(patches):
        if patch.name in names or patch.values in values:
            message = f"two patches are called {patch.name!r} or lie at {patch.values}"
            raise ModelError("duplicate_name", f"/patches/{index}/metadata", message)
        names.add(patch.name)
        values.add(patch.values)
