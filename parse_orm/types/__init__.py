"""Values that Parse columns hold: plain data without I/O and without knowledge of models."""

from .acl import ACL, PUBLIC
from .date import format_date, parse_date
from .file import File
from .geo import GeoPoint, Polygon
from .pointer import Pointer
from .text import Email, Phone

__all__ = [
    "ACL",
    "PUBLIC",
    "Email",
    "File",
    "GeoPoint",
    "Phone",
    "Pointer",
    "Polygon",
    "format_date",
    "parse_date",
]
