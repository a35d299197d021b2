"""Types of the control API's answers about documents, and about the interfaces for programs of AutoInvoice and ELMA."""

from typing import Annotated, TypedDict

from simulator.control.schemas import Message
from simulator.documents.model.models import Channel, Direction, Mark, Status
from simulator.web.calls.openapi import Day, Instant, Words


class _Party(TypedDict):
    name: str
    country: str
    organisation_number: str | None
    address: str | None


class Document(TypedDict):
    """A document in a company's list."""

    id: int
    uuid: str
    company: str
    direction: Annotated[str, Words(Direction)]
    kind: str
    number: str
    reference: str | None
    party: _Party
    issue_date: Day
    due_date: Day | None
    currency: str
    net: str
    tax: str
    total: str
    created_at: Instant
    sent_at: Instant | None
    delivered_at: Instant | None
    status: Annotated[str, Words(Status)]
    mark: Annotated[str, Words(Mark)] | None
    channel: Annotated[str, Words(Channel)] | None
    origin: str
    unit: str | None
    charged: int
    pages: int
    error: str | None
    revision: int


class Arrived(TypedDict):
    """A document from outside: the route that it took, and what arrived by that route."""

    route: Annotated[str, Words(("peppol", "email", "print"))]
    number: str
    document: Document | None
    message: Message | None


class _VendorKey(TypedDict):
    name: str
    vendor_api_key: str


class ProgramUser(TypedDict):
    """A user of a company at AutoInvoice, and the API key of that user."""

    key: str | None
    email: str
    role: Annotated[str, Words(("ADMIN", "USER"))]
    client_secret: str | None


class ProgramCompany(TypedDict):
    """A company at AutoInvoice."""

    key: str | None
    name: str
    country: str
    organisation_number: str
    client_id: str
    verified: bool
    users: list[ProgramUser]


class Programs(TypedDict):
    """AutoInvoice's interface for programs: its address and credentials."""

    base_url: str
    vendor_api_keys: list[_VendorKey]
    companies: list[ProgramCompany]


class AccessPointUser(TypedDict):
    """An access point, and the credentials with which its programs call ELMA."""

    name: str
    user: str
    password: str


class AccessPoints(TypedDict):
    """ELMA's interface for programs: its address and credentials."""

    base_url: str
    access_points: list[AccessPointUser]
