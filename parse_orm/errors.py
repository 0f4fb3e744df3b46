"""Everything that can go wrong has one name here, and one family.

Catch `ParseOrmError` for anything, a branch for a kind of trouble, or the builtin that
plain Python would have raised: each class is also one of those (in brackets)::

    ParseOrmError
    +-- ConfigurationError [ValueError]         a setting is missing or wrong
    |   +-- NotConnected [RuntimeError]         no client, no server URL or no application id
    +-- InvalidInput [ValueError]               refused here, before any request
    |   +-- InvalidId
    |   +-- InvalidClassName
    |   +-- InvalidFieldName
    |   +-- InvalidValue                        NaN, NUL, a naive datetime, a blank token ...
    |   +-- BadQuery                            a question that the server could not answer
    +-- DeclarationError [TypeError]            a model class that contradicts itself
    +-- UnknownModel [LookupError]              no model of that name is registered
    +-- UnknownField [AttributeError]           a name that the model does not have
    +-- ReadOnlyField [AttributeError]          a column that belongs to the server
    +-- SessionTokenMissing [PermissionError]   a session is needed and there is none
    +-- MasterKeyRequired [PermissionError]     the client has no master key
    +-- RecordInvalid [ValueError]              a validation failed; nothing was sent
    +-- RecordNotSaved [RuntimeError]           a callback stopped the save
    |   +-- StaleObject                         the row was saved by somebody else meanwhile
    +-- Halt [RuntimeError]                     raised by a callback to stop the save
    +-- UnsavedReference [ValueError]           a pointer to an object without an id
    +-- NotLoaded [RuntimeError]                strict loading met a value that was not fetched
    +-- MultipleObjectsFound [LookupError]      one row was asked for and there are more
    +-- BatchError [RuntimeError]               some items of a batch failed, or may have
    +-- TransportError [ConnectionError]        no usable answer came back
    |   +-- ConnectFailed                       the request never left
    |   |   +-- ConnectTimedOut                 ... also a RequestTimeout
    |   +-- AnswerCutShort                      the answer stopped half-way, or is none
    |   |   +-- InstallationUpdated             a new installation was an old one, whose id is not known
    |   +-- RequestTimeout [TimeoutError]       no answer in time
    +-- ParseError                              the server answered, and refused
        +-- ObjectNotFound [LookupError]                101
        +-- InvalidCredentials [PermissionError]        101 from a login
        +-- EndpointNotFound [LookupError]              404 without a code: no such route
        +-- InvalidQuery [ValueError]                   102
        +-- ClassNameError [ValueError]                 103: class missing, taken or misnamed
        +-- InvalidKeyName [ValueError]                 105
        +-- InvalidPointer [ValueError]                 106
        +-- InvalidJSON [ValueError]                    107
        +-- CommandUnavailable                          108
        +-- IncorrectType [TypeError]                   111
        +-- PushMisconfigured                           115
        +-- ObjectTooLarge [ValueError]                 116
        |   +-- RequestTooLarge                         413, 431
        +-- OperationForbidden [PermissionError]        119
        |   +-- KeysRefused                             401, 403 without a code: wrong keys
        +-- InvalidNestedKey [ValueError]               121
        +-- InvalidFileName [ValueError]                122
        +-- InvalidACL [ValueError]                     123
        +-- OperationTimedOut [TimeoutError]            124
        +-- InvalidEmailAddress [ValueError]            125
        +-- FileSaveError [OSError]                     130
        +-- MissingIdentifier [ValueError]              135
        +-- DuplicateValue [ValueError]                 137
        +-- InvalidRoleName [ValueError]                139
        +-- ExceededQuota                               140
        +-- ScriptFailed [RuntimeError]                 141
        +-- ValidationFailed [ValueError]               142
        +-- HookNotFound [LookupError]                  143
        +-- FileDeleteError [OSError]                   153, 161
        +-- DuplicateRequest                            159
        +-- ValueRefused [ValueError]                   162
        +-- UsernameMissing [ValueError]                200
        +-- PasswordMissing [ValueError]                201
        +-- UsernameTaken [ValueError]                  202
        +-- EmailTaken [ValueError]                     203
        +-- EmailMissing [ValueError]                   204
        +-- EmailNotFound [LookupError]                 205
        +-- SessionMissing [PermissionError]            206
        +-- AccountAlreadyLinked [ValueError]           208
        +-- InvalidSessionToken [PermissionError]       209
        |   +-- SessionExpired                          209 "Session token is expired."
        +-- MFAError [PermissionError]                  210
        |   +-- MFATokenRequired                        211, or -1 naming mfa
        +-- TransactionConflict [RuntimeError]          251
        +-- UnsupportedService [ValueError]             252
        +-- InvalidSchemaOperation [ValueError]         255
        +-- FileReadError [OSError]                     601
        +-- RateLimited                                 429, 100, 155
        +-- RedirectRefused                             3xx: the server URL points elsewhere
        +-- InternalServerError [RuntimeError]          1, 5xx
            +-- ServerUnavailable                       502, 503, 504
            +-- BatchRouteFailed                        /batch itself answers 500

    ParseOrmWarning [UserWarning]               something works, though not as it should

The session errors of `parse_orm.web` hang from the same root.
Codes are those of Parse Server 9.10; a code without a row (Cloud Code's own) is a plain `ParseError`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


class ParseOrmError(Exception):
    """The root of every error that parse_orm raises.

    Example:
        >>> from parse_orm.errors import InvalidId, ParseOrmError
        >>> issubclass(InvalidId, ParseOrmError) and issubclass(InvalidId, ValueError)
        True
    """

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by attributes, so that keyword-only constructors survive a process pool."""
        return _revive, (type(self), self.args, self._state())

    def _state(self) -> dict[str, Any]:
        """What a copy needs besides `args`."""
        return dict(self.__dict__)


