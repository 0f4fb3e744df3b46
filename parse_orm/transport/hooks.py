"""Where logging, metrics and tracing attach: functions called before, after and on failure."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

logger = logging.getLogger("parse_orm")
# Without a handler of its own a library's warnings would land on stderr.
logger.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Event:
    """What a hook is told about one try; nothing in it is secret.

    Args:
        method: the HTTP verb.
        path: the path below the server URL, without a query.
        headers: the request headers, redacted.
        attempt: the number of the try, from 1.
        request_id: the X-Parse-Request-Id, if one was sent.
        status: the HTTP status; None before the answer, or without one.
        elapsed: seconds since the try began.
        error: what the try ended with, if it failed; KeyboardInterrupt too.
        template: the path with a word in place of every id and file name, such as "/classes/Song/{id}": there are few
            of them, as labels of metrics and names of spans have to be.
        bytes_out: bytes of the request's body.
        bytes_in: bytes of the answer's body, unpacked; 0 without an answer.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    attempt: int = 1
    request_id: str | None = None
    status: int | None = None
    elapsed: float = 0.0
    error: BaseException | None = None
    template: str = ""
    bytes_out: int = 0
    bytes_in: int = 0


Hook = Callable[[Event], object]
"""A function that takes an `Event`; what it returns is ignored."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """Functions to call around each try.

    A hook that raises is logged and passed over: it stops neither the request nor the other hooks. Each try is told,
    and so are the two small requests that find out whether the server refuses repeated creates.

    Args:
        before: called before a try is sent.
        after: called after an answer came, whatever its status.
        failed: called when no usable answer came, or when the server refused.
        finished: called once at the end of each try, whatever came of it: one record per request.

    Example:
        >>> from parse_orm.transport.hooks import Event, Hooks
        >>> seen = []
        >>> Hooks(after=[seen.append]).tell("after", Event("GET", "/health", status=200))
        >>> seen[0].status
        200
    """

    before: Sequence[Hook] = ()
    after: Sequence[Hook] = ()
    failed: Sequence[Hook] = ()
    finished: Sequence[Hook] = ()

    def tell(self, moment: str, event: Event) -> None:
        """Call every hook of one moment.

        Args:
            moment: "before", "after", "failed" or "finished".
            event: what to tell them.
        """
        for hook in getattr(self, moment):
            try:
                hook(event)
            except Exception:
                logger.warning("a parse_orm %r hook raised and was passed over", moment, exc_info=True)

    def __bool__(self) -> bool:
        return bool(self.before or self.after or self.failed or self.finished)
