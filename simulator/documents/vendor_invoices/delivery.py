"""Delivering the vendor's invoices as documents: as EHF through Peppol, else by mail with the PDF.

Source: "Brukertips i Kundeservice", ELMA: who is registered receives electronically, who is not by e-mail or post. Own choice:
only in sandboxes whose scenario says so, and the customer is not charged for receiving them; a company that cannot receive at
AutoInvoice is mailed to its own address, or, when it is not active, to the customer's contact.
"""

from typing import Any

from sqlalchemy import exists, select

from simulator.billing.announcements import DELIVER, READERS
from simulator.billing.models import Invoice, InvoiceSystem
from simulator.core import events, jobs, outbox
from simulator.core.events import Event
from simulator.core.sandbox import Db
from simulator.directory import announcements
from simulator.directory.countries import language_of
from simulator.directory.models import Company, CompanyStatus
from simulator.documents import ubl, vendor_invoices
from simulator.documents.accounts import accounts
from simulator.documents.exchange import receiving
from simulator.documents.model.content import Content
from simulator.documents.model.models import Channel, Document, Origin
from simulator.documents.registers import receivers
from simulator.documents.ubl.checking import problems_of
from simulator.documents.ubl.writing import tree
from simulator.documents.vendor_invoices.content import billed_company, content_of

DELIVERED = "invoice.delivered"

events.declare(invoice__delivered="An invoice of the vendor was delivered as a document.")


@jobs.job(DELIVER)
def deliver(db: Db, **data: Any) -> None:
    """Deliver an invoice once, to the company that it is addressed to, as the registers lead there at that moment."""
    invoice = db.get(Invoice, data["invoice"])
    if invoice is None or _is_delivered(db, invoice):
        return
    company = billed_company(db, invoice)
    language = language_of(invoice.customer.country)
    content = content_of(db, invoice, language)
    reason = _obstacle(db, company, content)
    if reason is not None or company is None:
        _mail(db, invoice, company, content, language, str(reason))
        return
    document = _send(db, company, content)
    uuid = document.uuid if document is not None else None
    events.record(db, DELIVERED, subject=invoice.number, by="peppol", company=company.name, document=uuid)


def _is_delivered(db: Db, invoice: Invoice) -> bool:
    line = exists().where(Event.type == DELIVERED, Event.subject == invoice.number)
    return db.scalar(select(line)) is True


def _obstacle(db: Db, company: Company | None, content: Content) -> str | None:
    """Return why a company cannot receive an invoice electronically: a word for the journal; None when it can."""
    if company is None:
        return "no_company"
    if company.status != CompanyStatus.ACTIVE:
        return f"company_{company.status}"
    if receivers.of_organisation(db, company.country, company.organisation_number, content.kind) is None:
        here = accounts.by_number(db, company.country, company.organisation_number)
        return "not_verified" if here is not None and not accounts.of(db, here).verified else "not_registered"
    return "invalid" if any(not problem.warning for problem in problems_of(tree(content))) else None


def _send(db: Db, company: Company, content: Content) -> Document | None:
    """Put the document among the received ones of a company; None when another access point receives for it."""
    receiver = receivers.of_organisation(db, company.country, company.organisation_number, content.kind)
    here = receivers.company_at(db, receiver) if receiver is not None else None
    if here is None:
        return None
    source = ubl.write(content)
    return receiving.receive(db, here, content, source=source, channel=Channel.PEPPOL, origin=Origin.EXTERNAL, charged=False)


def _mail(db: Db, invoice: Invoice, company: Company | None, content: Content, language: str, reason: str) -> None:
    from simulator.documents import pictures

    file = (vendor_invoices.file_name(invoice, language), "application/pdf", pictures.pdf(content, language))
    recipients = _recipients(db, invoice, company)
    for recipient in recipients:
        outbox.mail(
            db,
            "vendor_invoice_by_email",
            to=recipient,
            language=language,
            sender=announcements.SENDER,
            sender_name=content.seller.name,
            files=[file],
            number=invoice.number,
            seller=content.seller.name,
            company=company.name if company is not None else invoice.customer.name,
        )
    events.record(db, DELIVERED, subject=invoice.number, by="email", reason=reason, recipients=recipients)


def _recipients(db: Db, invoice: Invoice, company: Company | None) -> list[str]:
    if company is not None and company.status == CompanyStatus.ACTIVE and company.email:
        return [company.email]
    people = announcements.holders(db, invoice.customer_id, READERS[InvoiceSystem(invoice.system)])
    return [person.email for person in announcements.correspondents(db, invoice.customer_id, people)]
