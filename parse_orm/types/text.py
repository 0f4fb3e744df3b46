"""Strings with a form: e-mail addresses and telephone numbers."""

import re
from typing import Self

_ADDRESS = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f.]+")
_PUNCTUATION = re.compile(r"[\s().\-/]+")
_E164 = re.compile(r"\+[1-9]\d{6,14}")


class Email(str):
    """An e-mail address, trimmed and in lower case; a string everywhere else.

    >>> Email(" Ann@Example.COM ")
    'ann@example.com'

    Raises:
        ValueError: the text does not look like an address.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        address = str(text).strip().lower()
        if not _ADDRESS.fullmatch(address):
            raise ValueError(f"{address[:80]!r} is not an e-mail address: write it as name@example.com")
        return super().__new__(cls, address)

    @property
    def domain(self) -> str:
        """What stands after the @."""
        return self.rpartition("@")[2]


class Phone(str):
    """A telephone number in E.164 form (ITU-T E.164: a plus and at most 15 digits); a string everywhere else.

    >>> Phone("+49 (30) 901820")
    '+4930901820'

    Raises:
        ValueError: the text is not an international number.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        number = _PUNCTUATION.sub("", str(text))
        if not _E164.fullmatch(number):
            raise ValueError(f"{number[:40]!r} is not an international number: write it as +4930901820")
        return super().__new__(cls, number)
