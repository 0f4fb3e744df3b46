"""Web sessions for any framework: what a visitor's cookie means, where its data live, who is logged in.

`WebSession` is the mapping of one request, `SessionManager` logs in and out, a `SessionStore` keeps the records, and
`finish` decides at the end of a request what is stored and what becomes of the cookie. `parse_orm.contrib` has the
adapters for Flask, Django and ASGI, which add nothing to that. Who writes a store of their own finds `draw_id`,
`merged_data`, `RECORD_COLUMNS`, `encode_value`, `decode_value` and `record_from_columns` here.
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
from .record import COLUMNS as RECORD_COLUMNS
from .record import SessionInfo, SessionRecord
from .record import decode as decode_value
from .record import encode as encode_value
from .record import from_columns as record_from_columns
from .record import merged as merged_data
from .session import WebSession
from .store import SessionStore, draw_id
from .stores import CachingStore, MemoryStore, ParseStore, RedisStore, SQLStore
from .visitor import Visitor, client_address

__all__ = [
    "RECORD_COLUMNS",
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
    "decode_value",
    "delete_continuously",
    "draw_id",
    "encode_value",
    "finish",
    "merged_data",
    "record_from_columns",
]
