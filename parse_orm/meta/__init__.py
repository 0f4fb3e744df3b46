"""What is known about models as a whole: which classes exist, and the frozen tables of each."""

from .registry import Registry, registry
from .schema import ModelSchema

__all__ = ["ModelSchema", "Registry", "registry"]
