"""Rules of security keys and passkeys: what is accepted, and which reason a refusal has."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import func, select

from simulator.core.events import Event
from simulator.core.outbox import Message
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.directory.models import Person
from simulator.directory.security_keys import ceremonies, keys, parties, phone_keys
from simulator.directory.security_keys.ceremonies import KeyRefusal
from simulator.directory.security_keys.models import SecurityKey
from simulator.directory.security_keys.phone_keys import KeyFault

Alter = Callable[[dict[str, Any]], None]


def somebody(db: Db, key: str = "administrator") -> Person:
    """Return a person of the scenario's cast."""
    return db.scalars(select(Person).where(Person.key == key)).one()


def add_key(db: Db, person: Person, *, passkey: bool = False, fault: KeyFault | None = None) -> SecurityKey | KeyRefusal:
    """Register a key of the phone."""
    options = ceremonies.creation_options(db, person, "session", passkey=passkey)
    response = json.dumps(phone_keys.create(db, person, options, fault))
    return ceremonies.register(db, person, "session", response, name="Blue key", passkey=passkey)


def sign(db: Db, person: Person, *, passkey: bool = False, fault: KeyFault | None = None) -> SecurityKey | KeyRefusal:
    """Sign with a key of the phone: as the second step, or instead of the password."""
    whose = None if passkey else person
    options = ceremonies.request_options(db, whose, "sign-in")
    return ceremonies.check(db, whose, "sign-in", json.dumps(phone_keys.get(db, person, options, fault)))


