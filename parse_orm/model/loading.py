"""Whether reading what was not fetched may ask the server: strict loading, for one block."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_strict: ContextVar[bool] = ContextVar("strict_loading", default=False)


@contextmanager
def strict_loading(strict: bool = True) -> Iterator[None]:
    """Inside the block, reading what was not fetched raises NotLoaded instead of asking the server.

    >>> import parse_orm as orm
    >>> with orm.strict_loading():
    ...     pass

    Args:
        strict: False lifts the rule again for an inner block.
    """
    token = _strict.set(strict)
    try:
        yield
    finally:
        _strict.reset(token)


def is_strict() -> bool:
    """Whether such a block is open here."""
    return _strict.get()
