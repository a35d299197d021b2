"""Notifications about documents: by mail, as the account's settings say, and in the bell.

Source: AutoInvoice, invoice notifications: incoming invoices are notified to the company's address or another one; failed ones
to the sender, to other addresses, or both. Own choice: the sender is the person who sent it, and the account's contact when a
program did; documents on hold are notified to the same addresses, and to people with a role in AutoInvoice at the company in the
bell.
"""

from typing import Any

from sqlalchemy import select

from simulator.core import normal_forms, notices, outbox
from simulator.core.notices import NoticeKind
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory import people
from simulator.directory.countries import language_of
from simulator.directory.models import Grant
from simulator.directory.roles import AUTOINVOICE_ADMINISTRATOR, AUTOINVOICE_USER
from simulator.documents.accounts import accounts
from simulator.documents.exchange.preferences import RoutingPreferences
from simulator.documents.model.models import Account, Channel, Document, Quiet

SENDER = "noreply@mail.autoinvoice.example"
SENDER_NAME = "Visma.net AutoInvoice (simulator)"

MAILS = ("document_received", "document_failed", "document_on_hold", "document_viewed", "attachments_dropped")
"""The mails about documents to people at their companies."""

ROLES = (AUTOINVOICE_ADMINISTRATOR.code, AUTOINVOICE_USER.code)


def received(db: Db, document: Document) -> None:
    """Notify the company of an incoming document, if its settings say so."""
    account = accounts.of(db, document.company)
    to = account.notify_received_to or document.company.email
    if account.notify_received and to and not _is_unwanted(db, document, to):
        _mail(db, document, "document_received", to)


def failed(db: Db, document: Document, code: str, **data: Any) -> None:
    """Notify the chosen recipients of a document that could not be delivered."""
    for to in _to_tell(db, document):
        language = _language(db, document, to)
        _mail(db, document, "document_failed", to, reason=text(language, f"documents.failure.{code}", **data))


def on_hold(db: Db, document: Document) -> None:
    """Notify the chosen recipients of a document that waits for its sender."""
    for to in _to_tell(db, document):
        _mail(db, document, "document_on_hold", to)
    holders = select(Grant.person_id).where(Grant.company_id == document.company_id, Grant.role.in_(ROLES)).distinct()
    for person_id in db.scalars(holders.order_by(Grant.person_id)):
        notices.notify(
            db,
            person_id,
            NoticeKind.DOCUMENT_ON_HOLD,
            text="notice.document.on_hold",
            link=page_of(document),
            company_id=document.company_id,
            number=document.number,
            name=document.party.name,
        )


def viewed(db: Db, document: Document) -> None:
    """Notify the sender that the receiver opened the link of a document."""
    to = _sender(accounts.of(db, document.company), document)
    if to and not _is_unwanted(db, document, to):
        _mail(db, document, "document_viewed", to)


def attachments_dropped(db: Db, document: Document) -> None:
    """Notify the sender that a letter goes without its attachments."""
    to = _sender(accounts.of(db, document.company), document)
    if to:
        _mail(db, document, "attachments_dropped", to)


def page_of(document: Document) -> str:
    """Return the address of a document's page, below the sandbox."""
    return f"/autoinvoice/invoice/{document.uuid}"


def _is_unwanted(db: Db, document: Document, to: str) -> bool:
    """Return whether an address is of somebody who wants no mail about such a document; errors are mailed all the same.

    Source: AutoInvoice, personal settings, details.
    """
    person = people.by_email(db, to)
    quiet = db.get(Quiet, person.id) if person is not None else None
    return quiet is not None and (quiet.everything or (quiet.internal and document.channel == Channel.INTERNAL))


def _to_tell(db: Db, document: Document) -> list[str]:
    account = accounts.of(db, document.company)
    sender = _sender(account, document) if account.notify_failed_sender else None
    return list(dict.fromkeys(to for to in (sender, *account.notify_failed_others) if to))


def _sender(account: Account, document: Document) -> str | None:
    return RoutingPreferences.of(document.preferences).sender or account.contact_email or document.company.email


def _language(db: Db, document: Document, to: str) -> str:
    person = people.by_email(db, to)
    return person.language if person is not None else language_of(document.company.country)


def _mail(db: Db, document: Document, name: str, to: str, **values: Any) -> None:
    outbox.mail(
        db,
        name,
        to=normal_forms.email(to),
        language=_language(db, document, to),
        link=db.address(*page_of(document).strip("/").split("/")),
        sender=SENDER,
        sender_name=SENDER_NAME,
        number=document.number,
        other=document.party.name,
        company=document.company.name,
        **values,
    )
