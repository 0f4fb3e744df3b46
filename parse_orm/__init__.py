"""ActiveRecord-style models, queries and sessions for Parse Server.

>>> import parse_orm as orm
>>> class Song(orm.ParseObject):
...     title = orm.property(str, required=True)
...     plays = orm.property(int, default=0)

Every name below is resolved at its first use, so importing the package costs next to nothing. ``property`` is left out
of ``__all__``: a star import would hide Python's own.
"""

from __future__ import annotations

from parse_orm._version import __version__ as __version__

TYPE_CHECKING = False  # typing's own constant would cost the import of typing, 7 ms
if TYPE_CHECKING:
    from typing import Any

    from parse_orm.access import Access as Access
    from parse_orm.access import can_delete as can_delete
    from parse_orm.access import can_read as can_read
    from parse_orm.access import can_write as can_write
    from parse_orm.access import permissions as permissions
    from parse_orm.application import Client as Client
    from parse_orm.application import call as call
    from parse_orm.application import connect as connect
    from parse_orm.application import current_client as current_client
    from parse_orm.application import push as push
    from parse_orm.application import start_job as start_job
    from parse_orm.application import track as track
    from parse_orm.application import validate_associations as validate_associations
    from parse_orm.associations import Relation as Relation
    from parse_orm.associations import belongs_to as belongs_to
    from parse_orm.associations import has_many as has_many
    from parse_orm.associations import has_one as has_one
    from parse_orm.classes import Audience as Audience
    from parse_orm.classes import Installation as Installation
    from parse_orm.classes import JobSchedule as JobSchedule
    from parse_orm.classes import JobStatus as JobStatus
    from parse_orm.classes import Product as Product
    from parse_orm.classes import PushStatus as PushStatus
    from parse_orm.classes import Role as Role
    from parse_orm.classes import Session as Session
    from parse_orm.classes import User as User
    from parse_orm.client.config_values import config as config
    from parse_orm.client.context import as_anonymous as as_anonymous
    from parse_orm.client.context import as_master as as_master
    from parse_orm.client.context import as_user as as_user
    from parse_orm.client.context import current_credential as current_credential
    from parse_orm.client.context import using as using
    from parse_orm.client.files import File as File
    from parse_orm.client.hooks import hooks as hooks
    from parse_orm.client.schemas import schemas as schemas
    from parse_orm.codec.reference import parse_reference as parse_reference
    from parse_orm.errors import AccountAlreadyLinked as AccountAlreadyLinked
    from parse_orm.errors import AnswerCutShort as AnswerCutShort
    from parse_orm.errors import BadQuery as BadQuery
    from parse_orm.errors import BatchError as BatchError
    from parse_orm.errors import BatchRouteFailed as BatchRouteFailed
    from parse_orm.errors import ClassNameError as ClassNameError
    from parse_orm.errors import CommandUnavailable as CommandUnavailable
    from parse_orm.errors import ConfigurationError as ConfigurationError
    from parse_orm.errors import ConnectFailed as ConnectFailed
    from parse_orm.errors import ConnectTimedOut as ConnectTimedOut
    from parse_orm.errors import DeclarationError as DeclarationError
    from parse_orm.errors import DuplicateRequest as DuplicateRequest
    from parse_orm.errors import DuplicateValue as DuplicateValue
    from parse_orm.errors import EmailMissing as EmailMissing
    from parse_orm.errors import EmailNotFound as EmailNotFound
    from parse_orm.errors import EmailTaken as EmailTaken
    from parse_orm.errors import EndpointNotFound as EndpointNotFound
    from parse_orm.errors import ExceededQuota as ExceededQuota
    from parse_orm.errors import FileDeleteError as FileDeleteError
    from parse_orm.errors import FileReadError as FileReadError
    from parse_orm.errors import FileSaveError as FileSaveError
    from parse_orm.errors import Halt as Halt
    from parse_orm.errors import HookNotFound as HookNotFound
    from parse_orm.errors import IncorrectType as IncorrectType
    from parse_orm.errors import InstallationUpdated as InstallationUpdated
    from parse_orm.errors import InternalServerError as InternalServerError
    from parse_orm.errors import InvalidACL as InvalidACL
    from parse_orm.errors import InvalidClassName as InvalidClassName
    from parse_orm.errors import InvalidCredentials as InvalidCredentials
    from parse_orm.errors import InvalidEmailAddress as InvalidEmailAddress
    from parse_orm.errors import InvalidFieldName as InvalidFieldName
    from parse_orm.errors import InvalidFileName as InvalidFileName
    from parse_orm.errors import InvalidId as InvalidId
    from parse_orm.errors import InvalidInput as InvalidInput
    from parse_orm.errors import InvalidJSON as InvalidJSON
    from parse_orm.errors import InvalidKeyName as InvalidKeyName
    from parse_orm.errors import InvalidNestedKey as InvalidNestedKey
    from parse_orm.errors import InvalidPointer as InvalidPointer
    from parse_orm.errors import InvalidQuery as InvalidQuery
    from parse_orm.errors import InvalidRoleName as InvalidRoleName
    from parse_orm.errors import InvalidSchemaOperation as InvalidSchemaOperation
    from parse_orm.errors import InvalidSessionToken as InvalidSessionToken
    from parse_orm.errors import InvalidValue as InvalidValue
    from parse_orm.errors import KeysRefused as KeysRefused
    from parse_orm.errors import MasterKeyRequired as MasterKeyRequired
    from parse_orm.errors import MFAError as MFAError
    from parse_orm.errors import MFATokenRequired as MFATokenRequired
    from parse_orm.errors import MissingIdentifier as MissingIdentifier
    from parse_orm.errors import MultipleObjectsFound as MultipleObjectsFound
    from parse_orm.errors import NotConnected as NotConnected
    from parse_orm.errors import NotLoaded as NotLoaded
    from parse_orm.errors import ObjectNotFound as ObjectNotFound
    from parse_orm.errors import ObjectTooLarge as ObjectTooLarge
    from parse_orm.errors import OperationForbidden as OperationForbidden
    from parse_orm.errors import OperationTimedOut as OperationTimedOut
    from parse_orm.errors import ParseError as ParseError
    from parse_orm.errors import ParseOrmError as ParseOrmError
    from parse_orm.errors import ParseOrmWarning as ParseOrmWarning
    from parse_orm.errors import PasswordMissing as PasswordMissing
    from parse_orm.errors import PushMisconfigured as PushMisconfigured
    from parse_orm.errors import RateLimited as RateLimited
    from parse_orm.errors import ReadOnlyField as ReadOnlyField
    from parse_orm.errors import RecordInvalid as RecordInvalid
    from parse_orm.errors import RecordNotSaved as RecordNotSaved
    from parse_orm.errors import RedirectRefused as RedirectRefused
    from parse_orm.errors import RequestTimeout as RequestTimeout
    from parse_orm.errors import RequestTooLarge as RequestTooLarge
    from parse_orm.errors import ScriptFailed as ScriptFailed
    from parse_orm.errors import ServerUnavailable as ServerUnavailable
    from parse_orm.errors import SessionExpired as SessionExpired
    from parse_orm.errors import SessionMissing as SessionMissing
    from parse_orm.errors import SessionTokenMissing as SessionTokenMissing
    from parse_orm.errors import StaleObject as StaleObject
    from parse_orm.errors import TransactionConflict as TransactionConflict
    from parse_orm.errors import TransportError as TransportError
    from parse_orm.errors import UnknownField as UnknownField
    from parse_orm.errors import UnknownModel as UnknownModel
    from parse_orm.errors import UnsavedReference as UnsavedReference
    from parse_orm.errors import UnsupportedService as UnsupportedService
    from parse_orm.errors import UsernameMissing as UsernameMissing
    from parse_orm.errors import UsernameTaken as UsernameTaken
    from parse_orm.errors import ValidationFailed as ValidationFailed
    from parse_orm.errors import ValueRefused as ValueRefused
    from parse_orm.fields.array import array as array
    from parse_orm.fields.property import property as property
    from parse_orm.model import BatchResult as BatchResult
    from parse_orm.model import Errors as Errors
    from parse_orm.model import ParseObject as ParseObject
    from parse_orm.model import Transaction as Transaction
    from parse_orm.model import after_create as after_create
    from parse_orm.model import after_destroy as after_destroy
    from parse_orm.model import after_save as after_save
    from parse_orm.model import after_update as after_update
    from parse_orm.model import after_validation as after_validation
    from parse_orm.model import around_create as around_create
    from parse_orm.model import around_destroy as around_destroy
    from parse_orm.model import around_save as around_save
    from parse_orm.model import around_update as around_update
    from parse_orm.model import around_validation as around_validation
    from parse_orm.model import before_create as before_create
    from parse_orm.model import before_destroy as before_destroy
    from parse_orm.model import before_save as before_save
    from parse_orm.model import before_update as before_update
    from parse_orm.model import before_validation as before_validation
    from parse_orm.model import destroy_all as destroy_all
    from parse_orm.model import fetch_all as fetch_all
    from parse_orm.model import save_all as save_all
    from parse_orm.model import strict_loading as strict_loading
    from parse_orm.model import transaction as transaction
    from parse_orm.model import validates as validates
    from parse_orm.query import Cursor as Cursor
    from parse_orm.query import NPlusOne as NPlusOne
    from parse_orm.query import Query as Query
    from parse_orm.query import scope as scope
    from parse_orm.query import watch_n_plus_one as watch_n_plus_one
    from parse_orm.transport.hooks import Hooks as Hooks
    from parse_orm.transport.retry import Retry as Retry
    from parse_orm.types import ACL as ACL
    from parse_orm.types import PUBLIC as PUBLIC
    from parse_orm.types import Email as Email
    from parse_orm.types import GeoPoint as GeoPoint
    from parse_orm.types import Phone as Phone
    from parse_orm.types import Pointer as Pointer
    from parse_orm.types import Polygon as Polygon

