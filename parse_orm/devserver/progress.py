"""One line a second while something slow happens, so that a first start does not look like a hang."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str], None]


def to_stderr(line: str) -> None:
    """Print a progress line to stderr; on a terminal the same line is written over.

    Args:
        line: the text, without the name of the program.
    """
    stream = sys.stderr
    text = f"parse_orm.devserver: {line}"
    if not stream.isatty():
        print(text, file=stream, flush=True)
        return
    ending = "\n" if line.endswith("done") else ""
    print(f"\r\x1b[K{text}", end=ending, file=stream, flush=True)


@contextmanager
def ticking(task: str, progress: Progress, every: float = 1.0) -> Iterator[None]:
    """Report a task at once, then every second with the seconds so far, then that it is done.

    >>> with ticking("copying files", print):
    ...     pass
    copying files ...
    copying files ... 0 s, done

    Args:
        task: what is going on, such as "installing parse-server 9.10.0".
        progress: called with each line, from a thread of its own.
        every: seconds between two lines.

    Returns:
        A context manager; an error inside it passes through and no "done" is reported.
    """
    began = time.monotonic()
    finished = threading.Event()

    def seconds() -> str:
        return f"{task} ... {time.monotonic() - began:.0f} s"

    def tick() -> None:
        while not finished.wait(every):
            progress(seconds())

    progress(f"{task} ...")
    ticker = threading.Thread(target=tick, name="parse_orm.devserver progress", daemon=True)
    ticker.start()
    try:
        yield
    finally:
        finished.set()
        ticker.join()
    progress(f"{seconds()}, done")
