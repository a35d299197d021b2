"""What is laid over a scenario at creation: added, changed, refused, and always there on screen."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

import seed
from seed.overlay import Overlay
from simulator.app import Platform, create_app
from simulator.billing.models import Charge, Invoice, InvoiceLine, Licence
from simulator.core.clock import Clock
from simulator.core.errors import BadInput
from simulator.core.events import Event
from simulator.core.faults import all_of
from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.core.store import Creation, Store
from simulator.directory import people
from simulator.directory.models import ClearTextSecrets, Company, CompanyService, Customer, Grant, Membership, Person, Status
from simulator.documents.accounts import api_keys
from simulator.documents.model.models import Participant
from simulator.documents.registers.publication import DirectoryEntry
from simulator.settings import Settings
from tests.conftest import BASE_ADDRESS, NOW

PERSON = {
    "key": "clerk",
    "email": "Clerk@owner.example",
    "first_name": "Cleo",
    "last_name": "Erik",
    "password": "Rietkraag!99",
}


@pytest.fixture
def create(small_store: Store) -> Any:
    """Return a function that makes a sandbox of ``small`` with an overlay, and opens it for reading."""
    from contextlib import contextmanager

    @contextmanager
    def make(**overlay: Any) -> Any:
        small_store.create("default", Creation(scenario="small", clock=Clock.frozen(NOW), overlay=overlay))
        with small_store.open("default") as sandbox, sandbox.reading() as db:
            yield db

    return make


def faults(small_store: Store, **overlay: Any) -> list[tuple[str, str]]:
    """Return the faults of an overlay; nothing may be left of the sandbox."""
    with pytest.raises(BadInput) as error:
        small_store.create("default", Creation(scenario="small", clock=Clock.frozen(NOW), overlay=overlay))
    assert small_store.names() == []
    return error.value.problems


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    """Return a platform, which says what there is that can fail."""
    return create_app(Settings(data_dir=tmp_path / "platform"))


@pytest.mark.usefixtures("platform")
def test_faults_are_there_from_the_creation_on(create: Any) -> None:
    entry = {
        "operation": "email.deliver",
        "person": "administrator",
        "company": "shop",
        "nth": 2,
        "times": 0,
        "probability": 0.5,
    }
    with create(faults=[entry, {"operation": "job.billing.month", "outcome": "late", "seconds": 60, "hidden": True}]) as db:
        first, second = all_of(db)
        assert (first.person, first.company, first.nth, first.times) == ("administrator@owner.example", "99999901", 2, None)
        assert (second.outcome, second.seconds, second.hidden) == ("late", 60, True)


@pytest.mark.usefixtures("platform")
def test_a_fault_without_a_person_and_a_company_is_everybody_s(create: Any) -> None:
    nobody_has_a_key = {"email": "keyless@owner.example", "first_name": "Kay", "last_name": "Less", "password": "Keyless!11"}
    with create(people=[nobody_has_a_key], faults=[{"operation": "email.deliver"}]) as db:
        assert [(fault.person, fault.company) for fault in all_of(db)] == [(None, None)]


@pytest.mark.parametrize(
    ("entry", "where"),
    [
        ({"route": "POST /nowhere"}, "with.faults.0.route"),
        ({}, "with.faults.0.operation"),
        ({"operation": "email.delivr"}, "with.faults.0.operation"),
        ({"operation": "email.deliver", "outcome": "melted"}, "with.faults.0.outcome"),
        ({"operation": "email.deliver", "nth": 0}, "with.faults.0.nth"),
        ({"operation": "email.deliver", "probability": 2}, "with.faults.0.probability"),
        ({"operation": "email.deliver", "until": "2022-02-01T09:00:00+01:00"}, "with.faults.0.until"),
        ({"operation": "email.deliver", "who": "x"}, "with.faults.0.who"),
    ],
)
@pytest.mark.usefixtures("platform")
def test_a_wrong_fault_is_named_by_where_it_stands(small_store: Store, entry: dict[str, Any], where: str) -> None:
    ((at, _),) = faults(small_store, faults=[entry])
    assert at == where


def person(db: Db, email: str) -> Person:
    """Return a person who must be there."""
    person = people.by_email(db, email)
    assert person is not None
    return person


def test_a_person_is_added_and_the_journal_stays_empty(create: Any) -> None:
    with create(people=[PERSON | {"grants": [{"role": "Autoinvoice user", "on": "shop"}]}]) as db:
        clerk = person(db, "clerk@owner.example")
        assert (clerk.key, clerk.status, clerk.language) == ("clerk", Status.ACTIVE, "nl")
        assert [grant.role for grant in clerk.grants] == ["autoinvoice_user"]
        assert db.scalar(select(Customer.key).join(Membership).where(Membership.person_id == clerk.id)) == "owner"
        assert db.scalars(select(Event)).all() == []


def test_a_known_person_changes_in_the_given_keys_only(create: Any) -> None:
    with create(people=[{"key": "administrator", "last_name": "Berg", "password": "Rietkraag!42", "two_step": True}]) as db:
        changed = person(db, "administrator@owner.example")
        assert changed.name == "Ada Berg"
        assert changed.totp_secret is not None
        assert db.get_one(ClearTextSecrets, changed.id).password == "Rietkraag!42"
        assert [grant.role for grant in changed.grants] == ["customer_administrator"]


def test_given_grants_replace_those_that_were_there(create: Any) -> None:
    with create(people=[{"email": "administrator@owner.example", "grants": []}]) as db:
        assert db.scalars(select(Grant)).all() == []


def test_grants_beside_people_are_added(create: Any) -> None:
    with create(grants=[{"person": "administrator", "role": "Autoinvoice user", "on": "all"}]) as db:
        roles = [grant.role for grant in person(db, "administrator@owner.example").grants]
        assert roles == ["customer_administrator", "autoinvoice_user"]


def test_a_person_can_be_locked_and_another_wait_for_activation(create: Any) -> None:
    waiting = {
        "email": "new@owner.example",
        "first_name": "Nel",
        "last_name": "Ott",
        "status": "not_activated",
        "activation": "sent",
    }
    with create(people=[{"key": "administrator", "status": "locked"}, waiting]) as db:
        assert person(db, "administrator@owner.example").status_at(NOW) == Status.LOCKED
        (message,) = db.scalars(select(Message)).all()
        assert message.recipient == "new@owner.example"
        assert message.links[0].startswith("http://localhost:8000/s/default/connect/activate/")


def test_an_activation_mail_goes_when_its_person_is_activated(store: Store) -> None:
    change = {"key": "not_activated", "status": "active", "password": "Rietkraag!99"}
    store.create("default", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), overlay={"people": [change]}))
    with store.open("default") as sandbox, sandbox.reading() as db:
        assert db.scalars(select(Message)).all() == []
        assert person(db, "new@rietkraag.example").status == Status.ACTIVE


def test_a_customer_with_a_company_and_consumption_is_billed_up_to_the_birth_day(create: Any) -> None:
    customer = {
        "key": "other",
        "number": 200,
        "name": "Other",
        "licences": [{"product": "autoinvoice", "valid_from": "-1 year"}],
    }
    company = {
        "key": "kiosk",
        "customer": "other",
        "name": "Kiosk",
        "organisation_number": "99999902",
        "services": ["autoinvoice"],
    }
    charge = {"company": "kiosk", "unit": "EINVOICE", "day": "2021-12-05", "quantity": 7}
    with create(customers=[customer], companies=[company], charges=[charge]) as db:
        invoice = db.scalars(select(Invoice).join(Customer).where(Customer.key == "other")).one()
        assert (invoice.invoice_date, [line.quantity for line in invoice.lines]) == (date(2022, 1, 1), [7])


def test_a_charge_over_a_billed_month_is_on_that_month_s_invoice(create: Any) -> None:
    with create(charges=[{"company": "shop", "unit": "EMAIL", "day": "2022-01-03", "quantity": 4}]) as db:
        (invoice,) = db.scalars(select(Invoice)).all()
        assert invoice.number == "71000001"
        assert (invoice.period_from, [line.quantity for line in invoice.lines]) == (date(2022, 1, 1), [7])
        assert db.scalar(select(func.count()).where(Charge.invoice_line_id.is_(None))) == 0


def test_a_charge_before_every_billed_month_gets_the_invoice_it_would_have_had(create: Any) -> None:
    with create(charges=[{"company": "shop", "unit": "EMAIL", "day": "2021-11-15", "quantity": 4}]) as db:
        invoices = db.scalars(select(Invoice).order_by(Invoice.invoice_date)).all()
        assert [(invoice.number, invoice.invoice_date) for invoice in invoices] == [
            ("71000001", date(2021, 12, 1)),
            ("71000002", date(2022, 2, 1)),
        ]


def test_a_charge_of_the_month_that_runs_waits(create: Any) -> None:
    with create(charges=[{"company": "shop", "unit": "EMAIL", "day": "today", "quantity": 4}]) as db:
        waiting = db.scalars(select(Charge).where(Charge.invoice_line_id.is_(None))).one()
        assert (waiting.day, waiting.quantity) == (date(2022, 3, 1), 4)
        assert db.scalar(select(func.sum(InvoiceLine.quantity))) == 3


def test_a_company_s_services_are_replaced_and_a_licence_is_added(create: Any) -> None:
    licence = {"product": "expense", "valid_from": "-1 month", "quantity": 5}
    with create(
        companies=[{"key": "shop", "services": ["expense"]}], customers=[{"key": "owner", "licences": [licence]}]
    ) as db:
        assert db.scalars(select(CompanyService.service)).all() == ["expense"]
        assert sorted(db.scalars(select(Licence.product))) == ["autoinvoice", "expense"]
        assert db.scalars(select(Company)).one().name == "Shop"


def test_a_company_can_be_registered_in_elma_through_another_access_point(store: Store) -> None:
    from simulator.documents.registers import participants

    change = {"participants": [{"company": "registered", "access_point": "nordavind"}]}
    store.create("default", Creation(scenario="company-no", clock=Clock.frozen(NOW), overlay=change))
    with store.open("default") as sandbox, sandbox.reading() as db:
        participant = participants.find(db, "310000019")
        assert participant is not None
        assert {row.access_point.key for row in participant.registrations} == {"nordavind"}


@pytest.mark.parametrize(
    ("overlay", "where", "what"),
    [
        (
            {"colour": 1},
            "with.colour",
            f"expected one of the keys {', '.join(Overlay.model_fields)}; found 'colour'",
        ),
        ({"people": {}}, "with.people", "expected a list, found keys"),
        ({"people": [{"key": "clerk"}]}, "with.people.0.email", "expected this key, found nothing"),
        ({"people": [PERSON | {"email": "zz"}]}, "with.people.0.email", "expected an e-mail address, found 'zz'"),
        (
            {"people": [PERSON, PERSON | {"key": "other"}]},
            "with.people.1.email",
            "expected each email once (it stands at people.0), found 'clerk@owner.example'",
        ),
        (
            {"grants": [{"person": "nobody", "role": "Autoinvoice user", "on": "shop"}]},
            "with.grants.0.person",
            "expected the key or address of a person, found 'nobody'",
        ),
        (
            {"grants": [{"person": "administrator", "role": "Autoinvoice user", "on": "mall"}]},
            "with.grants.0.on",
            "expected the key of a company or customer, found 'mall'",
        ),
        (
            {"charges": [{"company": "mall", "unit": "EMAIL", "day": "today", "quantity": 1}]},
            "with.charges.0.company",
            "expected the key of a company, found 'mall'",
        ),
        (
            {"charges": [{"company": "shop", "unit": "EMAIL", "day": "2019-01-01", "quantity": 1}]},
            "with.charges.0",
            "expected a licence for autoinvoice that Shop's customer has on 2019-01-01, found none",
        ),
        (
            {
                "charges": [
                    {"company": "shop", "unit": "EMAIL", "from": "today", "to": "-1 month", "days_a_month": 1, "quantity": 1}
                ]
            },
            "with.charges.0.from",
            "expected a day not after 2022-02-01, found 2022-03-01",
        ),
        (
            {"companies": [{"key": "mall", "customer": "owner", "name": "Mall", "organisation_number": "99999901"}]},
            "with.companies.0.organisation_number",
            "expected a number that no other company has ('shop' has it), found '99999901'",
        ),
        (
            {"customers": [{"key": "other", "number": "100", "name": "Other"}]},
            "with.customers.0.number",
            "expected a number that no other customer has ('owner' has it), found '100'",
        ),
    ],
)
def test_a_fault_has_its_path_and_leaves_no_sandbox(
    small_store: Store, overlay: dict[str, Any], where: str, what: str
) -> None:
    assert (where, what) in faults(small_store, **overlay)


@pytest.mark.parametrize(
    "change", [{"first_name": "Nieuwe"}, {"email": "other@rietkraag.example"}, {"status": "not_activated"}]
)
def test_an_activation_mail_is_made_anew_when_its_person_changes(store: Store, change: dict[str, str]) -> None:
    overlay = {"people": [{"key": "not_activated", **change}]}
    store.create("one", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), overlay=overlay))
    with store.open("one") as sandbox, sandbox.reading() as db:
        person = db.scalars(select(Person).where(Person.key == "not_activated")).one()
        (mail,) = [mail for mail in db.scalars(select(Message).where(Message.name == "activation"))]
        assert mail.recipient == person.email
        assert person.first_name in mail.text


def test_a_company_that_an_overlay_makes_unverified_leaves_elma(store: Store) -> None:
    from simulator.documents.registers import participants

    change = {"companies": [{"key": "registered", "autoinvoice": {"verified": False}}]}
    store.create("default", Creation(scenario="company-no", clock=Clock.frozen(NOW), overlay=change))
    with store.open("default") as sandbox, sandbox.reading() as db:
        assert participants.find(db, "310000019") is None
        assert db.scalar(select(DirectoryEntry.id).where(DirectoryEntry.identifier == "310000019")) is None


@pytest.mark.parametrize("holder", [{"company": "unverified"}, {"organisation_number": "310 000 086", "name": "Nybygg"}])
def test_a_company_that_is_not_verified_is_not_registered_through_autoinvoice(store: Store, holder: dict[str, str]) -> None:
    change = {"participants": [{**holder, "access_point": "autoinvoice"}]}
    with pytest.raises(BadInput) as refused:
        store.create("default", Creation(scenario="company-no", clock=Clock.frozen(NOW), overlay=change))
    ((where, what),) = refused.value.problems
    assert where.endswith("participants.0.access_point")
    assert "not verified" in what


def test_what_registers_and_keys_say_follows_a_company_and_a_person_that_an_overlay_changes(
    tmp_path: Path, templates: Path
) -> None:
    store = Store(tmp_path, seed.template_for(templates), seed.finish, BASE_ADDRESS)
    overlay = {
        "companies": [{"key": "registered", "name": "Nordlys Drift AS", "organisation_number": "310900133"}],
        "people": [{"key": "user", "last_name": "Nordlys"}],
    }
    store.create("default", Creation(scenario="company-no", clock=Clock.frozen(NOW), overlay=overlay))
    with store.open("default") as sandbox, sandbox.reading() as db:
        company = db.scalars(select(Company).where(Company.key == "registered")).one()
        (participant,) = db.scalars(select(Participant).where(Participant.company_id == company.id))
        assert (participant.name, participant.identifier) == ("Nordlys Drift AS", company.organisation_number)
        entries = db.scalars(select(DirectoryEntry)).all()
        assert [entry.name for entry in entries if entry.identifier == participant.identifier] == ["Nordlys Drift AS"]
        assert "Fjordlys Drift AS" not in [entry.name for entry in entries]
        user = db.scalars(select(Person).where(Person.key == "user")).one()
        key = api_keys.of_person(db, user.id)
        assert key is not None
        assert key.name == user.name == "Birk Nordlys"
