"""The stores that come with the package; each needs its library only when one is made."""

from .caching import CachingStore
from .memory import MemoryStore
from .parse import ParseStore
from .redis import RedisStore
from .sql import SQLStore

__all__ = ["CachingStore", "MemoryStore", "ParseStore", "RedisStore", "SQLStore"]
