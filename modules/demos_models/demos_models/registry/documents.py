# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Documents that are derived from a version's content, by a worker.

They are kept by content and converter version: making them again makes nothing new
unless the converter is newer.
"""


def make_documents(version_id):
    """Make the documents of a version that are not there yet."""
