"""The two halves of a session cookie: an id that anybody may see, a secret that only the browser keeps.

The store holds the SHA-256 of the secret, so a stolen row makes no cookie. A plain hash is enough here: the secret
has 256 random bits, which nobody can guess however fast the hash is (NIST SP 800-63B, 5.1.1).
"""

import hashlib
import hmac
import re
import secrets

from ..types.secret import Secret, revealed

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def new_id() -> str:
    """A public session id: 128 random bits, 22 characters."""
    return secrets.token_urlsafe(16)


def is_id(id: object) -> bool:
    """Whether a session may have this id: letters, digits, `_` and `-`, at most 64. Ids come from URLs, too.

    >>> is_id("q3k_2-9"), is_id("of-user:ann"), is_id("")
    (True, False, False)
    """
    return isinstance(id, str) and ID.fullmatch(id) is not None


def new_secret() -> str:
    """The secret half of a cookie: 256 random bits, 43 characters."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str | Secret[str]) -> str:
    """What a store keeps of a secret: its SHA-256 in hexadecimal."""
    return hashlib.sha256(revealed(secret).encode()).hexdigest()


def matches(secret: str | Secret[str], token_hash: str | None) -> bool:
    """Whether a secret is the one of a record; takes the same time wherever the two differ."""
    return hmac.compare_digest(hash_secret(secret), token_hash or "")
