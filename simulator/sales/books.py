"""The books of a client: its buyers and invoices, and the document that an invoice becomes.

Source: "Visma Administration 2000: Så här fakturerar du i ditt program", the organisation number in the customer register tells the
program whether the buyer receives e-invoices, and how each buyer wants invoices is set there. Own choice: the limits below; a
credit note has positive lines, and an invoice whose sum is below zero has to be one; a seller without a VAT number charges no tax.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from simulator.core import events, normal_forms
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory import countries
from simulator.documents.model import parties
from simulator.documents.model.content import CREDIT_NOTE, INVOICE, Content, Line, Tax
from simulator.documents.model.parties import Named
from simulator.documents.registers import receivers
from simulator.documents.registers.receivers import Receiver
from simulator.documents.synthetic.outside import VAT_NUMBERS
from simulator.sales.models import Buyer, Client, Delivery, ProgramCode, SalesInvoice, SalesLine

CENT = Decimal("0.01")
FINEST = Decimal("0.0001")
"""Own choice: the last decimal of quantities and prices."""
DUE = timedelta(days=30)
OLDEST, LATEST = timedelta(days=5 * 365), timedelta(days=365)
"""Own choice: how long ago, and how far ahead, the day of a new invoice can be."""
MOST_LINES = 200
LARGEST = Decimal(10_000_000)
TAX_RATES = {"NO": (25, 15, 12, 0)}
"""VAT rates by country, in percent; elsewhere lines have the standard rate or none. Source: merverdiavgiftsloven."""
ACCOUNT = "10000000008"
"""Own choice: the account that every invoice is paid to."""

events.declare(
    buyer__changed="A buyer in a client's books was added or changed.",
    sales_invoice__made="An invoice or credit note was made in a client's books.",
)


@dataclass(frozen=True, kw_only=True)
class BuyerDetails:
    """What is typed of a buyer; texts are stripped, and empty ones are None."""

    number: str
    name: str
    country: str
    organisation_number: str | None = None
    email: str | None = None
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    delivery: Delivery = Delivery.AUTOINVOICE


@dataclass(frozen=True)
class LineEntry:
    """What is typed of a line; ``tax_percent`` None for the standard rate of the client's country."""

    name: str
    quantity: Decimal
    price: Decimal
    tax_percent: Decimal | None = None


def organisation_number(country: str, typed: str) -> str:
    """Return an organisation number as it is stored, from what was typed or pasted: with blanks, *NO* in front or *MVA* behind.

    Raises:
        RuleViolation: ``sales.bad_number``, with the number and an example of the country.
    """
    of_country = countries.BY_CODE[country]
    number = countries.compact(typed)
    for candidate in _readings(country, number):
        if of_country.is_number(candidate):
            return candidate
    raise RuleViolation(
        "sales.bad_number", field="organisation_number", number=typed.strip()[:40], example=of_country.number
    )


def _readings(country: str, number: str) -> list[str]:
    """Return what a number can mean: as it is, and without what surrounds it in VAT numbers and electronic addresses."""
    without_scheme = number.rpartition(":")[2]
    without_country = without_scheme.removeprefix(country)
    readings = [number, without_scheme, without_country]
    if country == "NO":
        readings.append(without_country.removesuffix("MVA"))
    if country == "SE":
        readings += [without_country.removesuffix("01"), without_country.removeprefix("16")]
    return readings


def buyers(db: Db, client: Client) -> Sequence[Buyer]:
    """Return the buyers of a client, by number."""
    query = select(Buyer).where(Buyer.client_id == client.id)
    return db.scalars(query.order_by(func.length(Buyer.number), Buyer.number, Buyer.id)).all()


def buyer(db: Db, client: Client, buyer_id: int) -> Buyer | None:
    """Return a buyer of a client by its id."""
    return db.scalar(select(Buyer).where(Buyer.id == buyer_id, Buyer.client_id == client.id))


def next_buyer_number(db: Db, client: Client) -> str:
    """Return the number that a new buyer gets unless another is typed: one more than the highest."""
    return _next_number(db, select(Buyer.number).where(Buyer.client_id == client.id), first=1)


