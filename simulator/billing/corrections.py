"""Corrections: a credit note or an additional invoice that puts a line of an invoice right.

Source: the vendor's news of an error in the basis of invoices (domain of the manuals): credit notes and additional invoices with
another kind of number. Own choice: one correction is for one line and has the difference, at the price and the rate of VAT of the
invoice that it corrects; a line can be corrected again; what is credited because a contract ended is on one credit note for each
invoice.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from simulator.billing import countries, invoices, numbers
from simulator.billing.models import Invoice, InvoiceKind, InvoiceLine
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db

MOST = 10_000_000
LONGEST_REASON = 200


def corrected_quantity(db: Db, line: InvoiceLine) -> int:
    """Return the quantity of a line with all that corrects it."""
    difference = db.scalar(select(func.sum(InvoiceLine.quantity)).where(InvoiceLine.corrects_line_id == line.id))
    return line.quantity + (difference or 0)


def correct(db: Db, line: InvoiceLine, quantity: int, reason: str, day: date) -> Invoice:
    """Correct the quantity of a line of an invoice, by an invoice of its own for the difference.

    Args:
        db: the transaction.
        line: the line.
        quantity: the right quantity, as the invoice counts it: where no period is printed, users × months.
        reason: why, in a few words.
        day: the date of the correction, where the customer is.

    Returns:
        A credit note, whose amounts are below 0, or an additional invoice.

    Raises:
        RuleViolation: ``billing.correction_of_correction``, ``billing.correction_same``, ``billing.correction_out_of_range`` (below
            0 or beyond reason), ``billing.correction_months`` (not a whole number of users), ``billing.correction_reason`` (none,
            or a long one) or ``billing.correction_too_early`` (before the invoice).
    """
    invoice = line.invoice
    if invoice.corrects_id is not None:
        raise RuleViolation("billing.correction_of_correction", field="invoice", number=invoice.number)
    if not 0 <= quantity <= MOST:
        raise RuleViolation("billing.correction_out_of_range", field="quantity", most=MOST)
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise RuleViolation("billing.correction_reason", field="reason", most=LONGEST_REASON)
    if day < invoice.invoice_date:
        raise RuleViolation("billing.correction_too_early", field="day", day=invoice.invoice_date)
    difference = quantity - corrected_quantity(db, line)
    if not difference:
        raise RuleViolation("billing.correction_same", field="quantity", quantity=quantity)
    over_months = line.months if line.months and not line.has_period else 1
    if difference % over_months:
        raise RuleViolation("billing.correction_months", field="quantity", months=over_months)
    return _write(db, invoice, [_line(line, difference)], reason.strip(), day)


def credit(db: Db, invoice: Invoice, lines: Sequence[InvoiceLine], reason: str, day: date) -> Invoice | None:
    """Credit what is left of lines of an invoice, all on one credit note; None when nothing is left.

    VAT is rounded once on the sum, so that an invoice that is credited whole leaves no cents.

    Args:
        db: the transaction.
        invoice: the invoice.
        lines: the lines of it.
        reason: why, in a few words.
        day: the date of the credit note, where the customer is.
    """
    columns = [_line(line, -left) for line in lines if (left := corrected_quantity(db, line))]
    return _write(db, invoice, columns, reason, day) if columns else None


def _line(line: InvoiceLine, difference: int) -> dict[str, Any]:
    """Return the columns of a line that corrects another one by a difference in its quantity."""
    over_months = line.months if line.months and not line.has_period else 1
    price_of_each = line.unit_price * (line.months or 1 if line.has_period else 1)
    return {
        **{name: getattr(line, name) for name in _SAME_ON_BOTH},
        "quantity": difference,
        "users": difference // over_months if line.users is not None else None,
        "amount": invoices.rounded(difference * price_of_each),
        "corrects_line_id": line.id,
    }


def _write(db: Db, invoice: Invoice, lines: Sequence[dict[str, Any]], reason: str, day: date) -> Invoice:
    correction = Invoice(
        customer=invoice.customer,
        licence_id=invoice.licence_id,
        contract_id=invoice.contract_id,
        corrects=invoice,
        reason=reason,
        system=invoice.system,
        kind=InvoiceKind.CORRECTION,
        number=numbers.draw_invoice(db, invoice.system, numbers.Series.CORRECTION),
        invoice_date=day,
        period_from=min(line["period_from"] for line in lines),
        period_to=max(line["period_to"] for line in lines),
    )
    invoices.write(db, correction, lines, countries.vat_rate(invoice.customer.country, invoice.invoice_date))
    invoices.record_made(db, correction, corrects=invoice.number)
    return correction


_SAME_ON_BOTH = (
    "company_id",
    "subscription_id",
    "customer_account",
    "organisation_number",
    "internal_number",
    "unit",
    "period_from",
    "period_to",
    "unit_price",
    "months",
    "has_period",
    "order_id",
)
