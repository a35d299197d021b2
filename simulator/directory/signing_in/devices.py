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

REMEMBERED_FOR = timedelta(days=30)


def remember(db: Db, person: Person, device: str) -> None:
    """Remember a device for ``REMEMBERED_FOR``."""
    db.add(RememberedDevice(hash=sha256_hex(device), person_id=person.id, until=db.clock.now() + REMEMBERED_FOR))


def is_remembered(db: Db, person: Person, device: str | None) -> bool:
    """Return whether a device is remembered and needs no code."""
    remembered = db.get(RememberedDevice, (sha256_hex(device), person.id)) if device else None
    return remembered is not None and remembered.until > db.clock.now()


def forget(db: Db, person: Person) -> None:
    """Forget all devices of a person."""
    db.flush()
    db.execute(delete(RememberedDevice).where(RememberedDevice.person_id == person.id))