#: Where each public name lives; a module is imported at the first use of one of its names.
_HOMES: dict[str, tuple[str, ...]] = {
    "access": (
        "Access",
        "can_delete",
        "can_read",
        "can_write",
        "permissions",
    ),
    "application": (
        "Client",
        "call",
        "connect",
        "current_client",
        "push",
        "start_job",
        "track",
        "validate_associations",
    ),
    "associations": (
        "Relation",
        "belongs_to",
        "has_many",
        "has_one",
    ),
    "classes": (
        "Audience",
        "Installation",
        "JobSchedule",
        "JobStatus",
        "Product",
        "PushStatus",
        "Role",
        "Session",
        "User",
    ),
    "client.config_values": ("config",),
    "client.context": (
        "as_anonymous",
        "as_master",
        "as_user",
        "current_credential",
        "using",
    ),
    "client.files": ("File",),
    "client.hooks": ("hooks",),
    "client.schemas": ("schemas",),
    "codec.reference": ("parse_reference",),
    "errors": (
        "AccountAlreadyLinked",
        "AnswerCutShort",
        "BadQuery",
        "BatchError",
        "BatchRouteFailed",
        "ClassNameError",
        "CommandUnavailable",
        "ConfigurationError",
        "ConnectFailed",
        "ConnectTimedOut",
        "DeclarationError",
        "DuplicateRequest",
        "DuplicateValue",
        "EmailMissing",
        "EmailNotFound",
        "EmailTaken",
        "EndpointNotFound",
        "ExceededQuota",
        "FileDeleteError",
        "FileReadError",
        "FileSaveError",
        "Halt",
        "HookNotFound",
        "IncorrectType",
        "InstallationUpdated",
        "InternalServerError",
        "InvalidACL",
        "InvalidClassName",
        "InvalidCredentials",
        "InvalidEmailAddress",
        "InvalidFieldName",
        "InvalidFileName",
        "InvalidId",
        "InvalidInput",
        "InvalidJSON",
        "InvalidKeyName",
        "InvalidNestedKey",
        "InvalidPointer",
        "InvalidQuery",
        "InvalidRoleName",
        "InvalidSchemaOperation",
        "InvalidSessionToken",
        "InvalidValue",
        "KeysRefused",
        "MFAError",
        "MFATokenRequired",
        "MasterKeyRequired",
        "MissingIdentifier",
        "MultipleObjectsFound",
        "NotConnected",
        "NotLoaded",
        "ObjectNotFound",
        "ObjectTooLarge",
        "OperationForbidden",
        "OperationTimedOut",
        "ParseError",
        "ParseOrmError",
        "ParseOrmWarning",
        "PasswordMissing",
        "PushMisconfigured",
        "RateLimited",
        "ReadOnlyField",
        "RecordInvalid",
        "RecordNotSaved",
        "RedirectRefused",
        "RequestTimeout",
        "RequestTooLarge",
        "ScriptFailed",
        "ServerUnavailable",
        "SessionExpired",
        "SessionMissing",
        "SessionTokenMissing",
        "StaleObject",
        "TransactionConflict",
        "TransportError",
        "UnknownField",
        "UnknownModel",
        "UnsavedReference",
        "UnsupportedService",
        "UsernameMissing",
        "UsernameTaken",
        "ValidationFailed",
        "ValueRefused",
    ),
    "fields.array": ("array",),
    "fields.property": ("property",),
    "model": (
        "BatchResult",
        "Errors",
        "ParseObject",
        "Transaction",
        "after_create",
        "after_destroy",
        "after_save",
        "after_update",
        "after_validation",
        "around_create",
        "around_destroy",
        "around_save",
        "around_update",
        "around_validation",
        "before_create",
        "before_destroy",
        "before_save",
        "before_update",
        "before_validation",
        "destroy_all",
        "fetch_all",
        "save_all",
        "strict_loading",
        "transaction",
        "validates",
    ),
    "query": (
        "Cursor",
        "NPlusOne",
        "Query",
        "scope",
        "watch_n_plus_one",
    ),
    "transport.hooks": ("Hooks",),
    "transport.retry": ("Retry",),
    "types": (
        "ACL",
        "Email",
        "GeoPoint",
        "PUBLIC",
        "Phone",
        "Pointer",
        "Polygon",
    ),
}
_HOME_OF = {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names}

