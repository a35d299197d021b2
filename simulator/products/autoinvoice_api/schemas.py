"""Types of the interface's answers, from which they are described. Source: AutoXChange API, as its description names them.

Each class becomes a schema of its name, unless the name begins with an underscore.
"""

from typing import Annotated, Any, NotRequired, TypedDict

from simulator.web.calls.openapi import Day, Instant, Words

NETWORKS = ("VISMA", "PEPPOL", "NEMHANDEL", "AISPROOM", "BANK", "SCAN", "INEXCHANGE", "VISMASCANNER", "RECEIVABLES")
STATUSES = ("PENDING", "DELIVERED", "FAILED")
ACTIONS = ("RECEIVED", "CREATED", "SENT", "DELIVERED", "INFO", "ERROR")
CHANNELS = ("EINVOICE", "PRINT", "SCAN", "EMAIL")
REASONS = (
    "NONEXISTENT_PRODUCT", "OFFERS_AS_INVOICES", "UNKNOWN_COMPANY", "INVOICE_NOT_FOLLOWING_LAW", "MISLEADING_NAME",
    "IMPOSSIBLE_TO_CONTACT", "MISLEADING_MARKETING", "COMPANY_NOT_FOLLOWING_LAW", "KNOWN_FOR_FRAUD_ATTEMPTS",
    "KNOWN_FOR_SUSPICIOUS_ACTIVITIES",
)  # fmt: skip

UserRole = Annotated[str, Words(("ADMIN", "USER"))]


class Error(TypedDict):
    """A refusal."""

    code: str
    message: str
    details: list[str]


class Token(TypedDict):
    """A token, valid for so many seconds."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str


class Status(TypedDict):
    """Until when a token is valid."""

    client_id: str
    expires_at: Instant


class _CurrentUser(TypedDict):
    id: str
    first_name: NotRequired[str]
    last_name: NotRequired[str]
    email: NotRequired[str]


class CurrentCompany(TypedDict):
    """The company of a token."""

    id: str
    bid: NotRequired[str]
    name: NotRequired[str]
    country: NotRequired[str]
    vat: NotRequired[str]
    wizard_done: NotRequired[bool]
    disabled: NotRequired[bool]


class Current(TypedDict):
    """User, company and scopes of a token."""

    user: _CurrentUser
    company: CurrentCompany
    scopes: list[str]


class UserCompany(TypedDict):
    """A company that a user works for."""

    id: str
    name: str
    bid: str


class Company(TypedDict):
    """A company that was registered."""

    id: str


class Authorization(TypedDict):
    """A request to sign."""

    status: str
    count: NotRequired[int]


class AuthorizationStatus(TypedDict):
    """The state of a company's identity check."""

    auth_state: Annotated[str, Words(("PENDING", "SENT", "SIGNED", "CANCELED", "NONE"))]
    auth_email: str
    company_state: Annotated[str, Words(("VERIFIED", "UNVERIFIED", "UNKNOWN"))]


class Settings(TypedDict, total=False):
    """Groups of a company's settings."""

    details: dict[str, Any]
    address: dict[str, Any]
    invoice_notifications: dict[str, Any]
    send_invoice_email: dict[str, Any]
    send_invoice_print: dict[str, Any]
    send_invoice_general: dict[str, Any]
    email_reports: dict[str, Any]


class _LastEvent(TypedDict):
    message: NotRequired[str]
    created_at: Instant


class Profile(TypedDict):
    """A network through which a company receives."""

    id: str
    status: Annotated[str, Words(("active", "pending", "error"))]
    profile: NotRequired[str]
    profiles: NotRequired[list[str]]
    profile_version: NotRequired[str]
    endpoint_id: NotRequired[str]
    scheme: NotRequired[str]
    network: Annotated[str, Words(NETWORKS)]
    network_settings: NotRequired[dict[str, Any]]
    last_event: NotRequired[_LastEvent]


class User(TypedDict):
    """A user of a company."""

    id: str
    email: str
    first_name: NotRequired[str]
    last_name: NotRequired[str]
    phone: NotRequired[str]
    notifications_disabled: NotRequired[bool]
    emails_disabled: NotRequired[bool]
    role: UserRole


class NewUser(User):
    """A user who was added to a company, with the API key of a new account."""

    api_key: NotRequired[str]


class Notification(TypedDict):
    """A webhook."""

    id: str
    destination_type: Annotated[str, Words(("WEBHOOK", "VENDOR_WEBHOOK"))]
    destination: str
    events: list[str]


class Vendor(TypedDict):
    """Whether a software vendor's key was used for the token."""

    state: str


