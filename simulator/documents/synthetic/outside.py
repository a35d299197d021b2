"""The content of an outside supplier's document, made from a short description.

Own choice, all of it: one line when only an amount is given, tax at the standard rate of the supplier's country where the VAT
number follows from the organisation number, and without tax elsewhere.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from simulator.billing import countries
from simulator.core.texts import text
from simulator.directory.countries import language_of
from simulator.documents.model.content import CREDIT_NOTE, INVOICE, Content, Line, Tax
from simulator.documents.model.parties import Named, address_of

CENT = Decimal("0.01")
DUE = timedelta(days=14)
VAT_NUMBERS = {"NO": "NO{}MVA", "SE": "SE{}01", "FI": "FI{}", "DK": "DK{}"}
"""How a VAT number is made of an organisation number, where it is."""

LineEntry = tuple[str, Decimal, Decimal]
"""What a line is about, how many, and the price of one."""


def named(name: str, country: str, number: str, email: str | None = None) -> Named:
    """Return an outside organisation from its short description."""
    address = address_of(country, number)
    form = VAT_NUMBERS.get(country)
    return Named(
        name=name,
        country=country,
        organisation_number=number,
        vat_number=form.format(number) if form else None,
        scheme=address[0] if address else None,
        identifier=address[1] if address else None,
        email=email,
        street="Hovedgaten 1" if country == "NO" else "Storgatan 1",
        postal_code="0001",
        city="Almevik",
    )


def with_vat_number(side: Named, vat_number: str | None) -> Named:
    """Return the same organisation with another VAT number, when there is one."""
    return replace(side, vat_number=vat_number) if vat_number else side


def content_of(
    seller: Named,
    buyer: Named,
    number: str,
    lines: Sequence[LineEntry],
    *,
    issued: date,
    due: date | None = None,
    credit_note: bool = False,
) -> Content:
    """Return a document with its sums."""
    taxed = seller.vat_number is not None
    rate = countries.vat_rate(seller.country, issued) * 100 if taxed else Decimal(0)
    category = "S" if taxed else "O"
    made = tuple(
        Line(
            id=str(position),
            name=what,
            quantity=quantity,
            unit="C62",
            price=price,
            amount=(quantity * price).quantize(CENT, ROUND_HALF_UP),
            tax_category=category,
            tax_percent=rate,
        )
        for position, (what, quantity, price) in enumerate(lines, 1)
    )
    net = sum((line.amount for line in made), Decimal(0))
    tax = (net * rate / 100).quantize(CENT, ROUND_HALF_UP)
    reason = None if taxed else text(language_of(seller.country), "documents.composed.not_taxed")
    return Content(
        type=CREDIT_NOTE if credit_note else INVOICE,
        number=number,
        issue_date=issued,
        due_date=None if credit_note else due or issued + DUE,
        currency=countries.country_of(seller.country).currency,
        seller=seller,
        buyer=buyer,
        lines=made,
        taxes=(Tax(category, rate, net, tax, reason),),
        net=net,
        tax=tax,
        total=net + tax,
        buyer_reference="-",
        terms="-" if credit_note else None,
        account="10000000008",
        payment_id=number,
    )
