"""Keys turn a text into one that only they can read, and that nobody else can make."""

import base64
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ..errors import ConfigurationError
from ..types.secret import Secret, revealed

Keys = str | bytes | Sequence[str | bytes] | Secret[Any] | None
"""One key, or several with the newest first: the first one writes, all of them read."""

#: Fewer characters than this are guessed rather than drawn.
SHORTEST_KEY = 16


def keys_in(setting: Keys) -> Secret[tuple[bytes, ...]]:
    """Read a setting that holds one key or several, as they are.

    Args:
        setting: the keys, newest first; None for none.
    """
    given = revealed(setting)
    several = (given,) if isinstance(given, (str, bytes)) else given or ()
    return Secret(tuple(key.encode() if isinstance(key, str) else bytes(key) for key in several))


def keys_of(setting: Secret[Any] | None, name: str) -> Secret[tuple[bytes, ...]]:
    """Read a setting that holds one key or several.

    Args:
        setting: the keys, newest first.
        name: the setting, for the message.

    Raises:
        ConfigurationError: a key is too short.
    """
    given = keys_in(setting)
    if any(len(key) < SHORTEST_KEY for key in given.reveal()):
        raise ConfigurationError(
            f"{name}: a key has at least {SHORTEST_KEY} characters; python -c 'import secrets; "
            "print(secrets.token_urlsafe(32))' draws one"
        )
    return given


class Seal:
    """Encrypts texts for one purpose (Fernet: AES-128-CBC with HMAC-SHA256).

    >>> seal = Seal(keys_in("a key of sixteen or more"), "example")
    >>> seal.open(seal.close("r:abc"))
    'r:abc'

    Args:
        keys: newest first.
        purpose: texts that were sealed for one purpose cannot be opened for another.

    Raises:
        ConfigurationError: cryptography is not installed.
    """

    def __init__(self, keys: Secret[tuple[bytes, ...]], purpose: str) -> None:
        try:
            from cryptography.fernet import InvalidToken, MultiFernet
        except ImportError:
            raise ConfigurationError("encrypted sessions need cryptography: pip install 'parse-orm[web]'") from None
        self._invalid = InvalidToken
        self._fernet: Any = MultiFernet([_fernet(key, purpose) for key in keys.reveal()])

    def __repr__(self) -> str:
        return "<Seal>"

    def close(self, text: str) -> str:
        """Encrypt a text."""
        sealed: bytes = self._fernet.encrypt(text.encode())
        return sealed.decode()

    def open(self, sealed: object) -> str | None:
        """Decrypt what `close` gave; None for anything else, such as a text of a key that was dropped."""
        if not isinstance(sealed, str):
            return None
        try:
            opened: bytes = self._fernet.decrypt(sealed.encode())
            return opened.decode()
        except (self._invalid, UnicodeError):
            return None


@lru_cache(maxsize=64)
def _fernet(key: bytes, purpose: str) -> Any:
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(SHA256(), 32, salt=None, info=f"parse_orm {purpose}".encode()).derive(key)
    return Fernet(base64.urlsafe_b64encode(derived))
