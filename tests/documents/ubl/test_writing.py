"""Writing: right by schema and rules, the same bytes each time, and read again it says the same."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.documents import ubl
from simulator.documents.model.content import CREDIT_NOTE, INVOICE, Attached, Content, Line, Tax
from simulator.documents.model.parties import Named
from simulator.documents.ubl.words import MEDIA_TYPES
from tests.documents.invoices import (
    CENT,
    DUTCH,
    DUTCH_BUYER,
    NORWEGIAN,
    NORWEGIAN_BUYER,
    SWEDISH,
    SWEDISH_BUYER,
    credit_note,
    invoice,
    line,
)

LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn"])
PRINTABLE = st.characters(exclude_categories=["Cs", "Cc", "Cn", "Cf", "Co"])
LINE = st.text(PRINTABLE, max_size=60).map(lambda text: " ".join(text.split())).filter(bool)
LINES = st.text(LETTERS | st.just("\n"), max_size=200).map(str.strip).filter(bool)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
CATEGORIES = (("S", 25), ("S", 12), ("Z", 0), ("E", 0), ("AE", 0))
PEOPLE = st.builds(
    Named,
    name=LINE,
    country=st.sampled_from(["NO", "NL", "SE", "DE"]),
    email=st.just("a@b.example"),
    street=LINE,
    postal_code=LINE,
    city=LINE,
)


def cents(least: int, most: int) -> st.SearchStrategy[Decimal]:
    """Return amounts between two numbers of whole ones."""
    return st.decimals(least, most, places=2)


@st.composite
def sides(draw: st.DrawFn, *choices: Named) -> Named:
    """Return one of some sides, telling less of itself or under another name."""
    named = draw(st.sampled_from(choices))
    # Rules for Dutch documents ask for addresses.
    fields = ("email", "vat_number") if named.country == "NL" else ("email", "street", "postal_code", "city", "vat_number")
    changes: dict[str, Any] = {field: None for field in fields if draw(st.booleans())}
    return replace(named, name=draw(LINE), **changes)


@st.composite
def lines(draw: st.DrawFn, id: int, categories: Sequence[tuple[str, int]]) -> Line:
    """Return a line, whose amount may be less or more than quantity times price."""
    quantity, price = draw(st.decimals(-500, 500, places=3)), draw(st.decimals(0, 9999, places=4))
    amount = (quantity * price).quantize(CENT, ROUND_HALF_UP) + draw(st.just(Decimal(0)) | cents(-50, 50))
    category, percent = draw(st.sampled_from(categories))
    unit, note = draw(st.sampled_from(["C62", "HUR", "KGM"])), draw(st.none() | LINES)
    return Line(str(id), draw(LINE), quantity, unit, price, amount, category, Decimal(percent), note)


@st.composite
def documents(draw: st.DrawFn) -> Content:
    """Return a document that can be sent."""
    buyer = draw(sides(NORWEGIAN_BUYER, DUTCH_BUYER, SWEDISH_BUYER) | PEOPLE)
    # Tax is not charged to people in reverse.
    categories = CATEGORIES if buyer.organisation_number else CATEGORIES[:-1]
    document_lines = tuple(draw(lines(id, categories)) for id in range(1, draw(st.integers(2, 5))))
    taxes = []
    for category, percent in sorted({(item.tax_category, item.tax_percent) for item in document_lines}):
        taxable = sum(
            (item.amount for item in document_lines if (item.tax_category, item.tax_percent) == (category, percent)),
            Decimal(0),
        )
        taxable += draw(st.just(Decimal(0)) | cents(-100, 100))
        tax = (taxable * percent / 100).quantize(CENT, ROUND_HALF_UP)
        taxes.append(Tax(category, percent, taxable, tax, draw(LINE) if category in ("E", "AE") else None))
    net, tax = (
        sum((tax_group.taxable for tax_group in taxes), Decimal(0)),
        sum((tax_group.amount for tax_group in taxes), Decimal(0)),
    )
    due = draw(st.none() | DAYS)
    reference = draw(st.none() | LINE)
    names = draw(st.lists(st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True), max_size=2, unique=True))
    ends = st.sampled_from(["pdf", "png", "jpg", "csv", "xlsx", "ods"])
    return Content(
        type=draw(st.sampled_from([INVOICE, CREDIT_NOTE])),
        number=draw(LINE),
        issue_date=draw(DAYS),
        due_date=due,
        currency=draw(st.sampled_from(["NOK", "EUR", "SEK"])),
        seller=draw(sides(NORWEGIAN, DUTCH, SWEDISH)),
        buyer=buyer,
        lines=document_lines,
        taxes=tuple(taxes),
        net=net,
        tax=tax,
        total=net + tax + draw(st.just(Decimal(0)) | cents(-1, 1) | cents(-500, 500)),
        buyer_reference=reference,
        order_reference=draw(LINE if reference is None else st.none() | LINE),
        note=draw(st.none() | LINES),
        terms=draw(LINES if due is None else st.none() | LINES),
        account=draw(st.none() | LINE),
        payment_id=draw(st.none() | LINE),
        attachments=tuple(
            Attached(f"{name}.{end}", MEDIA_TYPES[end], draw(st.binary(min_size=1)))
            for name in names
            for end in [draw(ends)]
        ),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_what_is_written_is_read_as_it_was(content: Content) -> None:
    assert ubl.read(ubl.write(content)) == content


@pytest.mark.parametrize(
    "content", [invoice(), invoice(DUTCH), invoice(SWEDISH), credit_note(), credit_note(DUTCH), credit_note(SWEDISH)]
)
def test_documents_of_every_country_are_right_without_a_warning(content: Content) -> None:
    assert ubl.check(ubl.write(content)) == []


def test_the_same_document_is_the_same_bytes() -> None:
    assert ubl.write(invoice()) == ubl.write(invoice())


def test_a_day_to_pay_a_credit_note_stands_with_its_payment() -> None:
    written = ubl.write(credit_note())
    assert b"<cbc:PaymentDueDate>2022-03-31</cbc:PaymentDueDate>" in written
    assert b"<cbc:DueDate>" not in written


def test_a_rounded_sum_to_pay_is_right() -> None:
    content = invoice(lines=(line("Bolts", "99.99"),), total=Decimal("125.00"))
    assert content.net + content.tax == Decimal("124.99")
    assert b'PayableRoundingAmount currencyID="NOK">0.01<' in ubl.write(content)
    assert ubl.read(ubl.write(content)).total == Decimal(125)


def test_a_norwegian_seller_states_the_register_and_others_do_not() -> None:
    assert b"Foretaksregisteret" in ubl.write(invoice())
    assert b"Foretaksregisteret" not in ubl.write(invoice(SWEDISH))


def test_letters_that_xml_cannot_hold_are_left_out() -> None:
    assert ubl.read(ubl.write(invoice(note="a\x00b\x1fc"))).note == "abc"


def test_the_operator_is_not_part_of_the_document() -> None:
    content = invoice(buyer=replace(NORWEGIAN_BUYER, operator="OPERATOR"))
    assert ubl.read(ubl.write(content)).buyer == NORWEGIAN_BUYER
