# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a run's state means, and what to do about it."""

from invenio_i18n import lazy_gettext as _

STATE = {
    "accepted": _("waiting"),
    "running": _("running"),
    "successful": _("successful"),
    "failed": _("failed"),
    "dismissed": _("cancelled"),
}

SENTENCE = {
    "accepted": _("The run waits for a free worker."),
    "running": _("The run is being computed."),
    "successful": _("The run finished successfully."),
    "failed": _("The run failed."),
    "dismissed": _("The run was cancelled before it ended."),
}

_LESS = _("Ask for less: fewer points, fewer pseudo-experiments, or fewer channels.")
_LATER = _("Nothing is wrong with your inputs. Run it again later.")
_AUTHORS = _("The model's own program is at fault; its log says more. Tell its authors.")

ADVICE = {
    "invalid_input": _("Change the inputs that the message names, and run again."),
    "quota_exceeded": _("Wait until your other runs have ended, and run it again."),
    "timeout": _LESS,
    "out_of_memory": _LESS,
    "too_many_processes": _AUTHORS,
    "nonzero_exit": _AUTHORS,
    "no_output": _AUTHORS,
    "invalid_output": _AUTHORS,
    "output_too_large": _AUTHORS,
    "log_flood": _AUTHORS,
    "image_not_allowed": _("This portal does not run that image; ask its operators."),
    "backend_unavailable": _LATER,
    "backend_lost": _LATER,
    "worker_lost": _LATER,
    "remote_error": _LATER,
    "system_error": _LATER,
}
"""What to do, by reason."""


def sentence(run):
    """Return what a run's state means."""
    return SENTENCE[run["status"]]
