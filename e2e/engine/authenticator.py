"""The reader's authenticator app: a key that was read off a page gives codes, as RFC 6238 says."""

import hmac
from base64 import b32decode
from binascii import Error
from datetime import datetime

from .roles import NotFound

PERIOD = 30


def key_of(typed_key: str) -> bytes:
    """Read a key as a page shows it, in groups.

    Raises:
        NotFound: It is none.
    """
    plain = "".join(typed_key.split()).upper()
    try:
        key = b32decode(plain + "=" * (-len(plain) % 8))
    except Error:
        key = b""
    if not key:
        raise NotFound(f"'{typed_key}' is no key of an authenticator: letters A to Z and digits 2 to 7 were expected")
    return key


def code_at(key: bytes, now: datetime) -> str:
    """Give the code of six digits that the app shows at an instant."""
    digest = hmac.digest(key, (int(now.timestamp()) // PERIOD).to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**6).zfill(6)
