"""One exchange, from its first wait to its last byte: interim answers, deadlines, and what it leaves behind."""

from __future__ import annotations

import io
import itertools
import json
import socket
import subprocess
import sys
import textwrap
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from parse_orm.client.client import BaseClient
from parse_orm.errors import (
    AnswerCutShort,
    ConfigurationError,
    ConnectFailed,
    ConnectTimedOut,
    InvalidValue,
    RequestTimeout,
    TransportError,
)
from parse_orm.transport import connections, sync
from parse_orm.transport.deadline import Deadline
from parse_orm.transport.messages import Request, Response, Upload
from parse_orm.transport.seats import Seats
from parse_orm.transport.sync import RequestsTransport
from tests.fault.server import Fault, FaultServer, Seen, answer, hang_up_read
from tests.fault.tls import Certificate

Connect = Callable[..., BaseClient]

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
PROCESSING = b"HTTP/1.1 102 Processing\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\nLink: </a.js>\r\n\r\n"


@pytest.fixture(params=["http", "https"])
def transport(request: pytest.FixtureRequest, tmp_path: Path, faulty: FaultServer) -> Iterator[RequestsTransport]:
    """Asks the faulty server, in the clear and encrypted."""
    verify: bool | str = True
    if request.param == "https":
        certificate = Certificate.make(tmp_path)
        faulty.tls, verify = certificate.context(), certificate.path
    made = RequestsTransport(verify=verify, trust_env=False)
    yield made
    made.close()


def own_path(seen: Seen) -> Fault:
    """Tell each asker what it asked for."""
    return answer(200, {"objectId": seen.path})


def in_pieces(text: bytes, size: int) -> list[bytes | float]:
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    return [part for piece in pieces for part in (piece, 0.002)]


def ask(transport: RequestsTransport, faulty: FaultServer, path: str, timeout: float | None = 5.0) -> Response:
    return transport.send(Request("GET", f"{faulty.url}{path}", timeout=timeout))


# -- interim answers -------------------------------------------------------------------------

FINAL = [answer(200, {"mine": 1}), answer(204), answer(404, {"code": 101}), answer(200, b"{}", content_encoding="")]


@pytest.mark.parametrize("final", FINAL, ids=["200", "204", "error", "other"])
@pytest.mark.parametrize("split", [0, 1, 7], ids=["whole", "bytes", "sevens"])
@pytest.mark.parametrize("interim", [*([part] for part in (CONTINUE, PROCESSING, HINTS)), [HINTS, PROCESSING, HINTS]])
def test_interim_answers_are_read_past(
    interim: list[bytes], split: int, final: Fault, transport: RequestsTransport, faulty: FaultServer
) -> None:
    whole = b"".join([*interim, *final.parts])  # type: ignore[list-item]
    faulty.script(Fault([*interim, 0.02, *final.parts]) if not split else Fault(in_pieces(whole, split)))
    faulty.usual = own_path

    first = ask(transport, faulty, "/first")
    assert first.status == int(next(iter(final.parts)).split()[1])  # type: ignore[union-attr]
    for name in ("/second", "/third"):
        assert json.loads(ask(transport, faulty, name).body) == {"objectId": f"/parse{name}"}
    assert faulty.connections == 1


def test_interim_answers_without_end_are_an_error(transport: RequestsTransport, faulty: FaultServer) -> None:
    faulty.script(Fault([HINTS * 500]))

    with pytest.raises(AnswerCutShort):
        ask(transport, faulty, "/first")


