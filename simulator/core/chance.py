"""Random numbers of a sandbox. The only module that reads the machine's randomness.

A sandbox draws from its seed and a counter, so that the same seed and the same actions give the same identifiers and codes.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def machine_secret() -> str:
    """Return 64 unguessable hexadecimal digits, for cookie keys and seeds."""
    return secrets.token_hex(32)


def machine_rsa_key() -> bytes:
    """Return a new RSA key of 2048 bits as PEM; it takes a tenth of a second or more."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


class Chance:
    """Draws that depend only on the seed and the number of earlier draws.

    Args:
        seed: the sandbox's seed.
        draw: returns the number of the next draw and counts it.
    """

    def __init__(self, seed: str, draw: Callable[[], int]) -> None:
        self._seed = seed.encode()
        self._draw = draw

    def ec_key(self) -> bytes:
        """Draw a private key on the curve P-256, as PKCS #8 in DER."""
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        curve = ec.SECP256R1()
        key = ec.derive_private_key(1 + int.from_bytes(self.bytes(32), "big") % (curve.group_order - 1), curve)
        return key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())

    def bytes(self, length: int) -> bytes:
        """Draw ``length`` bytes."""
        number = self._draw()
        out = b""
        while len(out) < length:
            block = hmac.new(self._seed, f"{number}:{len(out)}".encode(), hashlib.sha256).digest()
            out += block
        return out[:length]

    def token(self) -> str:
        """Draw an identifier for links: 43 characters, safe in an address, 256 bits."""
        return secrets_urlsafe(self.bytes(32))

    def uuid(self) -> str:
        """Draw a random UUID: RFC 9562, version 4."""
        return str(UUID(bytes=self.bytes(16), version=4))

    def letters(self, count: int) -> str:
        """Draw unambiguous characters (no O, 0, I, 1)."""
        return "".join(_LETTERS[byte % len(_LETTERS)] for byte in self.bytes(count))

    def base32(self, count: int = 32) -> str:
        """Draw a base32 secret for an authenticator."""
        return "".join(_BASE32[byte % 32] for byte in self.bytes(count))

    def digits(self, count: int) -> str:
        """Draw decimal digits."""
        return str(int.from_bytes(self.bytes(16), "big") % 10**count).zfill(count)

    def number(self, below: int) -> int:
        """Draw a whole number from 0 up to, not including, ``below``."""
        return int.from_bytes(self.bytes(16), "big") % below

    def pick(self, items: Sequence[T]) -> T:
        """Draw one of ``items``."""
        return items[self.number(len(items))]


def secrets_urlsafe(raw: bytes) -> str:
    """Encode bytes for use in an address."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
