"""Contracts and corrections in scenarios and overlays, and scenarios that begin at an instant of their own."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from simulator.billing.models import Contract, Invoice, Licence
from simulator.core.clock import Clock
from simulator.core.errors import BadInput
from simulator.core.sandbox import Db
from simulator.core.store import Creation, Store

NOW = datetime(2022, 3, 1, 8, 0, tzinfo=UTC)
LICENCES: dict[str, Any] = {
    "key": "owner",
    "licences": [{"product": "autoinvoice", "valid_from": "-1 year"}, {"product": "expense", "valid_from": "2021-01-01"}],
}


def contract(**keys: Any) -> dict[str, Any]:
    """Return a contract of the company of the small scenario."""
    order = {"product": "expense", "unit": "EXPENSE_USER", "quantity": 3}
    return {"company": "shop", "kind": "quarterly", "signed": "2021-11-01", "orders": [order], **keys}


def create(store: Store, **overlay: Any) -> None:
    """Create the sandbox ``default`` with an overlay."""
    creation = Creation(scenario="small", clock=Clock.frozen(NOW), overlay={"customers": [LICENCES], **overlay})
    store.create("default", creation)


def test_a_contract_has_the_invoices_that_it_implies_and_one_that_ended_no_more(small_store: Store) -> None:
    ended = contract(signed="2021-02-01", notice="2021-02-02")
    create(small_store, contracts=[contract(number=700), ended])
    with small_store.open("default") as sandbox, sandbox.reading() as db:
        signed = db.scalars(select(Contract).order_by(Contract.id)).all()
        assert [(row.number, row.ends_on) for row in signed] == [("700", None), ("60001", date(2022, 1, 31))]
        days = db.scalars(select(Invoice.invoice_date).where(Invoice.contract_id == signed[0].id)).all()
        assert days == [date(2021, 11, 1), date(2022, 2, 1)]
        assert len(db.scalars(select(Invoice).where(Invoice.contract_id == signed[1].id)).all()) == 4
        assert db.scalars(select(Licence.contract_id).where(Licence.product == "expense")).all() == [signed[1].id]
        assert "71000001" in db.scalars(select(Invoice.number)).all(), "the numbers of use are those without contracts"


def test_a_licence_without_an_entry_has_the_contract_and_the_invoices_that_it_implies(small_store: Store) -> None:
    payroll = {"product": "payroll", "quantity": 2, "valid_from": "2021-02-01", "valid_to": "2021-12-31"}
    webfaktura = {"product": "webfaktura", "valid_from": "2021-02-01"}
    customers = [LICENCES | {"licences": [payroll, webfaktura, *LICENCES["licences"]]}]
    create(small_store, customers=customers, contracts=[contract()])
    with small_store.open("default") as sandbox, sandbox.reading() as db:
        signed = db.scalars(select(Contract).order_by(Contract.id)).all()
        facts = [
            (row.number, row.kind, row.signed_on.isoformat(), row.ends_on and row.ends_on.isoformat()) for row in signed
        ]
        assert facts == [("60001", "quarterly", "2021-11-01", None), ("60002", "yearly", "2021-02-01", "2021-12-31")]
        lines = [(line.quantity, line.period_from.isoformat()) for line in _invoices(db, signed[1])[0].lines if line.users]
        assert (lines, len(_invoices(db, signed[1]))) == ([(22, "2021-02-01")], 1), "two users for the eleven months left"
        assert _invoices(db, signed[0])[0].number == "72000001", "numbers of contracts that are written down come first"


@pytest.mark.parametrize(
    ("scenario", "product", "invoices"), [("accountview-nl", "financials", 9), ("case-wrong-company", "expense", 5)]
)
def test_each_licence_for_users_is_invoiced(store: Store, scenario: str, product: str, invoices: int) -> None:
    store.create("licensed", Creation(scenario=scenario, clock=Clock.frozen(NOW)))
    with store.open("licensed") as sandbox, sandbox.reading() as db:
        contract = db.scalars(select(Licence).filter_by(product=product)).one().contract
        assert contract is not None
        assert len(_invoices(db, contract)) == invoices


def _invoices(db: Db, contract: Contract) -> Sequence[Invoice]:
    return db.scalars(select(Invoice).where(Invoice.contract_id == contract.id).order_by(Invoice.id)).all()


def test_a_correction_refers_to_the_invoice_of_its_day(small_store: Store) -> None:
    correction = {
        "company": "shop",
        "invoice": "2022-02-01",
        "unit": "EXPENSE_USER",
        "quantity": 2,
        "reason": "Two were ordered.",
        "day": "2022-02-10",
    }
    create(small_store, contracts=[contract()], corrections=[correction])
    with small_store.open("default") as sandbox, sandbox.reading() as db:
        credit = db.scalars(select(Invoice).where(Invoice.kind == "correction")).one()
        assert credit.corrects is not None
        assert (credit.number, credit.corrects.invoice_date, credit.total_excluding_vat < 0) == (
            "79000001",
            date(2022, 2, 1),
            True,
        )


@pytest.mark.parametrize(
    ("overlay", "where"),
    [
        ({"contracts": [contract(company="nowhere")]}, "with.contracts.0.company"),
        ({"contracts": [contract(signed="+1 day")]}, "with.contracts.0.signed"),
        ({"contracts": [contract(kind="weekly")]}, "with.contracts.0.kind"),
        ({"contracts": [contract(ends="2022-01-31")]}, "with.contracts.0"),
        ({"contracts": [contract(orders=[])]}, "with.contracts.0.orders"),
        ({"contracts": [contract(number=1), contract(number=1)]}, "with.contracts.1.number"),
        (
            {"contracts": [contract(orders=[{"product": "payroll", "unit": "PAYROLL", "quantity": 1}])]},
            "with.contracts.0.orders.0.product",
        ),
        (
            {"contracts": [contract(orders=[{"product": "expense", "unit": "EMAIL", "quantity": 1}])]},
            "with.contracts.0.orders.0",
        ),
        (
            {
                "contracts": [
                    contract(orders=[{"product": "expense", "unit": "EXPENSE_USER", "quantity": 1, "ordered": "2021-10-31"}])
                ]
            },
            "with.contracts.0.orders.0.ordered",
        ),
        (
            {
                "corrections": [
                    {
                        "company": "shop",
                        "invoice": "2020-01-01",
                        "unit": "EMAIL",
                        "quantity": 1,
                        "reason": "x",
                        "day": "today",
                    }
                ]
            },
            "with.corrections.0.invoice",
        ),
    ],
)
def test_a_fault_is_reported_where_it_is(small_store: Store, overlay: dict[str, Any], where: str) -> None:
    with pytest.raises(BadInput) as refused:
        create(small_store, **overlay)
    assert [path for path, _ in refused.value.problems] == [where]
