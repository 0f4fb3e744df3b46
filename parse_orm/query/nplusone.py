"""Finding N+1: the same association of many rows, fetched row by row from one line of the user's code."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ..errors import NotLoaded, ParseOrmWarning

Mode = Literal["warn", "raise", "ignore"]

#: The folder of this library: a frame outside of it is the user's.
LIBRARY = str(Path(__file__).resolve().parents[1])


@dataclass(frozen=True, slots=True)
class NPlusOne:
    """One finding.

    Attributes:
        label: what was fetched row by row: a pointer column, or ``Song.cover``.
        line: where in the user's code, ``app.py:12``.
        times: how often until it was noticed.
    """

    label: str
    line: str
    times: int

    def __str__(self) -> str:
        name = self.label.rpartition(".")[2]
        return (
            f"{self.line} fetched {self.label} {self.times} times, row by row: "
            f"ask for all of them at once with include({name!r}) or preload({name!r})"
        )


@dataclass(slots=True)
class Watch:
    """What a block found so far.

    Attributes:
        found: one entry for each line of code.
    """

    threshold: int
    mode: Mode
    found: list[NPlusOne] = field(default_factory=list)
    _counted: dict[tuple[str, str], int] = field(default_factory=dict)

    def count(self, label: str) -> None:
        """One more row was fetched alone."""
        line = _user_line()
        times = self._counted[label, line] = self._counted.get((label, line), 0) + 1
        if times != self.threshold:
            return
        finding = NPlusOne(label, line, times)
        self.found.append(finding)
        if self.mode == "raise":
            raise NotLoaded(str(finding))
        if self.mode == "warn":
            warnings.warn(str(finding), ParseOrmWarning, stacklevel=2)


_watch: ContextVar[Watch | None] = ContextVar("watch_n_plus_one", default=None)


@contextmanager
def watch_n_plus_one(mode: Mode = "warn", *, threshold: int = 3) -> Iterator[Watch]:
    """Inside the block, notice lines of code that fetch an association row by row.

    >>> import parse_orm as orm
    >>> with orm.watch_n_plus_one("ignore") as watch:
    ...     pass
    >>> watch.found
    []

    Args:
        mode: "warn" warns once for each line, "raise" raises NotLoaded, "ignore" only keeps the findings.
        threshold: how often one line may fetch one association.
    """
    token = _watch.set(Watch(threshold, mode))
    try:
        watch = _watch.get()
        assert watch is not None
        yield watch
    finally:
        _watch.reset(token)


def fetched_alone(label: str) -> None:
    """Tell the watch, if there is one, that a row is about to be fetched for this association."""
    watch = _watch.get()
    if watch is not None:
        watch.count(label)


def _user_line() -> str:
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(LIBRARY):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
