"""Remembered devices, which need no code for a while.

Source: Connect help, sign in with two-step verification: 30 days. Own choice: devices are stored here; a cookie alone proves
nothing.
"""

from datetime import timedelta

from sqlalchemy import delete

from simulator.core.hashing import sha256_hex
from simulator.core.sandbox import Db
from simulator.directory.models import Person
from simulator.directory.signing_in.models import RememberedDevice

PURPOSE = "device"
"""The purpose of the seals of devices."""

REMEMBERED_FOR = timedelta(days=30)


def remember(db: Db, person: Person) -> str:
    """Remember a device for ``REMEMBERED_FOR``.

    Returns:
        The key for the device's cookie.
    """
    key = new_key(db)
    identifier = db.unseal(PURPOSE, key) or ""
    db.add(RememberedDevice(hash=sha256_hex(identifier), person_id=person.id, until=db.clock.now() + REMEMBERED_FOR))
    return key


def new_key(db: Db) -> str:
    """Return a key for a device's cookie; the device is not remembered."""
    return db.sealed(PURPOSE, db.chance.token())


def is_remembered(db: Db, person: Person, key: str | None) -> bool:
    """Return whether a device is remembered and needs no code."""
    identifier = db.unseal(PURPOSE, key) if key else None
    remembered = db.get(RememberedDevice, (sha256_hex(identifier), person.id)) if identifier else None
    return remembered is not None and remembered.until > db.clock.now()


def forget(db: Db, person: Person) -> None:
    """Forget all devices of a person."""
    db.flush()
    db.execute(delete(RememberedDevice).where(RememberedDevice.person_id == person.id))
