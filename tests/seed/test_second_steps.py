"""How a scenario says which keys are on a person's phone, who approves sign-ins there, and which domains a customer has."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import func, select

from simulator.core.clock import Clock
from simulator.core.errors import BadInput, RuleViolation
from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.core.store import Creation, Store
from simulator.directory import two_step
from simulator.directory.email_domains import domains, policies
from simulator.directory.email_domains.models import EmailDomain
from simulator.directory.models import ClearTextSecrets, Person
from simulator.directory.security_keys import ceremonies, phone_keys
from simulator.directory.security_keys.ceremonies import KeyRefusal
from simulator.directory.security_keys.models import SecurityKey
from tests.conftest import NOW
from tests.seed.test_accounts import Create, administrator, create

assert create  # a fixture of these tests

DOMAINS = ("owner.example", "other.example")
CODE = "ABCD-EFGH-JKLM-NPQR-STUV"


def overlay(**words: Any) -> dict[str, Any]:
    """Return an overlay that changes the scenario's one person."""
    return {"people": [{"key": "administrator", **words}]}


def of_customer(*entries: dict[str, Any]) -> dict[str, Any]:
    """Return an overlay that adds domains to the scenario's one customer."""
    return {"customers": [{"key": "owner", "domains": list(entries)}]}


def sign(db: Db, person: Person, *, passkey: bool) -> SecurityKey | KeyRefusal:
    """Sign with a key of the phone: as the second step, or instead of the password."""
    whose = None if passkey else person
    options = ceremonies.request_options(db, whose, "sign-in")
    return ceremonies.check(db, whose, "sign-in", json.dumps(phone_keys.get(db, person, options)))


@pytest.mark.parametrize(("word", "passkey"), [("security_keys", False), ("passkeys", True)])
def test_the_phone_signs_with_a_key_of_the_scenario_and_nothing_was_mailed(create: Create, word: str, passkey: bool) -> None:
    with create(**overlay(**{word: ["K-17"]})) as db:
        person = administrator(db)
        key = sign(db, person, passkey=passkey)
        assert isinstance(key, SecurityKey)
        assert (key.name, key.passkey, key.sign_count) == ("K-17", passkey, 2)
        assert two_step.is_on(db, person) is not passkey
        assert (db.get_one(ClearTextSecrets, person.id).emergency_code is None) is passkey
        assert db.scalar(select(func.count()).select_from(Message)) == 0


def test_keys_of_a_lost_phone_belong_to_the_account_and_are_on_no_phone(create: Create) -> None:
    with create(**overlay(security_keys=["K-17"], passkeys=["Telefoon"], lost_phone=True, emergency_code=CODE)) as db:
        person = administrator(db)
        assert [key.name for key in ceremonies.keys_of(db, person)] == ["K-17", "Telefoon"]
        assert db.get_one(ClearTextSecrets, person.id).emergency_code == CODE
        with pytest.raises(phone_keys.NoSuchKey):
            sign(db, person, passkey=False)


@pytest.fixture
def of_office(store: Store) -> Create:
    """Return a function that makes a sandbox of ``two-step-no`` with an overlay, and opens it."""

    @contextmanager
    def make(**overlay: Any) -> Iterator[Db]:
        store.create("default", Creation(scenario="two-step-no", clock=Clock.frozen(NOW), overlay=overlay))
        with store.open("default") as sandbox, sandbox.transaction() as db:
            yield db

    return make


def somebody(db: Db, key: str) -> Person:
    """Return a person of the cast."""
    return db.scalars(select(Person).where(Person.key == key)).one()


def test_a_change_of_another_thing_leaves_keys_and_code_as_they_are(of_office: Create) -> None:
    with of_office(people=[{"key": "key_lost", "last_name": "Berg"}, {"key": "user", "last_name": "Berg"}]) as db:
        lost, user = somebody(db, "key_lost"), somebody(db, "user")
        assert [key.name for key in ceremonies.keys_of(db, lost)] == ["K-17"]
        assert db.get_one(ClearTextSecrets, lost.id).emergency_code is not None
        assert isinstance(sign(db, user, passkey=True), SecurityKey)


