"""Tables of the documents, of the companies that send and receive them, and of the registers that say where they go."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship, validates

from simulator.billing.models import UNIT
from simulator.billing.products import BY_CODE as PRODUCTS
from simulator.core.database import (
    CODE,
    CURRENCY,
    SINGLE_LINE,
    Base,
    OrganisationNumber,
    ParticipantIdentifier,
    Uuid,
    among,
    holding,
)
from simulator.core.normal_forms import folded
from simulator.directory.models import Company
from simulator.documents.registers.document_types import BY_CODE as DOCUMENT_TYPES
from simulator.documents.registers.schemes import is_scheme

EMAIL_HOWS = ("EMBEDDED", "WITH_OBJECTIONS", "WITH_LINK")
LETTER_CLASSES = ("PRIORITY", "ECONOMY")
REPORTS = ("off", "daily", "weekly", "monthly")
"""What settings of an account can be."""


class State(StrEnum):
    """The state of a registration. Pending ones wait for the SML, the address book that senders ask."""

    PENDING_ADD = "pending_add"
    ACTIVE = "active"
    PENDING_REMOVE = "pending_remove"


class AccessPoint(Base):
    """Who receives documents for its customers; ``ours`` is AutoInvoice's own, of which there is one."""

    __tablename__ = "access_point"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    ours: Mapped[bool]


class Participant(Base):
    """An electronic address at which somebody receives, for as long as it has a registration.

    ``icd`` is its scheme. In ELMA, scheme 0192, ``identifier`` is the organisation number, nine digits; elsewhere
    ``organisation_number`` says whose address it is, so that one organisation can have several. ``folded_name`` is the name as
    searches compare it; ``company_id`` is None for an organisation that is no customer here.
    """

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("icd", "identifier"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    icd: Mapped[str] = mapped_column(info=holding(is_scheme))
    identifier: Mapped[str] = mapped_column(ParticipantIdentifier)
    country: Mapped[str] = mapped_column(default="NO")
    organisation_number: Mapped[str | None] = mapped_column(OrganisationNumber, index=True)
    name: Mapped[str]
    folded_name: Mapped[str] = mapped_column(index=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), index=True)
    registrations: Mapped[list["Registration"]] = relationship(
        back_populates="participant", order_by="Registration.id", cascade="all, delete-orphan"
    )

    @validates("name")
    def _fold(self, _: str, name: str) -> str:
        self.folded_name = folded(name)
        return name


