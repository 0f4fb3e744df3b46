"""Forked children for tests: what a child does, and locks that another thread holds at the fork."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

#: Seconds that a child may take.
PATIENCE = 5


def in_child(work: Callable[[], object]) -> None:
    """Fork, and let the child work; fail unless it ends well and in time."""
    with warnings.catch_warnings():
        # Python 3.12 warns of a fork beside threads, which is what is tried out here.
        warnings.filterwarnings("ignore", "This process.*multi-threaded", DeprecationWarning)
        child = os.fork()
    if not child:
        _work_and_leave(work)
    _, status = os.waitpid(child, 0)
    ended = os.waitstatus_to_exitcode(status)
    assert ended != -signal.SIGALRM, f"the child waited for more than {PATIENCE} s"
    assert ended == 0, "the child failed; its traceback is above"


def _work_and_leave(work: Callable[[], object]) -> None:
    code = 1
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(PATIENCE)
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)  # never the test run's own ending


@contextlib.contextmanager
def held_by_a_thread(*locks: Any) -> Iterator[None]:
    """Let another thread hold locks, or anything else that has ``acquire`` and ``release``."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        for lock in locks:
            lock.acquire()
        held.set()
        done.wait()
        for lock in reversed(locks):
            lock.release()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert held.wait(PATIENCE)
        yield
    finally:
        done.set()
        thread.join()
