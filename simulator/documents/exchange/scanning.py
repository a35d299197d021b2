"""Scanning: a mail with a PDF to a company's scan address becomes a received document some hours later.

Source: AutoInvoice, scan service: an address by organisation number, usable the day after activation, one invoice a PDF; four hours
in the Netherlands; only from approved senders, else the mail comes back; what is no invoice goes back to the return address. Own
choice: letters in pictures are not read: what the document says is the mail's subject, ``number; total; currency``, or a UBL file
beside the PDF, or made up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from simulator.core import events, faults, jobs, normal_forms, outbox
from simulator.core.errors import RuleViolation
from simulator.core.jobs.registry import ROBOTS
from simulator.core.outbox import Attachment, Message, PersonalMail
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory.countries import language_of
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.documents.exchange import delays, notifications, receiving
from simulator.documents.model import parties
from simulator.documents.model.content import INVOICE, Attached, Content, Line, Tax
from simulator.documents.model.models import Account, Channel, Origin
from simulator.documents.model.parties import Named

DOMAIN = "scan.autoinvoice.example"
REASONS = ("unknown", "inactive", "not_approved", "no_pdf", "unreadable")
"""Why a mail goes back; texts ``documents.scan.<reason>``."""
PAYABLE_WITHIN = timedelta(days=14)

faults.declare(
    "scan.process",
    "A mailed PDF is read by the scan service.",
    unreadable="It cannot be read: it goes back to the return address, and nothing is received.",
)
events.declare(
    scan__arrived="A mail came to a company's scan address.",
    scan__bounced="A mail to a scan address went back to its sender.",
)


def address_of(company: Company) -> str:
    """Return the address to which a company's suppliers mail what is to be scanned."""
    return f"{company.organisation_number}@{DOMAIN}"


def arrive(db: Db, sender: str, to: str, subject: str, files: Sequence[tuple[str, str, bytes]]) -> Message:
    """Let a mail from somebody outside come to a scan address.

    Args:
        db: the transaction.
        sender: the sender's address.
        to: the scan address.
        subject: one line.
        files: what is attached, as (name, media type, content).
    """
    sender, to = normal_forms.email(sender), normal_forms.email(to)
    return outbox.write(
        db, PersonalMail(sender=sender, sender_name=sender, to=to, subject=subject, text="\n", language="en", files=files)
    )


@jobs.job("scan.arrive")
def take_in(db: Db, **data: Any) -> None:
    """Take in the mail ``message``, or send it back.

    Source: AutoInvoice, the report that a sender is not on the approved list; its words are ours.
    """
    mail = db.get_one(Message, data["message"])
    company = _company(db, mail.recipient)
    account = accounts.of(db, company) if company is not None else None
    reason = _reason_to_refuse(db, mail, account)
    if company is None or account is None or reason is not None:
        _send_back(db, mail, mail.sender, reason or "unknown")
        return
    events.record(db, "scan.arrived", actor=mail.sender, subject=company.organisation_number, message=mail.id)
    for file in mail.attachments:
        if _is_pdf(file):
            delay = delays.of(db, delays.SCANNING)
            jobs.enqueue(db, "scan.process", delay=delay, message=mail.id, attachment=file.id, company=company.id)


ROBOTS[DOMAIN] = "scan.arrive"


@dataclass(frozen=True)
class Read:
    """What was read of a mail, before the transaction: the document, and how it is written."""

    content: Content
    source: bytes


def _read(db: Db, **data: Any) -> Read:
    """Read what a document says that was mailed as a picture."""
    from simulator.documents import ubl

    mail, company = db.get_one(Message, data["message"]), db.get_one(Company, data["company"])
    for file in mail.attachments:
        if file.name.lower().endswith(".xml"):
            try:
                return Read(ubl.read(file.content), file.content)
            except RuleViolation:
                continue
    content = _content(db, mail, company, data["attachment"])
    return Read(content, ubl.write(content))


