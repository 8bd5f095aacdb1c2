# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A new signal given as yields per channel, instead of as a JSON Patch written by hand."""

from demos_formats.signals.patch import signal_patch
from demos_formats.signals.read import read_signal
from demos_formats.signals.template import signal_template, write_template

__all__ = ["read_signal", "signal_patch", "signal_template", "write_template"]