def test_an_empty_list_takes_keys_and_code_away(of_office: Create) -> None:
    with of_office(people=[{"key": "key_lost", "security_keys": [], "lost_phone": False}]) as db:
        lost = somebody(db, "key_lost")
        assert not two_step.is_on(db, lost)
        assert two_step.state(db, lost) is two_step.State.OFF


@pytest.mark.parametrize("two_steps", [True, False])
def test_sign_ins_are_approved_on_the_phone_as_long_as_there_is_an_authenticator(of_office: Create, two_steps: bool) -> None:
    with of_office(people=[{"key": "administrator", "two_step": two_steps}]) as db:
        assert somebody(db, "administrator").push is two_steps


def test_a_domain_waits_with_its_record_or_without_one(create: Create) -> None:
    waiting = {"domain": "owner.example", "verified": False}
    with create(**of_customer(waiting, {**waiting, "domain": "other.example", "dns_record": False})) as db:
        owner, other = (db.scalars(select(EmailDomain).where(EmailDomain.domain == name)).one() for name in DOMAINS)
        domains.verify(db, None, owner)
        assert policies.verified(db, owner.domain) is owner
        with pytest.raises(RuleViolation, match=r"email_domain\.no_record"):
            domains.verify(db, None, other)


def test_a_verified_domain_has_a_policy_and_an_overlay_replaces_it(of_office: Create) -> None:
    policy = {"domain": "Havbris.example", "require_two_step": True, "password_rules": "long-15"}
    with of_office(customers=[{"key": "havbris", "domains": [policy]}]) as db:
        user = somebody(db, "user")
        assert two_step.required_by_domain(db, user)
        assert policies.password_rules_of(db, user.email).code == "long-15"
        assert len(domains.dns_texts(db, "havbris.example")) == 1


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        (overlay(push=True), "with.people.0", "expected two_step: true beside push, found false"),
        (
            overlay(lost_phone=True),
            "with.people.0",
            "expected two_step: true, security_keys or passkeys beside lost_phone, found false",
        ),
        (
            overlay(passkeys=["Telefoon"], emergency_code=CODE),
            "with.people.0",
            "expected two_step: true or security_keys beside emergency_code, found false",
        ),
        (
            overlay(security_keys=["K"] * 21),
            "with.people.0",
            "expected at most 20 security keys and passkeys, found 21",
        ),
        (
            overlay(passkeys=["a\nb"]),
            "with.people.0.passkeys",
            "expected a list of names of at most 60 characters, found a list",
        ),
        (
            {"people": [{"key": "administrator", "status": "not_activated", "passkeys": ["K"]}]},
            "with.people.0",
            "expected no passkeys, because the person is not activated, found 'passkeys'",
        ),
        (
            of_customer({"domain": "owner"}),
            "with.customers.0.domains.0.domain",
            "expected an e-mail domain such as office.example, found 'owner'",
        ),
        (
            of_customer({"domain": "owner.example", "dns_record": False}),
            "with.customers.0.domains.0",
            "expected verified: false beside dns_record: false, found true",
        ),
        (
            of_customer({"domain": "owner.example", "verified": False, "require_two_step": True}),
            "with.customers.0.domains.0",
            "expected verified: true beside require_two_step, found false",
        ),
        (
            of_customer({"domain": "owner.example"}, {"domain": "Owner.example"}),
            "with.customers.0.domains.1.domain",
            "expected each domain of a customer once, found 'owner.example'",
        ),
        (
            {
                "customers": [
                    {"key": "owner", "domains": [{"domain": "owner.example"}]},
                    {"key": "other", "number": 101, "name": "Other", "domains": [{"domain": "owner.example"}]},
                ]
            },
            "with.customers.1.domains.0",
            "expected a domain that no other customer has verified, found 'owner.example'",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    small_store: Store, content: dict[str, Any], where: str, what: str
) -> None:
    with pytest.raises(BadInput) as error:
        small_store.create("default", Creation(scenario="small", clock=Clock.frozen(NOW), overlay=content))
    assert (where, what) in error.value.problems
