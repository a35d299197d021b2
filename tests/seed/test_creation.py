"""What a sandbox is born with."""

from email.parser import BytesParser
from email.policy import default

import pytest
from sqlalchemy import select

from simulator.core import mime
from simulator.core.clock import Clock
from simulator.core.errors import NotFound
from simulator.core.events import Event
from simulator.core.outbox import Message
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.directory import credentials, links
from simulator.directory.models import ClearTextSecrets, LinkKind, Person, Status
from tests.conftest import NOW


def test_the_journal_of_a_fresh_sandbox_is_empty(sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        assert db.scalars(select(Event)).all() == []


def test_the_activation_mail_leads_into_its_own_sandbox(store: Store) -> None:
    for name in ("first", "second"):
        store.create(name, Creation(scenario="accountant-nl", clock=Clock.frozen(NOW)))
        with store.open(name) as sandbox, sandbox.reading() as db:
            (message,) = db.scalars(select(Message)).all()
            (link,) = message.links
            assert link.startswith(f"http://localhost:8000/s/{name}/connect/activate/")
            assert links.find(db, link.rpartition("/")[2], LinkKind.ACTIVATION) is not None
            parsed = BytesParser(policy=default).parsebytes(mime.write(message))
            parts = [part.get_content() for part in parsed.iter_parts()]
            assert len(parts) == 2
            assert all(link in part and "template" not in part for part in [message.text, message.html, *parts])
            assert parsed["To"] == "new@rietkraag.example"


def test_with_another_language_people_and_their_mails_speak_it(store: Store) -> None:
    store.create("norsk", Creation(scenario="accountant-nl", language="nb", clock=Clock.frozen(NOW)))
    with store.open("norsk") as sandbox, sandbox.reading() as db:
        assert set(db.scalars(select(Person.language))) == {"nb"}
        (message,) = db.scalars(select(Message)).all()
        assert b"Content-Language: nb" in mime.write(message)
        assert message.links[0].startswith("http://localhost:8000/s/norsk/")
        assert db.scalars(select(Event)).all() == []


@pytest.mark.parametrize("scenario", ["accountant-nl", "company-no", "company-se"])
def test_the_cast_stands_as_the_contract_says(store: Store, scenario: str) -> None:
    store.create("cast", Creation(scenario=scenario, clock=Clock.frozen(NOW)))
    with store.open("cast") as sandbox, sandbox.reading() as db:
        cast = {person.key: person for person in db.scalars(select(Person).where(Person.key.is_not(None)))}
        assert cast.keys() >= {"administrator", "user", "not_activated", "locked", "no_two_step"}
        status = {key: person.status_at(NOW) for key, person in cast.items()}
        assert status["administrator"] == status["user"] == status["no_two_step"] == Status.ACTIVE
        assert status["not_activated"] == Status.NOT_ACTIVATED
        assert status["locked"] == Status.LOCKED
        assert cast["administrator"].totp_secret and cast["user"].totp_secret
        assert cast["no_two_step"].totp_secret is None
        assert credentials.matches(cast["user"].password_hash, _password(db, cast["user"]))


def _password(db: Db, person: Person) -> str:
    note = db.get_one(ClearTextSecrets, person.id)
    assert note.password is not None
    return note.password


def test_an_unknown_scenario_is_named(store: Store) -> None:
    with pytest.raises(NotFound, match="no scenario named 'nowhere'"):
        store.create("default", Creation(scenario="nowhere"))