class _Identifier(TypedDict):
    scheme: NotRequired[str]
    eaid_name: NotRequired[str]
    eaid_code: NotRequired[str]
    endpoint_id: NotRequired[str]


class _DocumentType(TypedDict):
    document_type: NotRequired[str]
    document_identifier: NotRequired[str]
    process_identifier: NotRequired[str]


class Participant(TypedDict):
    """The organisation that receives."""

    id: NotRequired[str]
    name: NotRequired[str]
    bid: NotRequired[str]
    country: NotRequired[str]


class Receiver(TypedDict, total=False):
    """A receiver of electronic documents."""

    eia: str
    identifier: _Identifier
    network: str
    operator: str
    document_types: list[_DocumentType]
    participant: Participant


class Endpoint(TypedDict):
    """What can be sent to a business id."""

    bid: str
    sending: list[str]


class Route(TypedDict, total=False):
    """Whether a consumer can be reached by a route."""

    status: Annotated[str, Words(("TEMPORARY_UNAVAILABLE", "RECEIVING", "NOT_RECEIVING", "NOT_AVAILABLE"))]
    details: str


class Routes(TypedDict, total=False):
    """The routes to a consumer, by name."""

    dpi: Route
    vipps: Route
    cv: Route
    yes2all: Route


class Consumer(TypedDict):
    """The routes to a consumer."""

    reference_id: NotRequired[str]
    routes: Routes


class Operator(TypedDict):
    """An operator of e-invoices."""

    operator_id: str
    name: str
    country: NotRequired[str]


class Party(TypedDict, total=False):
    """The sender or recipient of an invoice."""

    eia: str
    bid: str
    name: str
    country: str


class _Recipient(Party, total=False):
    operator: str


class InvoiceFile(TypedDict):
    """A file of an invoice."""

    id: str
    filename: NotRequired[str]
    type: NotRequired[str]
    mimetype: NotRequired[str]
    href: NotRequired[str]


class InvoiceAction(TypedDict):
    """A step in the history of an invoice."""

    type: Annotated[str, Words(ACTIONS)]
    channel: NotRequired[Annotated[str, Words(CHANNELS)]]
    message: NotRequired[str]
    happened_at: Instant


class Invoice(TypedDict):
    """An invoice; files, actions and revision only when it is shown by itself."""

    id: str
    status: Annotated[str, Words(STATUSES)]
    reference: NotRequired[str]
    number: str
    sender: NotRequired[Party]
    recipient: NotRequired[_Recipient]
    received_at: NotRequired[Instant]
    created_at: NotRequired[Instant]
    date: NotRequired[Day]
    date_due: NotRequired[Day]
    source_format: str
    sum: float
    sum_tax: float
    currency: str
    origin: NotRequired[Annotated[str, Words(("INTERNAL", "EXTERNAL", "SCAN"))]]
    destination: NotRequired[str]
    comment: NotRequired[str]
    files: NotRequired[list[InvoiceFile]]
    actions: NotRequired[list[InvoiceAction]]
    revision: NotRequired[dict[str, Any]]


class Criterion(TypedDict):
    """A reason to report a sender."""

    name: str
    friendly_name: NotRequired[str]
    text: NotRequired[str]


class ReportsDefinitions(TypedDict):
    """The reasons to report a sender."""

    criteria: list[Criterion]
    disclaimer_text: NotRequired[str]


class UserReport(TypedDict):
    """A report about the sender of an invoice."""

    id: str
    company_bid: NotRequired[str]
    company_name: NotRequired[str]
    company_country_code: NotRequired[str]
    reporter_user_id: NotRequired[str]
    reporter_contact_email: NotRequired[str]
    invoice_id: str
    reasons: list[Criterion]
    additional_explanation: NotRequired[str]
    report_date: NotRequired[Instant]


class CompanyLookup(TypedDict):
    """Whether a company can be registered."""

    company_bid: str
    company_status: Annotated[str, Words(("FREE", "RESERVED"))]


class SentError(TypedDict):
    """An invoice that could not be sent."""

    company_id: str
    invoice_id: str


class ReceivedEvent(TypedDict):
    """An invoice that was received."""

    company_id: str
    invoice_id: str
    state: Annotated[str, Words(("CREATED", "HANDLED"))]
    created_at: Instant


class Transaction(TypedDict):
    """How much a company used of a unit in a month."""

    company_id: str
    company_name: str
    company_bid: str
    software_name: NotRequired[str]
    action_name: str
    licensing_system: NotRequired[str]
    license_key: NotRequired[str]
    license_meta: NotRequired[str]
    action_count: int