class Registration(Base):
    """A participant receives a type of document through an access point, and through no other.

    ``asked_by_id`` is the person who asked for the change that is pending, or for the last one.
    """

    __tablename__ = "registration"
    __table_args__ = (UniqueConstraint("participant_id", "document_type"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    document_type: Mapped[str] = mapped_column(info=among(DOCUMENT_TYPES))
    access_point_id: Mapped[int] = mapped_column(ForeignKey("access_point.id"), index=True)
    registered_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(info=among(State))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    participant: Mapped[Participant] = relationship(back_populates="registrations")
    access_point: Mapped[AccessPoint] = relationship()


class Direction(StrEnum):
    """Which way a document went, seen from the company in whose list it is."""

    SENT = "sent"
    RECEIVED = "received"


class Channel(StrEnum):
    """How a document travels; ``model.channels`` has the rules.

    ``internal``: both ends are companies at AutoInvoice; ``operator``: another operator's network.
    """

    INTERNAL = "internal"
    PEPPOL = "peppol"
    OPERATOR = "operator"
    EMAIL = "email"
    PRINT = "print"
    SCAN = "scan"


class Origin(StrEnum):
    """How a document came into AutoInvoice. Source: origins in AutoInvoice's interface for programs; own choice: ``upload``."""

    UPLOAD = "upload"
    INTERNAL = "internal"
    EXTERNAL = "external"
    SCAN = "scan"


class Status(StrEnum):
    """The status of a document, see ``statuses``: the first five for sent ones, the others for received ones."""

    CREATED = "created"
    ON_HOLD = "on_hold"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    NEW = "new"
    DOWNLOADED = "downloaded"
    PROCESSED = "processed"


class Mark(StrEnum):
    """What the receiver let the sender know, beside the status. Source: informational states of AutoInvoice's older interface."""

    VIEWED = "viewed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DISPUTED = "disputed"
    PAID = "paid"


@dataclass(frozen=True, kw_only=True)
class Named:
    """A side of a document as it is named there; ``None`` for what it does not tell. ``Party`` has a column for each field.

    ``scheme`` and ``identifier`` are its electronic address; ``operator`` the network it is to be reached through, by code.
    """

    name: str
    country: str
    organisation_number: str | None = None
    vat_number: str | None = None
    scheme: str | None = None
    identifier: str | None = None
    operator: str | None = None
    email: str | None = None
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None

    @property
    def address(self) -> str | None:
        """The electronic address as it is written: ``0192:310000019``."""
        return f"{self.scheme}:{self.identifier}" if self.scheme and self.identifier else None


class Party(Base):
    """The other side of documents, as the documents name it; one row for each different way of naming it.

    ``scheme`` and ``identifier`` are its electronic address, for example ``0192`` and nine digits; ``digest`` is what tells
    two rows apart.
    """

    __tablename__ = "party"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    folded_name: Mapped[str]
    country: Mapped[str]
    organisation_number: Mapped[str | None]
    vat_number: Mapped[str | None]
    scheme: Mapped[str | None] = mapped_column(info=CODE)
    identifier: Mapped[str | None]
    operator: Mapped[str | None]
    email: Mapped[str | None]
    street: Mapped[str | None]
    postal_code: Mapped[str | None]
    city: Mapped[str | None]


UNPACKED_IDS = 1 << 24
"""Own choice: how many ids are set aside, after as many for all others, for the unpacked documents of each company: so their ids do
not depend on whose documents were read first."""
_NEXT_ID = text(f"(SELECT coalesce(max(id), 0) + 1 FROM document WHERE id < {UNPACKED_IDS})")


class Document(Base):
    """An invoice or credit note in the list of one company.

    A document that went from one company to another here is two rows, one in each list, that are each other's ``twin``.

    Attributes of note:
        uuid: the name by which addresses and the API call it.
        created_at: when it came to be in AutoInvoice; ``created_on`` is the day of that in the company's time zone, which decides
            what month it is charged in.
        net, tax, total: without tax, tax, and to pay.
        party: the other side.
        product: through whose licence it is charged.
        unit: what it was charged as, last; ``charged`` counts how often it was charged, once for each delivery, also as other
            units before: what was charged by unit is asked of the charges, never of documents.
        pages: of the letter, when it is one.
        error: code of what went wrong last, ``documents.failure.<code>`` is the text; None when nothing did.
        upload_key: the sender's own name for the upload, by which a second attempt is recognized.
        preferences: how the sender prefers the document to be sent: see ``documents.exchange.preferences``.
        unpacked: it comes from a scenario: its file and history are composed when they are read.
    """

    __tablename__ = "document"
    __table_args__ = (
        Index("document_created", "company_id", "direction", "created_at"),
        Index(
            "document_wanting",
            "company_id",
            "direction",
            "status",
            "created_at",
            sqlite_where=text("status = 'failed' OR status = 'on_hold'"),
        ),
        Index(
            "document_charged_otherwise",
            "company_id",
            "direction",
            "created_at",
            "charged",
            sqlite_where=text("charged <> 1"),
        ),
        Index("document_number", "company_id", "direction", "number"),
        UniqueConstraint("company_id", "upload_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=_NEXT_ID)
    uuid: Mapped[str] = mapped_column(Uuid, unique=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    direction: Mapped[str] = mapped_column(info=among(Direction))
    kind: Mapped[str] = mapped_column(info=among(DOCUMENT_TYPES))
    number: Mapped[str]
    reference: Mapped[str | None]
    issue_date: Mapped[date]
    due_date: Mapped[date | None]
    currency: Mapped[str] = mapped_column(info=CURRENCY)
    net: Mapped[Decimal]
    tax: Mapped[Decimal]
    total: Mapped[Decimal]
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    created_at: Mapped[datetime]
    created_on: Mapped[date]
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(info=among(Status))
    mark: Mapped[str | None] = mapped_column(info=among(Mark))
    channel: Mapped[str | None] = mapped_column(info=among(Channel))
    origin: Mapped[str] = mapped_column(info=among(Origin))
    product: Mapped[str] = mapped_column(info=among(PRODUCTS))
    unit: Mapped[str | None] = mapped_column(info=UNIT)
    charged: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=1)
    error: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=1)
    upload_key: Mapped[str | None]
    twin_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    preferences: Mapped[dict[str, Any]] = mapped_column("wishes")
    scam: Mapped[bool] = mapped_column(default=False)
    unpacked: Mapped[bool] = mapped_column(default=False)
    company: Mapped[Company] = relationship()
    party: Mapped[Party] = relationship()


class HistoryType(StrEnum):
    """The type of a line of a document's history. Source: event types of AutoInvoice's API."""

    RECEIVED = "RECEIVED"
    CREATED = "CREATED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    INFO = "INFO"
    ERROR = "ERROR"


class History(Base):
    """A line of a document's history. ``code`` names the text ``documents.history.<code>``, whose placeholders ``data`` fills."""

    __tablename__ = "document_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    type: Mapped[str] = mapped_column(info=among(HistoryType))
    channel: Mapped[str | None] = mapped_column(info=among(Channel))
    code: Mapped[str]
    data: Mapped[dict[str, Any]]
    happened_at: Mapped[datetime]


class FileKind(StrEnum):
    """What a document's file is: the document as it came, its picture for people, or something that came with it."""

    SOURCE = "source"
    PICTURE = "picture"
    ATTACHMENT = "attachment"


class DocumentFile(Base):
    """A file of a document."""

    __tablename__ = "document_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    kind: Mapped[str] = mapped_column(info=among(FileKind))
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))


class SyntheticDocuments(Base):
    """Recorded consumption: documents of one company, unit and day that are no rows yet, see ``synthetic.consumption``.

    ``pages`` are those that were charged beside the documents.
    """

    __tablename__ = "packed_documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    product: Mapped[str] = mapped_column(info=among(PRODUCTS))
    unit: Mapped[str] = mapped_column(info=UNIT)
    day: Mapped[date]
    quantity: Mapped[int]
    pages: Mapped[int]


class IdentityCheck(StrEnum):
    """How far a company's identity check is. Source: ``auth_state`` of AutoInvoice's API."""

    NONE = "none"
    PENDING = "pending"
    SENT = "sent"
    SIGNED = "signed"
    CANCELED = "canceled"


class Account(Base):
    """A company at AutoInvoice: whether it is verified, and its settings for sending and receiving.

    ``uuid`` is the name by which programs call the company. ``signatory`` is who is asked to confirm the company's identity,
    ``signing_hash`` the hash of the link that was mailed there. Settings follow AutoInvoice's own: see ``accounts.accounts``.
    """

    __tablename__ = "autoinvoice_account"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    uuid: Mapped[str] = mapped_column(Uuid, unique=True)
    verified: Mapped[bool]
    identity_check: Mapped[str] = mapped_column(info=among(IdentityCheck))
    signatory: Mapped[str | None]
    signatory_email: Mapped[str | None]
    signing_hash: Mapped[str | None] = mapped_column(unique=True)
    stop_duplicates: Mapped[bool] = mapped_column(default=True)
    hold_multiple: Mapped[bool] = mapped_column(default=False)
    email_enabled: Mapped[bool] = mapped_column(default=True)
    email_how: Mapped[str] = mapped_column(default="EMBEDDED", info=among(EMAIL_HOWS))
    email_note: Mapped[str] = mapped_column(default="")
    email_attachments: Mapped[bool] = mapped_column(default=True)
    email_merged: Mapped[bool] = mapped_column(default=False)
    contact_name: Mapped[str | None]
    contact_email: Mapped[str | None]
    contact_phone: Mapped[str | None]
    print_enabled: Mapped[bool] = mapped_column(default=False)
    print_prices_accepted: Mapped[bool] = mapped_column(default=False)
    print_letter_class: Mapped[str] = mapped_column(default="PRIORITY", info=among(LETTER_CLASSES))
    print_colour: Mapped[bool] = mapped_column(default=False)
    print_attachments: Mapped[bool] = mapped_column(default=True)
    print_own_pdf: Mapped[bool] = mapped_column(default=False)
    receives: Mapped[bool] = mapped_column(default=True)
    notify_received: Mapped[bool] = mapped_column(default=False)
    notify_received_to: Mapped[str | None]
    notify_failed_sender: Mapped[bool] = mapped_column(default=True)
    notify_failed_others: Mapped[list[str]] = mapped_column(default=list)
    report: Mapped[str] = mapped_column(default="off", info=among(REPORTS))
    scan_active_from: Mapped[datetime | None]
    scan_return_email: Mapped[str | None]
    scan_senders: Mapped[list[str]] = mapped_column(default=list)
    company: Mapped[Company] = relationship()


class KeyKind(StrEnum):
    """Whose key it is: a person's, or that of a software vendor whose programs act for companies."""

    USER = "user"
    VENDOR = "vendor"


class ApiKey(Base):
    """A key with which programs call AutoInvoice. ``person_id`` is the person whose it is, None for a vendor's.

    ``value`` only identifies it: what programs send follows from it and the sandbox's secret (``accounts.api_keys``).
    """

    __tablename__ = "autoinvoice_api_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(info=among(KeyKind))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    value: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Quiet(Base):
    """What a person wants no mails about: ``internal``, what is sent between companies here; ``everything``, any document."""

    __tablename__ = "autoinvoice_quiet"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    internal: Mapped[bool] = mapped_column(default=False)
    everything: Mapped[bool] = mapped_column(default=False)
