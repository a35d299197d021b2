"""Rules of moving a company to another customer: roles on it end, invoices stay, and what speaks against it is refused."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, update

import seed
from simulator.billing.models import Contract, Invoice
from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Store
from simulator.directory import companies
from simulator.directory.activation import BEFORE_ACTIVATION
from simulator.directory.models import Company, CompanyStatus, Customer, Grant
from simulator.directory.moving_companies import move_company
from tests.conftest import BASE_ADDRESS
from tests.documents.norway import create


@pytest.fixture(scope="module")
def norway(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Iterator[Sandbox]:
    """Return a sandbox of the scenario ``company-no``, which no test here changes for good."""
    store = Store(tmp_path_factory.mktemp("moving"), seed.template_for(templates), seed.finish, BASE_ADDRESS)
    create(store)
    with store.open("norway") as sandbox:
        yield sandbox


class Undone(Exception):
    """Ends a transaction without keeping what was done in it."""


def other_customer(db: Db) -> Customer:
    customer = Customer(key="new_owner", number="990099", name="Ny Eier AS", country="NO")
    db.add(customer)
    db.flush()
    return customer


def first_company(db: Db) -> Company:
    """Return the first company with roles; it has no contract any more, which would hold it where it is."""
    query = select(Company).join(Grant, Grant.company_id == Company.id).where(Company.status == CompanyStatus.ACTIVE)
    company = db.scalars(query.order_by(Company.id)).first()
    assert company is not None
    db.execute(update(Contract).where(Contract.company_id == company.id).values(ends_on=date(2000, 1, 1)))
    return company


def test_a_company_moves_without_roles_and_invoices_stay(norway: Sandbox) -> None:
    with pytest.raises(Undone), norway.transaction() as db:
        company, customer = first_company(db), other_customer(db)
        old = company.customer
        invoices = {invoice.id: invoice.customer_id for invoice in db.scalars(select(Invoice))}
        move_company(db, "desk@visma-sim.example", company, customer)
        assert company.customer is customer and company.account_number == "990099"
        assert db.scalars(select(Grant.id).where(Grant.company_id == company.id)).all() == []
        assert {invoice.id: invoice.customer_id for invoice in db.scalars(select(Invoice))} == invoices
        moved = events.after(db, type_="company.moved")
        assert {event.customer_id for event in moved} == {old.id, customer.id}
        raise Undone


def test_the_last_company_a_terminated_one_and_the_same_customer_are_refused(norway: Sandbox) -> None:
    with pytest.raises(Undone), norway.transaction() as db:
        company, customer = first_company(db), other_customer(db)
        old = company.customer
        with pytest.raises(RuleViolation, match="same_customer"):
            move_company(db, None, company, old)
        for other in db.scalars(select(Company).where(Company.customer_id == old.id, Company.id != company.id)):
            other.status = CompanyStatus.DELETED
        db.flush()
        with pytest.raises(RuleViolation, match="last_company"):
            move_company(db, None, company, customer)
        company.status = CompanyStatus.TERMINATED
        with pytest.raises(RuleViolation, match="company_terminated"):
            move_company(db, None, company, customer)
        raise Undone


def test_without_the_licence_of_a_service_at_the_new_customer_nothing_moves(
    norway: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(db: Db, company: Company, service: str) -> None:
        if company.customer.number == "990099":
            raise RuleViolation("billing.licence_missing")

    with pytest.raises(Undone), norway.transaction() as db:
        company, customer = first_company(db), other_customer(db)
        old = company.customer_id
        monkeypatch.setitem(BEFORE_ACTIVATION, companies.services_of(db, company)[0], refuse)
        with pytest.raises(RuleViolation, match="licence_missing"):
            move_company(db, None, company, customer)
        db.expire_all()
        assert company.customer_id == old
        assert db.scalars(select(Grant.id).where(Grant.company_id == company.id)).all() != []
        raise Undone
