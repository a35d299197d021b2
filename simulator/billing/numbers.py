"""Numbers of invoices and subscriptions.

Source: "Brukertips i Kundeservice": eight digits of which the first is 7, or INV and digits. Own choice: consecutive per sandbox,
not per customer; eight digits after INV; the first numbers; numbers of subscriptions and contracts; a series of its own for
invoices of contracts and one for corrections, whose number is known as another kind of number.
"""

from enum import StrEnum

from simulator.billing.models import InvoiceSystem, NextNumber
from simulator.core.sandbox import Db


class Series(StrEnum):
    """The series of numbers within a system of invoices."""

    USE = ""
    CONTRACT = "contract"
    CORRECTION = "correction"


SUBSCRIPTION, CONTRACT = "subscription", "contract"
_FIRST: dict[str, int] = {
    InvoiceSystem.LEGACY: 71_000_001,
    f"{InvoiceSystem.LEGACY}.{Series.CONTRACT}": 72_000_001,
    f"{InvoiceSystem.LEGACY}.{Series.CORRECTION}": 79_000_001,
    InvoiceSystem.INV: 10_001,
    f"{InvoiceSystem.INV}.{Series.CONTRACT}": 50_000_001,
    f"{InvoiceSystem.INV}.{Series.CORRECTION}": 90_000_001,
    SUBSCRIPTION: 40_000_001,
    CONTRACT: 60_001,
}


def draw_invoice(db: Db, system: str, series: Series) -> str:
    """Return the next free number of a series of invoices, and mark it as used."""
    return draw(db, f"{system}.{series}" if series else system)


def draw(db: Db, system: str) -> str:
    """Return the next free number of a system of invoices, or of subscriptions, and mark it as used."""
    return draw_many(db, system, 1)[0]


def draw_many(db: Db, system: str, how_many: int) -> list[str]:
    """Return the next free numbers of a system, and mark them as used."""
    row = _row(db, system)
    first, row.number = row.number, row.number + how_many
    prefix = "INV" if system.partition(".")[0] == InvoiceSystem.INV else ""
    return [f"{prefix}{number:08d}" if prefix else str(number) for number in range(first, row.number)]


def continue_from(db: Db, system: str, number: int) -> None:
    """Make ``number`` the next one of a system, for scenarios that quote a printed invoice."""
    _row(db, system).number = number


def _row(db: Db, system: str) -> NextNumber:
    row = db.get(NextNumber, system)
    if row is None:
        row = NextNumber(system=system, number=_FIRST[system])
        db.add(row)
        db.flush()
    return row
