"""Writes security keys and passkeys, which are on the people's phones."""

from sqlalchemy import delete

from simulator.core.sandbox import Db
from simulator.directory.models import Person
from simulator.directory.security_keys import phone_keys
from simulator.directory.security_keys.models import SecurityKey

from . import person_entries

KEYS = frozenset({"security_keys", "passkeys", "lost_phone"})
"""Keys of an entry that decide which keys a person has, and whether the phone has them."""


def forget_keys(db: Db, person: Person) -> None:
    """Take all keys from an account and its phone."""
    db.execute(delete(SecurityKey).where(SecurityKey.person_id == person.id))
    phone_keys.forget(db, person)


def write_keys(db: Db, person: Person, entry: person_entries.Person) -> None:
    """Give a person the security keys and passkeys of an entry, and no others."""
    forget_keys(db, person)
    for passkey, names in ((False, entry.security_keys), (True, entry.passkeys)):
        for name in names:
            phone_keys.provide(db, person, name, passkey=passkey, lost=entry.lost_phone)