def _revive(kind: type[ParseOrmError], args: tuple[Any, ...], state: dict[str, Any]) -> ParseOrmError:
    """Build a pickled error again without running its constructor."""
    error = kind.__new__(kind, *args)
    error.args = args
    for name, value in state.items():
        setattr(error, name, value)
    return error


class ParseOrmWarning(UserWarning):
    """Something works, though not as it should: plain http with a master key, a broken /batch."""


# -- settings ---------------------------------------------------------------------------------


class ConfigurationError(ParseOrmError, ValueError):
    """A setting is missing or wrong; the message names it."""


class NotConnected(ConfigurationError, RuntimeError):
    """There is no client to ask, or it lacks the server URL or the application id."""


# -- refused before any request ---------------------------------------------------------------


class InvalidInput(ParseOrmError, ValueError):
    """A value that was refused here, before any request."""


class InvalidId(InvalidInput):
    """An object id that cannot be one: empty, a path, or with control characters."""


class InvalidClassName(InvalidInput):
    """A Parse class name that the server would refuse or cut."""


class InvalidFieldName(InvalidInput):
    """A column name that the server would refuse or cut."""


class InvalidValue(InvalidInput):
    """A value that Parse cannot store or carry: NaN, NUL, a naive datetime, a blank token."""


class BadQuery(InvalidInput):
    """A question that the server would answer wrongly or not at all."""


# -- models -----------------------------------------------------------------------------------


class DeclarationError(ParseOrmError, TypeError):
    """A model class that contradicts itself, found when the class is made."""


class UnknownModel(ParseOrmError, LookupError):
    """No model of that name is registered."""


class UnknownField(ParseOrmError, AttributeError):
    """A name that the model does not have.

    Args:
        name: the name as it was written.
        owner: the model (or class) that was asked.
        suggestion: the name that was probably meant, if any.
        what: what was named, a field or a lookup.
        hint: what to write instead, where no name was meant.

    Example:
        >>> from parse_orm.errors import UnknownField
        >>> str(UnknownField("titel", "Song", "title"))
        "Song has no field 'titel'; did you mean 'title'?"
    """

    owner: str
    suggestion: str | None

    def __init__(
        self, name: str, owner: str = "", suggestion: str | None = None, *, what: str = "field", hint: str = ""
    ) -> None:
        """Compose the message from the parts."""
        cure = f"did you mean {suggestion!r}?" if suggestion else hint
        super().__init__(f"{owner or 'this model'} has no {what} {name!r}" + (f"; {cure}" if cure else ""))
        self.name = name
        self.owner = owner
        self.suggestion = suggestion

    def _state(self) -> dict[str, Any]:
        return {**super()._state(), "name": self.name}


class ReadOnlyField(ParseOrmError, AttributeError):
    """A column that belongs to the server was assigned."""


class RecordInvalid(ParseOrmError, ValueError):
    """A validation failed; no request was sent.

    Args:
        message: what is wrong, for a person.
        object: the object that was to be saved.
        errors: its errors, by field.
    """

    def __init__(self, message: str, *, object: Any = None, errors: Any = None) -> None:
        """Keep the object and its errors."""
        super().__init__(message)
        self.object = object
        self.errors = errors


