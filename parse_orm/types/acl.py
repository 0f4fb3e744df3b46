"""Who may read and write one row: the public, users by id, roles by name."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

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
    """

    __slots__ = ("_entries",)

    def __init__(self, mapping: Mapping[str, Mapping[str, bool]] | None = None) -> None:
        self._entries: Mapping[str, Mapping[str, bool]] = {
            _key(key): kept
            for key, rights in (mapping or {}).items()
            if (kept := {right: True for right in RIGHTS if rights.get(right)})
        }

    @classmethod
    def from_wire(cls, wire: Mapping[str, Mapping[str, bool]]) -> "ACL":
        """The list that the server sent, taken without a check and without a copy: no list changes it in place."""
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
            ValueError: the grantee is blank or was never saved.
        """
        rights = {name: True for name, given in (("read", read), ("write", write)) if given}
        self._put(_key(who), rights)
        return self

    def revoke(self, who: "str | Grantee") -> "ACL":
        """Take every right from one grantee, and give the ACL back for chaining."""
        self._put(_key(who), {})
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
        """The entries as Parse writes them, in a new dict."""
        return {key: dict(rights) for key, rights in self._entries.items()}

    def _allows(self, who: "str | Grantee", right: str) -> bool:
        return any(self._entries.get(key, {}).get(right, False) for key in (PUBLIC, _key(who)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ACL) and self._entries == other._entries

    __hash__ = None  # type: ignore[assignment]  # a list that changes in place has no hash

    def __repr__(self) -> str:
        return f"ACL({self._entries})"


def _key(who: Any) -> str:
    key = who if isinstance(who, str) else getattr(who, "acl_key", None)
    if not isinstance(key, str) or not key.strip():
        raise ValueError(
            f"an ACL entry needs a saved User, a Role, 'role:Name', a user id or PUBLIC, not {type(who).__name__}"
        )
    return key