def text(raw: bytes) -> str:
    """Return bytes as base64url."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize("passkey", [False, True])
def test_a_key_is_registered_and_signs_with_a_counter_that_goes_up(sandbox: Sandbox, passkey: bool) -> None:
    with sandbox.transaction() as db:
        person = somebody(db)
        key = add_key(db, person, passkey=passkey)
        assert isinstance(key, SecurityKey)
        assert (key.name, key.passkey, key.sign_count, key.transports) == ("Blue key", passkey, 1, ["hybrid", "internal"])
        assert sign(db, person, passkey=passkey) is key
        assert sign(db, person, passkey=passkey) is key
        assert (key.sign_count, key.last_used_at) == (3, db.clock.now())
        added = "passkey_added" if passkey else "security_key_added"
        assert db.scalar(select(func.count()).where(Message.name == added, Message.recipient == person.email)) == 1


def test_a_passkey_can_also_be_the_second_step_but_a_security_key_is_no_passkey(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        person, other = somebody(db), somebody(db, "user")
        assert isinstance(add_key(db, person, passkey=True), SecurityKey)
        assert isinstance(sign(db, person), SecurityKey)
        assert isinstance(add_key(db, other), SecurityKey)
        with pytest.raises(phone_keys.NoSuchKey):
            sign(db, other, passkey=True)


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [(KeyFault.OTHER_ORIGIN, KeyRefusal.ORIGIN), (KeyFault.NO_USER_VERIFICATION, KeyRefusal.USER_VERIFICATION)],
)
def test_a_faulty_registration_is_refused_with_its_reason(sandbox: Sandbox, fault: KeyFault, refusal: KeyRefusal) -> None:
    with sandbox.transaction() as db:
        assert add_key(db, somebody(db), passkey=True, fault=fault) is refusal
        assert not keys.has_key(db, somebody(db))


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        (KeyFault.OTHER_ORIGIN, KeyRefusal.ORIGIN),
        (KeyFault.NO_USER_VERIFICATION, KeyRefusal.USER_VERIFICATION),
        (KeyFault.COUNTER_BACK, KeyRefusal.COUNTER),
    ],
)
def test_a_faulty_signature_is_refused_with_its_reason(sandbox: Sandbox, fault: KeyFault, refusal: KeyRefusal) -> None:
    with sandbox.transaction() as db:
        person = somebody(db)
        key = add_key(db, person, passkey=True)
        assert isinstance(key, SecurityKey)
        assert sign(db, person, passkey=True, fault=fault) is refusal
        assert key.sign_count == 1
        reason = db.scalars(select(Event.data).where(Event.type == "security_key.refused")).one()["reason"]
        assert reason == refusal
        assert isinstance(sign(db, person, passkey=True), SecurityKey)


def test_a_counter_that_goes_back_is_an_event_and_a_mail_to_the_owner(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        person = somebody(db)
        add_key(db, person)
        sign(db, person)
        for _ in range(2):  # refused, so that the platform's counter stays behind the key's
            sign(db, person, fault=KeyFault.OTHER_ORIGIN)
        assert sign(db, person, fault=KeyFault.COUNTER_BACK) is KeyRefusal.COUNTER
        event = db.scalars(select(Event).where(Event.type == "security_key.counter_back")).one()
        assert (event.subject, event.data) == (person.email, {"name": "Blue key", "counter": [2, 1]})
        mails = select(Message).where(Message.name == "security_key_counter_back", Message.recipient == person.email)
        assert "Blue key" in db.scalars(mails).one().text


def test_a_challenge_is_used_once_and_for_five_minutes(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        person = somebody(db)
        add_key(db, person)
        options = ceremonies.request_options(db, person, "sign-in")
        response = json.dumps(phone_keys.get(db, person, options))
        assert isinstance(ceremonies.check(db, person, "sign-in", response), SecurityKey)
        assert ceremonies.check(db, person, "sign-in", response) is KeyRefusal.CHALLENGE
        options = ceremonies.request_options(db, person, "sign-in")
        response = json.dumps(phone_keys.get(db, person, options))
        assert ceremonies.check(db, person, "another sign-in", response) is KeyRefusal.CHALLENGE
        db.stand_at(db.clock.now() + timedelta(minutes=5))
        assert ceremonies.check(db, person, "sign-in", response) is KeyRefusal.CHALLENGE


def test_a_key_is_registered_once_and_another_persons_key_does_not_sign(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        person, other = somebody(db), somebody(db, "user")
        options = ceremonies.creation_options(db, person, "session", passkey=False)
        response = phone_keys.create(db, person, options)
        ceremonies.register(db, person, "session", json.dumps(response), name="Blue key", passkey=False)
        with pytest.raises(phone_keys.NoSuchKey, match="already"):
            add_key(db, person)
        options = ceremonies.creation_options(db, other, "session", passkey=False)
        client = {"type": "webauthn.create", "challenge": options["challenge"], "origin": parties.origin(db)}
        response["response"]["clientDataJSON"] = text(json.dumps(client).encode())
        again = ceremonies.register(db, other, "session", json.dumps(response), name="Same key", passkey=False)
        assert again is KeyRefusal.REGISTERED
        mine = ceremonies.request_options(db, person, "elsewhere")["allowCredentials"]
        options = ceremonies.request_options(db, other, "sign-in") | {"allowCredentials": mine}
        assert ceremonies.check(db, other, "sign-in", json.dumps(phone_keys.get(db, person, options))) is KeyRefusal.UNKNOWN


def test_a_passkey_of_another_sandbox_is_refused_with_that_reason(sandbox: Sandbox, store: Store) -> None:
    store.create("other", Creation(scenario="accountant-nl"))
    with store.open("other") as other, other.transaction() as there:
        somebody_there = somebody(there)
        add_key(there, somebody_there, passkey=True)
        with sandbox.transaction() as here:
            options = ceremonies.request_options(here, None, "browser")
            response = phone_keys.get(there, somebody_there, options)
            assert ceremonies.check(here, None, "browser", json.dumps(response)) is KeyRefusal.OTHER_SANDBOX


def other_party(response: dict[str, Any]) -> None:
    """Let the key have signed for another relying party."""
    data = parties.decoded(response["response"]["authenticatorData"])
    response["response"]["authenticatorData"] = text(sha256(b"phishing.example").digest() + data[32:])


def other_signature(response: dict[str, Any]) -> None:
    """Let the authenticator data be another than was signed."""
    data = bytearray(parties.decoded(response["response"]["authenticatorData"]))
    data[-1] ^= 1
    response["response"]["authenticatorData"] = text(bytes(data))


def no_handle(response: dict[str, Any]) -> None:
    """Leave the user handle out."""
    response["response"]["userHandle"] = None


def other_handle(response: dict[str, Any]) -> None:
    """Put a handle that no sandbox made."""
    response["response"]["userHandle"] = text(b"1.0000000000000000000000")


def no_signature(response: dict[str, Any]) -> None:
    """Leave the signature out."""
    del response["response"]["signature"]


def no_object(response: dict[str, Any]) -> None:
    """Send a number instead of the response."""
    response["response"] = 17


@pytest.mark.parametrize(
    ("alter", "refusal"),
    [
        (other_party, KeyRefusal.RELYING_PARTY),
        (other_signature, KeyRefusal.SIGNATURE),
        (no_handle, KeyRefusal.UNKNOWN),
        (other_handle, KeyRefusal.OTHER_SANDBOX),
        (no_signature, KeyRefusal.MALFORMED),
        (no_object, KeyRefusal.MALFORMED),
    ],
)
def test_an_altered_response_is_refused_with_its_reason(sandbox: Sandbox, alter: Alter, refusal: KeyRefusal) -> None:
    with sandbox.transaction() as db:
        person = somebody(db)
        add_key(db, person, passkey=True)
        response = phone_keys.get(db, person, ceremonies.request_options(db, None, "browser"))
        alter(response)
        assert ceremonies.check(db, None, "browser", json.dumps(response)) is refusal


@pytest.mark.parametrize(
    "response", ["", "{}", "[]", "null", '"a"', "{" * 5000, "x" * 50_000, '{"response": {"clientDataJSON": "é"}}']
)
def test_what_is_no_response_is_refused(sandbox: Sandbox, response: str) -> None:
    with sandbox.transaction() as db:
        person = somebody(db)
        add_key(db, person)
        ceremonies.request_options(db, person, "sign-in")
        assert ceremonies.check(db, person, "sign-in", response) is KeyRefusal.MALFORMED


def test_a_person_has_at_most_twenty_keys(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ceremonies, "MOST_KEYS", 1)
    with sandbox.transaction() as db:
        person = somebody(db)
        add_key(db, person)
        options = ceremonies.creation_options(db, person, "session", passkey=False) | {"excludeCredentials": []}
        response = json.dumps(phone_keys.create(db, person, options))
        second = ceremonies.register(db, person, "session", response, name="Red key", passkey=False)
        assert second is KeyRefusal.TOO_MANY
