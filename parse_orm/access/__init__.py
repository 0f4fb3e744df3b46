"""What a model declares about who may do what, and what that means for one user and one object."""

from .class_level import OPERATIONS, ClassPermissions, permissions
from .grants import Grants
from .guards import GUARD_MODES
from .protected import hidden_columns
from .questions import Access, can_delete, can_read, can_write
from .rules import Declared, Rules

__all__ = [
    "GUARD_MODES",
    "OPERATIONS",
    "Access",
    "ClassPermissions",
    "Declared",
    "Grants",
    "Rules",
    "can_delete",
    "can_read",
    "can_write",
    "hidden_columns",
    "permissions",
]
