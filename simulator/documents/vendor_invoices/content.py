"""What an invoice of the vendor says as a document, in a language.

Source: "Specificatie verbruik Visma.net AutoInvoice", step 2 and 3, for what an invoice's lines are of. Own choice: the rest; names
of products and charges are in the reader's language, a line names the company that it is for, and an invoice with very many lines
has one for each charge, price and period instead, since its specification lists the companies.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from simulator.billing import countries
from simulator.billing.models import Invoice, InvoiceLine
from simulator.billing.products import BY_CODE as PRODUCTS
from simulator.billing.units import unit_of
from simulator.core import formats
from simulator.core.normal_forms import folded
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory.models import Company, CompanyStatus
from simulator.documents.model import parties
from simulator.documents.model.content import CREDIT_NOTE, INVOICE, Content, Line, Tax
from simulator.documents.vendor_invoices.sellers import SELLERS

MOST_LINES = 1000
"""Own choice: an invoice with more lines is summed up."""

PIECES = "C62"
"""Source: UN/ECE Recommendation 20."""


class _Piece(NamedTuple):
    """What lines have in common that may be summed up."""

    unit: str
    price: Decimal
    months: int
    period: tuple[date, date] | None
    code: str | None


def billed_company(db: Db, invoice: Invoice) -> Company | None:
    """Return the company of the customer that an invoice is addressed to.

    Own choice: the company of its contract, else the one with the customer's name, else the first that is active; None for a
    customer without any.
    """
    if invoice.contract is not None:
        return invoice.contract.company
    query = select(Company).where(Company.customer_id == invoice.customer_id, Company.status == CompanyStatus.ACTIVE)
    companies = db.scalars(query.order_by(Company.id)).all()
    name = folded(invoice.customer.name)
    return next((company for company in companies if folded(company.name) == name), next(iter(companies), None))


def content_of(db: Db, invoice: Invoice, language: str) -> Content:
    """Return what an invoice says; below 0 in total it is a credit note, with the amounts the other way round."""
    query = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id).order_by(InvoiceLine.position)
    lines = db.scalars(query.options(joinedload(InvoiceLine.company), joinedload(InvoiceLine.order))).all()
    seller = SELLERS[invoice.customer.country]
    is_credit = invoice.total < 0
    sign = -1 if is_credit else 1
    # A correction has the rate of the invoice that it corrects.
    percent = countries.vat_rate(invoice.customer.country, (invoice.corrects or invoice).invoice_date) * 100
    return Content(
        type=CREDIT_NOTE if is_credit else INVOICE,
        number=invoice.number,
        issue_date=invoice.invoice_date,
        due_date=invoice.due_date,
        currency=invoice.currency,
        seller=seller.named,
        buyer=_buyer(db, invoice),
        lines=tuple(_lines(lines, percent, sign, language)),
        taxes=(Tax("S", percent, sign * invoice.total_excluding_vat, sign * invoice.vat),),
        net=sign * invoice.total_excluding_vat,
        tax=sign * invoice.vat,
        total=sign * invoice.total,
        buyer_reference=invoice.customer.number,
        preceding=invoice.corrects.number if invoice.corrects is not None else None,
        contract=invoice.contract.number if invoice.contract is not None else None,
        note=invoice.reason,
        account=seller.account,
        payment_id=payment_id(invoice.number),
    )


def payment_id(number: str) -> str:
    """Return the payment reference of an invoice: its digits and a check digit.

    Source: modulus 10 as Norwegian KID and Swedish OCR numbers have it. Own choice: the same in all countries.
    """
    digits = "".join(character for character in number if character.isdigit())
    doubled = (int(digit) * (2 - at % 2) for at, digit in enumerate(reversed(digits)))
    return f"{digits}{-sum(value // 10 + value % 10 for value in doubled) % 10}"


def _buyer(db: Db, invoice: Invoice) -> parties.Named:
    company = billed_company(db, invoice)
    if company is None:
        return parties.Named(name=invoice.customer.name, country=invoice.customer.country)
    return parties.of_company(company)


def _lines(lines: Sequence[InvoiceLine], percent: Decimal, sign: int, language: str) -> list[Line]:
    if len(lines) > MOST_LINES:
        return _summed(lines, percent, sign, language)
    return [
        _line(position, _piece(line), line.quantity, line.amount, percent, sign, language, line.company.name)
        for position, line in enumerate(lines, 1)
    ]


def _summed(lines: Sequence[InvoiceLine], percent: Decimal, sign: int, language: str) -> list[Line]:
    sums: dict[_Piece, tuple[int, Decimal]] = {}
    for line in lines:
        quantity, amount = sums.get(_piece(line), (0, Decimal(0)))
        sums[_piece(line)] = quantity + line.quantity, amount + line.amount
    return [
        _line(position, piece, quantity, amount, percent, sign, language, None)
        for position, (piece, (quantity, amount)) in enumerate(sums.items(), 1)
    ]


def _piece(line: InvoiceLine) -> _Piece:
    months = line.months if line.has_period and line.months else 1
    period = (line.period_from, line.period_to) if line.has_period else None
    return _Piece(line.unit, line.unit_price, months, period, line.order.code if line.order is not None else None)


def _line(
    position: int,
    piece: _Piece,
    quantity: int,
    amount: Decimal,
    percent: Decimal,
    sign: int,
    language: str,
    company: str | None,
) -> Line:
    unit = unit_of(piece.unit)
    name = text(language, unit.text)
    product = PRODUCTS[unit.product].name
    parts = [part for part in (company, piece.code) if part]
    if piece.months > 1:
        price = formats.number(language, piece.price, 2)
        parts.append(text(language, "documents.vendor_invoice.months", months=piece.months, price=price))
    return Line(
        id=str(position),
        name=f"{product}: {name}" if unit.named and not unit.monthly else name,
        quantity=Decimal(sign * quantity),
        unit=PIECES,
        price=piece.price * piece.months,
        amount=sign * amount,
        tax_category="S",
        tax_percent=percent,
        description=" · ".join(parts) or None,
        item_number=unit.sku or None,
        period=piece.period,
    )
