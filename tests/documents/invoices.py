"""Invoices for tests: sellers and buyers of three countries, and documents of theirs that are right."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from simulator.documents.model.content import CREDIT_NOTE, INVOICE, Content, Line, Tax
from simulator.documents.model.parties import Named

CENT = Decimal("0.01")

NORWEGIAN = Named(
    name="Fjordlys Handel AS",
    country="NO",
    organisation_number="310000019",
    vat_number="NO310000019MVA",
    scheme="0192",
    identifier="310000019",
    email="post@fjordlys.example",
    street="Prøveveien 1",
    postal_code="0001",
    city="Oslo",
)
NORWEGIAN_BUYER = Named(
    name="Skogvang Elektro AS",
    country="NO",
    organisation_number="312002205",
    vat_number="NO312002205MVA",
    scheme="0192",
    identifier="312002205",
    email="faktura@skogvang.example",
    street="Prøveveien 2",
    postal_code="0002",
    city="Bergen",
)
DUTCH = Named(
    name="Kade Advies B.V.",
    country="NL",
    organisation_number="99999901",
    vat_number="NL999999011B01",
    scheme="0106",
    identifier="99999901",
    email="post@kade.example",
    street="Proefstraat 1",
    postal_code="0001 AA",
    city="Utrecht",
)
DUTCH_BUYER = replace(
    DUTCH,
    name="Molenwiek Bouw B.V.",
    organisation_number="99999902",
    vat_number="NL999999023B02",
    identifier="99999902",
    email="facturen@molenwiek.example",
    street="Proefstraat 2",
)
SWEDISH = Named(
    name="Björkdal Trä AB",
    country="SE",
    organisation_number="9999990006",
    vat_number="SE999999000601",
    scheme="0007",
    identifier="9999990006",
    email="post@bjorkdal.example",
    street="Provgatan 1",
    postal_code="000 01",
    city="Uppsala",
)
SWEDISH_BUYER = replace(
    SWEDISH,
    name="Älvkanten Måleri AB",
    organisation_number="9999990014",
    vat_number="SE999999001401",
    identifier="9999990014",
    email="faktura@alvkanten.example",
    street="Provgatan 2",
)

USUAL = {
    "NO": ("NOK", Decimal(25), NORWEGIAN_BUYER),
    "NL": ("EUR", Decimal(21), DUTCH_BUYER),
    "SE": ("SEK", Decimal(25), SWEDISH_BUYER),
}
"""Currency, rate of tax and a buyer for sellers of a country."""


def line(
    name: str,
    price: str | Decimal,
    quantity: str | Decimal | int = 1,
    *,
    percent: Decimal | int = 25,
    id: str = "1",
    **changes: Any,
) -> Line:
    """Return a line whose amount is quantity times price."""
    amount = (Decimal(quantity) * Decimal(price)).quantize(CENT, ROUND_HALF_UP)
    made = Line(id, name, Decimal(quantity), "C62", Decimal(price), amount, "S", Decimal(percent))
    return replace(made, **changes)


def taxes_of(lines: Sequence[Line]) -> tuple[Tax, ...]:
    """Return the taxes of lines, one for each category and rate."""
    groups = sorted({(line.tax_category, line.tax_percent) for line in lines})
    taxes = []
    for category, percent in groups:
        taxable = sum(
            (line.amount for line in lines if (line.tax_category, line.tax_percent) == (category, percent)), Decimal(0)
        )
        taxes.append(Tax(category, percent, taxable, (taxable * percent / 100).quantize(CENT, ROUND_HALF_UP)))
    return tuple(taxes)


def invoice(seller: Named = NORWEGIAN, buyer: Named | None = None, **changes: Any) -> Content:
    """Return an invoice that is right; ``changes`` are fields of it. Taxes and sums follow from ``lines`` unless they are given."""
    currency, percent, usual_buyer = USUAL[seller.country]
    fields: dict[str, Any] = {
        "type": INVOICE,
        "number": "1001",
        "issue_date": date(2022, 3, 1),
        "due_date": date(2022, 3, 31),
        "currency": currency,
        "seller": seller,
        "buyer": buyer or usual_buyer,
        "lines": (
            line("Example goods", "400.00", 2, percent=percent),
            line("Example hour", "200", 1, percent=percent, id="2", unit="HUR"),
        ),
        "buyer_reference": "Purchasing",
        "account": "00000000001",
        "payment_id": "1001",
    } | changes
    fields.setdefault("taxes", taxes_of(fields["lines"]))
    fields.setdefault("net", sum((tax.taxable for tax in fields["taxes"]), Decimal(0)))
    fields.setdefault("tax", sum((tax.amount for tax in fields["taxes"]), Decimal(0)))
    fields.setdefault("total", fields["net"] + fields["tax"])
    return Content(**fields)


def credit_note(seller: Named = NORWEGIAN, buyer: Named | None = None, **changes: Any) -> Content:
    """Return a credit note that is right."""
    return invoice(seller, buyer, **{"type": CREDIT_NOTE, "number": "2001"} | changes)
