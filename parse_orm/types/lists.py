"""Lists of names that users give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..errors import InvalidValue


def several(names: Any, what: str) -> tuple[Any, ...]:
    """The names of a list; one text alone is refused, because it would be taken letter by letter.

    >>> from parse_orm.types.lists import several
    >>> several(["title"], "only")
    ('title',)

    Args:
        names: any iterable of names; read once.
        what: the parameter, for the message.

    Raises:
        InvalidValue: it is no list.
    """
    if isinstance(names, (str, bytes)) or not isinstance(names, Iterable):
        shown = f"the text {names!r:.60}" if isinstance(names, str) else type(names).__name__
        raise InvalidValue(f"{what}: give a list of names, not {shown}")
    return tuple(names)
