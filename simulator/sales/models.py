"""Tables of what the programs around the platform share.

Source: "WebFaktura og Visma.net", Forutsetninger: versions, licence, OPG; "Verbruik Visma.net AutoInvoice opvragen", De stap
Communicatie: ACS. Own choice: one gateway and one ACS per customer; a client's particulars in its programs are its own, because
it is there before it is a company at the platform.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from simulator.core.database import CODE, CURRENCY, SINGLE_LINE, Base, OrganisationNumber, TextList, among, holding
from simulator.directory.countries import BY_CODE
from simulator.directory.models import Company, Customer, Person, is_service
from simulator.documents.registers.document_types import BY_CODE as DOCUMENT_TYPES


class ProgramCode(StrEnum):
    """The programs; each is the code of a product."""

    ACCOUNTVIEW = "accountview"
    ADMINISTRATION = "administration"
    BUSINESS = "business"
    FINANCIALS = "financials"
    GLOBAL = "global"
    WEBFAKTURA = "webfaktura"
    WEBFAKTURA_ADMIN = "webfaktura-admin"


class Module(StrEnum):
    """Modules that a program has or lacks.

    ``visma_net_services``: AccountView's option to set up Visma.net services; ``document_center``: Visma Document Center, without
    which receiving cannot be activated from Visma Business, Visma Global and Visma Contracting.
    """

    VISMA_NET_SERVICES = "visma_net_services"
    DOCUMENT_CENTER = "document_center"


class Acs(StrEnum):
    """What a program finds when it calls the AccountView Communication Service on the server that it is set to."""

    RUNNING = "running"
    OFF = "off"
    WRONG_SERVER = "wrong_server"


class Opg(StrEnum):
    """The state of the On Premise Gateway; only *connected* connects programs with the platform."""

    NOT_INSTALLED = "not_installed"
    INSTALLED = "installed"
    CONNECTED = "connected"
    DOWN = "down"


class Installation(Base):
    """What runs on a customer's own server; a customer without a row has the defaults of ``installations``."""

    __tablename__ = "installation"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    acs: Mapped[str] = mapped_column(info=among(Acs))
    acs_server: Mapped[str] = mapped_column(info=SINGLE_LINE)
    opg: Mapped[str] = mapped_column(info=among(Opg))


class Client(Base):
    """An organisation whose books a customer keeps in its programs.

    ``company_id`` is its company at the platform; None until it was exported there. ``number`` is its number in the programs,
    unique for its customer; ``key`` its key in the scenario.
    """

    __tablename__ = "client"
    __table_args__ = (UniqueConstraint("customer_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), unique=True)
    number: Mapped[str] = mapped_column(info=SINGLE_LINE)
    name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    country: Mapped[str] = mapped_column(info=among(BY_CODE))
    organisation_number: Mapped[str] = mapped_column(OrganisationNumber)
    email: Mapped[str | None]
    street: Mapped[str | None]
    postal_code: Mapped[str | None]
    city: Mapped[str | None]
    customer: Mapped[Customer] = relationship()
    company: Mapped[Company | None] = relationship()
    programs: Mapped[list["InstalledProgram"]] = relationship(
        back_populates="client", order_by="InstalledProgram.program", cascade="all, delete-orphan"
    )

    @property
    def currency(self) -> str:
        """The currency of its books."""
        from simulator.billing.countries import country_of

        return self.company.currency if self.company else country_of(self.country).currency


class InstalledProgram(Base):
    """A program in which a client's books are kept.

    ``licensed``: whether the licence data that the program needs for the platform are filled in and right.
    """

    __tablename__ = "installed_program"

    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), primary_key=True)
    program: Mapped[str] = mapped_column(primary_key=True, info=among(ProgramCode))
    version: Mapped[str] = mapped_column(info=SINGLE_LINE)
    licensed: Mapped[bool]
    modules: Mapped[list[str]] = mapped_column(TextList)
    client: Mapped[Client] = relationship(back_populates="programs")


class Export(Base):
    """A client was exported from its program to the platform for a service; the newest export of each service.

    ``company_id`` is the company that it became or updated there. Source: "WebFaktura og Visma.net", the export is run for
    WebFaktura even if other services are used.
    """

    __tablename__ = "export"

    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True, info=holding(is_service))
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    program: Mapped[str] = mapped_column(info=among(ProgramCode))
    exported_at: Mapped[datetime]
    exported_by: Mapped[str | None]


class WebFakturaLink(Base):
    """A WebFaktura client is registered at the platform, as the company ``company_id``.

    It was registered at ``linked_at`` by the person with the address ``linked_by``; None when the scenario says so.
    """

    __tablename__ = "webfaktura_link"

    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    linked_at: Mapped[datetime]
    linked_by: Mapped[str | None]


class WebFakturaAccess(StrEnum):
    """What a user may do in WebFaktura; ordinary users have *user*. Source: "WebFaktura og Visma.net", Administrasjon av firma."""

    USER = "user"
    ADMIN = "admin"

    @property
    def text(self) -> str:
        """Text key of its name."""
        return f"webfaktura.access.{self}"


