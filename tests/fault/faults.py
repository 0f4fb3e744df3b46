"""The faults of the matrix: what can happen to one request on its way to the server and back."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.fault.proxy import Exchange, Spoil, compose

#: Seconds that a killed server is away.
AWAY = 0.5

#: Seconds between two bytes of an answer that drips.
DRIP = 0.2

HTML = b"<!DOCTYPE html><html><head><title>Sorry</title></head><body>Please wait</body></html>"

#: An answer that nobody asked for. Whoever shows any of it read what was not theirs.
SMUGGLED = compose(
    200,
    b'{"objectId":"smuggled","marker":"smuggled","username":"smuggled","sessionToken":"r:smuggled","count":77,'
    b'"result":"smuggled","params":{"smuggled":1},"results":[{"objectId":"smuggled","marker":"smuggled"}]}',
)


@dataclass(frozen=True)
class Fault:
    """One kind of trouble.

    Args:
        name: Names it in the id of a cell.
        make: Makes what happens to a request; called for each cell, since some faults remember.
        times: How many requests of a cell it hits; 0 for each.
        harmless: The answer does arrive, whole and in time, so the verb has to work.
        from_first: Begins at the first request that is aimed at, whichever the verb would like.
        rest: Seconds until all of it has happened.
        waits: It takes seconds to see what becomes of it.
        variant: Another fault of the table does the same with other bytes or more often.
    """

    name: str
    make: Callable[[], Spoil]
    times: int = 1
    harmless: bool = False
    from_first: bool = False
    rest: float = 0.0
    waits: bool = False
    variant: bool = False


# -- the connection ends ----------------------------------------------------------------------


def closed(exchange: Exchange) -> bool:
    """Close the connection; the server never saw the request."""
    return False


def reset(exchange: Exchange) -> bool:
    """Reset the connection; the server never saw the request."""
    exchange.reset()
    return False


def lost(exchange: Exchange) -> bool:
    """Close the connection when the server has done it."""
    exchange.forward()
    return False


def lost_by_reset(exchange: Exchange) -> bool:
    """Reset the connection when the server has done it."""
    exchange.forward()
    exchange.reset()
    return False


def truncated(where: Callable[[bytes], int]) -> Spoil:
    """Close the connection within the answer, at the place that ``where`` finds."""

    def spoil(exchange: Exchange) -> bool:
        answer = exchange.forward()
        exchange.send(answer[: where(answer)])
        return False

    return spoil


def _end_of_head(answer: bytes) -> int:
    return answer.index(b"\r\n\r\n") + 4


def killed(forwarded: bool) -> Spoil:
    """Reset every connection and refuse new ones for a while."""

    def spoil(exchange: Exchange) -> bool:
        exchange.proxy.expect_absence()
        if forwarded:
            exchange.forward()
        exchange.reset()
        exchange.proxy.die(AWAY)
        return False

    return spoil


def refused_body(exchange: Exchange) -> bool:
    """Answer 413 and reset the connection, which is what closing does while a part of the body is unread."""
    exchange.send(compose(413, b'{"error":"request entity too large"}', "Payload Too Large"))
    time.sleep(0.02)
    exchange.reset()
    return False


# -- what comes before the answer -------------------------------------------------------------


def interim(status: int) -> bytes:
    """The bytes of a 1xx answer."""
    reason = {100: "Continue", 102: "Processing", 103: "Early Hints"}[status]
    fields = "Link: </style.css>; rel=preload\r\n" if status == 103 else ""
    return f"HTTP/1.1 {status} {reason}\r\n{fields}\r\n".encode()


def early(*statuses: int, pause: float = 0.02, packed: bool = False) -> Spoil:
    """Send 1xx answers and then the real one, apart or in one packet."""

    def spoil(exchange: Exchange) -> bool:
        parts = [*map(interim, statuses), exchange.forward()]
        if packed:
            exchange.send(b"".join(parts))
            return True
        for part in parts:
            exchange.send(part)
            time.sleep(pause)
        return True

    return spoil


def early_and_closed(exchange: Exchange) -> bool:
    """Send a 103 and close: the answer is lost."""
    exchange.forward()
    exchange.send(interim(103))
    time.sleep(0.02)
    return False


def endless_continue(exchange: Exchange) -> bool:
    """Say 100 Continue for ever."""
    for _ in _ticks(exchange, 0.05):
        exchange.send(interim(100))
    return False


# -- the answer is slow -----------------------------------------------------------------------


def split(exchange: Exchange) -> bool:
    """Send a 103 and the answer in packets of one byte."""
    for byte in interim(103) + exchange.forward():
        exchange.send(bytes([byte]))
    return True


def stalled(forwarded: bool) -> Spoil:
    """Say nothing."""

    def spoil(exchange: Exchange) -> bool:
        if forwarded:
            exchange.forward()
        exchange.wait()
        return False

    return spoil


def drip_headers(exchange: Exchange) -> bool:
    """Send the answer byte by byte, from its status line on."""
    return _drip(exchange, exchange.forward())


def drip_body(exchange: Exchange) -> bool:
    """Send the headers at once and the body byte by byte."""
    answer = exchange.forward()
    end = _end_of_head(answer)
    exchange.send(answer[:end])
    return _drip(exchange, answer[end:])


def drip_for_ever(exchange: Exchange) -> bool:
    """Send chunks of one byte that never end."""
    exchange.forward()
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n")
    for _ in _ticks(exchange, DRIP):
        exchange.send(b"1\r\n \r\n")
    return False


def _drip(exchange: Exchange, answer: bytes) -> bool:
    for byte, _ in zip(answer, _ticks(exchange, DRIP), strict=False):
        exchange.send(bytes([byte]))
    return False


def _ticks(exchange: Exchange, pause: float) -> Iterator[None]:
    """Pauses, until the fault has gone on for long enough."""
    while not exchange.is_over:
        time.sleep(pause)
        yield


# -- the answer is another one ----------------------------------------------------------------


def answered(answer: bytes, *, forwarded: bool, keep: bool = True) -> Spoil:
    """Give an answer of our own, whatever the server says."""

    def spoil(exchange: Exchange) -> bool:
        if forwarded:
            exchange.forward()
        exchange.send(answer)
        return keep

    return spoil


def repeated_page() -> Spoil:
    """Give every find the page that the first one got."""
    page: list[bytes] = []

    def spoil(exchange: Exchange) -> bool:
        if not page:
            page.append(exchange.forward())
        if exchange.is_over:
            return False
        exchange.send(page[0])
        return True

    return spoil


def smuggled(pause: float) -> Spoil:
    """Send one answer too many, with the real one or a moment later."""

    def spoil(exchange: Exchange) -> bool:
        answer = exchange.forward()
        if not pause:
            exchange.send(answer + SMUGGLED)
            return True
        exchange.send(answer)
        time.sleep(pause)
        exchange.send(SMUGGLED)
        return True

    return spoil


def with_head(line: bytes) -> Spoil:
    """Give the real answer with another line in place of its Content-Length."""

    def spoil(exchange: Exchange) -> bool:
        answer = exchange.forward()
        end = _end_of_head(answer)
        lines = [one for one in answer[: end - 4].split(b"\r\n") if not one.lower().startswith(b"content-length")]
        exchange.send(b"\r\n".join([*lines, line, b"", b""]) + answer[end:])
        return False

    return spoil


def _simple(name: str, spoil: Spoil, **more: object) -> Fault:
    return Fault(name, lambda: spoil, **more)  # type: ignore[arg-type]


def _page(status: int, reason: str) -> bytes:
    return compose(status, HTML, reason, [("Content-Type", "text/html; charset=utf-8")])


_before = functools.partial(answered, forwarded=False)
_after = functools.partial(answered, forwarded=True)

_LIMITED = compose(429, b"slow down", "Too Many Requests", [("Content-Type", "text/plain")], Retry_After="0")
_MOVED = compose(302, b"", "Found", [("Location", "http://127.0.0.1:9/elsewhere")])
_CRASHED = compose(500, b'{"code":1,"message":"Internal server error."}', "Internal Server Error")
_BUSY = compose(503, b'{"error":"starting"}', "Service Unavailable", Retry_After="0")

FAULTS: tuple[Fault, ...] = (
    _simple("none", early(), harmless=True),
    _simple("closed_before", closed),
    _simple("closed_before_twice", closed, times=2, variant=True),
    _simple("reset_before", reset, variant=True),
    _simple("lost_answer", lost),
    _simple("lost_answer_twice", lost, times=2, variant=True),
    _simple("lost_answer_by_reset", lost_by_reset, variant=True),
    _simple("cut_in_status_line", truncated(lambda answer: 10)),
    _simple("cut_after_status_line", truncated(lambda answer: answer.index(b"\r\n") + 2), variant=True),
    _simple("cut_in_headers", truncated(lambda answer: answer.index(b"\r\n") + 12)),
    _simple("cut_after_headers", truncated(_end_of_head)),
    _simple("cut_in_body", truncated(lambda answer: (_end_of_head(answer) + len(answer)) // 2)),
    _simple("killed_before", killed(forwarded=False), waits=True),
    _simple("killed_after", killed(forwarded=True), waits=True),
    _simple("too_large_413", refused_body),
    _simple("early_100", early(100), harmless=True),
    _simple("early_102", early(102), harmless=True, variant=True),
    _simple("early_103", early(103), harmless=True),
    _simple("early_103_in_one_packet", early(103, packed=True), harmless=True, variant=True),
    _simple("early_102_and_103", early(102, 103), harmless=True),
    _simple("early_103_five_times", early(103, 103, 103, 103, 103, pause=0), harmless=True, variant=True),
    _simple("early_103_each_time", early(103), times=0, harmless=True, variant=True),
    _simple("early_103_and_closed", early_and_closed, variant=True),
    _simple("endless_100", endless_continue, times=0, waits=True),
    _simple("split_into_bytes", split, harmless=True),
    _simple("stall", stalled(forwarded=True), waits=True),
    _simple("stall_each_time", stalled(forwarded=False), times=0, waits=True),
    _simple("drip_headers", drip_headers, times=0, waits=True),
    _simple("drip_body", drip_body, times=0, waits=True),
    _simple("drip_endless", drip_for_ever, times=0, waits=True, variant=True),
    _simple("html_200", _after(_page(200, "OK"))),
    _simple("html_502_before", _before(_page(502, "Bad Gateway")), variant=True),
    _simple("html_502_after", _after(_page(502, "Bad Gateway"))),
    _simple("limited_429", _before(_LIMITED)),
    _simple("crashed_500_after", _after(_CRASHED, keep=False), variant=True),
    _simple("busy_503_before", _before(_BUSY, keep=False), variant=True),
    _simple("busy_503_after", _after(_BUSY, keep=False)),
    _simple("timed_out_504_after", _after(_page(504, "Gateway Timeout"), keep=False), variant=True),
    _simple("redirect_302", _before(_MOVED)),
    Fault("repeated_page", repeated_page, times=0, from_first=True, waits=True),
    _simple("answer_null", _after(compose(200, b"null"))),
    _simple("answer_number", _after(compose(200, b"5"))),
    _simple("answer_list", _after(compose(200, b"[]"))),
    _simple("answer_text", _after(compose(200, b'"x"')), variant=True),
    _simple("answer_empty", _after(compose(200, b""))),
    _simple("odd_length", with_head(b"Content-Length: many"), variant=True),
    _simple("odd_chunks", with_head(b"Transfer-Encoding: chunked"), variant=True),
    _simple("extra_answer", smuggled(0)),
    _simple("extra_answer_later", smuggled(0.05), rest=0.15),
)
