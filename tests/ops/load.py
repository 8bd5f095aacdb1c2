# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A small load: one depositor and one reader, one request at a time each."""

import threading
from itertools import count

import requests
from portal import Portal, Refused

PAGES = ("/", "/models", "/search?q=load", "/api/records?size=1", "/api/models?size=1")
PAUSE = 0.3


class Load:
    """Deposits and reads until it is left; what the portal answered is kept.

    Args:
        url: The portal's base URL.
        token: A depositor's token.
        name: What the deposits' titles begin with.
    """

    def __init__(self, url, token, name):
        self.url, self.token, self.name = url, token, name
        self.published = {}
        self.refused = []
        self.broken = []
        self.read = 0
        self.over = threading.Event()
        self.threads = [threading.Thread(target=work) for work in (self.write, self.visit)]

    def attempt(self, work):
        """Do one piece of work and keep what went wrong."""
        try:
            work()
        except Refused as refused:
            self.refused.append(refused.answer)
        except requests.RequestException as error:
            self.broken.append(error)

    def write(self):
        """Deposit again and again; a deposit counts when its publication was acknowledged."""
        portal = Portal(self.url, self.token)

        def deposit():
            title = f"{self.name} {next(numbers)}"
            self.published[portal.deposit(title)] = title

        numbers = count(1)
        while not self.over.wait(PAUSE):
            self.attempt(deposit)

    def visit(self):
        """Look at pages again and again."""
        portal = Portal(self.url, self.token)

        def look():
            for page in PAGES:
                wanted = "application/json" if page.startswith("/api") else "text/html"
                self.attempt(lambda: portal.call("GET", page, headers={"Accept": wanted}))  # noqa: B023
                self.read += 1

        while not self.over.wait(PAUSE):
            look()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()
