"""The shape of a scenario. Imported only when something is built, checked or laid over; never while a ready file is copied."""

from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulator.core.texts import LANGUAGES

from . import vocabulary as words
from .application_entries import Application, ExternalAccount
from .dates import TODAY, When
from .group_entries import CompanyGroup, RoleGroup, UserGroup
from .person_entries import GrantTo, Person
from .spans import Span
from .vocabulary import refuse

STATES = ("active", "not_activated", "locked", "inactive")


class Entry(BaseModel):
    """Parent of everything that stands in a scenario; a key that is not known is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=False)


class Licence(Entry):
    """A customer's right to use a product. ``customer_number`` is the customer's own when it is left out."""

    product: words.Product
    valid_from: words.Day
    valid_to: words.Day | None = None
    kind: words.Kind | None = None
    quantity: words.Copies = 1
    system: Literal["legacy", "inv"] = "legacy"
    customer_number: words.Number | None = None


class OnPremises(Entry):
    """What runs on a customer's own server: the AccountView Communication Service and the On Premise Gateway."""

    acs: words.AcsState = "running"
    acs_server: words.Name | None = None
    opg: words.OpgState = "connected"


class EmailDomain(Entry):
    """An e-mail domain of a customer, with its policy once it is verified; ``dns_record`` is whether the DNS proves it."""

    domain: words.Domain
    verified: words.Truth = True
    dns_record: words.Truth = True
    require_two_step: words.Truth = False
    password_rules: words.PasswordRules = "default-8"
    identity_providers: list[words.IdentityProvider] = Field(default=["connect"], min_length=1)

    @model_validator(mode="after")
    def _fits_the_state(self) -> Self:
        if self.verified and not self.dns_record:
            raise refuse("verified: false beside dns_record: false", self.verified)
        for name in ("require_two_step", "password_rules", "identity_providers"):
            if not self.verified and name in self.model_fields_set:
                raise refuse(f"verified: true beside {name}", self.verified)
        return self


class Customer(Entry):
    """A licence holder. ``country`` is the scenario's when it is left out."""

    key: words.Key
    number: words.Number
    name: words.Name
    country: words.Country | None = None
    require_two_step: words.Truth = False
    domains: list[EmailDomain] = []
    on_premises: OnPremises | None = None
    licences: list[Licence] = []


class Account(Entry):
    """A company at AutoInvoice: whether it is verified, and how it is set to send and receive."""

    verified: words.Truth = True
    receives: words.Truth = True
    print: words.Truth = False
    email: words.Truth = True
    hold: words.Truth = False
    stop_duplicates: words.Truth = True
    scan: words.Day | None = None
    contact: words.Name | None = None
    contact_email: words.Email | None = None
    notify: words.Email | None = None


class InstalledProgram(Entry):
    """A program in which a client's books are kept; without ``licensed`` its licence data are not filled in."""

    program: words.Program
    version: words.Version
    licensed: words.Truth = True
    modules: list[words.Module] = []


class Company(Entry):
    """An organisation that uses services; country, currency and account number follow its customer when they are left out.

    A ``terminated`` day makes it a terminated one, which is gone 31 days later.
    """

    key: words.Key
    customer: words.Key
    name: words.Name
    organisation_number: words.Number
    country: words.Country | None = None
    account_number: words.Number | None = None
    internal_number: words.Number | None = None
    currency: words.Currency | None = None
    time_zone: words.TimeZone | None = None
    email: words.Email | None = None
    phone: words.Phone | None = None
    vat_number: words.Number | None = None
    street: words.Name | None = None
    postal_code: words.Words | None = None
    city: words.Name | None = None
    demo: words.Truth = False
    status: Literal["active", "deactivated", "terminated"] = "active"
    terminated: words.Day | None = None
    services: list[words.Service] = []
    autoinvoice: Account | None = None
    programs: list[InstalledProgram] = []

    @model_validator(mode="after")
    def _fits_the_status(self) -> Self:
        if (self.status == "terminated") != (self.terminated is not None):
            raise refuse("status: terminated and the day it was terminated together", self.status)
        return self


