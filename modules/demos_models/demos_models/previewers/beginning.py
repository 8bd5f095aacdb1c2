# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The first bytes of a file, as text."""

import codecs

SHOWN_BYTES = 32 * 1024


def beginning_of(stream, shown=SHOWN_BYTES):
    """Return the first bytes of a stream as text, and whether there are more.

    Args:
        stream: the file, opened for bytes.
        shown: bytes that are shown at most.

    Returns:
        ``(text, cut)``. What is not UTF-8 is replaced; a character that is cut in two is
        left out.

    >>> import io
    >>> beginning_of(io.BytesIO("zß".encode()), shown=2)
    ('z', True)
    """
    content = stream.read(shown + 1)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    cut = len(content) > shown
    return decoder.decode(content[:shown], final=not cut), cut
