"""How deep a value may be nested, and where it is nested deeper than that or in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import InvalidValue

#: Levels of lists and dicts in one value that is sent; DEEPEST of _encode.c.
DEEPEST = 100

#: Levels in one JSON text: a value, and what requests put around it, such as a batch. DEEPEST of _writer.c.
DEEPEST_TEXT = DEEPEST + 10

#: Levels of a value that is copied here: more than a server's answer can have that was read.
DEEPEST_COPY = 1_024

#: Levels that the message of an error names.
_SHOWN = 4


class TooDeep(InvalidValue):
    """A value that is nested too deep, or in a circle.

    Attributes:
        path: The steps from the value down to the first levels, such as ``[0]['size']...``.
        deepest: How many levels are allowed; 0 where Python's own recursion limit came first.
    """

    path: str = ""
    deepest: int = DEEPEST

    @classmethod
    def at(cls, name: str, path: str, deepest: int = DEEPEST) -> TooDeep:
        """Make the error for a value by its name, which may be empty."""
        how = f"more than {deepest} levels deep" if deepest else "deeper than Python follows it"
        error = cls(f"{name or 'value'}{path} is nested {how}, or in a circle")
        error.path, error.deepest = path, deepest
        return error

    @classmethod
    def unfollowed(cls) -> TooDeep:
        """Make the error for a value that Python's own recursion limit kept from being followed to its end."""
        return cls.at("", "", 0)

    def inside(self, name: str) -> TooDeep:
        """Make the same error for the value by its name."""
        return type(self).at(name, self.path, self.deepest)


def refuse_deep(value: Any, name: str = "", deepest: int = DEEPEST) -> None:
    """Raise an error if a value is nested too deep.

    >>> refuse_deep([{"a": [1]}], "items", deepest=2)
    Traceback (most recent call last):
    ...
    parse_orm.types.depth.TooDeep: items[0]['a']... is nested more than 2 levels deep, or in a circle

    Args:
        value: Any value.
        name: What the message calls it.
        deepest: How many levels of lists, tuples and mappings are allowed.

    Raises:
        TooDeep: It has more levels.
    """
    error = too_deep(value, name, deepest)
    if error is not None:
        raise error


def too_deep(value: Any, name: str = "", deepest: int = DEEPEST) -> TooDeep | None:
    """Make the error that ``refuse_deep`` raises; None for a value that is not nested too deep."""
    steps = _steps_too_deep(value, deepest)
    if steps is None:
        return None
    return TooDeep.at(name, "".join(f"[{step!r:.40}]" for step in steps) + "...", deepest)


def _steps_too_deep(value: Any, deepest: int) -> tuple[Any, ...] | None:
    """The first steps to a level that is too deep; found without recursion, which a circle would make endless."""
    waiting: list[tuple[Any, int, tuple[Any, ...]]] = [(value, 1, ())]
    looked_at: dict[int, int] = {}  # what stands in many places is looked into again only where it stands deeper
    while waiting:
        holder, level, steps = waiting.pop()
        if not isinstance(holder, _HOLDERS) or looked_at.get(id(holder), 0) >= level:
            continue
        if level > deepest:
            return steps
        looked_at[id(holder)] = level
        pairs: Iterable[Any] = holder.items() if isinstance(holder, Mapping) else enumerate(holder)
        for step, inside in pairs:
            if isinstance(inside, _HOLDERS):
                waiting.append((inside, level + 1, (*steps, step) if len(steps) < _SHOWN else steps))
    return None


def is_deeper(value: Any, deepest: int) -> bool:
    """Say whether a JSON value has more levels than that, sooner than ``refuse_deep`` does.

    >>> is_deeper([[]], 1), is_deeper([[]], 2)
    (True, False)
    """
    holders = {0: value} if isinstance(value, _JSON_HOLDERS) else {}
    for _ in range(deepest):
        if not holders:
            return False
        holders = {
            id(inside): inside
            for holder in holders.values()
            for inside in (holder.values() if isinstance(holder, dict) else holder)
            if type(inside) not in _FLAT and isinstance(inside, _JSON_HOLDERS)
        }
    return bool(holders)


def short_repr(value: Any, width: int = 60) -> str:
    """The beginning of a repr, for messages; also of a value so deep that ``repr`` cannot follow it.

    >>> short_repr([1, 2, 3], 5)
    '[1, 2'
    """
    try:
        return f"{value!r:.{width}}"
    except RecursionError:
        return f"a {type(value).__name__} that is nested too deep to be shown"


#: Types that nearly all values are of; looking here first halves the time of ``is_deeper``.
_FLAT = frozenset({str, int, float, bool, type(None)})
_JSON_HOLDERS = (dict, list, tuple)
_HOLDERS = (*_JSON_HOLDERS, Mapping)