class Crowd(Entry):
    """Companies and people of a customer whose names and particulars are drawn; percentages say how many are not as usual."""

    key: words.Key
    customer: words.Key
    companies: words.Many = 0
    services: list[words.Service] = []
    people: words.Many = 0
    domain: words.Domain | None = None
    password: words.Password | None = None
    role: words.RoleName | None = None
    companies_each: words.Quantity = Span(1, 1)
    two_step: words.Percent = 0
    not_activated: words.Percent = 0
    inactive: words.Percent = 0

    @model_validator(mode="after")
    def _can_be_made(self) -> Self:
        if self.people and (self.domain is None or self.password is None):
            raise refuse("domain and password beside people", self.domain)
        if self.role and not self.companies:
            raise refuse("companies beside a role, because it is given on them", None)
        if self.not_activated + self.inactive > 100:
            raise refuse("not_activated and inactive of at most 100 together", self.not_activated + self.inactive)
        return self


class Charge(Entry):
    """Consumption: of one day, or on some days of each month in a stretch of time.

    ``billed``, ``subscription`` and ``subscriptions`` are for licences whose invoices begin with INV.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                {"oneOf": [{"required": ["company"]}, {"required": ["companies"]}]},
                {"oneOf": [{"required": ["unit", "quantity"]}, {"required": ["units"]}]},
                {"oneOf": [{"required": ["day"]}, {"required": ["from", "days_a_month"]}]},
            ]
        }
    )

    company: words.Key | None = None
    companies: words.Keys = []
    unit: words.Unit | None = None
    quantity: words.Quantity | None = None
    units: dict[words.Unit, words.Quantity] = {}
    day: words.Day | None = None
    from_: words.Day | None = Field(default=None, alias="from")
    to: words.Day | None = None
    days_a_month: words.DaysAMonth | None = None
    product: words.Product = "autoinvoice"
    billed: words.Day | None = None
    subscription: words.Number | None = None
    subscriptions: words.Subscriptions = 1

    @model_validator(mode="after")
    def _says_each_thing_once(self) -> Self:
        if self.subscription is not None and self.subscriptions > 1:
            raise refuse("either subscription or subscriptions", "both")
        if self.subscription is not None and self.company is None:
            raise refuse("a company beside a subscription, because a subscription is one company's", None)
        if (self.company is None) == (not self.companies):
            raise refuse("either company or companies", "both" if self.company else None)
        if (self.unit is None) == (not self.units):
            raise refuse("either unit with quantity or units", "both" if self.unit else None)
        if (self.unit is None) != (self.quantity is None):
            raise refuse("unit and quantity together", "unit" if self.unit else "quantity")
        if (self.day is None) == (self.from_ is None):
            raise refuse("either day or from with days_a_month", "both" if self.day else None)
        if (self.from_ is None) != (self.days_a_month is None):
            raise refuse("from and days_a_month together", "from" if self.from_ else "days_a_month")
        return self

    @property
    def amounts(self) -> dict[str, Span]:
        """Quantity by unit, however it was written."""
        return {self.unit: self.quantity} if self.unit and self.quantity else dict(self.units)

    @property
    def stretch(self) -> tuple[When, When]:
        """First and last day."""
        if self.day is not None:
            return self.day, self.day
        assert self.from_ is not None
        return self.from_, self.to or TODAY


class OtherSide(Entry):
    """Who a document came from or went to, as it says; ``address`` is the electronic one, such as ``0192:312002205``."""

    name: words.Name
    organisation_number: words.Number | None = None
    country: words.Country | None = None
    address: words.Address | None = None
    email: words.Email | None = None
    street: words.Name | None = None
    postal_code: words.Words | None = None
    city: words.Name | None = None


class Document(Entry):
    """A single invoice or credit note in the list of a company, with its charge when it was delivered or received.

    ``net`` is without tax; ``tax`` that of the company's country when it is left out.
    """

    company: words.Key
    direction: Literal["sent", "received"]
    number: words.Words
    kind: words.DocumentType = "invoice"
    party: OtherSide
    created: words.Day
    at: words.Hour | None = None
    issued: words.Day | None = None
    due: words.Day | None = None
    channel: words.Channel
    status: Literal["on_hold", "sent", "delivered", "failed", "new", "downloaded", "processed"] | None = None
    error: words.Failure | None = None
    net: words.Amount
    tax: words.Amount | None = None
    currency: words.Currency | None = None
    reference: words.Words | None = None
    pages: words.Pages = 1

    @model_validator(mode="after")
    def _fits_the_direction(self) -> Self:
        of_received = self.status in ("new", "downloaded", "processed")
        if self.status is not None and of_received != (self.direction == "received"):
            raise refuse(f"a status of a {self.direction} document", self.status)
        if (self.channel == "scan") and self.direction == "sent":
            raise refuse("a channel of a sent document", self.channel)
        if self.direction == "received" and self.channel in ("email", "print"):
            raise refuse("a channel of a received document", self.channel)
        if (self.error is None) == (self.status == "failed"):
            raise refuse("error beside status: failed, and only there", self.error)
        return self


class Buyer(Entry):
    """Somebody to whom a client sells, in its books; ``delivery`` is how it wants its invoices."""

    number: words.Number
    name: words.Name
    country: words.Country | None = None
    organisation_number: words.Number | None = None
    email: words.Email | None = None
    street: words.Name | None = None
    postal_code: words.Words | None = None
    city: words.Name | None = None
    delivery: words.Delivery = "autoinvoice"


class InvoiceLine(Entry):
    """A line of an invoice in a client's books; ``tax_percent`` is the standard rate when it is left out."""

    name: words.Name
    quantity: words.SignedAmount = Decimal(1)
    price: words.Amount
    tax_percent: words.Amount | None = None


