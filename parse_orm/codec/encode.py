"""One Python value becomes one JSON value, in the spelling that Parse Server reads.

Types from above (models, files that upload) add a row of their own with ``encodes``.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from .._compiled import compiled
from ..errors import InvalidValue
from ..types.acl import ACL
from ..types.date import format_date
from ..types.depth import DEEPEST, TooDeep, short_repr, too_deep
from ..types.file import File
from ..types.geo import GeoPoint, Polygon
from ..types.pointer import Pointer

#: Whole numbers beyond this are rounded by the server without a word (9.10: JSON numbers are doubles).
MAX_INTEGER = 2**53

#: Keys that make the server take an object for something else, with what to write in their place.
SERVER_KEYS = {
    "__op": "Parse Server would carry the object out as an operation (9.10): to remove a value use None or unset()",
    "__type": "Parse Server would take the object for a typed value (9.10): give the value itself, such as a datetime, "
    "a GeoPoint or an object",
}

#: What no key may contain: the server takes no request with such a key at any depth (9.10, its requestKeywordDenylist).
#: In a transaction it even answers 500.
DENIED_IN_KEYS = ("constructor", "__proto__")

Encoder = Callable[[Any], Any]

_in_c = compiled("parse_orm.codec._encode")


def _not_copied(*values: Any) -> None:
    """Without the part in C, every list and dict is encoded value by value."""


#: The JSON of a list or dict of plain values, as a copy; None for what is not plain, and for what must be refused.
#: Done in C, it spares a save of new objects a third of the time of encoding them. The second argument is the level at
#: which the list or dict stands.
copied: Callable[[Any, int], Any] = _in_c.copied if _in_c else _not_copied

#: The same for a list of None and of values of exactly one type, which is the second argument.
copied_of: Callable[[Any, Any], list[Any] | None] = _in_c.copied_of if _in_c else _not_copied


def _encode_row(wire: dict[str, Any], seen: dict[str, Any], columns: Iterable["Column"]) -> dict[str, Any]:
    row = wire.copy()
    if None in row.values():
        row = {path: value for path, value in row.items() if value is not None}
    for path, encode_value, blank, _ in columns:
        if path in seen:
            value = seen[path]
            now = None if value is None else encode_value(value)
            if now is None or now == blank:
                row.pop(path, None)
            else:
                row[path] = now
    return row


#: The JSON of a new row: the wire values, and those of its columns whose Python value stands beside them. What is None
#: or blank is left out. In C a tenth less time for a save of new objects.
encode_row: Callable[[dict[str, Any], dict[str, Any], tuple["Column", ...]], dict[str, Any]]
encode_row = _in_c.encode_row if _in_c else _encode_row


class Column(NamedTuple):
    """How one column is encoded.

    Attributes:
        path: its wire name.
        encode: Python value to JSON; raises InvalidValue.
        blank: the JSON that a new row need not hold.
        copies: the type, dict or list, that is copied where all in it is plain; another type where lists of it are.
    """

    path: str
    encode: Encoder
    blank: Any
    copies: type | None


def encode(value: Any) -> Any:
    """The JSON of any value that a Parse column can hold.

    >>> encode([1, GeoPoint(1.5, 2)])
    [1, {'__type': 'GeoPoint', 'latitude': 1.5, 'longitude': 2}]

    Raises:
        InvalidValue: Parse has no way to store the value, or would store something else in silence.
    """
    return (_ENCODERS.get(type(value)) or _inherited(value))(value)


def encode_wire(value: Any) -> Any:
    """The JSON of what is in wire form already, but may hold objects, as operations do."""
    if type(value) is dict:
        return {key: encode_wire(item) for key, item in value.items()}
    return [encode_wire(item) for item in value] if type(value) is list else encode(value)


def refuse_server_key(key: Any) -> None:
    """Refuse a key that has a meaning to the server.

    Raises:
        InvalidValue: it is one of ``SERVER_KEYS``, or contains one of ``DENIED_IN_KEYS``.
    """
    if key in SERVER_KEYS:
        raise InvalidValue(f"{key!r} cannot be a key of an object: {SERVER_KEYS[key]}")
    for word in DENIED_IN_KEYS:
        if isinstance(key, str) and word in key:
            raise InvalidValue(
                f"{key!r:.80} cannot be a key of an object: Parse Server refuses every key with {word!r} in it (9.10, "
                "code 105)"
            )


def encodes(kind: type, encoder: Encoder) -> None:
    """Teach ``encode`` a type and those that derive from it."""
    _ENCODERS[kind] = _FLAT[kind] = encoder


def encode_text(text: str) -> str:
    """Text as it is; what the server cannot store is refused."""
    if "\x00" in text:
        raise InvalidValue("text with a NUL character: Parse Server on Postgres answers 500 to it (9.10)")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidValue("text with a lone surrogate: it has no UTF-8 form") from None
    return str(text)


def encode_integer(number: int) -> int:
    """A whole number that JSON carries exactly."""
    if not -MAX_INTEGER <= number <= MAX_INTEGER:
        raise InvalidValue(f"{number} is beyond 2**53: the server would round it in silence; store it as text")
    return int(number)


def encode_float(number: float) -> float:
    """A finite number."""
    if not math.isfinite(number):
        raise InvalidValue(f"{number} has no JSON form; use None for a missing number")
    return float(number)


def encode_date(moment: datetime) -> dict[str, Any]:
    """An aware datetime in UTC milliseconds."""
    return {"__type": "Date", "iso": format_date(moment)}


def encode_bytes(content: bytes) -> dict[str, Any]:
    """Bytes as base64."""
    import base64

    return {"__type": "Bytes", "base64": base64.b64encode(content).decode("ascii")}


def encode_geo_point(point: GeoPoint) -> dict[str, Any]:
    """A place."""
    return {"__type": "GeoPoint", "latitude": point.latitude, "longitude": point.longitude}


def encode_polygon(polygon: Polygon) -> dict[str, Any]:
    """An area, closed; in a column its pairs are latitude first (9.10)."""
    ring = [*polygon.points, polygon.points[0]]
    return {"__type": "Polygon", "coordinates": [[point.latitude, point.longitude] for point in ring]}


def encode_pointer(pointer: Pointer) -> dict[str, Any]:
    """The name of a row."""
    return wire_pointer(pointer.class_name, pointer.id)


def wire_pointer(class_name: str, id: str) -> dict[str, Any]:
    """The JSON that names a row."""
    return {"__type": "Pointer", "className": class_name, "objectId": id}


def encode_file(file: File) -> dict[str, Any]:
    """The name of a stored file."""
    return {"__type": "File", "name": file.name, **({"url": file.url} if file.url else {})}


def encode_list(values: Any, level: int = 1) -> list[Any]:
    """Every element; looked up here, which spares most of them a call.

    Args:
        values: a list or tuple.
        level: at which level of the whole value it stands.

    Raises:
        InvalidValue: an element cannot be stored, or the whole value has more than ``DEEPEST`` levels.
    """
    copy: list[Any] | None = copied(values, level)
    if copy is not None:
        return copy
    if level > DEEPEST:
        raise TooDeep.at("", "")
    try:
        return [flat(value) if (flat := _FLAT.get(type(value))) else _encode_inside(value, level) for value in values]
    except TooDeep as error:
        raise _located(error, values, level) from None


def encode_mapping(mapping: Mapping[Any, Any], level: int = 1) -> dict[str, Any]:
    """Every value; keys that the server refuses are refused here.

    Args:
        mapping: the values by key.
        level: at which level of the whole value it stands.

    Raises:
        InvalidValue: a key or a value cannot be stored, or the whole value has more than ``DEEPEST`` levels.
    """
    copy: dict[str, Any] | None = copied(mapping, level)
    if copy is not None:
        return copy
    if level > DEEPEST:
        raise TooDeep.at("", "")
    try:
        return {
            _encode_key(key): flat(value) if (flat := _FLAT.get(type(value))) else _encode_inside(value, level)
            for key, value in mapping.items()
        }
    except TooDeep as error:
        raise _located(error, mapping, level) from None


def _encode_member(member: Enum, level: int = 0) -> Any:
    """An enum member by its value, which may be a list."""
    return _encode_inside(member.value, level)


def _located(error: TooDeep, value: Any, level: int) -> TooDeep:
    """The same error, which says at the first level where it is too deep."""
    return (too_deep(value) or error) if level == 1 else error


def _encode_inside(value: Any, level: int) -> Any:
    """A value that stands in a list or mapping of that level."""
    encoder: Any = _ENCODERS.get(type(value)) or _inherited(value)
    return encoder(value, level + 1) if encoder in _NESTING else encoder(value)


@lru_cache(maxsize=1024)
def _encode_key(key: Any) -> str:
    """Remembered: the same few keys stand in every row of a class."""
    if not isinstance(key, str) or not key or "." in key or "$" in key:
        raise InvalidValue(f"{key!r:.60} cannot be a key of an object: keys are text without '.' and '$' (code 121)")
    refuse_server_key(key)
    return encode_text(key)


def _as_is(value: Any) -> Any:
    return value


#: The encoders of types that hold no other values.
_FLAT: dict[type, Encoder] = {
    str: encode_text,
    bool: _as_is,
    int: encode_integer,
    float: encode_float,
    type(None): _as_is,
    datetime: encode_date,
    bytes: encode_bytes,
    GeoPoint: encode_geo_point,
    Polygon: encode_polygon,
    Pointer: encode_pointer,
    File: encode_file,
    ACL: ACL.to_dict,
    ZoneInfo: lambda zone: zone.key,
}
_ENCODERS: dict[type, Encoder] = {
    **_FLAT,
    list: encode_list,
    tuple: encode_list,
    dict: encode_mapping,
    Enum: _encode_member,
}
_NESTING = frozenset({encode_list, encode_mapping, _encode_member})


def _inherited(value: Any) -> Encoder:
    """The encoder of the nearest base; an enum member that is also a str is still an enum."""
    kind = type(value)
    if issubclass(kind, Enum):
        return _ENCODERS[Enum]
    for base in kind.__mro__:
        if base in _ENCODERS:
            return _ENCODERS[base]
    raise InvalidValue(f"Parse cannot store a {kind.__name__}: {short_repr(value, 80)}")
