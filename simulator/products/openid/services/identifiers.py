"""Identifiers in tokens: UUIDs that follow from the sandbox's seed, so that the same seed gives the same ones.

Source: Connect help, ID token: ``sub`` and ``sid`` are UUIDs; the subject never changes, while the e-mail address may.
"""

import hashlib
import hmac
from functools import lru_cache
from uuid import UUID

from simulator.core.sandbox import Db


def subject(db: Db, person_id: int) -> str:
    """Return the identifier of a person, ``sub``; its first four bytes are the person's number, masked, so that it can be read."""
    seed = _seed(db)
    rest = UUID(_uuid(seed, f"person {person_id}")).bytes[4:]
    return str(UUID(bytes=(person_id ^ _mask(seed)).to_bytes(4, "big") + rest))


def person_id_of(db: Db, subject_: str) -> int | None:
    """Return the number of the person that an identifier was made for, or None when it is not one of this sandbox."""
    try:
        number = int.from_bytes(UUID(subject_).bytes[:4], "big") ^ _mask(_seed(db))
    except ValueError:
        return None
    return number if subject(db, number) == subject_ else None


def account(db: Db, account_id: int) -> str:
    """Return the identifier of an account at the external provider, its ``sub`` there."""
    return _uuid(_seed(db), f"account {account_id}")


def session(db: Db, session_id: str) -> str:
    """Return the identifier of a session, ``sid``, which does not reveal the session's own id."""
    return _uuid(_seed(db), f"session {session_id}")


def tenant(db: Db, customer_id: int) -> str:
    """Return the identifier of a customer as a tenant."""
    return _uuid(_seed(db), f"tenant {customer_id}")


def _seed(db: Db) -> str:
    return str(db.record.seed)


def _mask(seed: str) -> int:
    return int.from_bytes(UUID(_uuid(seed, "people")).bytes[:4], "big")


@lru_cache(4096)
def _uuid(seed: str, name: str) -> str:
    digest = hmac.digest(seed.encode(), f"openid {name}".encode(), hashlib.sha256)
    return str(UUID(bytes=digest[:16], version=4))