@jobs.job("scan.process", prepare=_read)
def process(db: Db, **data: Any) -> None:
    """Make the PDF ``attachment`` of the mail ``message`` a received document of ``company``."""
    mail, company = db.get_one(Message, data["message"]), db.get_one(Company, data["company"])
    file, read = db.get_one(Attachment, data["attachment"]), data["prepared"]
    account = accounts.of(db, company)
    if faults.triggered_outcome(db, "scan.process", person=mail.sender, company=company.organisation_number):
        _send_back(db, mail, account.scan_return_email or mail.sender, "unreadable")
        return
    picture = Attached(file.name, "application/pdf", file.content)
    receiving.receive(
        db,
        company,
        replace(read.content, attachments=()),
        source=read.source,
        channel=Channel.SCAN,
        origin=Origin.SCAN,
        picture=picture,
    )


def _company(db: Db, recipient: str) -> Company | None:
    local = recipient.partition("@")[0]
    query = accounts.active().where(Company.organisation_number == local)
    return db.scalar(query.order_by(Company.id).limit(1))


def _reason_to_refuse(db: Db, mail: Message, account: Account | None) -> str | None:
    if account is None or not account.verified:
        return "unknown"
    if account.scan_active_from is None or account.scan_active_from > db.clock.now():
        return "inactive"
    approved = [normal_forms.email(sender) for sender in account.scan_senders]
    if approved and mail.sender not in approved:
        return "not_approved"
    return None if any(_is_pdf(file) for file in mail.attachments) else "no_pdf"


def _is_pdf(file: Attachment) -> bool:
    return file.content.startswith(b"%PDF")


def _send_back(db: Db, mail: Message, to: str, reason: str) -> None:
    """Send a mail back. ``reason`` names the text ``documents.scan.<reason>``."""
    language = mail.language
    outbox.mail(
        db,
        "scan_bounced",
        to=to,
        language=language,
        sender=notifications.SENDER,
        sender_name=notifications.SENDER_NAME,
        subject_was=mail.subject,
        recipient=mail.recipient,
        reason=text(language, f"documents.scan.{reason}"),
    )
    events.record(db, "scan.bounced", subject=mail.sender, recipient=mail.recipient, reason=reason)


def _content(db: Db, mail: Message, company: Company, attachment: int) -> Content:
    """Make up the content of a document, from the subject of its mail as far as possible."""
    number, total, currency = _read_subject(mail.subject, attachment, company.currency)
    today = mail.sent_at.astimezone(ZoneInfo(company.time_zone)).date()
    unread = text(language_of(company.country), "documents.composed.unread")
    line = Line("1", mail.subject.strip() or number, Decimal(1), "C62", total, total, "E", Decimal(0))
    return Content(
        type=INVOICE,
        number=number,
        issue_date=today,
        due_date=today + PAYABLE_WITHIN,
        currency=currency,
        seller=_seller(db, mail, company),
        buyer=parties.of_company(company),
        lines=(line,),
        taxes=(Tax("E", Decimal(0), total, Decimal(0), unread),),
        net=total,
        tax=Decimal(0),
        total=total,
        buyer_reference=company.name,
    )


def _seller(db: Db, mail: Message, company: Company) -> Named:
    """Return who sent a mail, as far as that is known."""
    query = select(Company).where(Company.email == mail.sender).order_by(Company.id).limit(1)
    supplier = db.scalar(query)
    if supplier is not None:
        return parties.of_company(supplier)
    return Named(name=mail.sender_name, country=company.country, email=mail.sender)


def _read_subject(subject: str, attachment: int, currency: str) -> tuple[str, Decimal, str]:
    parts = [part.strip() for part in subject.split(";")] if ";" in subject else []
    number = parts[0] if parts and parts[0] else f"SCAN-{attachment}"
    try:
        total = Decimal(parts[1].replace(",", ".")).quantize(Decimal("0.01")) if len(parts) > 1 else Decimal("0.00")
    except InvalidOperation:
        total = Decimal("0.00")
    if not total.is_finite() or abs(total) > Decimal(10) ** 12:
        total = Decimal("0.00")
    currency_code = parts[2].upper() if len(parts) > 2 else ""
    return (
        number,
        total,
        currency_code if len(currency_code) == 3 and currency_code.isalpha() and currency_code.isascii() else currency,
    )