def test_a_protocol_that_nobody_asked_for_is_an_error(transport: RequestsTransport, faulty: FaultServer) -> None:
    faulty.script(Fault([b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"]))

    with pytest.raises(AnswerCutShort, match="not HTTP"):
        ask(transport, faulty, "/first")


@pytest.mark.parametrize(
    "behind",
    [b'HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{"evil":true}', b"x", b"\r\n"],
)
@pytest.mark.parametrize("pause", [0.0, 0.05])
def test_bytes_behind_an_answer_are_never_anybodys(
    behind: bytes, pause: float, transport: RequestsTransport, faulty: FaultServer
) -> None:
    sent = threading.Event()

    def parts() -> Iterator[bytes | float]:
        yield from [*answer(200, {"mine": 1}).parts, *([pause] if pause else []), behind]
        sent.set()

    faulty.script(Fault(parts()))
    faulty.usual = own_path

    ask(transport, faulty, "/first")
    sent.wait(5)

    assert json.loads(ask(transport, faulty, "/second").body) == {"objectId": "/parse/second"}
    assert faulty.connections == 2


def test_bytes_behind_an_answer_in_the_same_packet_end_the_connection_at_once(faulty: FaultServer) -> None:
    transport = RequestsTransport()
    faulty.script(Fault([b"".join([*answer(200, {}).parts, b"HTTP/1.1 200 OK\r\n"])]))  # type: ignore[list-item]

    ask(transport, faulty, "/first")

    way = next(iter(transport._ways.values()))
    (idle,) = way.adapter._pool.pool._connections
    assert idle.sock is None


def test_many_threads_and_a_proxy_that_sends_hints_now_and_then(
    transport: RequestsTransport, faulty: FaultServer
) -> None:
    count = itertools.count()

    def usual(seen: Seen) -> Fault:
        text = own_path(seen).parts
        return Fault([HINTS, *text]) if next(count) % 3 == 0 else Fault(text)

    faulty.usual = usual
    wrong: list[bytes] = []

    def work(thread: int) -> None:
        for number in range(40):
            path = f"/{thread}-{number}"
            body = ask(transport, faulty, path).body
            if json.loads(body) != {"objectId": f"/parse{path}"}:
                wrong.append(body)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert not wrong
    assert len(faulty.seen) == 640


# -- deadlines -------------------------------------------------------------------------------


def dripping(head: bytes, drop: bytes) -> Fault:
    return Fault([head, *[drop, 0.05] * 60])


HEAD = b"HTTP/1.1 200 OK\r\n"
SLOW = {
    "silence": Fault([10.0]),
    "interim answers": dripping(b"", CONTINUE),
    "headers": dripping(HEAD, b"A"),
    "lines of headers": dripping(HEAD, b"A: 1\r\n"),
    "a body": dripping(HEAD + b"Content-Length: 500\r\n\r\n", b"x"),
    "chunks": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "the size of a chunk": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "trailers": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"A: 1\r\n"),
    "a body without a length": dripping(HEAD + b"Connection: close\r\n\r\n", b"x"),
}


@pytest.mark.parametrize("name", SLOW)
def test_the_timeout_bounds_the_whole_exchange(name: str, transport: RequestsTransport, faulty: FaultServer) -> None:
    faulty.script(SLOW[name])
    begin = time.monotonic()

    with pytest.raises(RequestTimeout):
        ask(transport, faulty, "/first", timeout=0.4)

    assert time.monotonic() - begin < 2.5
    assert ask(transport, faulty, "/second").status == 200


@pytest.mark.parametrize("moves", [False, True], ids=["in memory", "from a file"])
def test_the_timeout_bounds_sending_too(moves: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "SLOWEST", 1 << 24)  # what fits into the buffers of the socket buys a quarter of a second
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/parse"
        content = bytes(1 << 23)
        body = Upload(lambda: io.BytesIO(content), len(content)) if moves else content
        begin = time.monotonic()

        with pytest.raises(RequestTimeout):
            RequestsTransport(trust_env=False).send(Request("POST", url, body=body, timeout=0.5))

    assert time.monotonic() - begin < 2


def test_waiting_for_a_connection_is_part_of_the_timeout(faulty: FaultServer) -> None:
    transport = RequestsTransport(pool_size=1)
    faulty.usual = lambda seen: Fault([1.5, *answer(200, {}).parts]) if "slow" in seen.path else answer(200, {})
    slow = threading.Thread(target=ask, args=(transport, faulty, "/slow"))
    slow.start()
    time.sleep(0.2)

    begin = time.monotonic()
    with pytest.raises(ConnectTimedOut, match="pool_size"):
        ask(transport, faulty, "/quick", timeout=0.3)

    assert time.monotonic() - begin < 5
    assert ask(transport, faulty, "/quick", timeout=5.0).status == 200
    slow.join()


def test_a_handshake_that_never_ends_is_part_of_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        begin = time.monotonic()
        with pytest.raises(ConnectTimedOut):
            RequestsTransport().send(Request("GET", f"https://127.0.0.1:{deaf.getsockname()[1]}/x", timeout=0.3))

    assert time.monotonic() - begin < 5


def test_looking_up_a_host_is_part_of_the_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections.socket, "getaddrinfo", lambda *args, **options: time.sleep(2))
    begin = time.monotonic()

    with pytest.raises(ConnectTimedOut):
        RequestsTransport(trust_env=False).send(Request("GET", "http://slow.example/x", timeout=0.3))

    assert time.monotonic() - begin < 5


@pytest.mark.parametrize("failure", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")])
def test_a_host_that_is_not_known_is_a_failed_connection(failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **options: object) -> None:
        raise failure

    monkeypatch.setattr(connections.socket, "getaddrinfo", unknown)

    with pytest.raises(ConnectFailed):
        RequestsTransport(trust_env=False).send(Request("GET", "http://nowhere.example/x", timeout=5))


def test_the_addresses_of_a_host_are_tried_one_after_the_other(
    faulty: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = socket.getaddrinfo
    port = int(faulty.url.rpartition(":")[2].partition("/")[0])
    monkeypatch.setattr(
        connections.socket,
        "getaddrinfo",
        lambda host, port, **options: look_up("127.0.0.1", 9, **options) + look_up("127.0.0.1", port, **options),
    )

    assert RequestsTransport(trust_env=False).send(Request("GET", f"http://two.example:{port}/x")).status == 200


# -- seats -----------------------------------------------------------------------------------


def test_a_seat_whose_holder_vanished_is_replaced() -> None:
    seats = Seats(2)
    kept = seats.take(Deadline(1))
    seats.take(Deadline(1))  # dropped, as by an exception between two instructions

    seats.give_back(seats.take(Deadline(1)))
    with pytest.raises(ConnectTimedOut):
        [seats.take(Deadline(0.1)) for _ in range(3)]
    assert kept


def test_a_seat_that_vanishes_while_others_wait_is_found() -> None:
    seats = Seats(1)
    held = [seats.take(Deadline(1))]
    threading.Timer(0.2, held.clear).start()

    assert seats.take(Deadline(2))


def test_alarms_lose_neither_seats_nor_answers(faulty: FaultServer) -> None:
    script = """
        import json, os, random, signal, sys, time
        from parse_orm.transport.messages import Request
        from parse_orm.transport.sync import RequestsTransport

        class Alarm(BaseException):
            pass

        def alarm(*_):
            raise Alarm

        transport = RequestsTransport(pool_size=1)

        def ask(name):
            body = transport.send(Request("GET", f"{sys.argv[1]}/{name}", timeout=3)).body
            return json.loads(body)["objectId"] == f"/parse/{name}"

        ask("first")
        signal.signal(signal.SIGALRM, alarm)
        felt = wrong = 0
        end = time.monotonic() + 3
        while time.monotonic() < end:
            try:
                signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-4, 1.2e-3))
                wrong += not ask(f"n{felt}")
            except Alarm:
                felt += 1
            while True:
                try:
                    signal.setitimer(signal.ITIMER_REAL, 0)
                    break
                except Alarm:
                    pass
        print(felt > 50, wrong, all(ask(f"end{n}") for n in range(5)))
    """
    faulty.usual = own_path

    done = run_script(script, faulty.url)

    assert done == "True 0 True"


def test_a_child_that_is_forked_during_a_request_asks_on_its_own(faulty: FaultServer) -> None:
    script = """
        import os, signal, sys, threading, time, warnings
        warnings.simplefilter("ignore")
        from parse_orm.transport.messages import Request
        from parse_orm.transport.sync import RequestsTransport

        transport = RequestsTransport(pool_size=1)
        ask = lambda: transport.send(Request("GET", f"{sys.argv[1]}/x", timeout=3)).status
        ask()
        busy = threading.Thread(target=ask)
        busy.start()
        time.sleep(0.1)
        child = os.fork()
        if child == 0:
            signal.alarm(10)
            os._exit(0 if [ask(), ask()] == [200, 200] else 1)
        status = os.waitpid(child, 0)[1]
        busy.join()
        print(status, ask())
    """
    faulty.usual = lambda seen: Fault([0.4, *answer(200, {}).parts])

    assert run_script(script, faulty.url) == "0 200"


def run_script(script: str, *args: str) -> str:
    command = [sys.executable, "-c", textwrap.dedent(script), *args]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# -- answers that are no HTTP ----------------------------------------------------------------

ODD_ANSWERS = {
    "nothing behind the status line": HEAD,
    "half a header": HEAD + b"Content-Len",
    "headers without an end": HEAD + b"Content-Type: text/plain\r\n",
    "an interim answer alone": HINTS,
    "half an interim answer": HINTS[:-2],
    "a chunk of a negative length": HEAD + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
    "a chunk without a length": HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n",
    "chunks without an end": HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "two lengths": HEAD + b"Content-Length: 2, 3\r\n\r\n{}",
    "a body that is too short": HEAD + b"Content-Length: 5\r\n\r\n{}",
    "no gzip": HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    "a status of two digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "no number": b"HTTP/1.1 abc OK\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a line that is too long": HEAD + b"A: " + b"a" * 70000 + b"\r\n\r\n",
    "too many headers": HEAD + b"A: 1\r\n" * 5000 + b"\r\n",
}


@pytest.mark.parametrize("name", ODD_ANSWERS)
def test_an_answer_that_cannot_be_read_is_a_transport_error(
    name: str, transport: RequestsTransport, faulty: FaultServer
) -> None:
    faulty.script(Fault([ODD_ANSWERS[name]], hang_up=name != "no gzip"))

    with pytest.raises(TransportError):
        ask(transport, faulty, "/first")
    assert ask(transport, faulty, "/second").status == 200


@pytest.mark.parametrize("length", [b"\xb2", b"9" * 5000, b"-1", b"x"])
def test_a_length_that_is_no_number_is_left_out_of_account(
    length: bytes, transport: RequestsTransport, faulty: FaultServer
) -> None:
    faulty.script(Fault([HEAD + b"Content-Length: " + length + b"\r\n\r\n{}"], hang_up=True))

    assert ask(transport, faulty, "/first").body == b"{}"


def test_a_connection_is_not_used_again_after_413(faulty: FaultServer, connect: Connect) -> None:
    faulty.script(answer(413, {"error": "request entity too large"}))
    client = connect(attempts=1)

    with pytest.raises(Exception, match="too large"):
        client.request("POST", "/classes/Song", {"title": "x"})
    client.request("POST", "/classes/Song", {"title": "y"})

    assert faulty.connections == 2


# -- memory ----------------------------------------------------------------------------------


def test_an_answer_in_tiny_chunks_takes_no_more_memory_than_its_bytes(faulty: FaultServer) -> None:
    transport = RequestsTransport(largest_answer=20_000)
    chunks = b"2\r\nab\r\n" * 1_000
    faulty.script(Fault([HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[chunks] * 20]))

    tracemalloc.start()
    with pytest.raises(AnswerCutShort, match="larger than 20000"):
        ask(transport, faulty, "/first", timeout=30)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 400_000


def test_an_upload_is_read_anew_for_each_try(faulty: FaultServer, connect: Connect) -> None:
    opened: list[io.BytesIO] = []

    def content() -> io.BytesIO:
        opened.append(io.BytesIO(b"x" * 1_000_000))
        return opened[-1]

    transport = RequestsTransport()
    for _ in range(2):
        transport.send(Request("POST", f"{faulty.url}/files/x", body=Upload(content, 1_000_000)))

    assert [len(seen.body) for seen in faulty.seen] == [1_000_000] * 2
    assert len(opened) == 2
    assert all(file.closed for file in opened)


@pytest.mark.parametrize("real", [0, 5, 999])
def test_an_upload_that_is_shorter_than_announced_is_an_error(real: int, faulty: FaultServer) -> None:
    transport = RequestsTransport()
    with pytest.raises(InvalidValue, match=f"has {real} bytes and not 1000"):
        transport.send(Request("POST", f"{faulty.url}/files/x", body=Upload(lambda: io.BytesIO(bytes(real)), 1000)))

    assert transport.send(Request("GET", f"{faulty.url}/x")).status == 200


def test_a_disk_that_fails_during_an_upload_is_no_fault_of_the_network(faulty: FaultServer) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output error") as failed:
        RequestsTransport().send(Request("POST", f"{faulty.url}/f", body=Upload(Broken, 9)))

    assert not isinstance(failed.value, ConnectionError)


def test_an_upload_that_has_grown_is_sent_as_announced(faulty: FaultServer) -> None:
    RequestsTransport().send(Request("POST", f"{faulty.url}/f", body=Upload(lambda: io.BytesIO(bytes(2000)), 1000)))

    assert len(faulty.seen[0].body) == 1000


def test_a_sink_takes_the_body_of_a_success_and_no_other(faulty: FaultServer) -> None:
    sink = io.BytesIO(b"what an earlier try has left behind, which is longer")
    faulty.script(answer(404, {"error": "no"}), answer(200, b"content"))
    transport = RequestsTransport()

    refused = transport.send(Request("GET", f"{faulty.url}/f", sink=sink))
    assert (refused.body, sink.getvalue()[:4]) == (b'{"error": "no"}', b"what")

    assert transport.send(Request("GET", f"{faulty.url}/f", sink=sink)).body == b""
    assert sink.getvalue() == b"content"


def test_a_body_that_breaks_off_is_an_error_with_a_sink_too(faulty: FaultServer) -> None:
    faulty.script(Fault([HEAD + b"Content-Length: 500\r\n\r\nhalf"], hang_up=True))

    with pytest.raises(AnswerCutShort):
        RequestsTransport().send(Request("GET", f"{faulty.url}/f", sink=io.BytesIO()))


def test_moving_a_large_file_may_take_longer_than_the_timeout(
    faulty: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece = bytes(1 << 16)
    slow = Fault([HEAD + b"Content-Length: 524288\r\n\r\n", *[part for _ in range(8) for part in (0.1, piece)]])
    faulty.usual = slow

    sink = io.BytesIO()
    RequestsTransport().send(Request("GET", f"{faulty.url}/f", timeout=0.5, sink=sink))

    assert len(sink.getvalue()) == 524288


# -- through a proxy -------------------------------------------------------------------------


def test_interim_answers_of_a_proxy_are_read_past(faulty: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty.usual = lambda seen: Fault([HINTS, *own_path(seen).parts])
    root = faulty.url.removesuffix("/parse")
    transport = RequestsTransport(proxies={"http": root}, trust_env=False)

    for number in range(4):
        url = f"http://api.example/{number}"
        assert json.loads(transport.send(Request("GET", url)).body) == {"objectId": url}
    assert faulty.connections == 1


def test_a_tunnel_is_part_of_the_timeout(faulty: FaultServer) -> None:
    faulty.usual = dripping(b"HTTP/1.1 200 OK\r\n", b"A: 1\r\n")
    transport = RequestsTransport(proxies={"https": faulty.url.removesuffix("/parse")}, trust_env=False)
    begin = time.monotonic()

    with pytest.raises(ConnectFailed):
        transport.send(Request("GET", "https://api.example/x", timeout=0.4))

    assert time.monotonic() - begin < 2.5


# -- found from outside ----------------------------------------------------------------------


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tunnel"])
def test_an_answer_that_is_lost_behind_a_proxy_is_no_failed_connection(
    secure: bool, faulty: FaultServer, tmp_path: Path
) -> None:
    certificate = Certificate.make(tmp_path)
    faulty.tls = certificate.context() if secure else None
    faulty.usual = hang_up_read()
    scheme, port = faulty.url.partition(":")[0], int(faulty.url.rpartition(":")[2].partition("/")[0])
    with FaultServer() as proxy:
        if secure:
            proxy.usual = hang_up_read()
            proxy.tunnel_to = port
        url = f"{scheme}://127.0.0.1:{port}/parse" if secure else "http://api.example/parse"
        root = (proxy if secure else faulty).url.removesuffix("/parse")
        transport = RequestsTransport(proxies={scheme: root}, trust_env=False, verify=certificate.path)

        with pytest.raises(TransportError) as caught:
            transport.send(Request("POST", url, body=b"{}", timeout=5))

    assert not isinstance(caught.value, ConnectFailed)
    assert len(faulty.seen) == 1


def test_tls_that_breaks_after_the_request_was_sent_is_no_failed_connection(
    tmp_path: Path, faulty: FaultServer
) -> None:
    certificate = Certificate.make(tmp_path)
    faulty.tls = certificate.context()
    faulty.usual = Fault([0.05], hang_up=True, in_the_clear=b"HTTP/1.1 200 OK\r\n\r\n")

    with pytest.raises(TransportError) as caught:
        RequestsTransport(verify=certificate.path).send(Request("POST", f"{faulty.url}/x", body=b"{}"))

    assert not isinstance(caught.value, ConnectFailed)


def test_an_alarm_of_the_program_is_not_taken_for_the_networks(faulty: FaultServer) -> None:
    script = """
        import signal, sys
        from parse_orm.client.client import BaseClient

        def alarm(*_):
            raise TimeoutError("my own time is over")

        client = BaseClient(sys.argv[1], "app", master_key=None)
        signal.signal(signal.SIGALRM, alarm)
        signal.setitimer(signal.ITIMER_REAL, 1.0)
        try:
            client.request("GET", "/classes/Song/x1")
        except TimeoutError as error:
            print(type(error).__name__, error)
    """
    faulty.usual = Fault([4.0, *answer(200, {}).parts])

    assert run_script(script, faulty.url) == "TimeoutError my own time is over"
    assert len(faulty.seen) == 1


def test_a_handler_of_a_signal_may_ask_the_server_itself(faulty: FaultServer) -> None:
    script = """
        import random, signal, sys, time
        from parse_orm.transport.messages import Request
        from parse_orm.transport.sync import RequestsTransport

        asked = 0

        def handler(*_):
            global asked
            asked += transport.send(Request("GET", f"{sys.argv[1]}/x", timeout=3)).status == 200

        signal.signal(signal.SIGALRM, handler)
        end = time.monotonic() + 2
        while time.monotonic() < end:
            transport = RequestsTransport(trust_env=False)
            signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-4, 1e-3))
            transport.send(Request("GET", f"{sys.argv[1]}/y", timeout=3))
            transport.close()
        print(asked > 20)
    """
    assert run_script(script, faulty.url) == "True"


@pytest.mark.parametrize(
    "answered",
    [
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1000\r\n" + b"x" * 4096 + b"\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + b"x" * 4096,
    ],
    ids=["a length that lies", "a chunk of -1"],
)
def test_the_largest_answer_is_the_limit_whatever_the_headers_say(answered: bytes, faulty: FaultServer) -> None:
    faulty.script(Fault([HEAD + answered], hang_up=True))

    with pytest.raises(AnswerCutShort):
        RequestsTransport(largest_answer=1000).send(Request("GET", f"{faulty.url}/x"))


def test_a_server_that_is_silent_after_a_quick_upload_is_waited_for_no_longer_than_the_timeout(
    faulty: FaultServer,
) -> None:
    content = bytes(1 << 20)
    faulty.usual = Fault([5.0])
    begin = time.monotonic()

    with pytest.raises(RequestTimeout):
        RequestsTransport().send(
            Request("POST", f"{faulty.url}/f", body=Upload(lambda: io.BytesIO(content), len(content)), timeout=0.4)
        )

    assert time.monotonic() - begin < 3


@pytest.mark.parametrize(
    "setting",
    [
        *({"pool_size": value} for value in (0, -1, 1.5, "3", True, None)),
        *({"connect_timeout": value} for value in (0, -1, float("nan"), "x", None, True)),
        *({"largest_answer": value} for value in (0, "x", None)),
        *({"cert": value} for value in ("absent.pem", ("absent.pem", "absent.key"), 5, ("a",))),
        *({"proxies": value} for value in ("x", 5, {"http": 5})),
    ],
    ids=repr,
)
def test_a_setting_that_makes_no_sense_is_refused(setting: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        RequestsTransport(**setting)  # type: ignore[arg-type]


def test_tls_within_tls_is_never_used_again(faulty: FaultServer, tmp_path: Path) -> None:
    certificate = Certificate.make(tmp_path)
    faulty.tls = certificate.context()
    faulty.usual = lambda seen: Fault([*own_path(seen).parts, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"])
    with FaultServer(tls=certificate.context()) as proxy:
        proxy.tunnel_to = int(faulty.url.rpartition(":")[2].partition("/")[0])
        transport = RequestsTransport(
            proxies={"https": proxy.url.removesuffix("/parse")}, trust_env=False, verify=certificate.path
        )
        for number in range(3):
            assert json.loads(ask(transport, faulty, f"/{number}").body) == {"objectId": f"/parse/{number}"}
        transport.close()

    assert faulty.connections == 3
