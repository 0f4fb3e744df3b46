"""Progress of long work: a tqdm bar when tqdm is there, a plain line when it is not, or a function of the caller's."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

#: False for none, True for a bar, or a function that is called with the number done so far.
Progress = bool | Callable[[int], Any]


def reporting(batches: Iterator[Sequence[T]], progress: Progress, what: str) -> Iterator[Sequence[T]]:
    """Pass batches on and report how many items went by.

    Args:
        batches: lists of items.
        progress: True, or a function of the number done.
        what: the plural of what is counted, for the bar.
    """
    report = progress if callable(progress) else _bar(what)
    done = 0
    try:
        for batch in batches:
            yield batch
            done += len(batch)
            report(done)
    finally:
        getattr(report, "close", lambda: None)()


def _bar(what: str) -> Any:
    try:
        from tqdm import tqdm  # type: ignore[import-untyped]
    except ImportError:
        return PlainLine(what)
    return _TqdmBar(tqdm(unit=f" {what}", file=sys.stderr))


class _TqdmBar:
    def __init__(self, bar: Any) -> None:
        self.bar = bar

    def __call__(self, done: int) -> None:
        self.bar.update(done - self.bar.n)

    def close(self) -> None:
        self.bar.close()


class PlainLine:
    """One line on standard error, rewritten at most five times a second."""

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.what, self.clock = what, clock
        self.started = clock()
        self.shown = float("-inf")
        self.done = 0

    def __call__(self, done: int) -> None:
        self.done = done
        if self.clock() - self.shown >= 0.2:
            self.shown = self.clock()
            self._write("")

    def close(self) -> None:
        self._write("\n")

    def _write(self, end: str) -> None:
        print(
            f"\r{self.done} {self.what}, {self.clock() - self.started:.1f} s",
            end=end,
            file=sys.stderr,
            flush=True,
        )
