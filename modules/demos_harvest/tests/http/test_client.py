# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""What a harvester meets on the wire, on real sockets."""

import gzip
import hashlib
import io
import time
import zlib

import pytest
from demos_harvest.http import CircuitBreaker, errors
from demos_harvest.http.client import Patience
from peers.raw import reply

PAGE = b"<!DOCTYPE html><html><body>Sorry</body></html>"
ONCE = Patience(10.0, 1, 0.0)


def test_json_answer_and_polite_headers(serve, peer):
    server = serve(reply(b'{"a": [1, 2]}'))
    assert peer(server).get_json("/record/ins1", {"format": "json"}) == {"a": [1, 2]}
    head = server.requests[0].decode().lower()
    assert head.startswith("get /record/ins1?format=json ")
    assert "user-agent: demos-portal/test (+https://demos.example; mailto:" in head
    assert "cookie" not in head


def test_blanks_and_tex_in_urls_are_encoded_once(serve, peer):
    server = serve(reply(b"{}"))
    peer(server).get_json("/download/table/ins1/Table 1/$%5Cmathcal{B}/json")
    path = server.requests[0].split()[1].decode()
    assert path == "/download/table/ins1/Table%201/$%5Cmathcal%7BB%7D/json"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (reply(PAGE), errors.UnexpectedContentError),
        (reply(b"<x/>"), errors.UnexpectedContentError),
        (reply(b'{"a": '), errors.UnexpectedContentError),
        (reply(b'{"error": "Failed to parse query [..]"}'), errors.ErrorInBodyError),
        (reply(b"", "302 FOUND", Location="/login/?next=/record/1"), errors.NotPublicError),
        (reply(PAGE, "403 Forbidden", Cf_Mitigated="challenge"), errors.ChallengeError),
        (reply(PAGE, "200 OK", Cf_Mitigated="challenge"), errors.ChallengeError),
        (
            reply(b"<html>Just a moment...", "503 Unavailable", Server="cloudflare"),
            errors.ChallengeError,
        ),
        (reply(PAGE, "403 Forbidden"), errors.RefusedError),
        (reply(PAGE, "404 Not Found"), errors.NotFoundError),
        (reply(b'{"message": "Record deleted"}', "410 Gone"), errors.GoneError),
        (reply(PAGE, "429 Too Many"), errors.RateLimitedError),
        (reply(PAGE, "502 Bad Gateway"), errors.UnavailableError),
        (reply(b"{}", Content_Encoding="br"), errors.UnexpectedContentError),
        (reply(b"no gzip", Content_Encoding="gzip"), errors.UnexpectedContentError),
        (reply(gzip.compress(b"{}")[:-9], Content_Encoding="gzip"), errors.UnexpectedContentError),
        (reply(b"{}", Content_Length="9"), errors.ConnectionFailedError),
        (b"HTTP/1.1 200 OK\r\nContent-Le", errors.ConnectionFailedError),
        (b"garbage\r\n\r\n", errors.ConnectionFailedError),
    ],
)
def test_every_bad_answer_has_its_name(serve, peer, answer, error):
    with pytest.raises(errors.PeerError) as caught:
        peer(serve(answer), patience=ONCE).get_json("/x")
    assert type(caught.value) is error
    assert caught.value.to_dict()["code"] == error.code


def test_406_tells_the_type_to_ask_for(serve, peer):
    body = b'{"file_mimetype": "application/x-tar", "msg": "Accept header value ..."}'
    with pytest.raises(errors.NotAcceptableError) as caught:
        peer(serve(reply(body, "406 Not Acceptable"))).download("/r/1", io.BytesIO())
    assert caught.value.mimetype == "application/x-tar"


def test_retry_after_counts_on_429_and_503_but_not_on_200(serve, peer):
    answers = iter(
        [
            reply(PAGE, "429 Too Many", Retry_After="7"),
            reply(PAGE, "503 Unavailable", Retry_After="11"),
            reply(b'{"ok": true}', Retry_After="59"),
        ]
    )
    client = peer(serve(lambda head, connection: next(answers)))
    assert client.get_json("/x") == {"ok": True}
    assert client.pauses == [7.0, 11.0]


