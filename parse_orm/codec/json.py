"""JSON in and out: orjson when it is installed, the standard library otherwise.

The standard library decides what is allowed; the others only answer faster. Whatever they
refuse is handed to the standard library, so all installs accept and refuse the same.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from functools import partial
from itertools import accumulate
from math import isinf
from typing import Any, NoReturn
from uuid import UUID

from parse_orm._compiled import compiled
from parse_orm.errors import InvalidValue
from parse_orm.types.depth import DEEPEST_TEXT, is_deeper, refuse_deep
from parse_orm.types.secret import Secret

_collector = compiled("parse_orm.codec._paused")


def _paused(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function of C, during which CPython 3.11 does not look for garbage: a sixth less time for a find."""
    return partial(_collector.call, function) if _collector else function


_loads: Callable[[bytes | str], Any] | None = None
_writer = compiled("parse_orm.codec._writer")
# What writes most values sooner than the standard library, a third of its time without orjson; None for all others.
_writers: tuple[Callable[[Any], bytes | None], ...] = (_writer.write,) if _writer else ()


def _is_deep_in_python(value: Any) -> bool:
    return is_deeper(value, DEEPEST_TEXT)


_is_deep: Callable[[Any], bool] = _writer.is_deep if _writer else _is_deep_in_python

with suppress(ImportError):
    import orjson

    _loads = _paused(orjson.loads)
    # orjson writes datetimes, dataclasses and subclasses its own way: pass them on to be refused.
    _OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS

    def _by_orjson(value: Any) -> bytes | None:
        if _is_deep(value):  # first, because deep tuples end the process (3.13)
            return None
        try:
            text = orjson.dumps(value, option=_OPTIONS)
        except TypeError:
            return None
        # orjson writes NaN and infinities as null without a word; a text without null has none.
        return None if b"null" in text else text

    _writers = (_by_orjson, *_writers)


def loads(text: bytes | str) -> Any:
    """Read one JSON text.

    Args:
        text: UTF-8 bytes or a str.

    Returns:
        The value, made of dict, list, str, int, float, bool and None.

    Raises:
        ValueError: the text is not JSON, or holds NaN or an infinity.

    Example:
        >>> from parse_orm.codec.json import loads
        >>> loads(b'{"plays": 3}')
        {'plays': 3}
    """
    if _loads is not None:
        try:
            return _loads(text)
        except ValueError:
            pass
    return _plain_loads(text)


def dumps(value: Any) -> bytes:
    """Write one value as compact JSON.

    Args:
        value: dict, list, tuple, str, int, float, bool or None, nested at most ``DEEPEST_TEXT`` levels deep; a
            ``Secret`` in it is laid open.

    Returns:
        UTF-8 bytes.

    Raises:
        InvalidValue: NaN, an infinity, a lone surrogate, a circle, or a type that JSON has not.

    Example:
        >>> from parse_orm.codec.json import dumps
        >>> dumps({"title": "Hé"}).decode()
        '{"title":"Hé"}'
    """
    for write in _writers:
        text = write(value)
        if text is not None:
            return text
    return _plain_dumps(value)


def dumps_ascii(value: Any) -> str:
    """Write one value as JSON of ASCII characters alone, for an HTTP header.

    Args:
        value: as for `dumps`.

    Returns:
        The text.

    Raises:
        InvalidValue: as for `dumps`.

    Example:
        >>> from parse_orm.codec.json import dumps_ascii
        >>> dumps_ascii({"title": "Hé"})
        '{"title":"H\\\\u00e9"}'
    """
    return _ASCII.encode(json.loads(dumps(value)))


#: Below this limit of Python's own, a text that is nested too deep ends in a RecursionError; beyond it the scanner of
#: CPython before 3.12 can run out of the stack, which ends the process.
_SAFE_RECURSION_LIMIT = 5_000

_TEXT_IN_JSON = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


def _plain_loads(text: bytes | str) -> Any:
    try:
        if is_endless(text):
            raise RecursionError
        return json.loads(text, cls=_Decoder, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError:
        raise ValueError("the JSON text is nested too deeply") from None


def is_endless(text: bytes | str) -> bool:
    """Say whether reading a JSON text with the standard library could run out of the stack.

    Args:
        text: the text.

    Returns:
        True where Python's recursion limit was raised and the text is nested more than 5000 levels deep.
    """
    if sys.getrecursionlimit() <= _SAFE_RECURSION_LIMIT:
        return False
    brackets = _TEXT_IN_JSON.sub(b"", text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return max(accumulate(_STEPS.get(byte, 0) for byte in brackets), default=0) > _SAFE_RECURSION_LIMIT


class _Decoder(json.JSONDecoder):
    scan_once: Callable[..., Any]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.scan_once = _paused(self.scan_once)


def _plain_dumps(value: Any) -> bytes:
    # First, because the encoder of CPython before 3.12 ends the process where the recursion limit was raised.
    if is_deeper(value, DEEPEST_TEXT):
        refuse_deep(value, deepest=DEEPEST_TEXT)
    try:
        return _ENCODER.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        wrong = "a text holds a lone surrogate, which UTF-8 cannot carry"
    except (TypeError, ValueError, RecursionError) as error:
        wrong = f"this value cannot be sent as JSON: {_reason(error)}"
    # Raised out here so that it drags no error along whose text is the whole value, passwords laid open.
    raise InvalidValue(wrong)


def _reason(error: Exception) -> str:
    return "it is nested too deeply, or in a circle" if isinstance(error, RecursionError) else str(error)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if isinf(number):  # 1e999; orjson refuses it by itself
        raise ValueError(f"{text:.20} is too large for a number")
    return number


def _default(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"{type(value).__name__} is not a JSON type")


# A circle is found by its depth: looking for circles was a sixth of the time of writing a batch.
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"), default=_default
)
_ASCII = json.JSONEncoder(separators=(",", ":"))
