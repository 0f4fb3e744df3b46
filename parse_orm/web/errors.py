"""What can go wrong with a web session, as a branch of the one tree of errors.

ParseOrmError
+-- SessionError
    +-- Unauthorized [PermissionError]          nobody is logged in (401)
    +-- SessionNotFound [LookupError]           no such session of this user (404)
    +-- SessionGone [RuntimeError]              the record was deleted while the request ran
    +-- SessionStoreError
        +-- SessionEncodeError [ValueError]     a value that JSON cannot hold
        +-- SessionDecodeError [ValueError]     a stored value of another kind than was asked for
        +-- SessionBackendError [ConnectionError]   the store does not answer (503)
        +-- NotSupported [NotImplementedError]  this store cannot do that
"""

from ..errors import ParseOrmError


class SessionError(ParseOrmError):
    """The root of every error of `parse_orm.web`."""


class Unauthorized(SessionError, PermissionError):
    """Nobody is logged in, and this needs somebody."""


class SessionNotFound(SessionError, LookupError):
    """No session of this user has that id; a session of somebody else answers the same."""


class SessionGone(SessionError, RuntimeError):
    """The record was deleted while the request ran; it is not made again."""


class SessionStoreError(SessionError):
    """A store could not do its work."""


class SessionEncodeError(SessionStoreError, ValueError):
    """A value that JSON cannot hold; the message names its key."""


class SessionDecodeError(SessionStoreError, ValueError):
    """A stored value that is not what was asked for, or a row that cannot be read."""


class SessionBackendError(SessionStoreError, ConnectionError):
    """The database or the cache behind a store does not answer."""


class NotSupported(SessionStoreError, NotImplementedError):
    """This store has no way to do that."""
