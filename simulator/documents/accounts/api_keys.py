"""Keys with which programs call AutoInvoice: one of each person who works in it, and those of software vendors.

Stored is what a key is made from; the key itself follows from that and the sandbox's secret, so that no other sandbox has it.

Source: AutoInvoice, settings: a user finds the own *API key*; *Software API keys* are a vendor's. Own choice: keys have the form of
a UUID; a person has one key in force, which a new one replaces; vendors' keys belong to the sandbox, not to one company.
"""

from collections.abc import Sequence
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import select

from simulator.core import events, normal_forms, seals
from simulator.core.sandbox import Db
from simulator.directory.models import Person
from simulator.documents.model.models import ApiKey, KeyKind

events.declare(
    api_key__created="A key for programs that call AutoInvoice was made.",
    api_key__disabled="A key for programs that call AutoInvoice was disabled.",
)


def of_person(db: Db, person_id: int) -> ApiKey | None:
    """Return a person's key that is in force, or None."""
    mine = select(ApiKey).where(ApiKey.kind == KeyKind.USER, ApiKey.person_id == person_id, ApiKey.disabled_at.is_(None))
    return db.scalar(mine.order_by(ApiKey.id.desc()))


def vendor(db: Db) -> Sequence[ApiKey]:
    """Return the vendors' keys that are in force, oldest first."""
    theirs = select(ApiKey).where(ApiKey.kind == KeyKind.VENDOR, ApiKey.disabled_at.is_(None))
    return db.scalars(theirs.order_by(ApiKey.id)).all()


def text_of(db: Db, key: ApiKey) -> str:
    """Return what a program sends as this key, a UUID."""
    return _text_of(db, key.kind, key.id, key.value)


def text_of_person(db: Db, person_id: int) -> str | None:
    """Return what a program sends as a person's key, or None without a key."""
    key = of_person(db, person_id)
    return text_of(db, key) if key else None


def by_text(db: Db, kind: KeyKind, text: str) -> ApiKey | None:
    """Return the key of a kind that is in force, by what a program sent, or None."""
    query = select(ApiKey.id, ApiKey.value).where(ApiKey.kind == kind, ApiKey.disabled_at.is_(None))
    submitted = normal_forms.uuid(text).encode(errors="replace")
    for key_id, value in db.execute(query):
        if compare_digest(_text_of(db, kind, key_id, value).encode(), submitted):
            return db.get(ApiKey, key_id)
    return None


def make_for(db: Db, person: Person, actor: str | None = None) -> ApiKey:
    """Make a person's key; the one before no longer works."""
    before = of_person(db, person.id)
    if before is not None:
        disable(db, before, actor)
    return _make(db, KeyKind.USER, person.name, person, actor)


def ensure_for(db: Db, person: Person, actor: str | None = None) -> ApiKey:
    """Return a person's key, made when there is none."""
    return of_person(db, person.id) or make_for(db, person, actor)


def make_vendor(db: Db, name: str, actor: str | None = None) -> ApiKey:
    """Make a software vendor's key."""
    return _make(db, KeyKind.VENDOR, name, None, actor)


def disable(db: Db, key: ApiKey, actor: str | None = None) -> None:
    """Let a key open nothing from now on."""
    key.disabled_at = db.clock.now()
    events.record(db, "api_key.disabled", actor=actor, subject=key.name, kind=key.kind)


def _text_of(db: Db, kind: str, key_id: int, value: str) -> str:
    drawn = seals.digest(db.head.secret, f"API key {kind} {key_id}", value)
    return str(UUID(bytes=drawn[:16], version=4))


def _make(db: Db, kind: KeyKind, name: str, person: Person | None, actor: str | None) -> ApiKey:
    key = ApiKey(
        kind=kind,
        person_id=person.id if person else None,
        name=name,
        value=str(UUID(bytes=db.chance.bytes(16), version=4)),
        created_at=db.clock.now(),
        disabled_at=None,
    )
    db.add(key)
    db.flush()
    events.record(db, "api_key.created", actor=actor, subject=name, kind=kind)
    return key
