"""Web sessions for any framework: what a visitor's cookie means, where its data live, who is logged in.

`WebSession` is the mapping of one request, `SessionManager` logs in and out, a `SessionStore` keeps the records, and
`finish` decides at the end of a request what is stored and what becomes of the cookie. `parse_orm.contrib` has the
adapters for Flask, Django and ASGI, which add nothing to that.
"""

from .acting import as_visitor
from .admin import SessionAdmin
from .cleanup import Cleanup, delete_continuously
from .config import SessionConfig
from .cookie import CookieCodec, CookieInstruction
from .errors import (
    NotSupported,
    SessionBackendError,
    SessionDecodeError,
    SessionEncodeError,
    SessionError,
    SessionGone,
    SessionNotFound,
    SessionStoreError,
    Unauthorized,
)
from .events import SessionEvent
from .expiry import Expiry
from .finish import Finish, finish
from .manager import SessionManager
from .record import SessionInfo, SessionRecord
from .session import WebSession
from .store import SessionStore
from .stores import CachingStore, MemoryStore, ParseStore, RedisStore, SQLStore
from .visitor import Visitor, client_address

__all__ = [
    "CachingStore",
    "Cleanup",
    "CookieCodec",
    "CookieInstruction",
    "Expiry",
    "Finish",
    "MemoryStore",
    "NotSupported",
    "ParseStore",
    "RedisStore",
    "SQLStore",
    "SessionAdmin",
    "SessionBackendError",
    "SessionConfig",
    "SessionDecodeError",
    "SessionEncodeError",
    "SessionError",
    "SessionEvent",
    "SessionGone",
    "SessionInfo",
    "SessionManager",
    "SessionNotFound",
    "SessionRecord",
    "SessionStore",
    "SessionStoreError",
    "Unauthorized",
    "Visitor",
    "WebSession",
    "as_visitor",
    "client_address",
    "delete_continuously",
    "finish",
]
