"""An authenticator app independent of the platform: RFC 6238 with SHA-1, 30 seconds, six digits."""

import hmac
from base64 import b32decode
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

STEP = 30


def totp(secret: str, seconds: int) -> str:
    """Return the code of an instant."""
    counter = (seconds // STEP).to_bytes(8, "big")
    digest = hmac.digest(b32decode(secret), counter, "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


@dataclass(frozen=True)
class Account:
    """An account in the app: its name and its secret."""

    name: str
    secret: str

    @classmethod
    def scanned(cls, address: str) -> Self:
        """Read the content of a QR code."""
        parts = urlsplit(address)
        assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
        settings = {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=True).items()}
        assert (settings.get("digits", "6"), settings.get("period", "30")) == ("6", "30")
        assert settings.get("algorithm", "SHA1") == "SHA1"
        return cls(unquote(parts.path.removeprefix("/")), settings["secret"])

    @classmethod
    def typed(cls, name: str, key: str) -> Self:
        """Take a key that was typed in, in groups."""
        return cls(name, "".join(key.split()))

    def code(self, seconds: float, ahead: int = 0) -> str:
        """Return the code at an instant, or the code that is ``ahead`` steps later."""
        return totp(self.secret, int(seconds) + ahead * STEP)