def test_retry_after_as_a_date(serve, peer):
    later = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 30))
    answers = iter([reply(PAGE, "429 Too Many", Retry_After=later), reply(b"1")])
    client = peer(serve(lambda head, connection: next(answers)))
    client.get_json("/x")
    assert 25 < client.pauses[0] <= 30


def test_a_peer_that_asks_for_an_hour_is_not_waited_for(serve, peer):
    server = serve(reply(PAGE, "429 Too Many", Retry_After="3600"))
    client = peer(server)
    with pytest.raises(errors.RateLimitedError) as caught:
        client.get_json("/x")
    assert (caught.value.retry_after, client.pauses, len(server.requests)) == (3600.0, [], 1)


def test_cut_connections_are_tried_again_with_growing_pauses(serve, peer):
    answers = iter([b"", reply(b"{}", Content_Length="99"), reply(b'{"ok": 1}')])
    client = peer(serve(lambda head, connection: next(answers)))
    assert client.get_json("/x") == {"ok": 1}
    assert len(client.pauses) == 2
    assert all(0 <= pause <= 20 for pause in client.pauses)


def test_missing_records_are_not_asked_for_twice(serve, peer):
    server = serve(reply(PAGE, "404 Not Found"))
    with pytest.raises(errors.NotFoundError):
        peer(server).get_json("/x")
    assert len(server.requests) == 1


def test_file_is_checked_against_its_checksum(serve, peer):
    data = b"\x1f\x8b rest of a pallet"
    target = io.BytesIO(b"older and longer content of the target file")
    client = peer(serve(reply(data, Content_Type="application/x-tar")))
    got = client.download("/f", target, checksum="md5:" + hashlib.md5(data).hexdigest())
    assert target.getvalue() == data
    assert (got.size, got.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    with pytest.raises(errors.ChecksumError):
        client.download("/f", target, checksum="md5:" + "0" * 32)


def test_html_page_is_never_taken_for_a_file(serve, peer):
    with pytest.raises(errors.UnexpectedContentError, match="HTML page where a file"):
        peer(serve(reply(PAGE, Content_Type="application/x-tar"))).download("/f", io.BytesIO())


def test_compressed_answers_are_decoded(serve, peer):
    body = b'{"x": "' + b"y" * 3_000_000 + b'"}'
    for name, data in (("gzip", gzip.compress(body)), ("deflate", zlib.compress(body))):
        client = peer(serve(reply(data, Content_Encoding=name)))
        assert len(client.get_json("/x")["x"]) == 3_000_000


def test_several_gzip_members_are_one_body(serve, peer):
    body = gzip.compress(b'{"a":') + gzip.compress(b" 1}")
    assert peer(serve(reply(body, Content_Encoding="gzip"))).get_json("/x") == {"a": 1}


def test_gzip_bomb_is_stopped_by_its_output(serve, peer):
    import tracemalloc

    bomb = zlib.compressobj(9, wbits=31)
    data = b"".join(bomb.compress(b"[" + b" " * 2**20) for _ in range(300)) + bomb.flush()
    client = peer(serve(reply(data, Content_Encoding="gzip")), max_bytes=4 * 2**20)
    tracemalloc.start()
    try:
        with pytest.raises(errors.TooLargeError):
            client.get_json("/x")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 24 * 2**20


def test_endless_body_is_stopped(serve, peer):
    def endless(head, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"10000\r\n" + b"[" + b" " * 65535 + b"\r\n")

    with pytest.raises(errors.TooLargeError):
        peer(serve(endless), max_bytes=2**20).get_json("/x")


@pytest.mark.parametrize("where", ["headers", "body", "silence"])
def test_slow_peers_are_cut_off_by_the_total_limit(serve, peer, where):
    def drip(head, connection):
        if where == "silence":
            time.sleep(30)
        if where == "body":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n[")
        while True:  # always faster than the read timeout
            connection.sendall(b"X" if where == "headers" else b" ")
            time.sleep(0.05)

    with pytest.raises(errors.DeadlineError):
        peer(serve(drip), patience=Patience(0.6, 1, 0), read_timeout=20).get_json("/x")


def test_redirects_are_followed_and_tokens_stay_at_home(serve, peer):
    other = serve(reply(b'{"there": 1}'))
    home = serve(reply(b"", "302 FOUND", Location=f"{other.url}/y", Set_Cookie="a=b"))
    trust = [home.url, other.url]
    client = peer(home, trust=trust, headers={"Authorization": "Bearer SECRET"})
    assert client.get_json("/x") == {"there": 1}
    assert b"SECRET" in home.requests[0]
    assert b"SECRET" not in other.requests[0]
    assert b"a=b" not in other.requests[0]


def test_redirect_loops_end(serve, peer):
    server = serve(reply(b"", "301 MOVED", Location="/x"))
    with pytest.raises(errors.RedirectRefusedError):
        peer(server).get_json("/x")
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{inside}/latest/meta-data",
        "http://localhost:{inside}/",
        "http://[::ffff:127.0.0.1]:{inside}/",
        "http://2130706433:{inside}/",
        "http://0177.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://10.0.0.8/",
        "http://user:pass@zenodo.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
    ],
)
def test_redirects_into_the_house_are_refused(serve, peer, location):
    inside = serve(reply(b'{"secret": 1}'))
    target = location.format(inside=inside.port)
    server = serve(reply(b"", "302 FOUND", Location=target))
    with pytest.raises(errors.AddressRefusedError):
        peer(server).get_json("/x")
    assert inside.requests == []


