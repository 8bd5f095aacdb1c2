# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a long-lived worker remembers: documents by digest and models compiled from them.

Nothing else survives from one request to the next.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from demos_exec.worker.errors import RunFailure

Document = dict[str, Any]


class MissingDocuments(Exception):
    """The worker does not hold a document that a request names.

    Args:
        digests: what has to be sent first.
    """

    def __init__(self, digests: list[str]) -> None:
        super().__init__(", ".join(digests))
        self.digests = digests


class Library:
    """Least-recently-used documents and compiled models, capped by bytes and by number.

    Args:
        max_bytes: most bytes of source text held.
        max_models: most compiled models held.
    """

    def __init__(self, max_bytes: int = 128 * 1024 * 1024, max_models: int = 64) -> None:
        self.max_bytes = max_bytes
        self.max_models = max_models
        self._texts: OrderedDict[str, bytes] = OrderedDict()
        self._parsed: dict[str, Document] = {}
        self._models: OrderedDict[Hashable, Any] = OrderedDict()

    def add(self, digest: str, text: bytes) -> None:
        """Keep a document's text; the least recently used ones leave.

        Args:
            digest: the name requests use.
            text: UTF-8 JSON.
        """
        self._texts[digest] = text
        self._texts.move_to_end(digest)
        while len(self._texts) > 1 and sum(map(len, self._texts.values())) > self.max_bytes:
            gone, _ = self._texts.popitem(last=False)
            self._parsed.pop(gone, None)

    def require(self, digests: list[str]) -> None:
        """Check that documents are held, and mark them as used.

        Args:
            digests: what the request names.

        Raises:
            MissingDocuments: naming those that are not held.
        """
        missing = [d for d in digests if d not in self._texts]
        if missing:
            raise MissingDocuments(missing)
        for digest in digests:
            self._texts.move_to_end(digest)

    def text(self, digest: str) -> bytes:
        """Give a document's text.

        Args:
            digest: its name.

        Returns:
            UTF-8 JSON.
        """
        return self._texts[digest]

    def document(self, digest: str) -> Document:
        """Give a document, parsed once. Callers must not change it.

        Args:
            digest: its name.

        Returns:
            The JSON object.

        Raises:
            RunFailure: if the text is not a JSON object.
        """
        if digest not in self._parsed:
            try:
                found = json.loads(self._texts[digest])
            except (ValueError, RecursionError) as error:
                raise RunFailure("invalid_input", f"The model is not JSON: {error}") from error
            if not isinstance(found, dict):
                raise RunFailure("invalid_input", "The model is not a JSON object.")
            self._parsed[digest] = found
        return self._parsed[digest]

    def compiled(self, key: Hashable, build: Callable[[], Any]) -> Any:
        """Give a compiled model, built when it is not held.

        Args:
            key: what the model was made from.
            build: makes it.

        Returns:
            The model.
        """
        if key in self._models:
            self._models.move_to_end(key)
            return self._models[key]
        model = build()
        self._models[key] = model
        while len(self._models) > self.max_models:
            self._models.popitem(last=False)
        return model