class RecordNotSaved(ParseOrmError, RuntimeError):
    """A callback stopped the save or the destroy.

    Args:
        message: which callback, of which object.
        object: the object that was not saved.
    """

    def __init__(self, message: str, *, object: Any = None) -> None:
        """Keep the object."""
        super().__init__(message)
        self.object = object


class StaleObject(RecordNotSaved):
    """The row was saved by somebody else since this object was loaded, and `if_unchanged` was asked for."""


class Halt(ParseOrmError, RuntimeError):
    """Raise this in a `before_*` callback to stop what was going to happen."""


class UnsavedReference(ParseOrmError, ValueError):
    """A pointer leads to an object that has no id yet; save it first, or `save(cascade=True)`."""


class NotLoaded(ParseOrmError, RuntimeError):
    """A value was not fetched, and strict loading or a fork keeps it from being fetched now."""


class MultipleObjectsFound(ParseOrmError, LookupError):
    """One row was asked for and more than one matches."""


class BatchError(ParseOrmError, RuntimeError):
    """Some items of a batch failed, or nobody knows what became of them; the others were done.

    Args:
        message: how many of how many, and the first reason.
        result: the whole `BatchResult`.
        failed: what was not done, as (object, error) pairs in input order.
        unknown: what the server may have done, for the answer was lost; pairs likewise.
        afterwards: what was done, and whose callback failed after it; pairs likewise.
    """

    def __init__(
        self,
        message: str,
        *,
        result: Any = None,
        failed: Sequence[tuple[Any, Exception]] = (),
        unknown: Sequence[tuple[Any, Exception]] = (),
        afterwards: Sequence[tuple[Any, Exception]] = (),
    ) -> None:
        """Keep the result, its failures, and what is not known."""
        super().__init__(message)
        self.result = result
        self.failed = list(failed)
        self.unknown = list(unknown)
        self.afterwards = list(afterwards)


# -- who is asking ----------------------------------------------------------------------------


class SessionTokenMissing(ParseOrmError, PermissionError):
    """A session token is needed and there is none; no request was sent."""


class MasterKeyRequired(ParseOrmError, PermissionError):
    """The call needs the master key and the client has none; no request was sent."""


# -- no usable answer -------------------------------------------------------------------------


class TransportError(ParseOrmError, ConnectionError):
    """No usable answer came back: the network, a proxy or TLS failed.

    Args:
        message: what happened, without any key.
        doing: what was being done, such as "saving Song xWMyZ4YEGZ".
        request_id: the X-Parse-Request-Id that was sent, if any.
    """

    def __init__(self, message: str, *, doing: str = "", request_id: str | None = None) -> None:
        """Keep what was being done apart from what happened."""
        super().__init__(message)
        self.message = message
        self.doing = doing
        self.request_id = request_id

    def __str__(self) -> str:
        """Say what was being done, then what happened."""
        return f"{self.doing}: {self.message}" if self.doing else self.message


class ConnectFailed(TransportError):
    """The connection could not be made, so the request never left."""


class AnswerCutShort(TransportError):
    """The answer stopped half-way, could not be decoded, or is none that this question can have.

    Of a write the message says whether it was most likely done.
    """


class InstallationUpdated(AnswerCutShort):
    """A new installation was saved, the server had it already and updated that row, and its id is not known.

    The server's answer tells no id (9.10), and only the master key may look for the row.
    """


class RequestTimeout(TransportError, TimeoutError):
    """No answer came in time; a write may or may not have been done."""


class ConnectTimedOut(ConnectFailed, RequestTimeout):
    """The connection was not made in time, so the request never left."""


# -- the server refused -----------------------------------------------------------------------


