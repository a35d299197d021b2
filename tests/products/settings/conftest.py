"""A platform with one sandbox: an accounting office with two companies, and another customer with invoices of its own."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from simulator.app import Platform, create_app
from simulator.billing import billing_runs
from simulator.billing.ledger import Piece, add_charges
from simulator.billing.models import InvoiceSystem
from simulator.core.clock import Clock
from simulator.core.database import Binding, forget_file
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.directory import people
from simulator.directory.models import Customer, Membership, Person, Status
from simulator.directory.people import Particulars
from simulator.directory.roles import AUTOINVOICE_USER, BUSINESS_CONTACT, CUSTOMER_ADMINISTRATOR
from simulator.settings import Settings
from tests.billing.books import NAME, NOW, add_customer, add_licence, make_file
from tests.products.settings.visitor import Visitor

SignIn = Callable[..., Visitor]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the file that the sandbox of each test is a copy of."""
    path = tmp_path_factory.mktemp("settings") / "template.sqlite"
    make_file(path)
    with Sandbox(Binding(path, NAME), "http://localhost:8000").transaction() as db:
        populate(db)
    forget_file(path)
    return path


@pytest.fixture(scope="session")
def platform(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return the platform, with no sandbox yet."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    store = Store(settings.data_dir, lambda *_: template, lambda db, overlay: None, settings.base_address)
    return create_app(settings, store)


@pytest.fixture
def store(platform: Platform) -> Iterator[Store]:
    """Return the store, with one sandbox that is deleted after the test."""
    opened: Store = platform.extensions["store"]
    opened.create(NAME, Creation(scenario="settings", clock=Clock.frozen(NOW), seed="seed"))
    yield opened
    opened.delete(NAME)


@pytest.fixture
def sandbox(store: Store) -> Iterator[Sandbox]:
    """Return the sandbox."""
    with store.open(NAME) as sandbox:
        yield sandbox


@pytest.fixture
def sign_in(platform: Platform, sandbox: Sandbox) -> SignIn:
    """Return a function that signs a person in: ``sign_in("anna@office.example", "nb")``."""

    def signed_in(email: str, language: str = "nl") -> Visitor:
        return Visitor.of(platform, sandbox, email, language)

    return signed_in


@pytest.fixture
def administrator(sign_in: SignIn) -> Visitor:
    """Return the office's administrator, signed in, in Dutch."""
    return sign_in("anna@office.example")


def populate(db: Db) -> None:
    """Fill the sandbox of the tests."""
    bakery, atelier = add_customer(db, "NL", "Bakkerij Zon", "=Atelier Maan")
    (neighbour,) = add_customer(db, "NO", "Fjord og Fjell")
    licences = [add_licence(db, bakery.customer), add_licence(db, neighbour.customer)]
    add_licence(db, bakery.customer, "financials", system=InvoiceSystem.INV, valid_to=date(2022, 12, 31))
    for company in (bakery, atelier, neighbour):
        pieces = [
            Piece("PRINT_PRIORITY_PAGE", date(2022, 1, 12), 1132),
            Piece("EMAIL", date(2022, 1, 12), 2989),
            Piece("EMAIL", date(2022, 2, 3)),
        ]
        add_charges(db, company, pieces)
    for licence in licences:
        billing_runs.bill_licence_until(db, licence, date(2022, 3, 1))
    office = bakery.customer
    anna = add_person(db, office, "anna@office.example", "Anna")
    people.grant(db, None, anna, CUSTOMER_ADMINISTRATOR, customer=office)
    bob = add_person(db, office, "bob@office.example", "Bob", primary=True)
    people.grant(db, None, bob, BUSINESS_CONTACT, customer=office)
    for email, company in (("cees@office.example", bakery), ("dag@fjord.example", neighbour)):
        user = add_person(db, company.customer, email, email.partition("@")[0].title())
        people.grant(db, None, user, AUTOINVOICE_USER, company=company)


def add_person(db: Db, customer: Customer, email: str, name: str, *, primary: bool = False) -> Person:
    """Add an active person to a customer's users."""
    person = people.create(db, Particulars(email=email, first_name=name, last_name="Tester", language="nl"))
    person.status = Status.ACTIVE
    db.add(Membership(person_id=person.id, customer_id=customer.id, primary_contact=primary))
    return person
