# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What all doubles share: a WSGI application on a socket of its own, with quirks to switch."""

import json
import threading

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *args):
        pass


def html(text, status=200, **headers):
    """Answer with a page, as real peers do where a client expects data."""
    response = Response(PAGE.format(text), status, content_type="text/html; charset=utf-8")
    response.headers.extend({k.replace("_", "-"): v for k, v in headers.items()})
    return response


class Double:
    """A peer on a real socket.

    Args:
        port: Where it listens; any free port by default.
    """

    rules = ()

    def __init__(self, port=0):
        self.quirks = set()
        self.requests = []
        self._map = Map([rule.empty() for rule in self.rules], strict_slashes=False)
        self._lock = threading.RLock()
        self._server = make_server("127.0.0.1", port, self, threaded=True, request_handler=_Quiet)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def count(self, part=""):
        """Count the requests whose path and query contain a text."""
        return sum(part in request for request in self.requests)

    def __call__(self, environ, start_response):
        request = Request(environ)
        with self._lock:
            self.requests.append(request.full_path.rstrip("?"))
        try:
            response = self.before(request) or self._dispatch(request)
        except HTTPException as error:
            response = html(str(error), error.code)
        return self.after(request, response)(environ, start_response)

    def _dispatch(self, request):
        endpoint, arguments = self._map.bind_to_environ(request.environ).match()
        return getattr(self, endpoint)(request, **arguments)

    def before(self, request):
        """Give an answer in place of the real one, or None."""
        return

    def after(self, request, response):
        """Change an answer before it is sent."""
        return response


def answer(document, status=200, content_type="application/json", **headers):
    """Answer with JSON."""
    response = Response(json.dumps(document), status, content_type=content_type)
    response.headers.extend({k.replace("_", "-"): v for k, v in headers.items()})
    return response
