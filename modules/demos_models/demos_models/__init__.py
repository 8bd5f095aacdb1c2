# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""The registry of statistical models: record type, deposit hooks, REST, OAI, pages."""

from .registry.types import Candidate, Content, Registration, RunTarget, Source

__version__ = "0.1.0"

__all__ = ("Candidate", "Content", "Registration", "RunTarget", "Source", "__version__")
