"""Accepting documents that a company sends: the rules of its account, storing the files, and queueing the routing.

Source: AutoInvoice, documents are validated, then routed; a second attempt by the same name of the upload finds the first.
"Verbruik Visma.net AutoInvoice opvragen": the day of creation counts.
"""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy import select

from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import countries
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.documents.exchange import duplicates, routing
from simulator.documents.exchange.preferences import RoutingPreferences
from simulator.documents.model import files, history, parties
from simulator.documents.model.content import Attached, Content, document_columns
from simulator.documents.model.history import JournalEntry
from simulator.documents.model.models import Direction, Document, HistoryType, Origin, Status
from simulator.documents.model.parties import Named

events.declare(document__created="A document came to be in AutoInvoice: somebody sent it.")


def accept(
    db: Db,
    company: Company,
    content: Content,
    *,
    source: bytes,
    preferences: RoutingPreferences | None = None,
    upload_key: str | None = None,
    attachments: Sequence[Attached] = (),
    picture: Attached | None = None,
    product: str = "autoinvoice",
    actor: str | None = None,
    uuid: str | None = None,
) -> Document:
    """Accept a document that a company sends; it is routed a moment later.

    Args:
        db: the transaction.
        company: who sends it.
        content: what it says, read before the transaction.
        source: the document as it came.
        preferences: how the sender prefers the document to be sent.
        upload_key: the sender's own name for the upload; a second one of that name returns the first document.
        attachments: files that came beside it; those inside it are found in ``content``.
        picture: the sender's own picture of it, a PDF.
        product: through whose licence it is charged.
        actor: address of the person who sends it; None for a program.
        uuid: the name that programs call it by, one that no document has; drawn when None.

    Returns:
        The document: waiting for its routing, or failed as a duplicate.

    Raises:
        Forbidden: ``documents.not_verified``.
        RuleViolation: ``documents.not_the_seller``: it is another company's invoice.
    """
    if upload_key is not None and (first := _uploaded(db, company, upload_key)) is not None:
        return first
    account = accounts.of(db, company)
    accounts.check_verified(account)
    _check_sender(company, content.sender)
    preferences = replace(preferences or RoutingPreferences(), sender=actor)
    now = db.clock.now()
    document = Document(
        uuid=uuid or accounts.new_uuid(db),
        company_id=company.id,
        company=company,
        direction=Direction.SENT,
        **document_columns(content),
        party=parties.keep(db, content.receiver),
        created_at=now,
        created_on=now.astimezone(ZoneInfo(company.time_zone)).date(),
        status=Status.CREATED,
        origin=Origin.UPLOAD,
        product=product,
        upload_key=upload_key,
        preferences=preferences.stored(),
    )
    db.add(document)
    db.flush()
    files.keep_all(db, document, content, source, attachments=attachments, picture=picture)
    history.add(db, document, HistoryType.CREATED, "created", journal=JournalEntry("document.created", actor))
    # Here for an answer at once; routing looks once more, because of documents that are accepted at the same time.
    if duplicates.is_duplicate(db, document, stop=account.stop_duplicates):
        duplicates.block(db, document)
    else:
        routing.set_out(db, document)
    return document


def _uploaded(db: Db, company: Company, upload_key: str) -> Document | None:
    return db.scalar(select(Document).where(Document.company_id == company.id, Document.upload_key == upload_key))


def _check_sender(company: Company, sender: Named) -> None:
    """See that a document is the company's own: it is the seller's, or the buyer's when it is self-billed.

    Raises:
        RuleViolation: ``documents.not_the_seller``, with both numbers.
    """
    own = countries.compact(company.organisation_number)
    address = parties.address_of(company.country, company.organisation_number)
    sender_number = countries.compact(sender.organisation_number or "")
    if own == sender_number or (address is not None and address == (sender.scheme, sender.identifier)):
        return
    sender_name = sender.organisation_number or sender.address or sender.name
    raise RuleViolation(
        "documents.not_the_seller", seller=sender_name, company=company.name, number=company.organisation_number
    )
