"""What became of many objects: those it worked for, and those it did not, each with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ..errors import BatchError

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class BatchResult(Generic[M]):
    """The outcome of ``save_all``, ``destroy_all`` or ``fetch_all``, in the order of the objects given.

    Attributes:
        saved: the objects it worked for: saved, destroyed or fetched.
        failed: the others, as pairs of object and error.
    """

    saved: list[M]
    failed: list[tuple[M, Exception]]

    @property
    def ok(self) -> bool:
        """Whether it worked for every object."""
        return not self.failed

    def __len__(self) -> int:
        """How many objects it worked for."""
        return len(self.saved)

    def __bool__(self) -> bool:
        """True also for an empty batch; ask ``ok``."""
        return True


def sorted_out(records: Sequence[Any], errors: dict[int, Exception], done: str, raise_on_error: bool) -> Any:
    """The result of a batch.

    Args:
        records: every object, in the order given.
        errors: id() of an object to what went wrong with it.
        done: what was to happen to them: "saved".
        raise_on_error: raise when anything failed.

    Raises:
        BatchError: an object failed, and ``raise_on_error``; the others were done.
    """
    result = BatchResult(
        [record for record in records if id(record) not in errors],
        [(record, errors[id(record)]) for record in records if id(record) in errors],
    )
    if result.failed and raise_on_error:
        first, error = result.failed[0]
        raise BatchError(
            f"{len(result.failed)} of {len(records)} objects were not {done}; the first, {first!r}: {error}",
            result=result,
            failed=result.failed,
        ) from error
    return result
