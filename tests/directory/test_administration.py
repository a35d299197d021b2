"""What administrators change about users: whatever they do, a customer stays governable and every change is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import seed
from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Store
from simulator.directory import administration, links, people
from simulator.directory.models import Customer, LinkKind, Membership, Person, Status
from simulator.directory.roles import (
    APPLICATION_ADMINISTRATOR,
    BY_CODE,
    BY_NAME,
    CUSTOMER_ADMINISTRATOR,
    EXCLUSIVE,
    ROLES,
    SERVICES,
    Level,
)
from simulator.directory.signing_in import devices, pending_sign_ins
from tests.conftest import BASE_ADDRESS
from tests.documents.norway import create

ACTIONS = ("deactivate", "reactivate", "remove", "contact", "take", "give", "support")


@pytest.fixture(scope="module")
def norway(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Iterator[Sandbox]:
    """Return a sandbox of the scenario ``company-no``, which no test here changes for good."""
    store = Store(tmp_path_factory.mktemp("administration"), seed.template_for(templates), seed.finish, BASE_ADDRESS)
    create(store)
    with store.open("norway") as sandbox:
        yield sandbox


def do(db: Db, action: str, person: Person, customer: Customer) -> None:
    """Do something to a user as an administrator would."""
    if action == "deactivate":
        administration.deactivate(db, "test", person)
    elif action == "reactivate":
        administration.reactivate(db, "test", person)
    elif action == "remove":
        administration.remove(db, "test", person, customer)
    elif action == "contact":
        administration.make_primary_contact(db, "test", person, customer)
    elif action == "take":
        for grant in [grant for grant in person.grants if grant.role == CUSTOMER_ADMINISTRATOR.code]:
            administration.take(db, "test", person, grant)
    else:
        role = CUSTOMER_ADMINISTRATOR if action == "give" else APPLICATION_ADMINISTRATOR
        administration.give(db, "test", person, role, customer=customer, company=None)


def check(db: Db, customer: Customer) -> None:
    """Compare the customer with what must always be so."""
    assert administration.administrators(db, customer.id, [Status.ACTIVE])
    contacts = db.query(Membership).filter_by(customer_id=customer.id, primary_contact=True).all()
    assert len(contacts) == 1
    assert db.get_one(Person, contacts[0].person_id).status == Status.ACTIVE
    for person in db.query(Person):
        held = {BY_CODE[grant.role] for grant in person.grants}
        assert not any(role in held and other in held for role, other in EXCLUSIVE)


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 5)), max_size=25))
def test_whatever_is_done_one_active_administrator_and_one_primary_contact_remain(
    norway: Sandbox, actions: list[tuple[str, int]]
) -> None:
    with norway.reading() as db:
        customer = db.query(Customer).filter_by(key="fjordlys").one()
        members = [
            m.person_id for m in db.query(Membership).filter_by(customer_id=customer.id).order_by(Membership.person_id)
        ]
        for action, number in actions:
            person = db.get_one(Person, members[number % len(members)])
            listed = db.get(Membership, (person.id, customer.id)) is not None
            before = person.version
            if listed:
                try:
                    do(db, action, person, customer)
                except RuleViolation:
                    assert person.version == before
            db.flush()
            check(db, customer)
        db.rollback()


def test_every_change_counts_up_and_stands_in_the_journal_with_its_number(norway: Sandbox) -> None:
    with norway.reading() as db:
        customer = db.query(Customer).filter_by(key="fjordlys").one()
        user = db.query(Person).filter_by(key="user").one()
        begun = user.version
        for action in ("give", "contact", "take", "deactivate", "remove"):
            if action == "deactivate":
                administration.make_primary_contact(
                    db, "test", db.query(Person).filter_by(key="administrator").one(), customer
                )
            do(db, action, user, customer)
        db.flush()
        made = administration.changes_since(db, user, begun)
        assert [event.type for event in made] == [
            "role.granted",
            "user.made_primary_contact",
            "role.revoked",
            "user.deactivated",
            "user.removed",
        ]
        assert [event.data["version"] for event in made] == list(range(begun + 1, user.version + 1))
        assert administration.changes_since(db, user, user.version) == []
        assert [event.type for event in administration.changes_since(db, user, begun + 3)] == [
            "user.deactivated",
            "user.removed",
        ]
        assert all(event.type in administration.CHANGES for event in made)
        assert set(administration.CHANGES) - {"details.changed"} <= set(events.TYPES)
        db.rollback()


def test_a_role_that_somebody_has_already_is_no_change(norway: Sandbox) -> None:
    with norway.reading() as db:
        user = db.query(Person).filter_by(key="user").one()
        grant, before = user.grants[0], user.version
        people.grant(db, "test", user, BY_CODE[grant.role], company=grant.company)
        assert user.version == before
        db.rollback()


def test_the_catalogue_is_unambiguous() -> None:
    assert len(BY_CODE) == len(BY_NAME) == len(ROLES)
    assert all(role.service in SERVICES for role in ROLES if role.level is Level.COMPANY and role.service)
    assert [role.name for role in ROLES if role.also_on_company] == ["Authentication Administrator"]


def test_a_role_on_both_levels_is_given_where_it_was_asked_for(norway: Sandbox) -> None:
    with norway.reading() as db:
        user = db.query(Person).filter_by(key="user").one()
        company = user.grants[0].company
        assert company is not None
        role = BY_NAME["Authentication Administrator"]
        people.grant(db, "test", user, role, customer=company.customer, company=company)
        people.grant(db, "test", user, role, customer=company.customer)
        places = {people.grant_target(grant) for grant in user.grants if grant.role == role.code}
        assert places == {f"company-{company.id}", f"customer-{company.customer_id}"}
        db.rollback()


def test_nothing_of_before_a_deactivation_counts_after_the_reactivation(norway: Sandbox) -> None:
    with norway.reading() as db:
        person = next(person for person in db.query(Person).order_by(Person.id.desc()) if person.status == Status.ACTIVE)
        device = devices.remember(db, person)
        sign_in = pending_sign_ins.start(db, person.email, None)
        sign_in.person_id = person.id
        reset, welcome = links.make(db, person, LinkKind.RESET), links.make(db, person, LinkKind.SIGN_IN)
        db.flush()
        assert devices.is_remembered(db, person, device)
        administration.deactivate(db, "test", person)
        administration.reactivate(db, "test", person)
        assert person.status == Status.ACTIVE
        assert not devices.is_remembered(db, person, device)
        assert pending_sign_ins.find(db, sign_in.id) is None
        assert links.find(db, reset, LinkKind.RESET) is None
        assert links.find(db, welcome, LinkKind.SIGN_IN) is None
