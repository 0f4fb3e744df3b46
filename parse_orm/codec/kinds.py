"""What a declared type means: how its values are checked, sent, read and named in the server's schema.

One row per Python type. ``native`` kinds look the same in JSON and in Python, so reading them costs nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from ..errors import DeclarationError, InvalidValue
from ..types.acl import ACL
from ..types.depth import short_repr
from ..types.file import File
from ..types.geo import GeoPoint, Polygon
from ..types.text import Email, Phone
from . import decode as reading
from . import encode as writing


@dataclass(frozen=True, slots=True)
class Kind:
    """The meaning of one declared type.

    Attributes:
        name: what messages call it.
        shape: the column type in the server's schema.
        encode: Python value to JSON; raises InvalidValue.
        decode: JSON to Python value; None when they are the same.
        mutable: the value may change in place, so it is compared at save.
        quick: decoding a value again costs less than keeping it.
        plain: the type whose values are sent as they are, None where more than one is or none.
        copies: the ``copies`` of its columns; see ``codec.encode.Column``.
    """

    name: str
    shape: str
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any] | None = None
    mutable: bool = False
    quick: bool = False
    plain: type | None = None
    copies: type | None = None

    @property
    def native(self) -> bool:
        """Whether JSON and Python share the value."""
        return self.decode is None

    @property
    def kept(self) -> bool:
        """Whether the Python value is kept beside the JSON value once it was read."""
        return not (self.native or self.quick)


def kind_of(declared: Any) -> Kind:
    """The kind of a declared type.

    Raises:
        DeclarationError: Parse has no column for it.
    """
    if isinstance(declared, type):
        if declared in _KINDS:
            return _KINDS[declared]
        if issubclass(declared, Enum):
            return _enum_kind(declared)
    raise DeclarationError(
        f"property cannot hold {declared!r}: use one of {', '.join(sorted({kind.__name__ for kind in _KINDS}))}, "
        "an Enum, or array(...) and belongs_to(...)"
    )


def same_kind(declared: type, like: type) -> None:
    """Let a type from above be declared like one that is known."""
    _KINDS[declared] = _KINDS[like]


def _only(expected: type | tuple[type, ...], name: str, encode: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """An encoder that takes one type and says so when it gets another."""

    def checked(value: Any) -> Any:
        if type(value) is not expected and (
            not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool)
        ):
            raise InvalidValue(f"expected {name}, got {type(value).__name__} {short_repr(value)}")
        return encode(value)

    return checked


def read_float(wire: Any) -> Any:
    """JSON from JavaScript writes 4.0 as 4."""
    return float(wire) if type(wire) is int else wire


def _parsed(kind: Callable[[str], Any], name: str) -> Callable[[Any], Any]:
    """An encoder for text with a form of its own."""

    def checked(value: Any) -> str:
        if not isinstance(value, str):
            raise InvalidValue(f"expected {name}, got {type(value).__name__}")
        try:
            return str(kind(value))
        except ValueError as error:
            raise InvalidValue(str(error)) from None

    return checked


def _lenient(kind: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Stored text may be older than the rule for it: what does not fit is shown as it is."""

    def read(wire: Any) -> Any:
        try:
            return kind(wire)
        except (ValueError, TypeError, KeyError, OSError):
            return wire

    return read


@cache
def _enum_kind(members: type[Enum]) -> Kind:
    """An enum is stored by value; a stored value that is no member any more is shown as it is."""

    def write(value: Any) -> Any:
        try:
            return writing.encode(members(value).value)
        except ValueError:
            choices = ", ".join(repr(member.value) for member in members)
            raise InvalidValue(f"{short_repr(value)} is no {members.__name__}: choose from {choices}") from None

    shapes = {_KINDS[type(member.value)].shape for member in members if type(member.value) in _KINDS}
    return Kind(members.__name__, shapes.pop() if len(shapes) == 1 else "Any", write, _lenient(members))


_KINDS: dict[type, Kind] = {
    str: Kind("str", "String", _only(str, "str", writing.encode_text), plain=str),
    int: Kind("int", "Number", _only(int, "int", writing.encode_integer), plain=int),
    float: Kind("float", "Number", _only((int, float), "float", writing.encode_real), read_float, quick=True),
    bool: Kind("bool", "Boolean", _only(bool, "bool", lambda value: value), plain=bool),
    datetime: Kind("datetime", "Date", _only(datetime, "datetime", writing.encode_date), reading.decode_date),
    dict: Kind(
        "dict", "Object", _only(dict, "dict", writing.encode_mapping), reading.decode, mutable=True, copies=dict
    ),
    list: Kind(
        "list", "Array", _only((list, tuple), "list", writing.encode_list), reading.decode, mutable=True, copies=list
    ),
    bytes: Kind("bytes", "Bytes", _only(bytes, "bytes", writing.encode_bytes), reading.decode_bytes),
    GeoPoint: Kind("GeoPoint", "GeoPoint", _only(GeoPoint, "GeoPoint", writing.encode), reading.decode_geo_point),
    Polygon: Kind("Polygon", "Polygon", _only(Polygon, "Polygon", writing.encode), reading.decode_polygon),
    File: Kind("File", "File", _only(File, "File", writing.encode), reading.decode),
    ACL: Kind("ACL", "ACL", _only(ACL, "ACL", ACL.to_wire), ACL.from_wire, mutable=True),
    Email: Kind("Email", "String", _parsed(Email, "an e-mail address"), _lenient(Email)),
    Phone: Kind("Phone", "String", _parsed(Phone, "a telephone number"), _lenient(Phone)),
    ZoneInfo: Kind("ZoneInfo", "String", _only(ZoneInfo, "ZoneInfo", lambda zone: zone.key), _lenient(ZoneInfo)),
}
