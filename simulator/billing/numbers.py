"""Numbers of invoices and subscriptions.

Source: "Brukertips i Kundeservice": eight digits of which the first is 7, or INV and digits. Own choice:
consecutive per sandbox, not per customer; eight digits after INV; the first numbers; numbers of subscriptions.
"""

from simulator.billing.models import InvoiceSystem, NextNumber
from simulator.core.sandbox import Db

SUBSCRIPTION = "subscription"
FIRST: dict[str, int] = {InvoiceSystem.LEGACY: 71_000_001, InvoiceSystem.INV: 10_001, SUBSCRIPTION: 40_000_001}


def draw(db: Db, system: str) -> str:
    """Return the next free number of a system of invoices, or of subscriptions, and mark it as used."""
    return draw_many(db, system, 1)[0]


def draw_many(db: Db, system: str, how_many: int) -> list[str]:
    """Return the next free numbers of a system, and mark them as used."""
    row = _row(db, system)
    first, row.number = row.number, row.number + how_many
    return [f"INV{number:08d}" if system == InvoiceSystem.INV else str(number) for number in range(first, row.number)]


def continue_from(db: Db, system: str, number: int) -> None:
    """Make ``number`` the next one of a system, for scenarios that quote a printed invoice."""
    _row(db, system).number = number


def _row(db: Db, system: str) -> NextNumber:
    row = db.get(NextNumber, system)
    if row is None:
        row = NextNumber(system=system, number=FIRST[system])
        db.add(row)
        db.flush()
    return row
