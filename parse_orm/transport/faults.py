"""What a broken exchange is called: the failures of requests and urllib3 in our words.

Nothing of the original text is passed on but the operating system's own reason, because URLs,
proxies with passwords and headers may be inside it.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from requests import exceptions as r
from urllib3 import exceptions as u

from parse_orm.errors import (
    AnswerCutShort,
    ConfigurationError,
    ConnectFailed,
    ConnectTimedOut,
    InvalidValue,
    ParseOrmError,
    RequestTimeout,
    TransportError,
)

#: urllib3 has this class since 2.0; before, the failed look-up itself (gaierror) stands in the chain.
_NO_SUCH_HOST: tuple[type[BaseException], ...] = (getattr(u, "NameResolutionError", socket.gaierror), socket.gaierror)

_Row = tuple[tuple[type[BaseException], ...], type[ParseOrmError], str]

#: What a failure to connect is when a part of the request was sent: the server may have got it.
AFTER_SENDING = {ConnectFailed: TransportError, ConnectTimedOut: RequestTimeout}

FAULTS: tuple[_Row, ...] = (
    ((u.InvalidHeader,), AnswerCutShort, "the answer of {host} has a header that cannot be read"),
    ((r.InvalidProxyURL,), ConfigurationError, "the URL of the proxy in front of {host} cannot be used"),
    ((r.InvalidHeader,), InvalidValue, "a header value cannot be sent"),
    (
        (r.InvalidURL, r.InvalidSchema, r.MissingSchema, u.LocationValueError),
        ConfigurationError,
        "the server URL cannot be used",
    ),
    ((r.ConnectTimeout,), ConnectTimedOut, "no connection to {host} in time"),
    ((r.ReadTimeout, u.ReadTimeoutError), RequestTimeout, "no answer from {host} in time"),
    ((r.ProxyError, u.ProxyError), ConnectFailed, "the proxy in front of {host} failed{reason}"),
    ((r.SSLError, u.SSLError, ssl.SSLError), ConnectFailed, "no secure connection to {host}{reason}"),
    (_NO_SUCH_HOST, ConnectFailed, "the host {host} is not known{reason}"),
    ((u.NewConnectionError,), ConnectFailed, "could not connect to {host}{reason}; is the server running?"),
    ((u.ConnectTimeoutError,), ConnectTimedOut, "no connection to {host} in time"),
    (
        (r.ChunkedEncodingError, http.client.IncompleteRead, u.IncompleteRead, u.InvalidChunkLength),
        AnswerCutShort,
        "the answer of {host} stopped half-way",
    ),
    (
        (r.ContentDecodingError, u.DecodeError),
        AnswerCutShort,
        "the answer of {host} could not be unpacked",
    ),
    ((TimeoutError,), RequestTimeout, "no answer from {host} in time"),
    ((http.client.RemoteDisconnected,), TransportError, "{host} closed the connection before it answered"),
    ((http.client.HTTPException,), AnswerCutShort, "the answer of {host} is not HTTP that can be read"),
    (
        (u.ProtocolError, ConnectionError),
        TransportError,
        "{host} closed the connection before it answered{reason}",
    ),
)
"""Kinds of failure, looked for from the top in the whole chain of causes."""

#: Where the errors of an exchange come from.
OWN = frozenset({"builtins", "http", "parse_orm", "requests", "responses", "socket", "socks", "ssl", "urllib3"})

KNOWN: tuple[type[Exception], ...] = (r.RequestException, u.HTTPError, http.client.HTTPException, OSError)
"""What an exchange may raise."""


def explain(error: BaseException, host: str, sent: bool = False) -> BaseException:
    """Give the error of ours that says what went wrong; one that is ours or foreign as it is, without its frames.

    Args:
        error: what an exchange ended with.
        host: host and port of the server, for the message.
        sent: whether a part of the request was sent, so that it is no failure to connect whatever it is called.

    Returns:
        A `TransportError`, or a `ConfigurationError` or `InvalidValue` when nothing could be sent.
    """
    if isinstance(error, ParseOrmError) or not isinstance(error, KNOWN):
        return _without_frames(error)
    chain = list(_chain(error))
    for link in chain:
        if _is_foreign(link):
            return _without_frames(link)
    for kinds, ours, text in FAULTS:
        if any(isinstance(link, kinds) for link in chain):
            if sent and issubclass(ours, ConnectFailed):
                ours, text = AFTER_SENDING[ours], "the connection to {host} broke before it answered{reason}"
            return ours(text.format(host=host, reason=_reason(chain)))
    return TransportError(f"the exchange with {host} failed ({type(error).__name__})")


def _is_foreign(link: BaseException) -> bool:
    """Say whether something of the program raised an error that looks like one of the network: a signal handler.

    Many programs bound their own time with an alarm that raises a TimeoutError.
    """
    if not isinstance(link, OSError) or isinstance(link, (r.RequestException, u.HTTPError, socket.gaierror)):
        return False
    if type(link).__module__.partition(".")[0] not in OWN:
        return True
    trace = link.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    raised_in = trace.tb_frame.f_globals.get("__name__", "") if trace is not None else ""
    return isinstance(link, TimeoutError) and raised_in.partition(".")[0] not in {"", *OWN}


def _without_frames(error: BaseException) -> BaseException:
    """Give an exception without the frames that it came through, whose locals hold keys and tokens.

    Such as that of a signal handler, which may strike anywhere. Where it was raised is kept as a note.
    """
    where = traceback.format_list(traceback.extract_tb(error.__traceback__))
    for link in list(_chain(error)):
        link.__traceback__ = None
    if not isinstance(error, ParseOrmError):
        error.add_note("raised while a request was under way, at\n" + "".join(where))
    return error


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Walk from an error to what it wraps: arguments, reasons, causes."""
    seen: set[int] = set()
    queue: list[Any] = [error]
    while queue:
        link = queue.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        queue += [*link.args, getattr(link, "reason", None), link.__cause__, link.__context__]


def _reason(chain: list[BaseException]) -> str:
    """Find what the operating system or TLS said; nothing else is safe to repeat."""
    for read in _READERS:
        text = next(filter(None, map(read, chain)), "")
        if text:
            return f" ({text})"
    return ""


def _tls(link: BaseException) -> str:
    if not isinstance(link, ssl.SSLError):
        return ""
    said = getattr(link, "verify_message", None) or link.reason
    return str(said or "")


def _system(link: BaseException) -> str:
    if isinstance(link, r.RequestException) or not isinstance(link, OSError):
        return ""
    return link.strerror or ""


_READERS: tuple[Callable[[BaseException], str], ...] = (_tls, _system)
