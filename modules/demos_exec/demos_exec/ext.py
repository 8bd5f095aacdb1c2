# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""The Flask extension."""

from flask import request
from flask_login import current_user
from invenio_rest.csrf import CSRFProtectMiddleware

from . import config
from .backends.table import make_backends
from .resources.config import ModelRunsResourceConfig, RunsResourceConfig
from .resources.resource import ModelRunsResource, RunsResource
from .runtimes.table import make_runtimes
from .services.config import RunsServiceConfig
from .services.service import RunsService
from .tasks import Later


def _anonymous_runs_need_no_token():
    """Let scripts of people who are not signed in start runs whatever cookies they keep.

    A forged request of somebody without a session has no authority to abuse; without this, the
    second request of a script that keeps the first answer's cookies is refused.
    """
    ours = (RunsResourceConfig.blueprint_name, ModelRunsResourceConfig.blueprint_name)
    if request.blueprint in ours and not current_user.is_authenticated:
        request.skip_csrf_check = True


class DemosExec:
    """Runs of registered models.

    Args:
        app: the application.
    """

    def __init__(self, app=None):
        if app:
            self.init_app(app)

    def init_app(self, app):
        """Set up configuration, service and resources.

        Args:
            app: the application.
        """
        self.init_config(app)
        self.service = RunsService(
            RunsServiceConfig.build(app),
            runtimes=make_runtimes(),
            backends=make_backends(app.config),
            later=Later,
            max_waiting=app.config["DEMOS_EXEC_MAX_WAITING"],
        )
        self.runs_resource = RunsResource(RunsResourceConfig.build(app), self.service)
        self.model_runs_resource = ModelRunsResource(
            ModelRunsResourceConfig.build(app), self.service
        )
        app.extensions["demos-exec"] = self

    @staticmethod
    def init_config(app):
        """Give every setting its default.

        Args:
            app: the application.
        """
        for key in dir(config):
            if key.startswith("DEMOS_EXEC_"):
                app.config.setdefault(key, getattr(config, key))


def finalize_app(app):
    """Register the service where the framework looks for services.

    Args:
        app: the application.
    """
    # The pages' application only hands out tokens; the API's checks them.
    csrf = app.extensions.get("invenio-csrf")
    if isinstance(csrf, CSRFProtectMiddleware):
        csrf.before_csrf_protect(_anonymous_runs_need_no_token)
    registry = app.extensions["invenio-records-resources"].registry
    registry.register(app.extensions["demos-exec"].service, service_id="demos-runs")
