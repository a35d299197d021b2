"""What the vendor lets a customer know about invoices, licences and contracts: functions for what makes and changes them."""

from datetime import date
from typing import Any

from simulator.billing.models import Invoice, InvoiceSystem
from simulator.core import jobs
from simulator.core.notices import NoticeKind
from simulator.core.sandbox import Db
from simulator.directory.announcements import Amount, announce
from simulator.directory.models import Customer
from simulator.directory.roles import BUSINESS_CONTACT, CUSTOMER_ADMINISTRATOR, PRIMARY_CONTACT

READERS = {
    InvoiceSystem.LEGACY: (CUSTOMER_ADMINISTRATOR,),
    InvoiceSystem.INV: (CUSTOMER_ADMINISTRATOR, BUSINESS_CONTACT, PRIMARY_CONTACT),
}
"""The roles that open an invoice's page: in Settings, or in Admin."""

DELIVER = "vendor_invoice.deliver"
"""The kind of job that delivers an invoice as a document; it is of ``documents``, above."""

LICENCES = "/settings/licenses"


def page_of(invoice: Invoice) -> str:
    """Return the address of an invoice's page, below the sandbox."""
    if invoice.system == InvoiceSystem.INV:
        return f"/admin/reports/invoices/{invoice.number}"
    return f"{LICENCES}/find?number={invoice.number}"


def invoice_made(db: Db, invoice: Invoice) -> None:
    """Announce an invoice, and let it be delivered as a document; not those that a scenario begins with.

    Source: "Brukertips i Kundeservice", the customer gets invoices regularly. Own choice: mail and notice.
    """
    if db.precedes_creation:
        return
    is_credit = invoice.total < 0
    announce(
        db,
        invoice.customer,
        READERS[InvoiceSystem(invoice.system)],
        NoticeKind.INVOICE_MADE,
        link=page_of(invoice),
        text="notice.credit_note_made" if is_credit else None,
        mail="credit_note_made" if is_credit else "invoice_made",
        in_mail={"amount": Amount(abs(invoice.total), invoice.currency)},
        number=invoice.number,
        due_day=invoice.due_date,
    )
    if db.record.vendor_invoices == "ehf":
        jobs.enqueue(db, DELIVER, key=f"{DELIVER}:{invoice.number}", invoice=invoice.id)


def contract_renewing(db: Db, customer: Customer, product: str, renewal_day: date, last_day: date) -> None:
    """Announce that a contract is renewed unless it is cancelled in time.

    Args:
        db: the transaction.
        customer: the customer.
        product: name of the product or products.
        renewal_day: the first day of the new term.
        last_day: the last day of notice.
    """
    _announce(db, customer, NoticeKind.CONTRACT_RENEWING, product=product, renewal_day=renewal_day, last_day=last_day)


def cancellation_registered(db: Db, customer: Customer, product: str, end_day: date) -> None:
    """Announce that a cancellation is registered, and the last day of the contract."""
    _announce(db, customer, NoticeKind.CANCELLATION_REGISTERED, mail=False, product=product, end_day=end_day)


def cancellation_refused(db: Db, customer: Customer, product: str, email: str) -> None:
    """Announce that a cancellation was refused; ``email`` is the address to which the reason was mailed."""
    _announce(db, customer, NoticeKind.CANCELLATION_REFUSED, mail=False, product=product, email=email)


def access_ending(db: Db, customer: Customer, product: str, last_day: date) -> None:
    """Announce that access to a product ends after a day."""
    _announce(db, customer, NoticeKind.ACCESS_ENDING, product=product, last_day=last_day)


def access_becomes_reading(db: Db, customer: Customer, product: str, last_day: date) -> None:
    """Announce that a product can only be read after a day."""
    mail = "access_becomes_reading"
    text = "notice.access_becomes_reading"
    roles = (CUSTOMER_ADMINISTRATOR,)
    announce(
        db,
        customer,
        roles,
        NoticeKind.ACCESS_ENDING,
        link=LICENCES,
        text=text,
        mail=mail,
        product=product,
        last_day=last_day,
    )


def licence_limit(db: Db, customer: Customer, product: str, users: int, licences: int) -> None:
    """Announce that a product has more users than its licence covers."""
    _announce(db, customer, NoticeKind.LICENCE_LIMIT, mail=False, product=product, users=users, licences=licences)


def _announce(db: Db, customer: Customer, kind: NoticeKind, *, mail: bool = True, **data: Any) -> None:
    name = str(kind) if mail else None
    announce(db, customer, (CUSTOMER_ADMINISTRATOR,), kind, link=LICENCES, mail=name, **data)
