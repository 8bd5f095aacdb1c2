# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What can go wrong, in the words of the registry."""

from invenio_pidstore.errors import PIDDoesNotExistError

CODES = {
    "model_files_invalid": "A deposit that declares a model holds none that is valid.",
    "analysis_pending": "The files of a deposit are still being analysed.",
    "analysis_failed": "A file could not be analysed because of an error of the portal.",
    "derivative_pending": "A converted document is still being made.",
    "cannot_convert": "The model cannot be written in this format; the findings say why.",
    "no_such_derivative": "The model has no document of this format.",
    "no_such_model": "No model has this name.",
    "no_such_version": "The model has no such version.",
    "no_such_patchset": "No such patchset applies to the model.",
    "no_such_deposit": "There is no such deposit.",
    "several_models": "Several models have this name; the answer lists them.",
    "registration_invalid": "What is registered holds no valid model.",
    "bad_request": "A parameter or the body of the request is wrong; the errors say which.",
    "bad_query": "The query names an unknown field or cannot be parsed.",
    "search_failed": "The search engine did not answer.",
    "not_allowed": "The caller may not do this.",
    "not_found": "There is no such thing.",
    "withdrawn": "Nobody hosts the model any more.",
}
"""Every code of a problem of the registry, with what it means."""


class ModelFilesInvalidError(Exception):
    """A deposit that declares a model has none that is valid, or a broken one."""

    def __init__(self, errors):
        """Keep the errors: ``[{"field", "messages"}]``."""
        super().__init__("The model files have errors.")
        self.errors = errors


class AnalysisPendingError(Exception):
    """A deposit's model files are not analysed yet."""

    retry_after = 5
    """Seconds after which it is worth trying again."""

    def __init__(self, keys):
        """Keep the names of the files."""
        super().__init__("The model files are still being analysed. Try again in a few seconds.")
        self.keys = keys


class DerivativePendingError(Exception):
    """A derived document is not made yet."""

    retry_after = 5

    def __init__(self, name):
        """Keep the document's name."""
        super().__init__(f"The document {name!r} is still being made. Try again in a few seconds.")


class DerivativeImpossibleError(Exception):
    """A model has no document of the format that was asked for."""

    def __init__(self, name, findings=()):
        """Keep the document's name and the reasons."""
        super().__init__(f"This model has no document of the format {name!r}.")
        self.findings = list(findings)


class VersionDoesNotExistError(PIDDoesNotExistError):
    """An entry has no such version that the reader may see."""

    def __init__(self, model_id, version, count):
        """Keep the entry, what was asked for, and how many versions there are."""
        super().__init__("demos-version", version)
        self.model_id, self.version, self.count = model_id, version, count

    def __str__(self):
        """Return the message."""
        return (
            f"The model has no version {self.version!r}: version takes a number from 1 to "
            f"{self.count}, or the id of a version."
        )


class AmbiguousAliasError(Exception):
    """An alias that several entries share."""

    def __init__(self, alias, model_ids):
        """Keep the alias and the entries."""
        super().__init__(f"{len(model_ids)} models are known as {alias!r}.")
        self.alias, self.model_ids = alias, model_ids


class RegistrationError(ValueError):
    """Something that cannot be registered; ``errors`` says what and where."""

    def __init__(self, errors):
        """Keep the errors: ``[{"field", "messages"}]``."""
        super().__init__("; ".join(m for e in errors for m in e["messages"]))
        self.errors = errors
