"""Time-based one-time codes, as authenticator apps show them (RFC 6238, over the HOTP of RFC 4226)."""

import base64
import hashlib
import hmac
import secrets
import struct
import time
from urllib.parse import quote, urlencode

#: Seconds for which a code holds, and its digits; the defaults of Parse Server 9.10 and of authenticator apps.
PERIOD = 30
DIGITS = 6


def new_secret() -> str:
    """A secret for an authenticator app: 160 random bits in base32, as RFC 4226 section 4 recommends.

    >>> len(new_secret())
    32
    """
    return base64.b32encode(secrets.token_bytes(20)).decode("ascii")


def code(secret: str, at: float | None = None) -> str:
    """The code that an authenticator app shows.

    >>> code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", at=59)
    '287082'

    Args:
        secret: base32 text.
        at: seconds since 1970; None means now.
    """
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    counter = int(time.time() if at is None else at) // PERIOD
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def provisioning_uri(secret: str, account: str, issuer: str) -> str:
    """What the QR code for an authenticator app says.

    >>> provisioning_uri("ABCD", "ann@example.com", "Music")
    'otpauth://totp/Music:ann%40example.com?secret=ABCD&issuer=Music&algorithm=SHA1&digits=6&period=30'

    Args:
        secret: base32 text; whoever sees the QR code can make the codes.
        account: whose account it is.
        issuer: the application.
    """
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    options = {"secret": secret, "issuer": issuer, "algorithm": "SHA1", "digits": DIGITS, "period": PERIOD}
    return f"otpauth://totp/{label}?{urlencode(options, quote_via=quote)}"
