"""Ctrl-C waits for a write that is on its way; a second Ctrl-C does not."""

from __future__ import annotations

import threading

# The functions of ``signal`` without its look-up of enums: two calls take 1.1 us instead of 16 us (CPython 3.11).
from _signal import SIGINT, default_int_handler, getsignal, signal  # type: ignore[import-not-found]
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType


class DeferredInterrupt:
    """Hold back the first Ctrl-C until the block has ended, and raise it then; a second one is raised at once.

    Nothing happens in a thread other than the main one, which gets no signals, and where the program has a
    handler of its own for SIGINT.

    >>> with DeferredInterrupt():
    ...     pass
    """

    __slots__ = ("_installed", "interrupted", "waits")

    def __init__(self) -> None:
        self._installed = False
        #: Whether Ctrl-C was pressed.
        self.interrupted = False
        #: Whether nothing is on its way, so that the first Ctrl-C ends the block.
        self.waits = False

    def __enter__(self) -> None:
        if getsignal(SIGINT) is not default_int_handler or threading.current_thread() is not threading.main_thread():
            return
        try:
            signal(SIGINT, self._note)
        except ValueError:  # the main thread of a subinterpreter gets no signals either
            return
        self._installed = True
        _blocks.append(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._installed:
            return
        _blocks.remove(self)
        if getsignal(SIGINT) == self._note:
            signal(SIGINT, default_int_handler)
        if self.interrupted and (kind is None or issubclass(kind, Exception)):
            raise KeyboardInterrupt

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.interrupted or self.waits:
            signal(SIGINT, default_int_handler)
            raise KeyboardInterrupt
        self.interrupted = True


#: The blocks that the main thread is in; at most one has a handler.
_blocks: list[DeferredInterrupt] = []


@contextmanager
def unless_interrupted() -> Iterator[None]:
    """Begin something between two requests, such as a pause, unless Ctrl-C was pressed; a Ctrl-C ends it at once.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed, before or meanwhile.
    """
    if not _blocks or threading.current_thread() is not threading.main_thread():
        yield
        return
    end_if_interrupted()
    block = _blocks[-1]
    block.waits = True
    try:
        yield
    finally:
        block.waits = False


def end_if_interrupted() -> None:
    """Send nothing more if Ctrl-C was pressed: what was on its way has arrived.

    Raises:
        KeyboardInterrupt: It was.
    """
    if _blocks and _blocks[-1].interrupted and threading.current_thread() is threading.main_thread():
        raise KeyboardInterrupt
