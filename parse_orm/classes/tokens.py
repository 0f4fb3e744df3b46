"""The column of a session token: hidden everywhere, and never fetched just because somebody looked."""

from typing import Any

from ..codec.kinds import kind_of
from ..fields.field import NativeField


class TokenField(NativeField[str, str | None]):
    """A session token, None where the row came without it."""

    def __init__(self) -> None:
        super().__init__(kind_of(str), field="sessionToken", readonly=True, hidden=True)

    def _absent(self, record: Any) -> Any:
        return None
