"""Rules of the ledger of charges."""

from datetime import date

import pytest
from sqlalchemy import select

from simulator.billing.ledger import UNBILLED, Piece, add_charge, add_charges
from simulator.billing.models import Charge
from simulator.core.errors import NotFound, RuleViolation
from tests.billing.books import Books, add_customer, add_licence

DAY = date(2022, 1, 17)


def test_charges_of_one_company_unit_and_day_are_one_row(books: Books) -> None:
    company, other = books.companies
    add_charge(books.db, company, "EMAIL", DAY)
    add_charge(books.db, company, "EMAIL", DAY, 4)
    add_charge(books.db, company, "EINVOICE", DAY)
    add_charge(books.db, other, "EMAIL", DAY)
    rows = books.db.scalars(select(Charge).where(UNBILLED).order_by(Charge.id)).all()
    assert [(row.company_id, row.unit, row.quantity) for row in rows] == [
        (company.id, "EMAIL", 5),
        (company.id, "EINVOICE", 1),
        (other.id, "EMAIL", 1),
    ]


def test_a_charge_belongs_to_the_licence_that_is_valid_on_its_day(books: Books) -> None:
    (company,) = add_customer(books.db, "NL", "Smederij Vuur")
    old = add_licence(books.db, company.customer, valid_from=date(2021, 1, 1), valid_to=date(2021, 12, 31))
    new = add_licence(books.db, company.customer, valid_from=date(2022, 1, 1))
    last = add_charge(books.db, company, "EMAIL", date(2021, 12, 31))
    first = add_charge(books.db, company, "EMAIL", date(2022, 1, 1))
    assert [last.licence_id, first.licence_id] == [old.id, new.id]


def test_many_charges_at_once_are_the_same_as_one_after_the_other(books: Books) -> None:
    company = books.companies[0]
    add_charge(books.db, company, "EMAIL", DAY)
    pieces = [
        Piece("EMAIL", DAY, 2),
        Piece("INTERNAL", DAY),
        Piece("EMAIL", DAY),
        Piece("EMAIL", date(2022, 1, 18)),
    ]
    rows = add_charges(books.db, company, pieces)
    assert [(row.unit, row.day.day, row.quantity) for row in rows] == [
        ("EMAIL", 17, 4),
        ("INTERNAL", 17, 1),
        ("EMAIL", 17, 4),
        ("EMAIL", 18, 1),
    ]
    with pytest.raises(RuleViolation, match=r"billing\.no_licence"):
        add_charges(books.db, company, [Piece("EMAIL", DAY), Piece("EMAIL", date(2019, 1, 1))])
    assert add_charges(books.db, company, []) == []
    assert len(books.db.scalars(select(Charge)).all()) == 3


def test_without_a_licence_nothing_is_charged(books: Books) -> None:
    (company,) = add_customer(books.db, "NL", "Smederij Vuur")
    add_licence(books.db, company.customer, "autopay")
    add_licence(books.db, company.customer, valid_from=date(2022, 2, 1))
    with pytest.raises(RuleViolation, match=r"billing\.no_licence"):
        add_charge(books.db, company, "EMAIL", DAY)
    assert books.db.scalars(select(Charge)).all() == []


def test_a_charge_that_could_never_be_billed_is_refused(books: Books) -> None:
    (norwegian,) = add_customer(books.db, "NO", "Fjord og Fjell")
    (british,) = add_customer(books.db, "GB", "Moor & Mere")
    for company in (norwegian, british):
        add_licence(books.db, company.customer)
    with pytest.raises(RuleViolation, match=r"billing\.no_price"):
        add_charge(books.db, norwegian, "FINVOICE", DAY)
    with pytest.raises(RuleViolation, match=r"billing\.no_country"):
        add_charge(books.db, british, "EMAIL", DAY)
    with pytest.raises(NotFound, match="PIGEON"):
        add_charge(books.db, norwegian, "PIGEON", DAY)
    with pytest.raises(ValueError, match="quantity of 0"):
        add_charge(books.db, norwegian, "EMAIL", DAY, 0)
