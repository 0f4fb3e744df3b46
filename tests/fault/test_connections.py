"""How connections live: kept, dropped in time, never shared by accident."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable

import pytest

from parse_orm.client.client import BaseClient
from parse_orm.errors import AnswerCutShort, EndpointNotFound, KeysRefused, ParseOrmError, RedirectRefused
from parse_orm.transport.messages import Request
from parse_orm.transport.sync import RequestsTransport
from tests.fault.server import (
    Fault,
    FaultServer,
    Seen,
    answer,
    cut_short,
    garbage,
    half_json,
    hang_up_read,
    hang_up_unread,
    html,
    huge,
)

Connect = Callable[..., BaseClient]
UNAUTHORIZED = answer(403, {"error": "unauthorized"}, hang_up=True)


def in_threads(count: int, work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)


def test_requests_in_a_row_share_one_connection(faulty: FaultServer, connect: Connect) -> None:
    client = connect()
    for _ in range(5):
        client.request("GET", "/classes/Song/x1")

    assert faulty.connections == 1


@pytest.mark.parametrize(("size", "pieces"), [(10, 1), (100_000, 1), (1_000_000, 2)])
def test_a_request_is_sent_in_one_piece_unless_it_is_large(
    size: int, pieces: int, faulty: FaultServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, sent = http.client.HTTPConnection.send, []

    def noting(connection: http.client.HTTPConnection, data: bytes) -> None:
        sent.append(len(data))
        send(connection, data)

    monkeypatch.setattr(http.client.HTTPConnection, "send", noting)
    connect().request("POST", "/classes/Song", {"title": "x" * size})

    assert len(sent) == pieces
    assert faulty.seen[-1].json() == {"title": "x" * size}


def test_many_403s_in_threads_never_become_a_transport_error(faulty: FaultServer, connect: Connect) -> None:
    def usual(seen: Seen) -> Fault:
        return UNAUTHORIZED if seen.method == "GET" else answer(201, {"objectId": "x1"})

    faulty.usual = usual
    client = connect(attempts=1)
    surprises: list[Exception] = []

    def work() -> None:
        for _ in range(25):
            try:
                with pytest.raises(KeysRefused):
                    client.request("GET", "/classes/Song/x1")
                client.request("POST", "/classes/Song", {})
            except ParseOrmError as error:
                surprises.append(error)

    in_threads(6, work)

    assert surprises == []
    assert len(faulty.seen) == 300


def test_a_connection_is_given_up_before_the_server_does(faulty: FaultServer, connect: Connect) -> None:
    faulty.usual = answer(200, {}, keep_alive="timeout=1")
    client = connect()
    client.request("GET", "/classes/Song/x1")
    time.sleep(0.01)
    client.request("POST", "/classes/Song", {})

    assert faulty.connections == 2


def test_a_connection_that_was_closed_silently_is_not_used_for_a_create(faulty: FaultServer, connect: Connect) -> None:
    faulty.script(answer(200, {}, hang_up=True))
    client = connect(attempts=1)
    client.request("GET", "/classes/Song/x1")
    time.sleep(0.05)

    assert client.request("POST", "/classes/Song", {}) == {"ok": True}


def test_the_pool_bounds_the_connections(faulty: FaultServer) -> None:
    transport = RequestsTransport(pool_size=3)

    def work() -> None:
        for _ in range(10):
            transport.send(Request("GET", f"{faulty.url}/health"))

    in_threads(12, work)
    transport.close()

    assert len(faulty.seen) == 120
    assert faulty.connections <= 3


def test_a_forked_child_opens_connections_of_its_own(faulty: FaultServer) -> None:
    transport = RequestsTransport()
    transport.send(Request("GET", f"{faulty.url}/health"))
    parents = transport._ways

    transport.renew()
    transport.send(Request("GET", f"{faulty.url}/health"))
    transport.close()
    for way in parents.values():
        way.adapter.close()

    assert faulty.connections == 2


def test_a_closed_transport_opens_again(faulty: FaultServer) -> None:
    transport = RequestsTransport()
    for _ in range(2):
        assert transport.send(Request("GET", f"{faulty.url}/health")).status == 200
        transport.close()

    assert faulty.connections == 2


def test_a_redirect_is_refused_and_no_key_travels_on(faulty: FaultServer, connect: Connect) -> None:
    with FaultServer() as elsewhere:
        faulty.script(answer(301, b"", location=f"{elsewhere.url}/classes/Song"))

        with pytest.raises(RedirectRefused, match="use the final address"):
            connect().find("Song")

        assert elsewhere.seen == []


def test_an_answer_without_end_is_not_read_to_its_end(faulty: FaultServer, connect: Connect) -> None:
    faulty.script(huge(8 << 20))
    client = connect(attempts=1, transport=RequestsTransport(largest_answer=1 << 20))

    with pytest.raises(AnswerCutShort, match="larger than"):
        client.find("Song")


def test_a_declared_length_beyond_the_limit_is_refused_unread(faulty: FaultServer, connect: Connect) -> None:
    faulty.script(cut_short(declared=1 << 40))

    with pytest.raises(AnswerCutShort, match="larger than"):
        connect(attempts=1).find("Song")


def test_a_chunked_answer_within_the_limit_is_read(faulty: FaultServer) -> None:
    faulty.script(huge(1 << 17))
    transport = RequestsTransport()

    assert len(transport.send(Request("GET", f"{faulty.url}/x")).body) == 1 << 17
    transport.close()


def test_half_a_json_text_is_an_answer_cut_short(faulty: FaultServer, connect: Connect) -> None:
    faulty.script(half_json())

    with pytest.raises(AnswerCutShort, match="finding Song"):
        connect().find("Song")


@pytest.mark.parametrize("status", [200, 404])
def test_a_web_page_asks_whether_the_url_is_right(status: int, faulty: FaultServer, connect: Connect) -> None:
    faulty.script(html(status))

    with pytest.raises(EndpointNotFound, match="is the server URL right"):
        connect().find("Song")


def test_the_environment_s_proxy_is_ignored_when_it_is_not_trusted(
    faulty: FaultServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    assert connect(trust_env=False).request("GET", "/classes/Song/x1") == {"ok": True}


def test_a_proxy_gets_the_whole_url(faulty: FaultServer) -> None:
    proxy = faulty.url.removesuffix("/parse")
    transport = RequestsTransport(trust_env=False, proxies={"http": proxy})

    transport.send(Request("GET", "http://parse.invalid/parse/health"))
    transport.close()

    assert faulty.seen[0].path == "http://parse.invalid/parse/health"


def test_no_netrc_password_is_sent(
    faulty: FaultServer, connect: Connect, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"  # type: ignore[operator]
    netrc.write_text("machine 127.0.0.1 login ann password hush\n")
    monkeypatch.setenv("NETRC", str(netrc))

    connect().request("GET", "/classes/Song/x1")

    assert "authorization" not in faulty.seen[0].headers


def test_no_cookie_is_kept(faulty: FaultServer, connect: Connect) -> None:
    faulty.script(answer(200, {}, set_cookie="a=1"))
    client = connect()
    for _ in range(2):
        client.request("GET", "/classes/Song/x1")

    assert "cookie" not in faulty.seen[1].headers


@pytest.mark.parametrize(
    "fault",
    [
        hang_up_unread(),
        hang_up_read(),
        cut_short(),
        garbage(),
        half_json(),
        html(200),
        html(502),
        UNAUTHORIZED,
    ],
)
def test_no_failure_shows_a_key(fault: Fault, faulty: FaultServer, connect: Connect) -> None:
    faulty.script(fault)
    client = connect(attempts=1)

    with pytest.raises(ParseOrmError) as caught:
        client.find("Song", doing="finding Song")

    shown = f"{caught.value} {caught.value!r} {caught.value.__dict__}"
    assert "master-key-1" not in shown
    assert caught.value.__context__ is None
