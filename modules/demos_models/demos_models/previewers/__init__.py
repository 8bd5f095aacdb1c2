# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What a record's page shows of a file: a model by its structure, long JSON by its beginning.

The framework's previewer of JSON makes one element of every token, and a workspace of one
megabyte has two hundred thousand of them. Here a page never grows with the file.
"""