class SalesInvoice(Entry):
    """An invoice in a client's books that is not sent yet; ``buyer`` is the buyer's number."""

    number: words.Number
    buyer: words.Number
    program: words.Program
    credit_note: words.Truth = False
    issued: words.Day | None = None
    due: words.Day | None = None
    reference: words.Words | None = None
    delivery: words.Delivery | None = None
    lines: list[InvoiceLine] = Field(min_length=1)


class WebFakturaUser(Entry):
    """One of WebFaktura's own users of a client; ``for_synchronization`` marks the office's user that only synchronizes."""

    email: words.Email
    first_name: words.Name
    last_name: words.Name
    access: words.WebFakturaAccess = "user"
    for_synchronization: words.Truth = False


class Client(Entry):
    """An organisation whose books a customer keeps in its programs: a company here, or one that was not exported yet.

    ``number`` is its number in the programs. ``programs`` of the company and of the client are one list. ``exported_for`` names the
    services that it was exported for, and ``linked`` says that it is registered as a WebFaktura client of the platform.
    """

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["company"]}, {"required": ["customer", "name", "organisation_number"]}]}
    )

    key: words.Key | None = None
    company: words.Key | None = None
    customer: words.Key | None = None
    number: words.Number | None = None
    name: words.Name | None = None
    country: words.Country | None = None
    organisation_number: words.Number | None = None
    email: words.Email | None = None
    street: words.Name | None = None
    postal_code: words.Words | None = None
    city: words.Name | None = None
    programs: list[InstalledProgram] = []
    exported_for: list[words.Service] = []
    linked: words.Truth = False
    buyers: list[Buyer] = []
    invoices: list[SalesInvoice] = []
    webfaktura_users: list[WebFakturaUser] = []

    @model_validator(mode="after")
    def _is_a_company_or_described(self) -> Self:
        described = [name for name in ("customer", "name", "organisation_number") if getattr(self, name) is not None]
        if self.company is not None and described:
            raise refuse("either company or customer, name and organisation_number", "both")
        if self.company is None and len(described) < 3:
            raise refuse("a company, or customer, name and organisation_number together", ", ".join(described) or None)
        if self.company is None and (self.exported_for or self.linked):
            raise refuse("a company with exported_for and linked", "a client that is no company")
        return self


class AccessPoint(Entry):
    """An access point of the e-invoice network; ``ours`` is the platform's own."""

    key: words.Key
    name: words.Words
    ours: words.Truth = False


class Participant(Entry):
    """A receiver of e-invoices and the access point that registered it: a company here, or somebody else by number.

    ``address`` is an electronic address besides that of the number; so one receiver can have several.
    """

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["company"]}, {"required": ["organisation_number", "name"]}]}
    )

    company: words.Key | None = None
    organisation_number: words.Number | None = None
    name: words.Words | None = None
    country: words.Country | None = None
    address: words.Address | None = None
    access_point: words.Key
    documents: list[words.DocumentType] = list(words.DOCUMENT_TYPES)
    registered: words.Day | None = None

    @model_validator(mode="after")
    def _names_a_single_party(self) -> Self:
        if (self.company is None) == (self.organisation_number is None):
            raise refuse("either company or organisation_number", "both" if self.company else None)
        if (self.organisation_number is None) != (self.name is None):
            raise refuse("organisation_number and name together", "name" if self.name else "organisation_number")
        if self.company is not None and self.country is not None:
            raise refuse("no country beside a company, which has its own", self.country)
        return self


