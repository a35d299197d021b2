"""What the control API reads and corrects of the vendor's invoices."""

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from simulator.billing import corrections, licences
from simulator.billing.models import Invoice, InvoiceLine
from simulator.control import billing_schemas as schemas
from simulator.core.errors import NotFound
from simulator.core.sandbox import Db
from simulator.directory.models import Customer


def list_invoices(db: Db, customer: str | None) -> list[schemas.Invoice]:
    """Return the invoices of all customers, or of one, by date.

    Raises:
        NotFound: there is no such customer.
    """
    query = select(Invoice).options(
        selectinload(Invoice.lines).joinedload(InvoiceLine.order),
        selectinload(Invoice.customer),
        selectinload(Invoice.contract),
        selectinload(Invoice.corrects),
    )
    if customer is not None:
        row = db.scalar(select(Customer).where((Customer.key == customer) | (Customer.number == customer)))
        if row is None:
            raise NotFound("customer", customer)
        query = query.where(Invoice.customer_id == row.id)
    return [describe(invoice) for invoice in db.scalars(query.order_by(Invoice.invoice_date, Invoice.id))]


def find(db: Db, number: str) -> Invoice:
    """Return the invoice of a number, in any case.

    Raises:
        NotFound: there is none.
    """
    invoice = db.scalar(select(Invoice).where(func.upper(Invoice.number) == number.upper()))
    if invoice is None:
        raise NotFound("invoice", number)
    return invoice


def correct(db: Db, number: str, position: int, quantity: int, reason: str) -> schemas.Invoice:
    """Correct a line of an invoice today; see ``corrections.correct``.

    Raises:
        NotFound: there is no such invoice or line.
    """
    invoice = find(db, number)
    line = next((line for line in invoice.lines if line.position == position), None)
    if line is None:
        raise NotFound("line", f"{invoice.number}, {position}")
    correction = corrections.correct(db, line, quantity, reason, licences.today_of(db, invoice.customer))
    return describe(correction)


def describe(invoice: Invoice) -> schemas.Invoice:
    """Return an invoice as the API describes it."""
    return {
        "number": invoice.number,
        "customer": invoice.customer.number,
        "kind": invoice.kind,
        "date": invoice.invoice_date.isoformat(),
        "due": invoice.due_date.isoformat(),
        "currency": invoice.currency,
        "total_excluding_vat": f"{invoice.total_excluding_vat:.2f}",
        "vat": f"{invoice.vat:.2f}",
        "total": f"{invoice.total:.2f}",
        "contract": invoice.contract.number if invoice.contract else None,
        "corrects": invoice.corrects.number if invoice.corrects else None,
        "lines": [
            {
                "line": line.position,
                "unit": line.unit,
                "quantity": line.quantity,
                "users": line.users,
                "months": line.months,
                "unit_price": f"{line.unit_price:.4f}",
                "amount": f"{line.amount:.2f}",
                "code": line.order.code if line.order else None,
                "period": [line.period_from.isoformat(), line.period_to.isoformat()] if line.has_period else None,
            }
            for line in invoice.lines
        ],
    }
