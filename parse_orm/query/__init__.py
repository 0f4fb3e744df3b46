"""Questions to a class: an immutable chain, compiled to wire parameters, answered page by page."""

from .cursor import Cursor
from .nplusone import NPlusOne, watch_n_plus_one
from .query import Query
from .scope import scope

__all__ = ["Cursor", "NPlusOne", "Query", "scope", "watch_n_plus_one"]
