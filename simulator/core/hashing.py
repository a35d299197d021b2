"""Hashes of secrets: what is stored of tokens and codes that are given out once."""

import hashlib


def sha256_hex(text: str) -> str:
    """Return the SHA-256 of a text as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
