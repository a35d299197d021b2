"""The keys of a person: renaming and removing them."""

from typing import Any

from sqlalchemy import delete, exists, select

from simulator.core import events, outbox
from simulator.core.sandbox import Db
from simulator.directory.models import Person
from simulator.directory.people import record_security_change
from simulator.directory.security_keys.models import SecurityKey

events.declare(
    security_key__renamed="A person gave a security key or a passkey another name.",
    security_key__removed="A security key or a passkey was removed.",
)


def of_person(db: Db, person: Person, key_id: int) -> SecurityKey | None:
    """Return a key of a person, or None if it is nobody's or another person's."""
    return db.scalar(select(SecurityKey).where(SecurityKey.id == key_id, SecurityKey.person_id == person.id))


def has_key(db: Db, person: Person) -> bool:
    """Return whether a person has a security key or a passkey, any of which can be the second step."""
    return bool(db.scalar(select(exists().where(SecurityKey.person_id == person.id))))


def has_security_key(db: Db, person: Person) -> bool:
    """Return whether a person has a security key that is no passkey."""
    return bool(db.scalar(select(exists().where(SecurityKey.person_id == person.id, SecurityKey.passkey.is_(False)))))


def rename(db: Db, key: SecurityKey, name: str) -> bool:
    """Give a key another name.

    Returns:
        False if it has that name already.
    """
    if key.name == name:
        return False
    owner = key.person
    record_security_change(db, owner, "security_key.renamed", owner.email, changes={"name": [key.name, name]})
    key.name = name
    return True


def remove(db: Db, key: SecurityKey) -> None:
    """Remove a key, and inform its owner."""
    person, name, passkey = key.person, key.name, key.passkey
    db.delete(key)
    db.flush()
    record_security_change(db, person, "security_key.removed", person.email, key=name, passkey=passkey)
    outbox.mail(db, "passkey_removed" if passkey else "security_key_removed", **_about(person), key_name=name)


def forget(db: Db, person: Person) -> None:
    """Delete the security keys of a person that are no passkeys."""
    db.flush()
    db.execute(delete(SecurityKey).where(SecurityKey.person_id == person.id, SecurityKey.passkey.is_(False)))


def _about(person: Person) -> dict[str, Any]:
    return {"to": person.email, "language": person.language, "first_name": person.first_name, "email": person.email}
