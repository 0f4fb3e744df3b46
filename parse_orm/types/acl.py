"""Who may read and write one row: the public, users by id, roles by name."""

import re
from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from ..errors import InvalidValue, did_you_mean
from .depth import short_repr

#: The entry that stands for everybody.
PUBLIC = "*"

RIGHTS = ("read", "write")


@runtime_checkable
class Grantee(Protocol):
    """Whatever an ACL entry can name: a User gives its id, a Role gives ``role:Name``."""

    @property
    def acl_key(self) -> str: ...


_new = object.__new__


class ACL:
    """The access list of one row; changing it in place marks the row as changed.

    >>> acl = ACL()
    >>> acl.public_read = True
    >>> acl.grant("role:Admin")
    ACL({'*': {'read': True}, 'role:Admin': {'read': True, 'write': True}})
    >>> acl.can_write("role:Admin"), acl.can_write(PUBLIC)
    (True, False)

    An empty ACL means master key only. A row without any ACL is public.

    Args:
        mapping: entries as Parse writes them, ``{"*": {"read": True}}``.

    Raises:
        InvalidValue: it is no mapping of grantees to the rights "read" and "write", each True or False.
    """

    __slots__ = ("_entries",)

    def __init__(self, mapping: Mapping[str, Mapping[str, bool]] | None = None) -> None:
        if mapping is not None and not isinstance(mapping, Mapping):
            raise InvalidValue(
                f"an ACL is made of a mapping such as {{'*': {{'read': True}}}}, not {short_repr(mapping)}: for a "
                "public row ACL().grant(orm.PUBLIC)"
            )
        self._entries: Mapping[str, Mapping[str, bool]] = {
            _key(key): kept for key, rights in (mapping or {}).items() if (kept := _rights(key, rights))
        }

    @classmethod
    def from_wire(cls, wire: Mapping[str, Mapping[str, bool]]) -> "ACL":
        """The list that the server sent, without a copy where it needs none: no list changes it in place.

        Raises:
            InvalidValue: it is no list of rights.
        """
        if wire is None:
            raise InvalidValue("an ACL is made of a mapping such as {'*': {'read': True}}, not None")
        if not _is_formed(wire):
            return cls(wire)
        made = _new(cls)
        made._entries = wire
        return made

    def grant(self, who: "str | Grantee", read: bool = True, write: bool = True) -> "ACL":
        """Set what one grantee may do, and give the ACL back for chaining.

        Args:
            who: a User, a Role, ``"role:Name"``, a user id or ``orm.PUBLIC``.
            read: may read the row.
            write: may change and delete it.

        Raises:
            InvalidValue: the grantee is blank or was never saved, or a right is not a bool.
        """
        key = _key(who)
        self._put(key, _rights(key, {"read": read, "write": write}))
        return self

    def revoke(self, who: "str | Grantee") -> "ACL":
        """Take every right from one grantee, and give the ACL back for chaining."""
        self._put(self._key_here(who), {})
        return self

    def _put(self, key: str, rights: dict[str, bool]) -> None:
        """Replace one entry, in a new dict because lists share theirs with rows. The server drops empty ones, too."""
        entries = {known: given for known, given in self._entries.items() if known != key}
        self._entries = {**entries, key: rights} if rights else entries

    def can_read(self, who: "str | Grantee") -> bool:
        """Whether this list itself lets somebody read; roles of a user are not looked up."""
        return self._allows(who, "read")

    def can_write(self, who: "str | Grantee") -> bool:
        """Whether this list itself lets somebody write; roles of a user are not looked up."""
        return self._allows(who, "write")

    @property
    def public_read(self) -> bool:
        """Whether everybody may read."""
        return self.can_read(PUBLIC)

    @public_read.setter
    def public_read(self, allowed: bool) -> None:
        self.grant(PUBLIC, read=allowed, write=self.public_write)

    @property
    def public_write(self) -> bool:
        """Whether everybody may write."""
        return self.can_write(PUBLIC)

    @public_write.setter
    def public_write(self, allowed: bool) -> None:
        self.grant(PUBLIC, read=self.public_read, write=allowed)

    @property
    def readers(self) -> list[str]:
        """Who may read: ``*``, ``role:Name`` and user ids. Empty means the master key alone."""
        return [key for key, rights in self._entries.items() if rights.get("read")]

    @property
    def writers(self) -> list[str]:
        """Who may write: ``*``, ``role:Name`` and user ids. Empty means the master key alone."""
        return [key for key, rights in self._entries.items() if rights.get("write")]

    def to_wire(self) -> Mapping[str, Mapping[str, bool]]:
        """The entries as Parse writes them, not copied: nobody may change them."""
        return self._entries

    def to_dict(self) -> dict[str, dict[str, bool]]:
        """The entries as Parse writes them, in a new dict; ``from_wire`` takes them back, whatever the server holds."""
        return {key: dict(rights) for key, rights in self._entries.items()}

    def _allows(self, who: "str | Grantee", right: str) -> bool:
        return any(self._entries.get(key, {}).get(right, False) for key in (PUBLIC, self._key_here(who)))

    def _key_here(self, who: "str | Grantee") -> str:
        """The key of a grantee, be it one that nobody could grant to and that the server holds all the same."""
        return who if isinstance(who, str) and who in self._entries else _key(who)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ACL) and self._entries == other._entries

    __hash__ = None  # type: ignore[assignment]  # a list that changes in place has no hash

    def __repr__(self) -> str:
        return f"ACL({self._entries})"


