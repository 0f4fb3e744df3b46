"""How models refer to each other: belongs_to is a pointer column, has_one asks the other side."""

from .belongs_to import Join, belongs_to
from .has_one import has_one
from .reference import Reference

__all__ = ["Join", "Reference", "belongs_to", "has_one"]
