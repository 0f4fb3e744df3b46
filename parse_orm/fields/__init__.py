"""Declared columns: descriptors that are values on an instance and expressions on the class."""

from .array import array
from .field import DecodedField, Field, NativeField
from .origin import Origin
from .property import Property, property
from .record import MISSING, Record

__all__ = [
    "MISSING",
    "DecodedField",
    "Field",
    "NativeField",
    "Origin",
    "Property",
    "Record",
    "array",
    "property",
]
