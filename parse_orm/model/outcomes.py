"""What became of many objects: done, refused, or not known because the answer was lost."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ..client.batch import Outcome
from ..errors import BatchError

M = TypeVar("M")

#: Objects, each with what went wrong with it.
Failures = list[tuple[Any, Exception]]


@dataclass(frozen=True, slots=True)
class BatchResult(Generic[M]):
    """The outcome of ``save_all``, ``destroy_all`` or ``fetch_all``, in the order of the objects given.

    Attributes:
        saved: the objects it worked for: saved, destroyed or fetched.
        failed: those it did not work for, as pairs of object and error.
        unknown: those of which nobody knows, as pairs of object and error: the answer was lost, so the server may
            have done it, or a row that was to be deleted is either gone or hidden from who asked.
        afterwards: those of ``saved`` whose callback failed after the deed, as pairs of object and error.
    """

    saved: list[M]
    failed: list[tuple[M, Exception]]
    unknown: list[tuple[M, Exception]] = field(default_factory=list)
    afterwards: list[tuple[M, Exception]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether it worked for every object, callbacks included."""
        return not (self.failed or self.unknown or self.afterwards)

    def __len__(self) -> int:
        """How many objects it worked for."""
        return len(self.saved)

    def __bool__(self) -> bool:
        """True also for an empty batch; ask ``ok``."""
        return True


def sorted_out(
    records: Sequence[Any],
    errors: dict[int, Exception],
    unknown: Collection[int],
    done: str,
    raise_on_error: bool,
    afterwards: Collection[int] = (),
) -> Any:
    """The result of a batch.

    Args:
        records: every object, in the order given.
        errors: id() of an object to what went wrong with it.
        unknown: id() of the objects that the server may have done all the same; all are in ``errors``.
        done: what was to happen to them: "saved".
        raise_on_error: raise unless it worked for every object.
        afterwards: id() of those that were done, and failed in a callback that runs after it; all are in ``errors``.

    Raises:
        BatchError: an object failed, or may have, and ``raise_on_error``; the others were done.
    """
    wrong = [(record, errors[id(record)]) for record in records if id(record) in errors] if errors else []
    result = BatchResult(
        [record for record in records if id(record) not in errors or id(record) in afterwards],
        [pair for pair in wrong if id(pair[0]) not in unknown and id(pair[0]) not in afterwards],
        [pair for pair in wrong if id(pair[0]) in unknown],
        [pair for pair in wrong if id(pair[0]) in afterwards],
    )
    return checked(result, done, raise_on_error)


def checked(result: BatchResult[M], done: str, raise_on_error: bool) -> BatchResult[M]:
    """A result, unless it is to be raised; the arguments as for ``sorted_out``.

    Raises:
        BatchError: an object failed, or may have, and ``raise_on_error``; the others were done.
    """
    if result.ok or not raise_on_error:
        return result
    total = len(result.saved) + len(result.failed) + len(result.unknown)
    (first, error), *_ = result.failed or result.unknown or result.afterwards
    told = summary("objects", done, total, result.failed, result.unknown, result.afterwards)
    raise BatchError(
        f"{told}; the first, {first!r}: {error}",
        result=result,
        failed=result.failed,
        unknown=result.unknown,
        afterwards=result.afterwards,
    ) from error


def refuse_failures(what: str, done: str, total: int, failed: Failures, unknown: Failures, result: Any = None) -> None:
    """Raise when rows failed, or may have.

    Args:
        what: what the rows are: "sessions".
        done: what was to happen to them: "ended".
        total: how many rows there were.
        failed: those that failed.
        unknown: those that may have failed.
        result: what the error carries along.

    Raises:
        BatchError: there are any.
    """
    if failed or unknown:
        raise BatchError(summary(what, done, total, failed, unknown), result=result, failed=failed, unknown=unknown)


def undeleted(rows: Iterable[Any], outcomes: Iterable[Outcome]) -> tuple[Failures, Failures]:
    """The rows that a batch of deletes did not delete, and those that it may have; one that was gone is deleted."""
    failed: Failures = []
    unknown: Failures = []
    for row, outcome in zip(rows, outcomes, strict=True):
        if outcome.error is not None and not outcome.gone:
            (unknown if outcome.unknown else failed).append((row, outcome.error))
    return failed, unknown


def summary(
    what: str, done: str, total: int, failed: Sequence[Any], unknown: Sequence[Any], afterwards: Sequence[Any] = ()
) -> str:
    """Say how many of how many failed, and of how many nobody knows.

    >>> summary("objects", "saved", 5, failed=[1, 2], unknown=[3, 4, 5])
    '2 of 5 objects were not saved; it is not known whether 3 of 5 objects were saved'
    >>> summary("objects", "saved", 5, failed=[], unknown=[], afterwards=[1])
    '1 of 5 objects were saved, but a callback failed afterwards'
    """
    parts = {
        f"{len(failed)} of {total} {what} were not {done}": bool(failed),
        f"it is not known whether {len(unknown)} of {total} {what} were {done}": bool(unknown),
        f"{len(afterwards)} of {total} {what} were {done}, but a callback failed afterwards": bool(afterwards),
    }
    return "; ".join(part for part, holds in parts.items() if holds)
