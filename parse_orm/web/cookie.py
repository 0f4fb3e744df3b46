"""The cookie: how `id.secret` travels, and the header lines that set and clear it."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from ..errors import ConfigurationError
from ..types.secret import Secret, revealed
from .config import SessionConfig
from .sealing import Seal
from .tokens import ID, SECRET

#: The longest cookie that every browser keeps, with its name and attributes (RFC 6265, 6.1).
LONGEST = 4096
#: How many cookies of the same name are looked at; a subdomain or another path may set one of its own.
CANDIDATES = 4

_LONG_AGO = format_datetime(datetime(1970, 1, 1, tzinfo=UTC), usegmt=True)


#: The id of a session and the secret that came with it.
Pair = tuple[str, Secret[str]]


@dataclass(frozen=True)
class Presented:
    """What a request brought along.

    Attributes:
        candidates: well-formed pairs of id and secret, in the order sent.
        sent: whether a cookie of that name was there at all.
        malformed: whether one was there and none of them could be meant.
        bearer: whether the request came with `Authorization: Bearer` and without a cookie of that name. No page of
            another site can make a browser send that, so such a request needs no token against forged ones.
    """

    candidates: tuple[Pair, ...] = ()
    sent: bool = False
    malformed: bool = False
    bearer: bool = False

    def __repr__(self) -> str:
        return f"<Presented {len(self.candidates)} sent={self.sent} malformed={self.malformed}>"


@dataclass(frozen=True)
class CookieInstruction:
    """What the answer does to the cookie: set it, or clear it.

    Attributes:
        name: the name.
        value: the value; empty to clear.
        max_age: seconds; None for the end of the browser session, 0 to clear.
        header: the whole value of Set-Cookie.
    """

    name: str
    value: str
    max_age: int | None
    header: str

    @property
    def clears(self) -> bool:
        """Whether it takes the cookie away."""
        return self.max_age == 0 and not self.value

    def __repr__(self) -> str:
        return f"<CookieInstruction {'clear' if self.clears else 'set'} {self.name}>"


class CookieCodec:
    """Reads and writes the cookie of one config: plain, signed, or encrypted.

    Raises:
        ConfigurationError: itsdangerous or cryptography is needed and not installed.
    """

    def __init__(self, config: SessionConfig) -> None:
        self._config = config
        purpose = f"cookie {config.cookie_name}"
        self._seal = Seal(config.encrypt_keys, purpose) if config.encrypt_keys else None
        self._signer: Any = _signer(config.sign_keys, purpose) if config.sign_keys else None

    def value(self, id: str, secret: str | Secret[str]) -> str:
        """What the cookie holds for an id and its secret."""
        text = f"{id}.{revealed(secret)}"
        if self._signer is not None:
            text = self._signer.sign(text).decode()
        return self._seal.close(text) if self._seal is not None else text

    def parse(self, value: str) -> Pair | None:
        """The id and the secret of a cookie's value; None for anything that was not made here."""
        if len(value) > LONGEST:
            return None
        text: str | None = value
        if self._seal is not None:
            text = self._seal.open(value)
        if self._signer is not None and text is not None:
            text = self._unsigned(text)
        id, dot, secret = (text or "").partition(".")
        return (id, Secret(secret)) if dot and ID.fullmatch(id) and SECRET.fullmatch(secret) else None

    def read(self, header: str | None) -> Presented:
        """What a Cookie header brought along.

        Several cookies of one name are all kept, up to four: a cookie that somebody planted on another path must
        not hide the true one.
        """
        values = values_of(header or "", self._config.cookie_name)
        if not values:
            return Presented()
        parsed = [self.parse(value) for value in values[:CANDIDATES]]
        candidates = tuple({(pair[0], pair[1].reveal()): pair for pair in parsed if pair is not None}.values())
        return Presented(candidates, sent=True, malformed=not candidates)

    def read_bearer(self, header: str | None) -> Presented:
        """What an Authorization header brought along: the value of a cookie, never a token of the Parse Server."""
        scheme, _, value = (header or "").strip().partition(" ")
        if scheme.lower() != "bearer":
            return Presented()
        pair = self.parse(value.strip())
        return Presented(() if pair is None else (pair,), bearer=True)

    def set(self, id: str, secret: str | Secret[str], max_age: int | None) -> CookieInstruction:
        """Set the cookie."""
        return self.instruct(self.value(id, secret), max_age)

    def clear(self) -> CookieInstruction:
        """Clear the cookie; path, domain and flags are those it was set with, or a browser would keep it."""
        return self.instruct("", 0)

    def instruct(self, value: str, max_age: int | None) -> CookieInstruction:
        """Compose the header line."""
        config = self._config
        parts = [
            f"{config.cookie_name}={value}",
            f"Path={config.path}",
            config.domain and f"Domain={config.domain}",
            max_age is not None and f"Max-Age={max_age}",
            max_age == 0 and f"Expires={_LONG_AGO}",
            config.secure and "Secure",
            config.http_only and "HttpOnly",
            f"SameSite={config.same_site}",
            config.partitioned and "Partitioned",
        ]
        return CookieInstruction(config.cookie_name, value, max_age, "; ".join(part for part in parts if part))

    def _unsigned(self, text: str) -> str | None:
        from itsdangerous import BadSignature

        try:
            unsigned: bytes = self._signer.unsign(text)
            return unsigned.decode()
        except (BadSignature, UnicodeError):
            return None


def same_pair(one: Pair | None, other: Pair | None) -> bool:
    """Whether two keys are of one session and hold one secret."""
    if one is None or other is None:
        return one is other
    return one[0] == other[0] and one[1].reveal() == other[1].reveal()


def values_of(header: str, name: str) -> list[str]:
    """The values of every cookie of one exact name, in the order sent.

    >>> values_of("id_x=1; id=2; other; id=3", "id")
    ['2', '3']
    """
    pairs = (pair.partition("=") for pair in header.split(";"))
    return [value.strip(' \t"') for key, sign, value in pairs if sign and key.strip() == name]


def _signer(keys: Secret[tuple[bytes, ...]], purpose: str) -> Any:
    try:
        from itsdangerous import Signer
    except ImportError:
        raise ConfigurationError("signed cookies need itsdangerous: pip install 'parse-orm[web]'") from None
    # itsdangerous wants the oldest key first, and signs with the last.
    return Signer(keys.reveal()[::-1], salt=purpose, key_derivation="hmac", digest_method=hashlib.sha256)
