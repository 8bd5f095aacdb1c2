# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The program inside the sandbox: our own code on validated data.

It has two modes with the same operations: one-shot (``demos-batch/1``: reads
``/demos/in/request.json``, writes ``/demos/out/result.json``) and long-lived (frames over a Unix
socket, compiled models kept between requests).
"""
