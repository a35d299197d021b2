"""One-time emergency codes: the one each person keeps, and those that an administrator or support generates.

Source: Connect help, two-step verification: one code, five groups of four, once; "Brukertips i Kundeservice" for who may
generate one. Own choice: the letters and digits; a generated one lives 24 hours and replaces the unused one.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from simulator.core import events, outbox
from simulator.core.errors import RuleViolation
from simulator.core.hashing import sha256_hex
from simulator.core.sandbox import Db
from simulator.directory.models import ClearTextSecrets, CodeDomain, EmergencyCode, Person, Status

GROUPS, GROUP = 5, 4
GENERATED_LIFETIME = timedelta(hours=24)

events.declare(
    emergency_code__issued="A person was given an emergency code to keep.",
    emergency_code__generated="An administrator or support generated an emergency code for a person.",
    emergency_code__used="An emergency code was used to sign in.",
    emergency_code__refused="Generating an emergency code was refused.",
    emergency_code__right_granted="The right to generate emergency codes for users of e-mail domains was granted, or taken away.",
)


def issue(db: Db, person: Person) -> str:
    """Make the emergency code that a person keeps; the one before no longer works.

    Returns:
        The code as it is shown, this once.
    """
    code = draw(db)
    keep(db, person, code)
    return code


def keep(db: Db, person: Person, code: str) -> None:
    """Let a code that was drawn be the one that a person keeps."""
    store(db, person, code)
    events.record(db, "emergency_code.issued", actor=person.email, subject=person.email)


def store(db: Db, person: Person, code: str, *, lifetime: timedelta | None = None) -> None:
    """Keep a code's hash, and the code itself in the simulator's notebook."""
    expires_at = None if lifetime is None else db.clock.now() + lifetime
    db.merge(EmergencyCode(person_id=person.id, hash=_hash(code), expires_at=expires_at))
    note = db.get(ClearTextSecrets, person.id) or ClearTextSecrets(person_id=person.id)
    note.emergency_code = code
    db.add(note)
    db.flush()


def use(db: Db, person: Person, code: str) -> bool:
    """Use a person's emergency code up; lower case and missing dashes are accepted.

    Returns:
        False when it is not this person's unused code, or its time is over.

    Source: Connect help: a code works once. Own choice: a mail tells that it was used.
    """
    kept = db.get(EmergencyCode, person.id)
    if kept is None or kept.hash != _hash(code) or (kept.expires_at is not None and kept.expires_at <= db.clock.now()):
        return False
    forget(db, person)
    events.record(db, "emergency_code.used", actor=person.email, subject=person.email)
    outbox.mail(db, "emergency_code_used", **_about(person), actor=person.name)
    return True


def forget(db: Db, person: Person) -> None:
    """Take away a person's unused code."""
    db.execute(delete(EmergencyCode).where(EmergencyCode.person_id == person.id))
    note = db.get(ClearTextSecrets, person.id)
    if note is not None:
        note.emergency_code = None


def domains_of(db: Db, person: Person) -> list[str]:
    """Return the e-mail domains for whose users a person may generate codes, by name."""
    query = select(CodeDomain.domain).where(CodeDomain.person_id == person.id).order_by(CodeDomain.domain)
    return list(db.scalars(query))


def grant_right(db: Db, person: Person, domains: list[str], actor: str | None) -> None:
    """Give a person the right to generate codes for users of these e-mail domains; an empty list takes the right away.

    Args:
        db: the transaction.
        person: who gets the right.
        domains: e-mail domains; sub-domains count separately.
        actor: address of the support person who grants it; None for a scenario.
    """
    wanted = sorted({domain.strip().lower() for domain in domains})
    person.may_generate_codes = bool(wanted)
    db.execute(delete(CodeDomain).where(CodeDomain.person_id == person.id))
    db.add_all(CodeDomain(person_id=person.id, domain=domain) for domain in wanted)
    db.flush()
    events.record(db, "emergency_code.right_granted", actor=actor, subject=person.email, domains=wanted)


def why_not(db: Db, generator: Person, person: Person) -> str | None:
    """Say why somebody may not generate a code for a person.

    Returns:
        ``own``, ``no_two_step``, ``inactive``, ``no_right`` or ``domain``; None when the code may be generated. Who works at the
        vendor's desk needs no right and no domain.

    Source: "Brukertips i Kundeservice", totrinnskontroll: the right, and the domains it holds for. Own choice: never for oneself.
    """
    if generator.id == person.id:
        return "own"
    if person.status != Status.ACTIVE:
        return "inactive"
    if person.totp_secret is None and db.get(EmergencyCode, person.id) is None:
        return "no_two_step"
    if generator.desk:
        return None
    if not generator.may_generate_codes:
        return "no_right"
    if person.email.rpartition("@")[2] not in domains_of(db, generator):
        return "domain"
    return None


def generate(db: Db, generator: Person, person: Person) -> str:
    """Make a code for somebody who has lost everything; it replaces the unused one and lives 24 hours.

    The generator's own password has been asked for before. The person gets a mail that says who did it, never the code.

    Returns:
        The code as it is shown, this once.

    Raises:
        RuleViolation: ``emergency_code.<reason>`` with a reason of ``why_not``.
    """
    reason = why_not(db, generator, person)
    if reason is not None:
        raise RuleViolation(f"emergency_code.{reason}", email=person.email)
    code = _make(db, person, GENERATED_LIFETIME)
    domain = person.email.rpartition("@")[2]
    events.record(db, "emergency_code.generated", actor=generator.email, subject=person.email, domain=domain)
    outbox.mail(db, "emergency_code_generated", **_about(person), actor=generator.name)
    return code


def draw(db: Db) -> str:
    """Draw a code: five groups of four letters and digits that are not mistaken for each other."""
    letters = db.chance.letters(GROUPS * GROUP)
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))


def _make(db: Db, person: Person, lifetime: timedelta | None) -> str:
    code = draw(db)
    store(db, person, code, lifetime=lifetime)
    return code


def _hash(code: str) -> str:
    typed = "".join(character for character in code.upper() if character.isalnum())
    return sha256_hex(typed)


def _about(person: Person) -> dict[str, Any]:
    return {"to": person.email, "language": person.language, "first_name": person.first_name, "email": person.email}
