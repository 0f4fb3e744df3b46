"""May this user read that object? Answers from memory: yes, no, or not to be known from here.

They tell a page which buttons to draw. The server alone decides, at the request itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from ..names import SYSTEM_CLASSES
from ..types.acl import ACL, PUBLIC
from .class_level import ClassPermissions
from .grants import LOGGED_IN

Verdict = Literal["allowed", "denied", "unknown"]
Right = Literal["read", "write"]

#: Classes for which the server has rules of its own, which no ACL and no permission here can tell.
_OWN_RULES = frozenset(SYSTEM_CLASSES.values()) - {"_User", "_Role"}


@dataclass(frozen=True, slots=True)
class Access:
    """The answer to one question; true only when it is "allowed".

    Args:
        verdict: "allowed", "denied" or "unknown".
        reasons: why, in a few words each.
    """

    verdict: Verdict
    reasons: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.verdict == "allowed"


@dataclass(frozen=True, slots=True)
class _Who:
    """Whoever asks, in the terms of an ACL."""

    id: str | None
    roles: frozenset[str] | None

    @property
    def keys(self) -> frozenset[str]:
        """The entries that surely apply."""
        own = () if self.id is None else (self.id, LOGGED_IN)
        return frozenset({PUBLIC, *own, *(self.roles or ())})

    def might_be_in(self, keys: Iterable[str]) -> list[str]:
        """The roles among the keys that may apply, for all we know."""
        if self.id is None or self.roles is not None:
            return []
        return sorted(key for key in keys if key.startswith("role:"))


def can_read(user: Any, obj: Any, roles: Iterable[Any] | None = None) -> Access:
    """Whether a user may read an object; no request.

    >>> import parse_orm as orm
    >>> class Memo(orm.ParseObject):
    ...     text = orm.property(str)
    >>> orm.can_read(None, Memo(text="hi")).verdict
    'unknown'

    Args:
        user: a User or its id; None for somebody who is not logged in.
        obj: an object as it was loaded.
        roles: every role of the user, the inherited ones included, as ``Role.names_for(user)`` gives them; None when
            they are not known.

    Returns:
        "allowed", "denied" or "unknown" with the reasons; true only when it is "allowed".
    """
    return _ask(user, obj, "read", "get", roles)


def can_write(user: Any, obj: Any, roles: Iterable[Any] | None = None) -> Access:
    """Whether a user may change an object; no request. Arguments and answer as for ``can_read``."""
    return _ask(user, obj, "write", "update", roles)


def can_delete(user: Any, obj: Any, roles: Iterable[Any] | None = None) -> Access:
    """Whether a user may delete an object; no request. Arguments and answer as for ``can_read``."""
    return _ask(user, obj, "write", "delete", roles)


def _ask(user: Any, obj: Any, right: Right, operation: str, roles: Iterable[Any] | None) -> Access:
    who = _Who(_id_of(user), None if roles is None else frozenset(_role_key(role) for role in roles))
    answers = (_of_class(who, obj, operation, right), _of_row(who, obj, right))
    strongest = min(answers, key=lambda answer: _STRENGTH.index(answer.verdict)).verdict
    reasons = (reason for answer in answers if answer.verdict == strongest for reason in answer.reasons)
    return Access(strongest, tuple(reasons))


#: The stronger answer first: one "denied" is enough, and "unknown" leaves it open.
_STRENGTH: tuple[Verdict, ...] = ("denied", "unknown", "allowed")


def _of_row(who: _Who, obj: Any, right: Right) -> Access:
    """What the row's own ACL says."""
    if obj.is_new:
        return Access("unknown", ("the object was never saved",))
    if not obj._is_known("ACL"):
        return Access("unknown", ("the ACL of the row was not fetched",))
    entries = obj._wire.get("ACL")
    if entries is None:
        return Access("allowed", ("the row has no ACL, so it is public",))
    acl = ACL.from_wire(entries)
    return _decided(who, acl.readers if right == "read" else acl.writers, f"the ACL of the row grants {right}")


def _of_class(who: _Who, obj: Any, operation: str, right: Right) -> Access:
    """What the permissions say that the model declares."""
    schema = obj.schema
    if schema.class_name in _OWN_RULES:
        return Access("unknown", (f"the server has rules of its own for {schema.class_name}",))
    declared: ClassPermissions | None = obj._rules.permissions
    if declared is None:
        return Access("allowed", (f"{schema.name} declares no permissions; the server's may be narrower",))
    grants = declared.operations[operation]
    answer = _decided(who, grants.keys, f"the class grants {operation}")
    if answer:
        return answer
    shared = declared.read_user_fields if right == "read" else declared.write_user_fields
    by_fields = _by_fields(who, obj, (*grants.fields, *shared))
    return answer if by_fields is None else by_fields


def _by_fields(who: _Who, obj: Any, names: Iterable[str]) -> Access | None:
    """What the pointer fields say: None when they do not name the user."""
    if who.id is None:
        return None
    unknown = []
    for name in names:
        path = obj.schema.fields[name].path
        if not obj._is_known(path):
            unknown.append(f"{name} was not fetched")
        elif who.id in _ids(obj._wire.get(path)):
            return Access("allowed", (f"{name} is this user",))
    return Access("unknown", tuple(unknown)) if unknown else None


def _decided(who: _Who, keys: Iterable[str], what: str) -> Access:
    keys = tuple(keys)
    matched = sorted(who.keys.intersection(keys))
    if matched:
        return Access("allowed", (f"{what} to {matched[0]}",))
    possible = who.might_be_in(keys)
    if possible:
        return Access("unknown", (f"{what} to {', '.join(possible)}, and the roles of the user are not known",))
    return Access("denied", (f"{what} to {', '.join(sorted(keys)) or 'nobody but the master key'}",))


def _ids(wire: Any) -> list[str]:
    pointers = wire if isinstance(wire, list) else [wire]
    return [
        pointer["objectId"]
        for pointer in pointers
        if isinstance(pointer, dict) and pointer.get("className") == "_User" and "objectId" in pointer
    ]


def _id_of(user: Any) -> str | None:
    if user is None or isinstance(user, str):
        return user
    return str(user.acl_key)


def _role_key(role: Any) -> str:
    if not isinstance(role, str):
        return str(role.acl_key)
    return role if role.startswith("role:") else f"role:{role}"