class ParseError(ParseOrmError):
    """The server answered, and refused.

    Args:
        message: the server's text, redacted and cut at 500 characters.
        code: the Parse code, None when the answer had none.
        http_status: the HTTP status, None for an item of a batch.
        request_id: the X-Parse-Request-Id that was sent, if any.
        doing: what was being done, such as "saving Song xWMyZ4YEGZ".
        hint: the next thing to try.
        details: the server's `error` when it was an object (Cloud Code may throw one).
        retry_after: seconds that the server asked to wait, None when it did not say.

    Example:
        >>> from parse_orm.errors import ObjectNotFound
        >>> str(ObjectNotFound("Object not found.", code=101, http_status=404, doing="fetching Song x1"))
        'fetching Song x1: Object not found. (code 101, HTTP 404)'
    """

    def __init__(
        self,
        message: str,
        *,
        code: int | None = None,
        http_status: int | None = None,
        request_id: str | None = None,
        doing: str = "",
        hint: str = "",
        details: Any = None,
        retry_after: float | None = None,
    ) -> None:
        """Keep the parts; `str()` puts them together."""
        super().__init__(message)
        self.message = message
        self.code = code
        self.http_status = http_status
        self.request_id = request_id
        self.doing = doing
        self.hint = hint
        self.details = details
        self.retry_after = retry_after

    def __str__(self) -> str:
        """Say what was being done, what the server said, and what to try next."""
        start = f"{self.doing}: " if self.doing else ""
        facts = (
            ("code", self.code),
            ("HTTP", self.http_status),
            ("request id", self.request_id),
        )
        known = ", ".join(f"{name} {value}" for name, value in facts if value is not None)
        end = f" ({known})" if known else ""
        return f"{start}{self.message}{end}" + (f"; {self.hint}" if self.hint else "")


class ObjectNotFound(ParseError, LookupError):
    """Code 101: no such row, or one that this credential may not see."""


class InvalidCredentials(ParseError, PermissionError):
    """Code 101 from /login or /verifyPassword: the name or the password is wrong."""


class EndpointNotFound(ParseError, LookupError):
    """HTTP 404 without a code: the URL leads to no route of a Parse Server."""


class InvalidQuery(ParseError, ValueError):
    """Code 102: the server cannot run this query."""


class ClassNameError(ParseError, ValueError):
    """Code 103: the Parse class is missing, exists already or is misnamed."""


class InvalidKeyName(ParseError, ValueError):
    """Code 105: a column name that may not be written."""


class InvalidPointer(ParseError, ValueError):
    """Code 106: a pointer that is not one."""


class InvalidJSON(ParseError, ValueError):
    """Code 107: the server could not read the request."""


class CommandUnavailable(ParseError):
    """Code 108: the server does not offer this command."""


class IncorrectType(ParseError, TypeError):
    """Code 111: the column has another type in the server's schema."""


class PushMisconfigured(ParseError):
    """Code 115: push is not configured on the server."""


class ObjectTooLarge(ParseError, ValueError):
    """Code 116: the object is too large."""


class RequestTooLarge(ObjectTooLarge):
    """HTTP 413 or 431: the body or the headers exceed the server's limit."""


class OperationForbidden(ParseError, PermissionError):
    """Code 119: this credential may not do that."""


class KeysRefused(OperationForbidden):
    """HTTP 401 or 403 without a code: the application id or a key is wrong or missing."""


class InvalidNestedKey(ParseError, ValueError):
    """Code 121: a key inside an object holds '.' or '$'."""


class InvalidFileName(ParseError, ValueError):
    """Code 122: a file name that the server refuses."""


class InvalidACL(ParseError, ValueError):
    """Code 123: an ACL that the server refuses."""


class OperationTimedOut(ParseError, TimeoutError):
    """Code 124: the server itself gave up waiting."""


class InvalidEmailAddress(ParseError, ValueError):
    """Code 125: not an e-mail address."""


class FileSaveError(ParseError, OSError):
    """Code 130: the file was not stored."""


class MissingIdentifier(ParseError, ValueError):
    """Code 135: an id or type that the server needs is missing."""


class DuplicateValue(ParseError, ValueError):
    """Code 137: a value that must be unique is taken."""


class InvalidRoleName(ParseError, ValueError):
    """Code 139: a role name that the server refuses."""


class ExceededQuota(ParseError):
    """Code 140: a quota of the server is used up."""


class ScriptFailed(ParseError, RuntimeError):
    """Code 141: Cloud Code failed, or the function does not exist."""


class ValidationFailed(ParseError, ValueError):
    """Code 142: Cloud Code or the schema refused the values."""


class HookNotFound(ParseError, LookupError):
    """Code 143: no such webhook (the SDKs call this code InvalidImageData)."""


class FileDeleteError(ParseError, OSError):
    """Code 153 or 161: the file was not deleted."""


class DuplicateRequest(ParseError):
    """Code 159: a request with this X-Parse-Request-Id was already done."""


class ValueRefused(ParseError, ValueError):
    """Code 162: a value that the server refuses."""


class UsernameMissing(ParseError, ValueError):
    """Code 200: no user name was given."""