def test_loopback_is_refused_unless_configured(serve, peer):
    server = serve(reply(b"{}"))
    with pytest.raises(errors.AddressRefusedError):
        peer(server, trust=[]).get_json("/x")
    assert server.requests == []


def test_a_name_that_leads_inside_is_refused_and_the_checked_address_is_the_one_used(
    serve, peer, monkeypatch
):
    import socket

    server = serve(reply(b"{}"))
    answers = iter(["127.0.0.1"])
    real = socket.getaddrinfo

    def resolve(host, port, *args, **kwargs):
        if host == "rebind.example":
            return real(next(answers), port, *args, **kwargs)
        return real(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(errors.AddressRefusedError):
        peer("http://rebind.example", trust=[]).get_json("/x")
    answers = iter(["127.0.0.1"])  # a second look-up would fail the test
    assert peer(f"http://rebind.example:{server.port}").get_json("/x") == {}


def test_circuit_opens_and_lets_one_request_try(serve, peer):
    now = [1000.0]
    breaker = CircuitBreaker("test", threshold=3, pause=60, clock=lambda: now[0])
    healthy = [False]
    server = serve(lambda head, connection: reply(b"{}") if healthy[0] else reply(PAGE, "500 Oops"))
    client = peer(server, breaker=breaker, patience=Patience(5, 4, 90))
    with pytest.raises(errors.CircuitOpenError):
        client.get_json("/x")
    assert (len(server.requests), breaker.state()["state"]) == (3, "open")
    with pytest.raises(errors.CircuitOpenError):
        client.get_json("/x")
    assert len(server.requests) == 3
    now[0] += 61
    assert breaker.state()["state"] == "half-open"
    healthy[0] = True
    assert client.get_json("/x") == {}
    assert breaker.state() == {"state": "closed", "failures": 0, "opened_at": None}


def test_missing_records_do_not_open_the_circuit(serve, peer):
    breaker = CircuitBreaker("test", threshold=2)
    client = peer(serve(reply(PAGE, "404 Not Found")), breaker=breaker)
    for _ in range(5):
        with pytest.raises(errors.NotFoundError):
            client.get_json("/x")
    assert breaker.state()["state"] == "closed"


def test_recent_answers_are_used_again(serve, peer):
    server = serve(reply(b'{"a": 1}'))
    client = peer(server)
    for _ in range(3):
        assert client.get_json("/x", {"q": "1"}, max_age=60) == {"a": 1}
    client.get_json("/x", {"q": "2"}, max_age=60)
    client.get_json("/x", {"q": "1"})
    assert len(server.requests) == 3


def test_errors_do_not_repeat_secrets(serve, peer):
    with pytest.raises(errors.NotFoundError) as caught:
        peer(serve(reply(PAGE, "404 Not Found"))).get_json("/x?access_token=SECRET")
    assert "SECRET" not in str(caught.value.to_dict())
