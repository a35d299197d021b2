"""Challenges: what a security key signs. Each is used once, whatever comes of it.

Source: Web Authentication, section 13.4.3, cryptographic challenges. Own choice: five minutes of the sandbox's clock; only the
newest of a holder and purpose works. A browser asks for one when it likes, so they are not drawn from the sandbox's chance.
"""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete

from simulator.core.chance import machine_secret, secrets_urlsafe
from simulator.core.sandbox import Db
from simulator.directory.security_keys.models import Challenge

LIFETIME = timedelta(minutes=5)


class Purpose(StrEnum):
    """What a challenge is for."""

    SECOND_STEP = "second_step"
    PASSKEY = "passkey"
    NEW_KEY = "new_key"
    NEW_PASSKEY = "new_passkey"


def draw(db: Db, holder: str, purpose: Purpose) -> str:
    """Draw a challenge; it replaces the earlier one of the same holder and purpose.

    Returns:
        32 bytes as base64url.
    """
    challenge = _row(db, holder, purpose)
    challenge.value = secrets_urlsafe(bytes.fromhex(machine_secret()))
    db.flush()
    return challenge.value


def take(db: Db, holder: str, purpose: Purpose) -> str | None:
    """Return the challenge, which cannot be used again, or None if it was used, replaced or is too old."""
    challenge = db.get(Challenge, (holder, purpose))
    if challenge is None:
        return None
    value, challenge.value = challenge.value, None
    return value if challenge.expires_at > db.clock.now() else None


def set_key_name(db: Db, holder: str, purpose: Purpose, name: str) -> None:
    """Set the name of the key that is going to be registered."""
    _row(db, holder, purpose).key_name = name


def key_name(db: Db, holder: str, purpose: Purpose) -> str | None:
    """Return the name of the key that is being registered; None if nobody is registering one, or began too long ago."""
    challenge = db.get(Challenge, (holder, purpose))
    return challenge.key_name if challenge is not None and challenge.expires_at > db.clock.now() else None


def forget(db: Db, holder: str) -> None:
    """Delete the challenges of a holder."""
    db.flush()
    db.execute(delete(Challenge).where(Challenge.holder == holder))


def sweep(db: Db) -> None:
    """Delete all challenges that are too old."""
    db.execute(delete(Challenge).where(Challenge.expires_at <= db.clock.now()))


def _row(db: Db, holder: str, purpose: Purpose) -> Challenge:
    challenge = db.get(Challenge, (holder, purpose))
    if challenge is None:
        challenge = Challenge(holder=holder, purpose=purpose, value=None, key_name=None)
        db.add(challenge)
    challenge.expires_at = db.clock.now() + LIFETIME
    return challenge