class PasswordMissing(ParseError, ValueError):
    """Code 201: no password was given."""


class UsernameTaken(ParseError, ValueError):
    """Code 202: another user has this name, whatever its case."""


class EmailTaken(ParseError, ValueError):
    """Code 203: another user has this e-mail address."""


class EmailMissing(ParseError, ValueError):
    """Code 204: no e-mail address was given."""


class EmailNotFound(ParseError, LookupError):
    """Code 205: no user has this e-mail address."""


class SessionMissing(ParseError, PermissionError):
    """Code 206: only the user, or the master key, may change this user."""


class AccountAlreadyLinked(ParseError, ValueError):
    """Code 208: another user is linked to this account."""


class InvalidSessionToken(ParseError, PermissionError):
    """Code 209: the session token is missing, wrong or was revoked."""


class SessionExpired(InvalidSessionToken):
    """Code 209 with the text "Session token is expired."."""


class MFAError(ParseError, PermissionError):
    """Code 210: the second factor was refused."""


class MFATokenRequired(MFAError):
    """Code 211, or -1 "Missing additional authData mfa": a second factor is needed."""


class TransactionConflict(ParseError, RuntimeError):
    """Code 251 as the server uses it: a transaction lost a race and may be tried again."""


class UnsupportedService(ParseError, ValueError):
    """Code 252: the server has no such way to log in."""


class InvalidSchemaOperation(ParseError, ValueError):
    """Code 255: the schema cannot be changed so."""


class FileReadError(ParseError, OSError):
    """Code 601: the file cannot be read."""


class RateLimited(ParseError):
    """HTTP 429, code 155, or code 100 from the rate limiter; `retry_after` says how long to wait."""


class RedirectRefused(ParseError):
    """HTTP 3xx: a redirect is never followed, because it could carry the keys to another host."""


class InternalServerError(ParseError, RuntimeError):
    """Code 1 or HTTP 5xx: the server failed, and its log knows why."""


class ServerUnavailable(InternalServerError):
    """HTTP 502, 503 or 504: the server is starting, stopped or overloaded."""


class BatchRouteFailed(InternalServerError):
    """The server's /batch route itself is failing, whatever is sent to it."""


BY_CODE: Mapping[int, type[ParseError]] = {
    1: InternalServerError,
    100: RateLimited,
    101: ObjectNotFound,
    102: InvalidQuery,
    103: ClassNameError,
    105: InvalidKeyName,
    106: InvalidPointer,
    107: InvalidJSON,
    108: CommandUnavailable,
    111: IncorrectType,
    115: PushMisconfigured,
    116: ObjectTooLarge,
    119: OperationForbidden,
    121: InvalidNestedKey,
    122: InvalidFileName,
    123: InvalidACL,
    124: OperationTimedOut,
    125: InvalidEmailAddress,
    129: RequestTooLarge,
    130: FileSaveError,
    135: MissingIdentifier,
    137: DuplicateValue,
    139: InvalidRoleName,
    140: ExceededQuota,
    141: ScriptFailed,
    142: ValidationFailed,
    143: HookNotFound,
    153: FileDeleteError,
    155: RateLimited,
    159: DuplicateRequest,
    161: FileDeleteError,
    162: ValueRefused,
    200: UsernameMissing,
    201: PasswordMissing,
    202: UsernameTaken,
    203: EmailTaken,
    204: EmailMissing,
    205: EmailNotFound,
    206: SessionMissing,
    208: AccountAlreadyLinked,
    209: InvalidSessionToken,
    210: MFAError,
    211: MFATokenRequired,
    251: TransactionConflict,
    252: UnsupportedService,
    255: InvalidSchemaOperation,
    601: FileReadError,
}
"""Parse code to class; a code that is not here is a plain `ParseError`."""

BY_STATUS: Mapping[int, type[ParseError]] = {
    401: KeysRefused,
    403: KeysRefused,
    404: EndpointNotFound,
    413: RequestTooLarge,
    429: RateLimited,
    431: RequestTooLarge,
    502: ServerUnavailable,
    503: ServerUnavailable,
    504: ServerUnavailable,
}
"""HTTP status to class, for answers that carry no Parse code."""


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Give the known name that is nearest to a misspelt one.

    Args:
        name: the name as it was written.
        known: the names that exist.

    Returns:
        The nearest name, or None when nothing is near.

    Example:
        >>> from parse_orm.errors import did_you_mean
        >>> did_you_mean("titel", ["title", "plays"])
        'title'
    """
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)), None)
