# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What the running portal tells strangers: nothing of accounts, and no other site's address."""

import http.client
import os
import re
from urllib.parse import urlsplit

PASSWORD = "not the password"


def _words_after_signing_in(portal, session, email):
    form = session.get(f"{portal}/login/", timeout=30).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form).group(1)
    answer = session.post(
        f"{portal}/login/",
        data={"csrf_token": token, "email": email, "password": PASSWORD},
        headers={"Referer": f"{portal}/login/"},
        timeout=30,
    )
    words = re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.text, flags=re.DOTALL)
    return answer.status_code, " ".join(words.split()).replace(email, "")


def test_signing_in_does_not_say_who_has_an_account(portal, stranger):
    known = _words_after_signing_in(portal, stranger, os.environ["DEMOS_ADMIN_EMAIL"])
    unknown = _words_after_signing_in(portal, stranger, "nobody@demos-portal.org")
    assert "The address or the password is wrong." in known[1]
    assert known == unknown


def test_plain_http_leads_to_the_site_whatever_host_is_named(portal):
    site = urlsplit(portal)
    connection = http.client.HTTPConnection(site.hostname, site.port, timeout=30)
    connection.request("GET", "/models?q=x", headers={"Host": "evil.example"})
    answer = connection.getresponse()
    assert answer.status == 308
    assert answer.headers["Location"] == f"{portal}/models?q=x"
    connection.close()
