# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Blueprints."""


def create_runs_blueprint(app):
    """Give the blueprint of ``/runs``."""
    return app.extensions["demos-exec"].runs_resource.as_blueprint()


def create_model_runs_blueprint(app):
    """Give the blueprint of ``/models/{id}/execute`` and ``/models/{id}/run``."""
    return app.extensions["demos-exec"].model_runs_resource.as_blueprint()
