"""How the interface describes documents and people.

Source: AutoXChange API, its entities; AutoInvoice, states of an invoice: *PENDING* until its arrival is confirmed,
*DELIVERED*, *FAILED*. Own choice: a received invoice counts as delivered; *received_at* is when AutoInvoice got it from
its sender.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from simulator.core.sandbox import Db
from simulator.core.texts import catalogue
from simulator.directory.models import Company, Person
from simulator.documents.exchange.preferences import RoutingPreferences
from simulator.documents.model import history, parties
from simulator.documents.model.channels import CHANNELS
from simulator.documents.model.models import Channel, Direction, Document, DocumentFile, FileKind, History, Status
from simulator.documents.model.parties import Named
from simulator.documents.registers import operators
from simulator.products.autoinvoice_api import schemas

Answer = TypeVar("Answer")

FORMAT = "PEPPOLBIS30"

STATUS = {
    Status.CREATED: "PENDING", Status.ON_HOLD: "PENDING", Status.SENT: "PENDING", Status.DELIVERED: "DELIVERED",
    Status.FAILED: "FAILED", Status.NEW: "DELIVERED", Status.DOWNLOADED: "DELIVERED", Status.PROCESSED: "DELIVERED",
}  # fmt: skip

SOURCE, PICTURE = "source", "picture"
"""Names of the files that every document has, stored or generated."""


def instant(at: datetime) -> str:
    """Write an instant as the interface does: in UTC, to the second, with a Z. Source: AutoXChange API, timestamps."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def without_none(kind: Callable[..., Answer], **fields: Any) -> Answer:
    """Return an answer, a TypedDict of some kind, without the fields that are None."""
    return kind(**{name: value for name, value in fields.items() if value is not None})


def invoice(document: Document, company: Company) -> schemas.Invoice:
    """Describe a document as lists do."""
    other, own = _party(parties.of_party(document.party)), _party(parties.of_company(company))
    sent = document.direction == Direction.SENT
    preferences = RoutingPreferences.of(document.preferences)
    recipient = (other | ({"operator": document.party.operator} if document.party.operator else {})) if sent else own
    return without_none(
        schemas.Invoice,
        id=document.uuid,
        status=STATUS[Status(document.status)],
        reference=document.reference,
        number=document.number,
        sender=own if sent else other,
        recipient=recipient,
        received_at=instant(document.created_at),
        created_at=instant(document.created_at),
        date=document.issue_date.isoformat(),
        date_due=document.due_date.isoformat() if document.due_date else None,
        source_format=FORMAT,
        sum=float(document.net),
        sum_tax=float(document.total),
        currency=document.currency,
        origin=_origin(document),
        destination=_destination(document) if sent else None,
        comment=preferences.comment,
    )


def invoice_details(db: Db, document: Document, files: list[schemas.InvoiceFile]) -> schemas.Invoice:
    """Describe a document with its files and its history."""
    answer = invoice(document, document.company)
    answer["files"] = files
    answer["actions"] = actions(db, document)
    if document.revision > 1:
        answer["revision"] = {"number": document.revision}
    return answer


def actions(db: Db, document: Document, types: list[str] | None = None) -> list[schemas.InvoiceAction]:
    """Describe the history of a document, oldest first."""
    return [
        without_none(
            schemas.InvoiceAction,
            type=line.type,
            channel=CHANNELS[Channel(line.channel)].api_name if line.channel else None,
            message=message(line),
            happened_at=instant(line.happened_at),
        )
        for line in history.of(db, document)
        if not types or line.type in types
    ]


def message(line: History) -> str:
    """Return the words of a line of history, in English as all words of the interface."""
    words = catalogue("en")
    text = words.get(f"documents.history.{line.code}") or words.get(f"documents.failure.{line.code}") or line.code
    values = {name: "" if value is None else value for name, value in (line.data or {}).items()}
    reason = values.get("reason")
    if isinstance(reason, str) and f"documents.failure.{reason}" in words:
        values["reason"] = words[f"documents.failure.{reason}"]
    try:
        return text % values
    except (KeyError, TypeError, ValueError):
        return text


def file_of(db: Db, document: Document, id_: str, name: str, media_type: str, type_: str) -> schemas.InvoiceFile:
    """Describe a file of a document."""
    href = db.program_address("autoinvoice", "api", "v1", "invoices", document.uuid, "files", id_)
    return {"id": id_, "filename": name, "type": type_, "mimetype": media_type, "href": href}


def files(db: Db, document: Document, stored: list[DocumentFile]) -> list[schemas.InvoiceFile]:
    """Describe the files of a document: as it came, its picture, and its attachments."""
    described = [file_of(db, document, SOURCE, f"{document.uuid}.xml", "application/xml", FORMAT)]
    own = next((file for file in stored if file.kind == FileKind.PICTURE), None)
    type_ = "ORIGINAL_IMAGE" if own is not None else "GENERATED_IMAGE"
    described.append(file_of(db, document, PICTURE, own.name if own else f"{document.uuid}.pdf", "application/pdf", type_))
    return described + [
        file_of(db, document, str(file.id), file.name, file.media_type, "ATTACHMENT")
        for file in stored
        if file.kind == FileKind.ATTACHMENT
    ]


def user(person: Person, role: str, quiet: Any) -> schemas.User:
    """Describe a user of a company."""
    return without_none(
        schemas.User,
        id=str(person.id),
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        phone=person.phone,
        notifications_disabled=bool(quiet and quiet.internal),
        emails_disabled=bool(quiet and quiet.everything),
        role=role,
    )


def user_of_others(person: Person, role: str) -> schemas.User:
    """Describe a user of a company who belongs to others too: only name, address and role."""
    return {
        "id": str(person.id),
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "role": role,
    }


def _party(named: Named) -> schemas.Party:
    return without_none(
        schemas.Party, eia=named.address, bid=named.organisation_number, name=named.name, country=named.country
    )


def _origin(document: Document) -> str:
    if document.channel == Channel.SCAN:
        return "SCAN"
    return "INTERNAL" if document.channel == Channel.INTERNAL or document.twin_id is not None else "EXTERNAL"


def _destination(document: Document) -> str | None:
    preferences = RoutingPreferences.of(document.preferences)
    if document.channel == Channel.EMAIL:
        return preferences.email_now() or document.party.email
    if document.channel == Channel.OPERATOR:
        return preferences.operator_now() or document.party.operator or _operator()
    if document.channel == Channel.PEPPOL:
        return "PEPPOL"
    if document.channel is None or document.channel == Channel.INTERNAL:
        return None
    return CHANNELS[Channel(document.channel)].api_name


def _operator() -> str:
    return operators.PEPPOL
