"""What the billing's tests are arranged with: customers, companies and licences in an empty sandbox."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from seed.build import import_tables
from simulator.billing.models import InvoiceSystem, Licence
from simulator.billing.products import product_of
from simulator.core.clock import Clock
from simulator.core.database import SCHEMA_VERSION, Base
from simulator.core.sandbox import Db, SandboxRecord
from simulator.directory.models import Company, Customer

NOW = datetime(2022, 3, 1, 8, 0, tzinfo=UTC)
NAME = "test"


@dataclass(frozen=True)
class Books:
    """What a test bills with: an open transaction and rows in it."""

    db: Db
    licence: Licence
    companies: tuple[Company, ...]


def add_customer(db: Db, country: str, *companies: str) -> tuple[Company, ...]:
    """Add a customer in a country with companies of these names."""
    number = str(100_200 + len(db.query(Customer).all()))
    customer = Customer(key=f"customer-{number}", number=number, name=f"Customer {number}", country=country)
    rows = tuple(
        Company(
            key=f"company-{number}-{position}",
            customer=customer,
            name=name,
            country=country,
            organisation_number=f"{number}{position}",
            account_number=f"{number}-{position}",
            currency="EUR",
            time_zone="Europe/Amsterdam",
        )
        for position, name in enumerate(companies)
    )
    db.add_all(rows)
    db.flush()
    return rows


def add_licence(
    db: Db,
    customer: Customer,
    product: str = "autoinvoice",
    *,
    system: InvoiceSystem = InvoiceSystem.LEGACY,
    valid_from: date = date(2020, 1, 1),
    valid_to: date | None = None,
) -> Licence:
    """Add a licence of a customer."""
    licence = Licence(
        customer=customer,
        product=product,
        customer_number=customer.number,
        kind=product_of(product).kind,
        quantity=1,
        valid_from=valid_from,
        valid_to=valid_to,
        system=system,
    )
    db.add(licence)
    db.flush()
    return licence


def make_file(path: Path) -> None:
    """Make the file of an empty sandbox that stands still on 1 March 2022."""
    import_tables()
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(_record())
        session.commit()
    engine.dispose()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def _record() -> SandboxRecord:
    clock = Clock.frozen(NOW)
    return SandboxRecord(
        id=1,
        name=NAME,
        schema_version=SCHEMA_VERSION,
        release="test",
        scenario="empty",
        language="nl",
        language_chosen=False,
        created_at=NOW,
        expires_at=None,
        born_at=NOW,
        birth_mode=clock.mode.value,
        tags=[],
        clock_mode=clock.mode.value,
        clock_base=clock.base,
        clock_anchor=clock.anchor,
        seed="seed",
        drawn=0,
        secret="secret",
        join_key="key",
        jobs_mode="manual",
        jobs_delay=0,
        overlay={},
    )
