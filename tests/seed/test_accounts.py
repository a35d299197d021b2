"""How a scenario says what an account holds: telephone, emergency code, terms, an old activation mail, a customer's policy."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from simulator.core.clock import Clock
from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.core.store import Creation, Store
from simulator.directory import credentials, emergency_codes, links, people, two_step
from simulator.directory.models import ClearTextSecrets, LinkKind, MailedLink, Person
from tests.conftest import NOW

Create = Callable[..., AbstractContextManager[Db]]

CODE = "ABCD-EFGH-JKLM-NPQR-STUV"
WAITING = {
    "email": "new@owner.example",
    "first_name": "Nel",
    "last_name": "Ott",
    "status": "not_activated",
    "activation": "sent",
    "activation_sent": "-3 days",
}


@pytest.fixture
def create(small_store: Store) -> Create:
    """Return a function that makes a sandbox of ``small`` with an overlay, and opens it."""

    @contextmanager
    def make(language: str | None = None, **overlay: Any) -> Iterator[Db]:
        small_store.create(
            "default", Creation(scenario="small", language=language, clock=Clock.frozen(NOW), overlay=overlay)
        )
        with small_store.open("default") as sandbox, sandbox.transaction() as db:
            yield db

    return make


def administrator(db: Db) -> Person:
    """Return the scenario's one person."""
    person = people.by_email(db, "administrator@owner.example")
    assert person is not None
    return person


def test_a_fixed_emergency_code_and_a_number_for_text_messages(create: Create) -> None:
    with create(people=[{"key": "administrator", "two_step": True, "emergency_code": CODE, "sms": "+31 6 99999901"}]) as db:
        person = administrator(db)
        assert person.sms_number == "+31 6 99999901"
        assert db.get_one(ClearTextSecrets, person.id).emergency_code == CODE
        assert emergency_codes.use(db, person, CODE)


def test_a_lost_emergency_code_is_there_and_nobody_knows_it(create: Create) -> None:
    with create(people=[{"key": "administrator", "two_step": True, "emergency_code": "lost"}]) as db:
        person = administrator(db)
        assert db.get_one(ClearTextSecrets, person.id).emergency_code is None
        assert emergency_codes.why_not(db, Person(id=0, desk=True), person) is None
        assert not emergency_codes.use(db, person, "")


def test_a_lost_phone_shows_no_code_until_another_authenticator_is_set_up(create: Create) -> None:
    from pyotp import TOTP

    with create(people=[{"key": "administrator", "two_step": True, "lost_phone": True}]) as db:
        person = administrator(db)
        assert person.totp_secret is not None
        assert credentials.next_code(db, person) is None
        fresh = db.chance.base32()
        assert two_step.enable(db, person, fresh, TOTP(fresh).at(NOW))
        assert credentials.next_code(db, person) is not None


def test_turning_two_steps_off_takes_everything_away(create: Create) -> None:
    entry = {"email": "two@owner.example", "first_name": "Twan", "last_name": "Stap", "password": "Rietkraag!99"}
    with create(people=[entry | {"two_step": True, "sms": "1234"}, administrator_without()]) as db:
        assert administrator(db).totp_secret is None
        assert administrator(db).sms_number is None
        other = people.by_email(db, "two@owner.example")
        assert other is not None
        assert other.sms_number == "1234"


def administrator_without() -> dict[str, Any]:
    """Return an overlay's entry that turns the administrator's two steps off."""
    return {"key": "administrator", "two_step": False}


@pytest.mark.parametrize("accepted", [True, False])
def test_terms_of_use_are_accepted_or_wait(create: Create, accepted: bool) -> None:
    with create(people=[{"key": "administrator", "terms": accepted}]) as db:
        assert (administrator(db).terms_accepted_at is not None) == accepted


@pytest.mark.parametrize("language", [None, "sv"])
def test_an_activation_mail_of_another_day_has_its_age(create: Create, language: str | None) -> None:
    with create(language, people=[WAITING]) as db:
        (message,) = db.scalars(select(Message)).all()
        assert message.sent_at == datetime.fromisoformat("2022-02-26T10:00+01:00")
        link = db.scalars(select(MailedLink)).one()
        assert link.expires_at == message.sent_at + timedelta(hours=24)
        assert links.find(db, message.links[0].rpartition("/")[2], LinkKind.ACTIVATION) is None


def test_a_day_to_come_is_no_day_on_which_a_mail_was_sent(create: Create) -> None:
    with create(people=[WAITING | {"activation_sent": "+3 days"}]) as db:
        assert db.scalars(select(Message)).one().sent_at == NOW


def test_a_customer_s_policy_of_two_steps(create: Create) -> None:
    with create(customers=[{"key": "owner", "require_two_step": True}]) as db:
        assert two_step.required_by(db, administrator(db)) == "Owner"
