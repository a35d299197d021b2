"""Seals: what opens something is an identifier with a seal made from the sandbox's secret.

Identifiers are drawn from the sandbox's chance, so that the same seed gives the same ones, and they are stored. Seals are stored
nowhere: they are made anew from the secret, which no other sandbox has, so an identifier alone opens nothing, and what opens one
sandbox opens no copy of it.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode

LENGTH = 22
"""Characters of a seal: 128 bits."""

SEPARATOR = "."


def digest(secret: str, purpose: str, identifier: str) -> bytes:
    """Return 32 bytes that only the holder of the secret can compute, for one purpose and identifier."""
    return hmac.digest(secret.encode(), f"{purpose}\0{identifier}".encode(errors="replace"), hashlib.sha256)


def seal(secret: str, purpose: str, identifier: str) -> str:
    """Return the seal of an identifier, safe in an address."""
    return urlsafe_b64encode(digest(secret, purpose, identifier))[:LENGTH].decode()


def sealed(secret: str, purpose: str, identifier: str) -> str:
    """Return an identifier with its seal."""
    return f"{identifier}{SEPARATOR}{seal(secret, purpose, identifier)}"


def unseal(secret: str, purpose: str, token: str) -> str | None:
    """Return the identifier of a token, or None if its seal is not right."""
    identifier, _, submitted = token.rpartition(SEPARATOR)
    right = hmac.compare_digest(submitted.encode(errors="replace"), seal(secret, purpose, identifier).encode())
    return identifier if identifier and right else None
