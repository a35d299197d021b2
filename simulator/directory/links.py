"""Mailed links: activation, new password, one-time sign-in.

Source: 24 hours for activation (Connect help); 15 minutes for AutoInvoice's own registration ("Slik registrerer du deg i
AutoInvoice"). Own choice: 24 hours for a new password, 15 minutes for signing in; single use;
only the newest of its kind works; only a hash is stored.
"""

from datetime import timedelta

from sqlalchemy import select, update

from simulator.core import outbox
from simulator.core.hashing import sha256_hex
from simulator.core.sandbox import Db
from simulator.directory.models import LinkKind, MailedLink, Person, Status

LIFETIME = {
    LinkKind.WELCOME: timedelta(hours=24),
    LinkKind.ACTIVATION: timedelta(hours=24),
    LinkKind.RESET: timedelta(hours=24),
    LinkKind.SIGN_IN: timedelta(minutes=15),
    LinkKind.EMAIL: timedelta(hours=24),
    LinkKind.REGISTRATION: timedelta(minutes=15),
}


def make(db: Db, person: Person, kind: LinkKind, new_email: str | None = None) -> str:
    """Create a link's token; older links of the same kind and person no longer work.

    Returns:
        The token. It is not stored.
    """
    now = db.clock.now()
    older = select(MailedLink).where(
        MailedLink.person_id == person.id, MailedLink.kind == kind, MailedLink.used_at.is_(None)
    )
    for link in db.scalars(older):
        link.used_at = now
    identifier = db.chance.token()
    expires_at = now + LIFETIME[kind]
    db.add(
        MailedLink(
            hash=sha256_hex(identifier),
            kind=kind,
            person_id=person.id,
            expires_at=expires_at,
            used_at=None,
            new_email=new_email,
        )
    )
    return db.sealed(outbox.LINK, identifier)


def find(db: Db, token: str, kind: LinkKind) -> MailedLink | None:
    """Return a link that may be used now, or None: unknown, altered, used, replaced, too old, or of a deactivated account."""
    identifier = db.unseal(outbox.LINK, token)
    if identifier is None:
        return None
    link = db.scalar(select(MailedLink).where(MailedLink.hash == sha256_hex(identifier), MailedLink.kind == kind))
    if link is None or link.used_at is not None or link.expires_at <= db.clock.now():
        return None
    return link if link.person.status != Status.INACTIVE else None


def use(db: Db, link: MailedLink) -> None:
    """Mark a link as used."""
    link.used_at = db.clock.now()


def withdraw(db: Db, person: Person) -> None:
    """Let no link that was mailed before sign this person in or set a password any longer, as after a new password."""
    kinds = (LinkKind.SIGN_IN, LinkKind.RESET, LinkKind.EMAIL)
    open_ones = update(MailedLink).where(
        MailedLink.person_id == person.id, MailedLink.kind.in_(kinds), MailedLink.used_at.is_(None)
    )
    db.execute(open_ones.values(used_at=db.clock.now()))
