"""Notices and mails about people: roles that another administrator changed, accounts that were activated."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from simulator.core.notices import Notice, NoticeKind
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Store
from simulator.directory import administration, credentials, people
from simulator.directory.actors import actor_of
from simulator.directory.models import Customer, Membership, Person, Status
from simulator.directory.people import Particulars
from simulator.directory.roles import AUTOINVOICE_USER, BUSINESS_CONTACT, CUSTOMER_ADMINISTRATOR
from tests.documents.norway import REGISTERED, company, create

ADMINISTRATOR = "administrator@fjordlys.example"


@pytest.fixture
def norway(store: Store) -> Iterator[Sandbox]:
    """Return a fresh sandbox of the scenario ``company-no``."""
    create(store)
    with store.open("norway") as sandbox:
        yield sandbox


def person(db: Db, email: str) -> Person:
    match = people.by_email(db, email)
    assert match is not None
    return match


def notices(db: Db, kind: NoticeKind) -> list[tuple[str, dict[str, object]]]:
    """Return recipient and data of the notices of a kind."""
    db.flush()
    rows = db.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id))
    return [(db.get_one(Person, row.person_id).email, row.data) for row in rows]


def test_a_change_of_roles_by_somebody_else_is_one_notice(norway: Sandbox) -> None:
    with norway.transaction() as db:
        user = person(db, "user@fjordlys.example")
        customer = company(db, REGISTERED).customer
        for role in (CUSTOMER_ADMINISTRATOR, BUSINESS_CONTACT):
            administration.give(db, ADMINISTRATOR, user, role, customer=customer, company=None)
        assert notices(db, NoticeKind.ROLES_CHANGED) == [(user.email, {"actor": "Astrid Solvang", "on": customer.name})]
    with norway.transaction() as db:
        user = person(db, "user@fjordlys.example")
        administration.take(db, user.email, user, next(grant for grant in user.grants if grant.role == "business_contact"))
        people.grant(db, None, user, BUSINESS_CONTACT, customer=db.scalars(select(Customer)).first())
        assert len(notices(db, NoticeKind.ROLES_CHANGED)) == 1


def test_somebody_who_was_just_invited_gets_mail_and_no_notice(norway: Sandbox) -> None:
    with norway.transaction() as db:
        new = _invite(db)
        assert new.status == Status.NOT_ACTIVATED
        assert notices(db, NoticeKind.ROLES_CHANGED) == []


@pytest.mark.parametrize(
    ("leaves", "expected"),
    [((), "deputy@fjordlys.example"), (("deputy@fjordlys.example",), ADMINISTRATOR)],
)
def test_the_person_who_invited_a_user_learns_that_the_account_is_activated(
    norway: Sandbox, leaves: tuple[str, ...], expected: str
) -> None:
    with norway.transaction() as db:
        new = _invite(db)
        db.execute(update(Person).where(Person.email.in_(leaves)).values(status=Status.INACTIVE))
        credentials.set_password(db, new, "Sterk!passord77")
        assert notices(db, NoticeKind.USER_ACTIVATED) == [(expected, {"name": "Ny <b>Bruker</b>"})]


def _invite(db: Db) -> Person:
    particulars = Particulars(email="ny@fjordlys.example", first_name="Ny", last_name="<b>Bruker</b>", language="nb")
    firm = company(db, REGISTERED)
    actor = actor_of(db, person(db, "deputy@fjordlys.example"))
    new = people.invite(db, actor, firm.customer, particulars, [(AUTOINVOICE_USER, firm)])
    assert db.get(Membership, (new.id, firm.customer_id)) is not None
    return new
