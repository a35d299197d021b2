"""Generating an emergency code for somebody else: asked for with the own password, answered once.

Source: "Brukertips i Kundeservice", totrinnskontroll; "Økonomibistand, knowledge base, entry 999", for the own password and the
code that is handed over by mouth. Own choice: refusals are recorded; a form that was sent twice gives one code.
"""

from dataclasses import dataclass

from sqlalchemy import func, select

from simulator.core import events
from simulator.core.events import Event
from simulator.core.sandbox import Db
from simulator.directory import emergency_codes, step_up
from simulator.directory.models import Person
from simulator.directory.step_up import Answer

REASONS = ("own", "inactive", "no_two_step", "no_right", "domain")
"""Reasons of ``emergency_codes.why_not``."""

CHANGES = ("emergency_code.generated", "emergency_code.issued", "emergency_code.used")


@dataclass(frozen=True)
class CodeAnswer:
    """What asking for a code led to: the code as it is shown, this once, or why there is none.

    ``refusal`` is a reason of ``emergency_codes.why_not``, ``password``, ``locked``, or ``changed``: since the form was shown
    another code was given to the person.
    """

    code: str | None = None
    refusal: str | None = None


def seen(db: Db, person: Person) -> str:
    """Return what a form carries, so that sending it twice is noticed: the last event of this person's emergency code."""
    last = db.scalar(select(func.max(Event.id)).where(Event.subject == person.email, Event.type.in_(CHANGES)))
    return str(last or 0)


def ask(db: Db, generator: Person, person: Person, password: str, seen_before: str) -> CodeAnswer:
    """Generate a code for a person, if the generator may and has typed the own password.

    Args:
        db: the transaction; a refusal leaves its trace in it.
        generator: the administrator, or the person at the vendor's desk.
        person: who gets the code.
        password: what the generator typed.
        seen_before: what ``seen`` gave when the form was shown.
    """
    reason = emergency_codes.why_not(db, generator, person)
    if reason is None:
        answer = step_up.check_password(db, generator, password)
        if answer is not Answer.RIGHT:
            reason = str(answer)
        elif seen(db, person) != seen_before:
            return CodeAnswer(refusal="changed")
    if reason is not None:
        events.record(db, "emergency_code.refused", actor=generator.email, subject=person.email, reason=reason)
        return CodeAnswer(refusal=reason)
    return CodeAnswer(code=emergency_codes.generate(db, generator, person))
