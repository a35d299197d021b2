"""Documents as e-mail: with the picture as a PDF, with a page to answer on, or with a link to it.

Source: AutoInvoice, sending invoices by e-mail: one sender address for all, the reply goes to the contact's address; attachments
above five megabytes become links. Own choice: five megabytes of all attachments together; the words; the language is that of the
receiver's country.
"""

from typing import Any

from sqlalchemy import func, select

from simulator.core import formats, normal_forms, outbox
from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory.countries import language_of
from simulator.documents.accounts import accounts
from simulator.documents.exchange import links, notifications
from simulator.documents.model.content import Content
from simulator.documents.model.models import Document, DocumentFile, FileKind
from simulator.documents.model.parties import Named

EMBEDDED, WITH_OBJECTIONS, WITH_LINK = "EMBEDDED", "WITH_OBJECTIONS", "WITH_LINK"
HOW = {EMBEDDED: "document_embedded", WITH_OBJECTIONS: "document_with_objections", WITH_LINK: "document_with_link"}
"""The ways to mail a document, with the name of the mail. Source: names in AutoInvoice's interface for programs."""

LARGEST = 5 * 1024 * 1024
"""Bytes of attachments that go into a mail."""

PDF = "application/pdf"


def is_slow(address: str) -> bool:
    """Return whether mail to an address takes long. Own choice: see ``delivery``."""
    return normal_forms.email(address).startswith("slow")


def picture(db: Db, **data: Any) -> bytes:
    """Return the picture that a mail of ``document`` carries, in the receiver's language."""
    from simulator.documents.model import files

    document = db.get_one(Document, data["document"])
    if accounts.of(db, document.company).email_how == WITH_LINK:
        return b""
    return files.picture(db, document, language_of(document.party.country))


def send(db: Db, document: Document, to: str, pdf: bytes) -> Message:
    """Mail a document the way its sender's account says.

    Args:
        db: the transaction.
        document: a sent document.
        to: the receiver's address.
        pdf: its picture; not used by a mail that only links to it.
    """
    from simulator.documents.model import files

    account = accounts.of(db, document.company)
    language = language_of(document.party.country)
    how = account.email_how if account.email_how in HOW else EMBEDDED
    enclosed = [(f"{file_name(document.number)}.pdf", PDF, pdf)] if how != WITH_LINK else []
    more = [account.email_note.strip()] if account.email_note.strip() else []
    link = links.address_of(db, document) if how != EMBEDDED else None
    if how != WITH_LINK and account.email_attachments:
        attached = _attachments(db, document)
        if attached is None:
            link = link or links.address_of(db, document)
            more.append(text(language, "documents.mail.attachments_linked", passcode=links.passcode_of(db, document)))
        else:
            enclosed += attached
    contact = ", ".join(part for part in (account.contact_name, account.contact_email, account.contact_phone) if part)
    if contact:
        more.append(text(language, "documents.mail.contact", contact=contact))
    passcode = links.passcode_of(db, document)
    return outbox.mail(
        db,
        HOW[how],
        to=to,
        language=language,
        link=link,
        codes=[passcode] if link else (),
        sender=notifications.SENDER,
        sender_name=document.company.name,
        reply_to=account.contact_email,
        files=enclosed,
        more=more,
        passcode=passcode,
        kind=files.type_name(db, document, language),
        **_text_values(language, document.number, document.company.name, document.total, document.currency),
    )


def from_supplier(db: Db, seller: Named, to: str, country: str, content: Content) -> Message:
    """Mail a document of an outside supplier, as its own program does it."""
    from simulator.documents import pictures

    language = language_of(country)
    pdf = pictures.pdf(content, language)
    return outbox.mail(
        db,
        "supplier_document",
        to=to,
        language=language,
        sender=seller.email or notifications.SENDER,
        sender_name=seller.name,
        files=[(f"{file_name(content.number)}.pdf", PDF, pdf)],
        kind=pictures.type_name(content, language),
        **_text_values(language, content.number, seller.name, content.total, content.currency),
    )


def file_name(number: str) -> str:
    """Return a document's number as the name of a file.

    Source: AutoInvoice, attachments: letters, digits, dot and underline, at most fifty characters.
    """
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._") else "_" for letter in number)
    return plain[:46] or "_"


def _text_values(language: str, number: str, company: str, total: Any, currency: str) -> dict[str, Any]:
    return {
        "number": number,
        "company": company,
        "amount": formats.money(language, total, currency),
    }


def _attachments(db: Db, document: Document) -> list[tuple[str, str, bytes]] | None:
    """Return the files beside a document; None when they are too much for a mail."""
    chosen = (DocumentFile.document_id == document.id, DocumentFile.kind == FileKind.ATTACHMENT)
    if (db.scalar(select(func.sum(DocumentFile.size)).where(*chosen)) or 0) > LARGEST:
        return None
    rows = db.execute(
        select(DocumentFile.name, DocumentFile.media_type, DocumentFile.content).where(*chosen).order_by(DocumentFile.id)
    )
    return [(name, media_type, content) for name, media_type, content in rows]
