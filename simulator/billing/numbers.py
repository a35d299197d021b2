"""Numbers of invoices.

Source: "Brukertips i Kundeservice": eight digits of which the first is 7, or INV and digits. Own choice:
consecutive in a sandbox, whoever the customer is; eight digits behind INV; the first numbers.
"""

from simulator.billing.models import InvoiceSystem, NextNumber
from simulator.core.sandbox import Db

FIRST = {InvoiceSystem.LEGACY: 71_000_001, InvoiceSystem.INV: 10_001}


def draw(db: Db, system: str) -> str:
    """Return the next free number of a system and remember that it is taken."""
    row = _row(db, system)
    number = row.number
    row.number += 1
    return str(number) if system == InvoiceSystem.LEGACY else f"INV{number:08d}"


def continue_from(db: Db, system: str, number: int) -> None:
    """Make ``number`` the next one of a system, for scenarios that quote a printed invoice."""
    _row(db, system).number = number


def _row(db: Db, system: str) -> NextNumber:
    row = db.get(NextNumber, system)
    if row is None:
        row = NextNumber(system=system, number=FIRST[InvoiceSystem(system)])
        db.add(row)
        db.flush()
    return row