__all__ = [
    "ACL",
    "Access",
    "AccountAlreadyLinked",
    "AnswerCutShort",
    "Audience",
    "BadQuery",
    "BatchError",
    "BatchResult",
    "BatchRouteFailed",
    "ClassNameError",
    "Client",
    "CommandUnavailable",
    "ConfigurationError",
    "ConnectFailed",
    "ConnectTimedOut",
    "Cursor",
    "DeclarationError",
    "DuplicateRequest",
    "DuplicateValue",
    "Email",
    "EmailMissing",
    "EmailNotFound",
    "EmailTaken",
    "EndpointNotFound",
    "Errors",
    "ExceededQuota",
    "File",
    "FileDeleteError",
    "FileReadError",
    "FileSaveError",
    "GeoPoint",
    "Halt",
    "HookNotFound",
    "Hooks",
    "IncorrectType",
    "Installation",
    "InstallationUpdated",
    "InternalServerError",
    "InvalidACL",
    "InvalidClassName",
    "InvalidCredentials",
    "InvalidEmailAddress",
    "InvalidFieldName",
    "InvalidFileName",
    "InvalidId",
    "InvalidInput",
    "InvalidJSON",
    "InvalidKeyName",
    "InvalidNestedKey",
    "InvalidPointer",
    "InvalidQuery",
    "InvalidRoleName",
    "InvalidSchemaOperation",
    "InvalidSessionToken",
    "InvalidValue",
    "JobSchedule",
    "JobStatus",
    "KeysRefused",
    "MFAError",
    "MFATokenRequired",
    "MasterKeyRequired",
    "MissingIdentifier",
    "MultipleObjectsFound",
    "NPlusOne",
    "NotConnected",
    "NotLoaded",
    "ObjectNotFound",
    "ObjectTooLarge",
    "OperationForbidden",
    "OperationTimedOut",
    "PUBLIC",
    "ParseError",
    "ParseObject",
    "ParseOrmError",
    "ParseOrmWarning",
    "PasswordMissing",
    "Phone",
    "Pointer",
    "Polygon",
    "Product",
    "PushMisconfigured",
    "PushStatus",
    "Query",
    "RateLimited",
    "ReadOnlyField",
    "RecordInvalid",
    "RecordNotSaved",
    "RedirectRefused",
    "Relation",
    "RequestTimeout",
    "RequestTooLarge",
    "Retry",
    "Role",
    "ScriptFailed",
    "ServerUnavailable",
    "Session",
    "SessionExpired",
    "SessionMissing",
    "SessionTokenMissing",
    "StaleObject",
    "Transaction",
    "TransactionConflict",
    "TransportError",
    "UnknownField",
    "UnknownModel",
    "UnsavedReference",
    "UnsupportedService",
    "User",
    "UsernameMissing",
    "UsernameTaken",
    "ValidationFailed",
    "ValueRefused",
    "after_create",
    "after_destroy",
    "after_save",
    "after_update",
    "after_validation",
    "around_create",
    "around_destroy",
    "around_save",
    "around_update",
    "around_validation",
    "array",
    "as_anonymous",
    "as_master",
    "as_user",
    "before_create",
    "before_destroy",
    "before_save",
    "before_update",
    "before_validation",
    "belongs_to",
    "call",
    "can_delete",
    "can_read",
    "can_write",
    "config",
    "connect",
    "current_client",
    "current_credential",
    "destroy_all",
    "fetch_all",
    "has_many",
    "has_one",
    "hooks",
    "parse_reference",
    "permissions",
    "push",
    "save_all",
    "schemas",
    "scope",
    "start_job",
    "strict_loading",
    "track",
    "transaction",
    "using",
    "validate_associations",
    "validates",
    "watch_n_plus_one",
]


def __getattr__(name: str) -> Any:
    """Resolve a public name at its first use (PEP 562)."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
