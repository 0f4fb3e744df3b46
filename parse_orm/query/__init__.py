"""Questions to a class: an immutable chain, compiled to wire parameters, answered page by page."""

from .query import Query
from .scope import scope

__all__ = ["Query", "scope"]
