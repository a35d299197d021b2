"""Companies in scenarios: their particulars, and how they stand."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from simulator.core import jobs
from simulator.core.clock import Clock
from simulator.core.errors import BadInput
from simulator.core.store import Creation, Store
from simulator.directory.models import Company, CompanyStatus
from tests.conftest import NOW


def create(store: Store, **change: Any) -> Company:
    """Make a sandbox of ``small`` whose company is changed, and return the company as it is stored."""
    overlay = {"companies": [{"key": "shop", **change}]}
    store.create("default", Creation(scenario="small", clock=Clock.frozen(NOW), overlay=overlay))
    return shop(store)


def shop(store: Store) -> Company:
    """Return the company as it is stored."""
    with store.open("default") as sandbox, sandbox.reading() as db:
        return db.scalars(select(Company)).one()


def test_particulars_are_stored_the_way_admin_stores_them(small_store: Store) -> None:
    company = create(
        small_store,
        street="Kade 3",
        postal_code="9999 ZZ",
        city="Zoutkamp",
        phone="+31 6 99999901",
        vat_number="NL004495445B01",
        internal_number="K-1",
        demo=True,
    )
    assert (company.street, company.postal_code, company.city) == ("Kade 3", "9999 ZZ", "Zoutkamp")
    assert (company.phone, company.vat_number, company.internal_number) == ("+31 6 99999901", "NL004495445B01", "K-1")
    assert company.demo
    assert (company.name, company.status, company.version) == ("Shop", "active", 1)


def test_a_company_can_stand_deactivated(small_store: Store) -> None:
    assert create(small_store, status="deactivated").status == CompanyStatus.DEACTIVATED


def test_a_company_terminated_before_birth_is_deleted_31_days_after_that(small_store: Store) -> None:
    company = create(small_store, status="terminated", terminated="-21 days")
    assert company.gone_at == datetime.fromisoformat("2022-03-11T12:00+01:00")
    with small_store.open("default") as sandbox:
        jobs.run_due(sandbox)
        assert shop(small_store).status == CompanyStatus.TERMINATED
        with sandbox.transaction() as db:
            db.record.clock = Clock.frozen(NOW + timedelta(days=11))
        jobs.run_due(sandbox)
    assert shop(small_store).status == CompanyStatus.DELETED


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (
            {"status": "asleep"},
            "with.companies.0.status",
            "expected one of active, deactivated, terminated, found 'asleep'",
        ),
        (
            {"status": "terminated"},
            "with.companies.0",
            "expected status: terminated and the day it was terminated together, found 'terminated'",
        ),
        (
            {"terminated": "-3 days"},
            "with.companies.0",
            "expected status: terminated and the day it was terminated together, found 'active'",
        ),
        ({"vat_number": "NL1"}, "with.companies.0.vat_number", "expected a VAT number of NL, found 'NL1'"),
        ({"demo": "perhaps"}, "with.companies.0.demo", "expected true or false, found 'perhaps'"),
    ],
)
def test_a_fault_says_where_and_what(small_store: Store, change: dict[str, Any], where: str, what: str) -> None:
    with pytest.raises(BadInput) as refused:
        create(small_store, **change)
    assert (where, what) in refused.value.problems
    assert small_store.names() == []
