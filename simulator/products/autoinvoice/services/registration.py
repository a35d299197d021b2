"""A company registers itself with AutoInvoice: creates a customer, its licence, the company, its first user and a welcome mail.

Source: "Slik registrerer du deg i AutoInvoice": account type, country, company, address, contact and terms; the link of the welcome
mail is good for 15 minutes. Frequent questions on AutoInvoice in AccountView: *REGISTRATION FAILED, BID ALREADY TAKEN*. Own choice:
each registration creates a customer with a random number, administered by the first user; if the address already has an account,
the company is added to that account and its mail needs no activation; the organisation number of a Norwegian company only has to be
well formed, because the simulator has no register of all companies.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select

from simulator.billing import countries as billing_countries
from simulator.billing.models import InvoiceSystem, Licence
from simulator.billing.products import BY_CODE as PRODUCTS
from simulator.core import events, outbox
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import actors, companies, countries, links, people
from simulator.directory.companies import Details
from simulator.directory.models import Company, Customer, LinkKind, Membership, Person, Status
from simulator.directory.people import Particulars
from simulator.directory.roles import AUTOINVOICE_ADMINISTRATOR, CUSTOMER_ADMINISTRATOR
from simulator.documents.accounts import accounts, api_keys

TAKEN = "REGISTRATION FAILED, BID ALREADY TAKEN"
"""Source: frequent questions on AutoInvoice in AccountView."""

events.declare(
    autoinvoice__registered="A company registered itself with AutoInvoice.",
    autoinvoice__registration_failed="A company could not register itself with AutoInvoice.",
    autoinvoice__activated="The link of AutoInvoice's welcome mail was followed.",
)


@dataclass(frozen=True)
class Outcome:
    """The outcome of a registration: the company, or the reason of a refusal, which the journal records too."""

    company: Company | None
    refusal: RuleViolation | None = None


def register(db: Db, country: str, details: Details, contact: Particulars) -> Outcome:
    """Register a company and its first user.

    Returns:
        The company; or the refusal ``directory.bad_organisation_number`` or ``autoinvoice.bid_taken``.
    """
    number = countries.compact(details.organisation_number)
    of_country = countries.BY_CODE[country]
    if not of_country.is_number(number):
        refusal = RuleViolation(
            "directory.bad_organisation_number", field="organisation_number", number=number, example=of_country.number
        )
        return Outcome(None, refusal)
    if companies.holder_of(db, country, number) is not None:
        events.record(db, "autoinvoice.registration_failed", subject=number, country=country, message=TAKEN)
        return Outcome(None, RuleViolation("autoinvoice.bid_taken", field="organisation_number", message=TAKEN))
    person = people.by_email(db, contact.email) or people.create(db, contact)
    company = _company(db, person, country, details)
    db.flush()
    api_keys.ensure_for(db, person, person.email)
    events.record(db, "autoinvoice.registered", actor=person.email, subject=number, company=company.name)
    _welcome(db, person, company)
    return Outcome(company)


def person_to_activate(db: Db, token: str) -> Person | None:
    """Return the person of the link of a welcome mail; None when the link is no longer valid."""
    link = links.find(db, token, LinkKind.REGISTRATION)
    return link.person if link is not None and link.person.status == Status.NOT_ACTIVATED else None


def activate(db: Db, token: str) -> str:
    """Use the link of a welcome mail.

    Returns:
        The token with which Connect lets the person choose a password.
    """
    link = links.find(db, token, LinkKind.REGISTRATION)
    assert link is not None
    links.use(db, link)
    events.record(db, "autoinvoice.activated", actor=link.person.email, subject=link.person.email)
    return links.make(db, link.person, LinkKind.ACTIVATION)


def _company(db: Db, person: Person, country: str, details: Details) -> Company:
    """Create the customer, its licence from today on, and the company, and make the person administrator of both."""
    number = _customer_number(db)
    customer = Customer(key=f"registered-{number}", number=number, name=details.name, country=country)
    db.add(customer)
    db.flush()
    db.add(
        Licence(
            customer_id=customer.id,
            product=accounts.SERVICE,
            customer_number=number,
            kind=PRODUCTS[accounts.SERVICE].kind,
            quantity=1,
            valid_from=db.clock.now().astimezone(ZoneInfo(countries.BY_CODE[country].time_zone)).date(),
            system=InvoiceSystem.LEGACY,
        )
    )
    db.add(Membership(person_id=person.id, customer_id=customer.id, primary_contact=True))
    people.grant(db, person.email, person, CUSTOMER_ADMINISTRATOR, customer=customer)
    actor = actors.actor_of(db, person)
    company = companies.add(db, actor, customer, country, billing_countries.country_of(country).currency, details)
    companies.activate_service(db, actor, company, accounts.SERVICE)
    people.grant(db, person.email, person, AUTOINVOICE_ADMINISTRATOR, company=company)
    if person.company_id is None:
        person.company_id = company.id
    return company


def _customer_number(db: Db) -> str:
    while True:
        number = f"4{db.chance.digits(6)}"
        if db.scalar(select(Customer.id).where(Customer.number == number)) is None:
            return number


def _welcome(db: Db, person: Person, company: Company) -> None:
    """Mail the person how to activate a new account, or that the company was added to the existing one."""
    fresh = person.status == Status.NOT_ACTIVATED
    token = links.make(db, person, LinkKind.REGISTRATION) if fresh else None
    outbox.mail(
        db,
        "autoinvoice_welcome" if fresh else "autoinvoice_added",
        to=person.email,
        language=person.language,
        link=db.address("autoinvoice", "activate", token) if token else db.address("autoinvoice", ""),
        first_name=person.first_name,
        email=person.email,
        company=company.name,
    )
