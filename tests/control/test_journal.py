"""The journal as people read it, in their language."""

import re

import pytest
from sqlalchemy import select

from simulator.app import Platform
from simulator.core import events, outbox
from simulator.core.events import Event
from simulator.core.sandbox import Db
from simulator.core.texts import LANGUAGES, catalogue
from simulator.directory import journal, lockout
from simulator.directory.models import Customer, Person
from simulator.directory.roles import BY_NAME

NAMED = re.compile(r"%\((\w+)\)s")


@pytest.fixture
def types(platform: Platform) -> set[str]:
    """Return every type of event of the platform."""
    platform.load_all()
    return {type_ for type_ in events.TYPES if not type_.startswith("test.")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_type_of_event_has_a_sentence_and_every_sentence_a_type(types: set[str], language: str) -> None:
    sentences = {key.removeprefix("event.") for key in catalogue(language) if key.startswith("event.")}
    assert {type_ for type_ in sentences if not type_.startswith("reason.")} == types


def newest(db: Db, type_: str, language: str) -> str:
    """Return the newest line of a type in a language, with who did it."""
    event = db.scalars(select(Event).where(Event.type == type_).order_by(Event.id.desc())).first()
    assert event is not None
    (line,) = journal.lines(db, [event])
    return f"{line.in_words(language)} | {line.by}"


def test_people_customers_and_roles_stand_with_their_names(platform: Platform) -> None:
    with platform.extensions["store"].open("default") as sandbox, sandbox.transaction() as db:
        customer = db.scalars(select(Customer).order_by(Customer.id)).first()
        first, second = db.scalars(select(Person).order_by(Person.id).limit(2))
        assert customer is not None
        administrator = BY_NAME["Customer administrator"]
        events.record(db, "role.granted", actor=first.email, subject=second.email, role=administrator.name, on=customer.name)
        events.record(db, "access.warned", subject=customer.number)
        lockout.attempt(db, second.email, "password", lambda: False)
        outbox.mail(db, "reset", to=second.email, language="nl", link="/x", first_name="A", email="a@b.example")
        db.flush()
        role = catalogue("nb")[administrator.text]
        assert newest(db, "role.granted", "nb") == f"{second.name} fikk rollen {role} ({customer.name}) | {first.name}"
        assert newest(db, "role.granted", "en").startswith(f"{second.name} got the role Customer administrator")
        assert newest(db, "access.warned", "nl").startswith(customer.name)
        assert newest(db, "sign_in.failed", "sv") == f"Inloggningen för {second.name} misslyckades: fel lösenord | "
        subject = catalogue("nl")["message.reset.subject"]
        assert newest(db, "mail.sent", "en") == f"E-mail to {second.name}: {subject} | "


def test_an_event_of_another_release_stands_with_its_type(platform: Platform) -> None:
    with platform.extensions["store"].open("default") as sandbox, sandbox.transaction() as db:
        db.add(Event(at=db.clock.now(), type="moon.landed", actor=None, subject=None, data={}))
        db.add(Event(at=db.clock.now(), type="role.granted", actor="x@y.example", subject="x@y.example", data={}))
        db.flush()
        assert newest(db, "moon.landed", "nb") == "moon.landed | "
        assert newest(db, "role.granted", "en") == "x@y.example got the role – (–) | "