class WebFakturaUser(Base):
    """One of WebFaktura's own users of a client, who may become a person at Visma.net; see ``webfaktura_users``.

    ``for_synchronization`` marks the office's dedicated user, which synchronizes data and needs no account at Visma.net.
    ``person_id`` is the account that the user was added as; ``invited`` whether that account was made then. ``version`` counts the
    changes, so that the second of two concurrent editors is informed.
    """

    __tablename__ = "webfaktura_user"
    __table_args__ = (UniqueConstraint("client_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    email: Mapped[str] = mapped_column(info=SINGLE_LINE)
    first_name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    last_name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    access: Mapped[str] = mapped_column(info=among(WebFakturaAccess))
    for_synchronization: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    invited: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    client: Mapped[Client] = relationship()
    person: Mapped[Person | None] = relationship()

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


class Delivery(StrEnum):
    """How a buyer wants invoices. Source: Visma Administration 2000, Utskriftsval; own choice: ``autoinvoice``.

    ``printer``, ``pdf`` and ``mail_program`` stay on the own computer; ``autoinvoice`` leaves the choice to AutoInvoice; the others
    go through AutoInvoice in this form.
    """

    PRINTER = "printer"
    PDF = "pdf"
    MAIL_PROGRAM = "mail_program"
    AUTOINVOICE = "autoinvoice"
    EINVOICE = "einvoice"
    LETTER = "letter"
    EMAIL = "email"

    @property
    def through_autoinvoice(self) -> bool:
        """Whether AutoInvoice delivers it."""
        return self not in (Delivery.PRINTER, Delivery.PDF, Delivery.MAIL_PROGRAM)

    @property
    def text(self) -> str:
        """Text key of its name."""
        return f"sales.delivery.{self}"


class Buyer(Base):
    """A customer in a client's books: to whom it sells. Called buyer to tell it from the platform's customers. Source: EN 16931.

    ``receives`` is what the last look-up by organisation number said: whether the buyer receives e-invoices; None before one.
    """

    __tablename__ = "buyer"
    __table_args__ = (UniqueConstraint("client_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    number: Mapped[str] = mapped_column(info=SINGLE_LINE)
    name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    country: Mapped[str] = mapped_column(info=among(BY_CODE))
    organisation_number: Mapped[str | None] = mapped_column(OrganisationNumber)
    email: Mapped[str | None]
    street: Mapped[str | None]
    postal_code: Mapped[str | None]
    city: Mapped[str | None]
    delivery: Mapped[str] = mapped_column(info=among(Delivery))
    receives: Mapped[bool | None]
    version: Mapped[int] = mapped_column(default=1)
    client: Mapped[Client] = relationship()


class Submission(StrEnum):
    """How far an invoice of the books has got on its way to AutoInvoice. What AutoInvoice did with it, its document says.

    ``none``: not sent; ``waiting``: AutoInvoice could not be reached, the program tries again; ``accepted``: it is a document
    there; ``refused``: AutoInvoice did not take it; ``manual``: somebody handles it without AutoInvoice; ``local``: it was printed,
    or mailed, on the own computer.
    """

    NONE = "none"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    MANUAL = "manual"
    LOCAL = "local"


class SalesInvoice(Base):
    """An invoice or credit note of a client's books.

    ``delivery`` is how it is to be sent, taken from the buyer when it was made; ``document_id`` its document at AutoInvoice.
    ``problem`` is the code of what AutoInvoice refused it for, with ``problem_facts``; ``remark`` what was written when it was
    handled manually. Amounts follow from the lines.
    """

    __tablename__ = "sales_invoice"
    __table_args__ = (UniqueConstraint("client_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    buyer_id: Mapped[int] = mapped_column(ForeignKey("buyer.id"), index=True)
    program: Mapped[str] = mapped_column(info=among(ProgramCode))
    number: Mapped[str] = mapped_column(info=SINGLE_LINE)
    kind: Mapped[str] = mapped_column(info=among(DOCUMENT_TYPES))
    issued_on: Mapped[date]
    due_on: Mapped[date]
    currency: Mapped[str] = mapped_column(info=CURRENCY)
    reference: Mapped[str | None]
    delivery: Mapped[str] = mapped_column(info=among(Delivery))
    submission: Mapped[str] = mapped_column(default=Submission.NONE, info=among(Submission))
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(info=CODE)
    problem_facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    remark: Mapped[str | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), unique=True)
    created_at: Mapped[datetime]
    client: Mapped[Client] = relationship()
    buyer: Mapped[Buyer] = relationship()
    lines: Mapped[list["SalesLine"]] = relationship(
        back_populates="invoice", order_by="SalesLine.position", cascade="all, delete-orphan"
    )


class SalesLine(Base):
    """A line of an invoice: ``quantity`` and ``price`` have at most four decimals; a negative quantity gives a negative amount."""

    __tablename__ = "sales_line"
    __table_args__ = (UniqueConstraint("invoice_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("sales_invoice.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    quantity: Mapped[Decimal]
    price: Mapped[Decimal]
    tax_percent: Mapped[Decimal]
    invoice: Mapped[SalesInvoice] = relationship(back_populates="lines")