def next_invoice_number(db: Db, client: Client) -> str:
    """Return the number that the next invoice gets: one more than the highest, 1001 when there is none."""
    return _next_number(db, select(SalesInvoice.number).where(SalesInvoice.client_id == client.id), first=1001)


def _next_number(db: Db, numbers: Any, *, first: int) -> str:
    digits = (int(number) for number in db.scalars(numbers) if number.isascii() and number.isdigit())
    return str(max(digits, default=first - 1) + 1)


def details_of(buyer: Buyer) -> BuyerDetails:
    """Return a buyer's present details, of which a page that changes a part of them replaces that part."""
    return BuyerDetails(
        number=buyer.number,
        name=buyer.name,
        country=buyer.country,
        organisation_number=buyer.organisation_number,
        email=buyer.email,
        street=buyer.street,
        postal_code=buyer.postal_code,
        city=buyer.city,
        delivery=Delivery(buyer.delivery),
    )


def save_buyer(
    db: Db,
    client: Client,
    details: BuyerDetails,
    *,
    actor: str | None,
    buyer: Buyer | None = None,
    version: int | None = None,
) -> Buyer:
    """Add a buyer, or change one; with an organisation number the registers are asked whether the buyer receives e-invoices.

    Args:
        db: the transaction.
        client: whose books.
        details: what the buyer is to be.
        actor: address of the person who changes it.
        buyer: the one to change; None adds one.
        version: the version that the change was made of; None for whichever is stored.

    Raises:
        RuleViolation: ``sales.buyer_changed``: it has another version by now; ``sales.number_taken``, ``sales.bad_number``,
            ``sales.bad_email``, ``sales.cannot_receive``.
    """
    if buyer is not None and version is not None and version != buyer.version:
        raise RuleViolation("sales.buyer_changed", name=buyer.name)
    number = organisation_number(details.country, details.organisation_number) if details.organisation_number else None
    if details.email is not None and not normal_forms.is_email(details.email):
        raise RuleViolation("sales.bad_email", field="email", address=details.email[:80])
    with_number = select(Buyer.id).where(Buyer.client_id == client.id, Buyer.number == details.number)
    holder = db.scalar(with_number)
    if holder is not None and (buyer is None or holder != buyer.id):
        raise RuleViolation("sales.number_taken", field="number", number=details.number)
    receives = look_up(db, details.country, number) is not None if number else None
    if details.delivery is Delivery.EINVOICE and not receives:
        raise RuleViolation("sales.cannot_receive", field="delivery", name=details.name)
    if buyer is None:
        buyer = Buyer(client_id=client.id, client=client)
        db.add(buyer)
    else:
        buyer.version += 1
    for name in ("number", "name", "country", "email", "street", "postal_code", "city"):
        setattr(buyer, name, getattr(details, name))
    buyer.organisation_number, buyer.delivery, buyer.receives = number, details.delivery, receives
    db.flush()
    events.record(
        db, "buyer.changed", actor=actor, subject=details.name, client=client.number, delivery=str(details.delivery)
    )
    return buyer


def look_up(db: Db, country: str, number: str | None, kind: str = "invoice") -> Receiver | None:
    """Return who receives e-invoices under an organisation number; the first when there are several."""
    if not number:
        return None
    return next(iter(receivers.find(db, country=country, organisation_number=number, kind=kind)), None)


def look_up_again(db: Db, buyer: Buyer) -> bool:
    """Ask the registers again whether a buyer receives e-invoices, store and return the answer."""
    buyer.receives = look_up(db, buyer.country, buyer.organisation_number) is not None
    db.flush()
    return buyer.receives