class ContractOrder(Entry):
    """What is ordered under a contract; on the day of signing when ``ordered`` is left out."""

    product: words.Product
    unit: words.Unit
    quantity: words.Copies
    ordered: words.Day | None = None
    until: words.Day | None = None


class Contract(Entry):
    """A contract of a company, which makes the invoices that it implies until the day of creation, and later ones.

    With ``notice``, the day on which notice arrived, it ends on the day that follows from it, or on ``ends``.
    """

    company: words.Key
    kind: words.ContractKind
    signed: words.Day
    number: words.Number | None = None
    system: Literal["legacy", "inv"] = "legacy"
    notice: words.Day | None = None
    ends: words.Day | None = None
    orders: list[ContractOrder] = Field(min_length=1)

    @model_validator(mode="after")
    def _ends_after_notice(self) -> Self:
        if self.ends and not self.notice:
            raise refuse("notice beside ends", None)
        return self


class Correction(Entry):
    """A correction of a line of an invoice; ``quantity`` is the right one, as that invoice counts it."""

    company: words.Key
    invoice: words.Day
    unit: words.Unit
    quantity: words.Many
    reason: words.Reason
    day: words.Day


class Case(Entry):
    """A case that a desk has already; an ``answer`` is by the member of the staff whose address is in ``assigned``."""

    requester: words.Email
    subject: words.Name
    text: words.Words
    written: words.Day = TODAY
    desk: Literal["support", "customer_centre", "cancellations"] = "support"
    state: Literal["new", "open", "waiting", "solved", "closed"] = "new"
    assigned: words.Email | None = None
    answer: words.Words | None = None

    @model_validator(mode="after")
    def _has_an_author(self) -> Self:
        if self.answer is not None and self.assigned is None:
            raise refuse("assigned beside an answer", None)
        return self


class Content(Entry):
    """What can be laid over a scenario as well as stand in one."""

    customers: list[Customer] = []
    companies: list[Company] = []
    people: list[Person] = []
    crowds: list[Crowd] = []
    grants: list[GrantTo] = []
    company_groups: list[CompanyGroup] = []
    role_groups: list[RoleGroup] = []
    user_groups: list[UserGroup] = []
    contracts: list[Contract] = []
    charges: list[Charge] = []
    corrections: list[Correction] = []
    documents: list[Document] = []
    access_points: list[AccessPoint] = []
    participants: list[Participant] = []
    clients: list[Client] = []
    cases: list[Case] = []
    applications: list[Application] = []
    external_accounts: list[ExternalAccount] = []


class InAllLanguages(Entry):
    """A text in every language of the platform."""

    en: words.Words
    nl: words.Words
    nb: words.Words
    sv: words.Words


class Translated(Entry):
    """A text in the other languages of the platform, where the English one stands by itself."""

    nl: words.Words
    nb: words.Words
    sv: words.Words


class Task(Entry):
    """What somebody who opens the sandbox reads first: as which of its people to act, and what to do."""

    person: words.Key | None = None
    text: words.TextInLanguages


class Scenario(Content):
    """A scenario file. ``titles`` are its title in the other languages.

    ``now`` is the instant that sandboxes begin at unless another one is asked for. ``retention_months`` is how long lists show
    documents. With ``vendor_invoices: ehf`` the vendor's own invoices, of after the creation, are delivered as documents. With
    ``unpacked`` all consumption is single documents from the start. ``supporter`` is what somebody at a support desk hears from the
    people of the scenario; ``solved`` are the facts that hold once the task is done.
    """

    name: words.Key
    title: words.Words
    titles: Translated | None = None
    description: words.Words
    language: words.Language
    languages: list[words.Language] = list(LANGUAGES)
    country: words.Country
    time_zone: words.TimeZone
    now: words.Instant | None = None
    retention_months: words.Retention = 24
    vendor_invoices: Literal["none", "ehf"] = "none"
    unpacked: words.Truth = False
    supporter: InAllLanguages | None = None
    task: Task | None = None
    solved: list[words.Fact] = []


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, for editors."""
    schema = Scenario.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "vnsim scenario"}
