"""Devices that need not show a code for a while.

Source: Connect help, sign in with two-step verification: 30 days. Own choice: what counts is kept here; a cookie alone proves
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
    """Ask this device for no code until the time is over."""
    db.add(RememberedDevice(hash=sha256_hex(device), person_id=person.id, until=db.clock.now() + REMEMBERED_FOR))


def is_remembered(db: Db, person: Person, device: str | None) -> bool:
    """Say whether this device need not show a code."""
    remembered = db.get(RememberedDevice, (sha256_hex(device), person.id)) if device else None
    return remembered is not None and remembered.until > db.clock.now()


def forget(db: Db, person: Person) -> None:
    """Ask every device of a person for a code again."""
    db.flush()
    db.execute(delete(RememberedDevice).where(RememberedDevice.person_id == person.id))