def _rights(key: object, given: Any) -> dict[str, bool]:
    """The rights of one entry that are granted; what is no right, or neither True nor False, is refused."""
    if not isinstance(given, Mapping):
        raise InvalidValue(f"the rights of {key!r:.60} are a mapping such as {{'read': True}}, not {short_repr(given)}")
    for right, value in given.items():
        if right not in RIGHTS:
            near = did_you_mean(right, RIGHTS) if isinstance(right, str) else None
            hint = f"; did you mean {near!r}?" if near else ""
            raise InvalidValue(
                f"{right!r:.60} is not a right of an ACL{hint} There are 'read' and 'write', which is also to delete"
            )
        if not isinstance(value, bool):
            raise InvalidValue(f"the right {right!r} of {key!r:.60} is True or False, not {short_repr(value)}")
    return {right: True for right in RIGHTS if given.get(right)}


def _key(who: Any) -> str:
    key = who if isinstance(who, str) else getattr(who, "acl_key", None)
    if isinstance(key, str) and (key == PUBLIC or key.isalnum()) and key.lower() not in _WORDS:
        return key
    if not isinstance(key, str) or not key.strip():
        raise InvalidValue(
            f"an ACL entry needs a saved User, a Role, 'role:Name', a user id or PUBLIC, not {type(who).__name__}"
        )
    hint = _WORDS.get(key.strip().lower())
    if hint is None and key[:5].lower() == "role:" and (key[:5] != "role:" or key != key.strip() or key[5:6] == " "):
        hint = _WORDS["role:"]
    elif hint is None and key[:5] != "role:" and _ODD.search(key):
        hint = _WORDS["public"] if "*" in key else "a user id has no spaces; give the User itself"
    if hint is not None:
        raise InvalidValue(f"an ACL entry cannot be for {key!r:.60}: {hint}")
    return key


def _is_formed(wire: Any) -> bool:
    """Whether entries from elsewhere may be taken as they are."""
    return type(wire) is dict and all(
        type(rights) is dict and all(right in RIGHTS and type(given) is bool for right, given in rights.items())
        for rights in wire.values()
    )


#: Words that somebody may take for a grantee, with what to write.
_WORDS = {
    "public": "for everybody there is orm.PUBLIC, '*'",
    "everyone": "for everybody there is orm.PUBLIC, '*'",
    "authenticated": "an ACL cannot name those who are logged in: grant to a role that has them, or to orm.PUBLIC and "
    "give the class permissions that require a login",
    "role:": "write 'role:Name', or give the Role itself",
    "owner": "give the User who owns the row, or declare acl_owner= on the class",
}

#: What no user id has.
_ODD = re.compile(r"[\s*]")
