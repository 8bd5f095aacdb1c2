# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The pool: a supervisor of warm workers that web and task processes reach by a Unix socket.

It imports the standard library alone (and the Docker SDK when its workers are containers), runs
no model itself and knows neither database nor broker: jobs come with an identifier that their
sender chose, and a job sent twice is the same job.
"""
