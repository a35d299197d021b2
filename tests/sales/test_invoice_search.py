"""Finding invoices of the books: by day, type and outcome, as their traces say it."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from simulator.core import faults
from simulator.core.clock import Clock
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.sales import books, clients, invoice_search, submission
from simulator.sales.invoice_search import InvoiceSearch
from simulator.sales.models import Client, Delivery
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
