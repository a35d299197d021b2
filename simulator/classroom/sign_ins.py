"""As whom a trainee signs in during an exercise, and with what: the people whose part the trainee takes beside their own.

Own choice: they follow from the solution. Whoever is signed in at first or signs in by one of its steps is listed, with what that
needs. It is no hint: such people would sit beside the trainee, and say their own password.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from simulator.classroom.guiding import Surroundings
from simulator.classroom.steps import Unknown
from simulator.core.companions import companion
from simulator.core.sandbox import Db
from simulator.directory import credentials
from simulator.directory.models import ClearTextSecrets, Person
from simulator.directory.people import role_keys

PASSWORD_OF = re.compile(r"\{(\w+)\.password\}")


@dataclass(frozen=True)
class SignIn:
    """A person as whom the trainee signs in.

    Attributes:
        name: of the person.
        email: the address to sign in with.
        roles: text keys of the roles, and of the vendor's support desk for its staff.
        is_staff: whether the person works at a desk of the vendor.
        password: None when it is chosen during the exercise.
        phone: the part of the address of the phone's page behind that of all phones, empty for all phones; None without a phone.
        emergency_code: what the person keeps on paper; None when the exercise does not need it, or there is none.
        has_lost_phone: whether a code is asked for that the person cannot get, by phone or from paper.
    """

    name: str
    email: str
    roles: list[str]
    is_staff: bool
    password: str | None
    phone: str | None
    emergency_code: str | None
    has_lost_phone: bool


def sign_ins(db: Db, exercise: Any) -> list[SignIn]:
    """Return as whom a trainee signs in, that of the task first, then in the order of the solution.

    Args:
        db: a transaction that reads.
        exercise: of ``e2e.engine.exercise``.
    """
    needs: dict[int, set[str]] = {}
    people: dict[int, Person] = {}
    surroundings = Surroundings.of(db, exercise, exercise.language)
    for who, need in _needs(exercise, surroundings):
        person = surroundings.find(who)
        if person is not None:
            people[person.id] = person
            needs.setdefault(person.id, set()).add(need)
    return [_sign_in(db, person, needs[id_]) for id_, person in people.items()]


def of_person(db: Db, key: str | None) -> list[SignIn]:
    """Return the person of a key with what signing in needs, for a task without an exercise; nobody when there is none."""
    person = db.scalar(select(Person).where(Person.key == key)) if key else None
    return [_sign_in(db, person, set())] if person is not None else []


def _sign_in(db: Db, person: Person, needs: set[str]) -> SignIn:
    secrets = db.get(ClearTextSecrets, person.id)
    is_chosen = "new password" in needs and "password" not in needs
    code = secrets.emergency_code if secrets is not None and "emergency" in needs else None
    if code is not None:
        phone = None
    elif credentials.has_phone(db, person):
        phone = str(person.id)
    else:
        phone = "" if "phone" in needs else None
    return SignIn(
        name=person.name,
        email=person.email,
        roles=role_keys(person),
        is_staff=bool(person.desk),
        password=secrets.password if secrets is not None and not is_chosen else None,
        phone=phone,
        emergency_code=code,
        has_lost_phone=person.totp_secret is not None and code is None and not credentials.has_phone(db, person),
    )


def _needs(exercise: Any, surroundings: Surroundings) -> Iterator[tuple[str | None, str]]:
    """Yield people, by key or address, with what their signing in needs; it may be nothing more than their names."""
    procedure = companion("e2e.engine.exercise").solution_of(exercise)
    keys = companion("e2e.engine.context").SIGN_IN_KEYS
    if exercise.person is not None:
        yield exercise.person, "account"
    if procedure.signed_in:
        yield procedure.person, "password"
    by_hand = procedure.person
    for source in (action for step in procedure.steps for action in step.actions(procedure.variant)):
        value = getattr(source, source.word)
        if source.word == "sign_in":
            by_hand = value.person or procedure.person
            yield by_hand, "password"
        elif source.word == "enter_code":
            who = value.person or (by_hand if value.by in ("scanned", "sms") else procedure.person)
            yield who, {"emergency": "emergency", "mail": "account"}.get(value.by, "phone")
        elif source.word == "fill" and isinstance(value.value, str):
            if value.label.key == keys["email"]:
                with suppress(Unknown):
                    by_hand = surroundings.fill(value.value)
                    yield by_hand, "account"
            if owners := PASSWORD_OF.findall(value.value):
                yield from ((procedure.person if owner == "person" else owner, "password") for owner in owners)
            elif value.label.key == keys["password"]:
                yield by_hand, "new password"
