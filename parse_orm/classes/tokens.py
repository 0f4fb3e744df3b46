"""Columns of the built-in classes that are like no other: a token nobody is shown, an ACL that cannot be."""

from typing import Any

from ..codec.encode import encode_text
from ..codec.kinds import kind_of
from ..errors import BadQuery, InvalidValue, PasswordMissing, ReadOnlyField
from ..fields.acl import AclField
from ..fields.field import NativeField
from ..fields.getters import Getter
from ..fields.record import Record
from ..types.secret import Secret, hidden, revealed


class SecretField(NativeField[str, str | None]):
    """A text that the row holds as a ``Secret``: only reading the attribute gives it."""

    secret = True

    def __init__(self, *, field: str | None = None, readonly: bool = False, refusal: str = "") -> None:
        super().__init__(kind_of(str), field=field, readonly=readonly, hidden=True)
        self.refusal = refusal

    def _getter(self) -> Getter:
        path, absent = self.path, self._absent

        def read(record: Record) -> Any:
            value = record._wire.get(path)
            return absent(record) if value is None else revealed(value)

        return read

    def __set__(self, record: Any, value: Any) -> None:
        value = hidden(value)
        super().__set__(record, value)

    def assign(self, record: Record, value: Any) -> None:
        value = hidden(value)
        super().assign(record, value)

    def encode(self, value: Any) -> Secret[str]:
        value = hidden(value)
        wrong = f"expected str, got {type(value).__name__}"
        if isinstance(value, Secret):
            try:
                encode_text(value.reveal())
                return value
            except InvalidValue as error:
                wrong = str(error)
        raise InvalidValue(f"{self.label}: {wrong}")

    def decode(self, record: Record, wire: Any) -> Any:
        return revealed(wire)

    def operand(self, value: Any) -> Any:
        value = hidden(value)
        try:
            return None if value is None else self.encode(value)
        except InvalidValue as error:
            raise BadQuery(str(error)) from None


class PasswordField(SecretField):
    """The password of an account: one that exists has some, which Parse Server keeps when told to remove it (9.10)."""

    def encode(self, value: Any) -> Secret[str]:
        value = hidden(value)
        if isinstance(value, Secret) and not value:
            raise self._missing()
        return super().encode(value)

    def assign(self, record: Record, value: Any) -> None:
        value = hidden(value)
        if value is None and "objectId" in record._wire:
            raise self._missing()
        super().assign(record, value)

    def __set__(self, record: Any, value: Any) -> None:
        value = hidden(value)
        self.assign(record, value)

    def removed(self) -> Any:
        raise self._missing()

    def _missing(self) -> PasswordMissing:
        return PasswordMissing(f"{self.label}: the password is empty, and an account cannot be without one", code=201)


class TokenField(SecretField):
    """A session token; None where the row came without it: reading it never fetches it."""

    def __init__(self) -> None:
        super().__init__(field="sessionToken", readonly=True)

    def _absent(self, record: Any) -> Any:
        return None


class NoAcl(AclField):
    """The ACL column of a class whose rows have none."""

    def __init__(self) -> None:
        super().__init__()
        self.readonly = True

    def _refuse(self, record: Any) -> ReadOnlyField:
        return ReadOnlyField(f"{type(record).__name__}.acl is read-only: the server allows no ACL here (code 105)")
