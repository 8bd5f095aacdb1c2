# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""What can go wrong, in the words of the registry."""


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