def make_invoice(
    db: Db,
    client: Client,
    buyer: Buyer,
    lines: Sequence[LineEntry],
    *,
    program: ProgramCode,
    actor: str | None,
    number: str | None = None,
    credit_note: bool = False,
    issued_on: date | None = None,
    due_on: date | None = None,
    reference: str | None = None,
    delivery: Delivery | None = None,
) -> SalesInvoice:
    """Make an invoice or credit note in a client's books. It is sent later, see ``submission``.

    Args:
        db: the transaction.
        client: whose books.
        buyer: to whom.
        lines: at least one.
        program: the program that it is made in.
        actor: address of the person who makes it.
        number: its number; the next one when None.
        credit_note: whether it gives money back.
        issued_on: its date; today when None.
        due_on: 30 days later when None.
        reference: the buyer's reference.
        delivery: how it is to be sent; as the buyer wants it when None.

    Raises:
        RuleViolation: ``sales.no_lines``, ``sales.too_many_lines``, ``sales.bad_line``, ``sales.negative_total``,
            ``sales.invoice_number_taken``, ``sales.bad_day``, ``sales.due_before_issue``.
    """
    _check_lines(lines)
    number = number or next_invoice_number(db, client)
    with_number = select(SalesInvoice.id).where(SalesInvoice.client_id == client.id, SalesInvoice.number == number)
    if db.scalar(with_number) is not None:
        raise RuleViolation("sales.invoice_number_taken", field="number", number=number)
    present = today(db, client)
    issued_on = issued_on or present
    if not present - OLDEST <= issued_on <= present + LATEST:
        first, last = present - OLDEST, present + LATEST
        raise RuleViolation("sales.bad_day", field="issued_on", day=issued_on, first=first, last=last)
    due_on = due_on or issued_on + DUE
    if due_on < issued_on:
        raise RuleViolation("sales.due_before_issue", field="due_on")
    rate = countries_rate(client, issued_on)
    invoice = SalesInvoice(
        client_id=client.id,
        client=client,
        buyer_id=buyer.id,
        buyer=buyer,
        program=program,
        number=number,
        kind=CREDIT_NOTE.code if credit_note else INVOICE.code,
        issued_on=issued_on,
        due_on=due_on,
        currency=client.currency,
        reference=reference,
        delivery=delivery or Delivery(buyer.delivery),
        created_at=db.clock.now(),
        lines=[
            SalesLine(
                position=position,
                name=line.name,
                quantity=line.quantity,
                price=line.price,
                tax_percent=rate if line.tax_percent is None else line.tax_percent,
            )
            for position, line in enumerate(lines, 1)
        ],
    )
    db.add(invoice)
    db.flush()
    events.record(db, "sales_invoice.made", actor=actor, subject=number, client=client.number, program=str(program))
    return invoice


def _check_lines(lines: Sequence[LineEntry]) -> None:
    if not lines:
        raise RuleViolation("sales.no_lines", field="lines")
    if len(lines) > MOST_LINES:
        raise RuleViolation("sales.too_many_lines", field="lines", most=MOST_LINES)
    for position, line in enumerate(lines, 1):
        is_amount = line.price >= 0 and line.quantity != 0 and abs(line.quantity * line.price) <= LARGEST
        if not line.name.strip() or not is_amount or _is_too_fine(line.quantity) or _is_too_fine(line.price):
            raise RuleViolation("sales.bad_line", field="lines", line=position)
    if sum(line.quantity * line.price for line in lines) < 0:
        raise RuleViolation("sales.negative_total", field="lines")


def _is_too_fine(number: Decimal) -> bool:
    """Return whether a number has more decimals than a line stores."""
    return number != number.quantize(FINEST)


def invoices(db: Db, client: Client) -> Sequence[SalesInvoice]:
    """Return the invoices of a client's books, newest first."""
    query = select(SalesInvoice).where(SalesInvoice.client_id == client.id)
    return db.scalars(query.order_by(SalesInvoice.id.desc())).all()


def invoice(db: Db, client: Client, invoice_id: int) -> SalesInvoice | None:
    """Return an invoice of a client's books by its id, with its buyer."""
    query = select(SalesInvoice).where(SalesInvoice.id == invoice_id, SalesInvoice.client_id == client.id)
    return db.scalar(query.options(joinedload(SalesInvoice.buyer)))


def today(db: Db, client: Client) -> date:
    """Return the present day where a client is."""
    from zoneinfo import ZoneInfo

    zone = client.company.time_zone if client.company else countries.BY_CODE[client.country].time_zone
    return db.clock.now().astimezone(ZoneInfo(zone)).date()


def countries_rate(client: Client, day: date) -> Decimal:
    """Return the standard VAT rate of a client's country on a day, in percent."""
    from simulator.billing.countries import vat_rate

    return vat_rate(client.country, day) * 100


