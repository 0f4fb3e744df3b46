"""One JSON value from Parse Server becomes one Python value.

References to rows come as pointers and, when included, as whole objects. Which class they become is decided above
this floor, so the caller passes the function that makes them.
"""

import base64
import binascii
from collections.abc import Callable, Iterable
from gc import is_tracked
from typing import Any

from ..errors import InvalidValue
from ..types.date import parse_date
from ..types.depth import TooDeep
from ..types.file import File
from ..types.geo import GeoPoint, Polygon
from ..types.pointer import Pointer
from .encode import wire_pointer

#: Makes a Python object of a wire reference (``__type`` Pointer or Object).
Reference = Callable[[dict[str, Any]], Any]


def pointer(wire: dict[str, Any]) -> Pointer:
    """A reference as plain data: class name and id."""
    return Pointer(wire["className"], wire["objectId"])


def is_reference(wire: Any) -> bool:
    """Whether a wire value names a row."""
    return isinstance(wire, dict) and wire.get("__type") in REFERENCES and _names_a_row(wire)


def _names_a_row(wire: dict[str, Any]) -> bool:
    return type(wire.get("className")) is str and type(wire.get("objectId")) is str


def is_row(wire: dict[str, Any]) -> bool:
    """Whether a wire reference brought its row along."""
    return bool(wire["__type"] == "Object")


def without_rows(wire: Any) -> Any:
    """The same value with every included row cut down to its pointer, as it would be sent."""
    try:
        if isinstance(wire, list):
            return [without_rows(item) for item in wire]
        if not isinstance(wire, dict):
            return wire
        if is_reference(wire) and is_row(wire):
            return wire_pointer(wire["className"], wire["objectId"])
        return {key: without_rows(value) for key, value in wire.items()}
    except RecursionError:
        raise TooDeep.unfollowed() from None


def decode(wire: Any, reference: Reference = pointer) -> Any:
    """The Python value of any JSON value of a row.

    >>> decode({"__type": "Date", "iso": "2024-01-02T03:04:05.678Z"}).year
    2024

    Args:
        wire: a value as the server sent it.
        reference: makes an object of a pointer or of an included row; plain Pointers by default.

    Raises:
        InvalidValue: a typed value lacks what its type needs, or the value is nested so deep that Python cannot
            follow it.
    """
    copied = plain_copy(wire)
    if copied is not None:
        return copied
    try:
        if isinstance(wire, list):
            return [decode(item, reference) for item in wire]
        if not isinstance(wire, dict):
            return wire
        kind = wire.get("__type")
        if kind is None:
            return {key: decode(item, reference) for key, item in wire.items()}
    except RecursionError:
        raise TooDeep.unfollowed() from None
    if kind in REFERENCES:
        if not _names_a_row(wire):
            raise InvalidValue(f"the server sent a {kind} without className and objectId: {wire!r:.60}")
        return reference(wire)
    decoder = _DECODERS.get(kind) if type(kind) is str else None
    if decoder is None:
        return dict(wire)
    try:
        return decoder(wire)
    except (KeyError, TypeError, AttributeError):
        raise InvalidValue(f"the server sent a {kind} that cannot be read: {wire!r:.60}") from None


def decodes(kind: str, decoder: Callable[[dict[str, Any]], Any]) -> None:
    """Let the values of one ``__type`` become another class, for types from above."""
    _DECODERS[kind] = decoder


def decode_bytes(wire: dict[str, Any]) -> bytes:
    """Bytes from base64."""
    try:
        return base64.b64decode(wire["base64"])
    except binascii.Error:
        raise InvalidValue("the server sent bytes that are not base64") from None


def decode_geo_point(wire: dict[str, Any]) -> GeoPoint:
    """A place. The server does not check ranges (9.10), so what it holds is taken without a check."""
    point = object.__new__(GeoPoint)
    object.__setattr__(point, "latitude", wire["latitude"])
    object.__setattr__(point, "longitude", wire["longitude"])
    return point


def decode_polygon(wire: dict[str, Any]) -> Polygon:
    """An area; the server repeats the first pair at the end."""
    return Polygon([tuple(pair) for pair in wire["coordinates"]])


def decode_date(wire: Any) -> Any:
    """A date, written as a typed object in columns and as bare text in createdAt and updatedAt."""
    return parse_date(wire if type(wire) is str else wire["iso"])


def decode_file(wire: dict[str, Any]) -> File:
    """A stored file."""
    return File(wire["name"], wire.get("url"))


#: A tuple: what the server sent as ``__type`` may have no hash.
REFERENCES = ("Pointer", "Object")

_NESTED = frozenset({list, dict})


def plain_copy(wire: Any) -> Any:
    """The decoded value of a list or dict of nothing but text, numbers and booleans: its copy. Else None."""
    if type(wire) is dict:
        if "__type" in wire:
            return None
        if not is_tracked(wire):  # so CPython says that it holds no list and no dict: 5 % of reading a row
            return wire.copy()
        values: Iterable[Any] = wire.values()
    elif type(wire) is list:
        values = wire
    else:
        return None
    for value in values:
        if type(value) in _NESTED:
            return None
    return wire.copy()


_DECODERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "Date": decode_date,
    "Bytes": decode_bytes,
    "GeoPoint": decode_geo_point,
    "Polygon": decode_polygon,
    "File": decode_file,
}
