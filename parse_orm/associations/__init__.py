"""How models refer to each other: belongs_to is a pointer column, has_one and has_many ask the other side."""

from .association import Association
from .belongs_to import Join, belongs_to
from .check import BrokenAssociation, validate_associations
from .has_many import ManyByQuery, has_many
from .has_one import has_one
from .pointers import PointerArray
from .reference import Reference
from .relation import Relation, RelationField

__all__ = [
    "Association",
    "BrokenAssociation",
    "Join",
    "ManyByQuery",
    "PointerArray",
    "Reference",
    "Relation",
    "RelationField",
    "belongs_to",
    "has_many",
    "has_one",
    "validate_associations",
]
