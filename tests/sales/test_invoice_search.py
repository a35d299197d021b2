"""Finding invoices of the books: by day, type and outcome, as their traces say it."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from simulator.core import faults
from simulator.core.advance import advance
from simulator.core.clock import Clock
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.sales import books, clients, invoice_search, submission
from simulator.sales.invoice_search import InvoiceSearch
from simulator.sales.models import Client, Delivery, ProgramCode
from simulator.sales.submission import Outcome
from tests.conftest import NOW

WHO = "ekonomi@lindqvist.example"


@pytest.fixture
def sandbox(store: Store) -> Iterator[Sandbox]:
    store.create("se", Creation(scenario="administration-se", clock=Clock.frozen(NOW)))
    with store.open("se") as opened:
        yield opened


def client_of(db: Db) -> Client:
    client = clients.by_key(db, "verkstad")
    assert client is not None
    return client


def numbers(db: Db, **search: object) -> list[str]:
    query = InvoiceSearch(**search)  # type: ignore[arg-type]
    rows = invoice_search.find(db, client_of(db), query, start=0, size=50)
    assert invoice_search.count(db, client_of(db), query) == len(rows)
    return [row.invoice.number for row in rows]


def test_a_search_says_of_each_invoice_what_its_trace_says(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        invoices = {invoice.number: invoice for invoice in books.invoices(db, client_of(db))}
        submission.send(db, invoices["101"], actor=WHO)
        submission.send(db, invoices["102"], actor=WHO, delivery=Delivery.PDF)
        faults.add(db, "sales.send", times=1)
        submission.send(db, invoices["103"], actor=WHO)
        submission.handle_manually(db, invoices["103"], "", actor=WHO)
    with sandbox.reading() as db:
        rows = invoice_search.find(db, client_of(db), InvoiceSearch(), start=0, size=50)
        assert {row.invoice.number: row.outcome for row in rows} == {
            row.invoice.number: submission.trace(db, row.invoice).outcome for row in rows
        }
        assert numbers(db, outcomes=[Outcome.MANUAL, Outcome.LOCAL]) == ["103", "102"]


def test_days_type_and_pages_limit_what_is_found(sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        day = books.today(db, client_of(db)) - timedelta(days=3)
        assert numbers(db, first=day, last=day) == ["103", "102"]
        assert numbers(db, kind="credit_note") == ["105"]
        assert [row.invoice.number for row in invoice_search.find(db, client_of(db), InvoiceSearch(), start=1, size=2)] == [
            "104",
            "103",
        ]


def test_the_day_on_which_they_were_made_and_their_delivery_limit_what_is_found(sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        day = books.today(db, client_of(db))
        assert numbers(db, created_first=day, created_last=day) == ["105", "104", "103", "102", "101"]
        assert numbers(db, created_first=day + timedelta(days=1)) == numbers(db, created_last=day - timedelta(days=1)) == []
        assert numbers(db, created_last=date.max) == ["105", "104", "103", "102", "101"]
        assert numbers(db, program=ProgramCode.FINANCIALS) == []
        local = numbers(db, through_autoinvoice=False)
        assert sorted(local + numbers(db, through_autoinvoice=True)) == ["101", "102", "103", "104", "105"]
        assert len(invoice_search.ids(db, client_of(db), InvoiceSearch(), size=2)) == 2


def test_an_invoice_is_closed_from_the_day_after_it_was_delivered(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        invoices = {invoice.number: invoice for invoice in books.invoices(db, client_of(db))}
        submission.send(db, invoices["101"], actor=WHO)
        submission.send(db, invoices["102"], actor=WHO, delivery=Delivery.PDF)
    advance(sandbox, 3600)
    with sandbox.reading() as db:
        assert numbers(db, with_closed=False) == ["105", "104", "103", "101"]
    advance(sandbox, 86400)
    with sandbox.reading() as db:
        assert numbers(db, with_closed=False) == ["105", "104", "103"]


def test_a_change_of_an_older_version_of_a_buyer_is_refused(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        client = client_of(db)
        buyer = books.buyers(db, client)[1]
        details, version = books.details_of(buyer), buyer.version
        books.save_buyer(db, client, details, actor=WHO, buyer=buyer, version=version)
        with pytest.raises(RuleViolation, match=r"^sales\.buyer_changed$"):
            books.save_buyer(db, client, details, actor=WHO, buyer=buyer, version=version)
        assert books.details_of(buyer) == details


def test_the_sum_of_an_invoice_stays_what_its_lines_say(sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        (row,) = invoice_search.find(db, client_of(db), InvoiceSearch(kind="credit_note"), start=0, size=1)
        assert books.totals(row.invoice).total == Decimal("931.25")