def tax_rates(client: Client, day: date) -> tuple[int, ...]:
    """Return the VAT rates that lines of a client's invoices can have, in percent, the standard rate first."""
    return TAX_RATES.get(client.country) or (int(countries_rate(client, day)), 0)


@dataclass(frozen=True)
class Totals:
    """The sums of an invoice: without tax, tax, and to be paid."""

    net: Decimal
    tax: Decimal
    total: Decimal


def totals(invoice: SalesInvoice) -> Totals:
    """Return the sums of an invoice."""
    content = content_of(invoice)
    return Totals(content.net, content.tax, content.total)


def seller_of(client: Client) -> Named:
    """Return a client as its invoices name it: as its company at the platform when it is one."""
    if client.company is not None:
        company = parties.of_company(client.company)
        seller = replace(
            company,
            street=company.street or client.street,
            postal_code=company.postal_code or client.postal_code,
            city=company.city or client.city,
        )
    else:
        address = parties.address_of(client.country, client.organisation_number)
        seller = Named(
            name=client.name,
            country=client.country,
            organisation_number=client.organisation_number,
            scheme=address[0] if address else None,
            identifier=address[1] if address else None,
            email=client.email,
            street=client.street,
            postal_code=client.postal_code,
            city=client.city,
        )
    form = VAT_NUMBERS.get(seller.country)
    if seller.vat_number is None and form is not None:
        seller = replace(seller, vat_number=form.format(seller.organisation_number))
    return seller


def buyer_as_named(buyer: Buyer) -> Named:
    """Return a buyer as invoices name it."""
    number = buyer.organisation_number
    address = parties.address_of(buyer.country, number) if number else None
    return Named(
        name=buyer.name,
        country=buyer.country,
        organisation_number=number,
        scheme=address[0] if address else None,
        identifier=address[1] if address else None,
        email=buyer.email,
        street=buyer.street,
        postal_code=buyer.postal_code,
        city=buyer.city,
    )


def content_of(invoice: SalesInvoice) -> Content:
    """Return an invoice of the books as the document that is sent."""
    seller = seller_of(invoice.client)
    taxed = seller.vat_number is not None
    lines = tuple(_line(line, taxed) for line in invoice.lines)
    taxes = tuple(_tax(seller, lines, category, percent) for category, percent in _categories(lines))
    net = sum((line.amount for line in lines), Decimal(0))
    tax = sum((part.amount for part in taxes), Decimal(0))
    credit_note = invoice.kind == CREDIT_NOTE.code
    return Content(
        type=CREDIT_NOTE if credit_note else INVOICE,
        number=invoice.number,
        issue_date=invoice.issued_on,
        due_date=None if credit_note else invoice.due_on,
        currency=invoice.currency,
        seller=seller,
        buyer=buyer_as_named(invoice.buyer),
        lines=lines,
        taxes=taxes,
        net=net,
        tax=tax,
        total=net + tax,
        buyer_reference=invoice.reference or "-",
        terms="-" if credit_note else None,
        account=ACCOUNT,
        payment_id=invoice.number,
    )


def _categories(lines: Sequence[Line]) -> list[tuple[str, Decimal]]:
    return list(dict.fromkeys((line.tax_category, line.tax_percent) for line in lines))


def _line(line: SalesLine, taxed: bool) -> Line:
    percent = line.tax_percent if taxed else Decimal(0)
    return Line(
        id=str(line.position),
        name=line.name,
        quantity=line.quantity,
        unit="C62",
        price=line.price,
        amount=(line.quantity * line.price).quantize(CENT, ROUND_HALF_UP),
        tax_category="S" if percent else "Z" if taxed else "O",
        tax_percent=percent,
    )


def _tax(seller: Named, lines: Sequence[Line], category: str, percent: Decimal) -> Tax:
    taxable = sum(
        (line.amount for line in lines if (line.tax_category, line.tax_percent) == (category, percent)), Decimal(0)
    )
    reason = text(countries.language_of(seller.country), "documents.composed.not_taxed") if category == "O" else None
    return Tax(category, percent, taxable, (taxable * percent / 100).quantize(CENT, ROUND_HALF_UP), reason)
