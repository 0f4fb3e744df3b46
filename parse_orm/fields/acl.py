"""The ACL column: reading it gives the list as it stands, public when the row has none."""

from collections.abc import Mapping
from typing import Any

from ..codec.kinds import kind_of
from ..types.acl import ACL
from .field import DecodedField
from .getters import Getter
from .reading import getters
from .record import Record

#: A row without an ACL may be read and written by everybody.
OPEN = {"*": {"read": True, "write": True}}


class StartingACL(ACL):
    """The list that was read from a row without one; it counts only once it has been changed."""

    __slots__ = ("_start",)

    def __init__(self, entries: Mapping[str, Mapping[str, bool]]) -> None:
        super().__init__(entries)
        self._start = self.to_wire()

    @property
    def unchanged(self) -> bool:
        """Whether nobody edited it."""
        return self._start == self.to_wire()


class AclField(DecodedField[ACL, ACL]):
    """Who may read and write the row; edits in place are found at the next save."""

    blank = OPEN

    def __init__(self) -> None:
        super().__init__(kind_of(ACL), field="ACL")

    def _getter(self) -> Getter:
        return getters.acl(self.path, self._absent)

    def _own(self, value: Any) -> Any:
        """A list that is set is chosen, also one that was read from a row without any."""
        self._check(value)
        return ACL.from_wire(value.to_wire())

    def assign(self, record: Record, value: Any) -> None:
        """None is no list of its own: a saved row is public then, a new one gets that of its policy."""
        super().assign(record, ACL(OPEN) if value is None and "objectId" in record._wire else value)

    def removed(self) -> Any:
        """The public list: Parse Server makes an empty one of a removed ACL, which is the master key's alone (9.10)."""
        return OPEN

    def _absent(self, record: Record) -> Any:
        if not record._origin.knows(self.path) and self.path not in record._wire:
            record._load_missing(self.path)
            if self.path in record._wire:
                return self.__get__(record, type(record))
        if record._seen is None:
            record._seen = {}
        acl = record._seen.get(self.path)
        if acl is None:
            acl = record._seen[self.path] = StartingACL(record._starting_acl())
        return acl
