"""Generating an emergency code for another person: confirmed with the generator's own password, displayed once.

Source: "Brukertips i Kundeservice", totrinnskontroll; "Økonomibistand, knowledge base, entry 999", for the own password and the
code that is told by telephone. Own choice: refusals are recorded; a form that was sent twice gives one code.
"""

from dataclasses import dataclass

from sqlalchemy import func, select

from simulator.core import events
from simulator.core.events import Event
from simulator.core.sandbox import Db
from simulator.directory import emergency_codes, step_up
from simulator.directory.models import Person
from simulator.directory.step_up import Answer, Proof

REASONS = ("own", "inactive", "no_two_step", "no_right", "domain")
"""Reasons of ``emergency_codes.why_not``."""

CHANGES = ("emergency_code.generated", "emergency_code.issued", "emergency_code.used")


@dataclass(frozen=True)
class CodeAnswer:
    """The result of a request: the code, which is displayed only this once, or the reason of a refusal.

    ``refusal`` is a reason of ``emergency_codes.why_not``, ``password``, ``passkey``, ``locked``, or ``changed``: the person got
    another code after the form was displayed.
    """

    code: str | None = None
    refusal: str | None = None


def seen(db: Db, person: Person) -> str:
    """Return the value of the form's hidden field, which detects repeated sending: the id of this person's last code event."""
    last = db.scalar(select(func.max(Event.id)).where(Event.subject == person.email, Event.type.in_(CHANGES)))
    return str(last or 0)


def ask(db: Db, generator: Person, person: Person, proof: Proof, seen_before: str) -> CodeAnswer:
    """Generate a code for a person, if the generator may do so and has typed their own password.

    Args:
        db: the transaction; a refusal is recorded in it.
        generator: the administrator, or the person at the vendor's support desk.
        person: the person who gets the code.
        proof: the password that the generator typed.
        seen_before: the value of ``seen`` when the form was displayed.
    """
    reason = emergency_codes.why_not(db, generator, person)
    if reason is None:
        answer = step_up.check_password(db, generator, proof)
        if answer is not Answer.RIGHT:
            reason = str(answer)
        elif seen(db, person) != seen_before:
            return CodeAnswer(refusal="changed")
    if reason is not None:
        events.record(db, "emergency_code.refused", actor=generator.email, subject=person.email, reason=reason)
        return CodeAnswer(refusal=reason)
    return CodeAnswer(code=emergency_codes.generate(db, generator, person))
