"""Columns of the built-in classes that are like no other: a token nobody is shown, an ACL that cannot be."""

from typing import Any

from ..codec.kinds import kind_of
from ..errors import ReadOnlyField
from ..fields.acl import AclField
from ..fields.field import NativeField


class TokenField(NativeField[str, str | None]):
    """A session token, hidden everywhere; None where the row came without it: reading it never fetches it."""

    def __init__(self) -> None:
        super().__init__(kind_of(str), field="sessionToken", readonly=True, hidden=True)

    def _absent(self, record: Any) -> Any:
        return None


class NoAcl(AclField):
    """The ACL column of a class whose rows have none."""

    def __init__(self) -> None:
        super().__init__()
        self.readonly = True

    def _refuse(self, record: Any) -> ReadOnlyField:
        return ReadOnlyField(f"{type(record).__name__}.acl is read-only: the server allows no ACL here (code 105)")
