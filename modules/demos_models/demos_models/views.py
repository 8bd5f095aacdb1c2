# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT

"""Blueprints of the REST API."""


def create_models_blueprint(app):
    """Give the routes under ``/models``."""
    return app.extensions["demos-models"].resource.as_blueprint()


def create_record_models_blueprint(app):
    """Give the routes of deposits."""
    return app.extensions["demos-models"].deposit_resource.as_blueprint()
