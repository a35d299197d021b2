"""One export of the largest invoice of a sandbox, or the same cells through the writing library alone, in a process to be weighed.

Usage: ``python -m bench.exporting ours|library FILE NAME``; prints seconds, and how many MB the process took at most above what it
held before.
"""

import json
import sys
import time
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from simulator.billing.models import Invoice, InvoiceLine
from simulator.core import jobs
from simulator.core.database import Binding
from simulator.core.files import StoredFile
from simulator.core.sandbox import Db, Sandbox
from simulator.core.texts import catalogue
from simulator.directory.actors import actor_of
from simulator.directory.models import Person
from simulator.products.admin.services import reports

ROW = ("100200-07", "99999907", "K-1007", "40000003", "", "PRINT_PRIORITY", "Printservice prioriteit", "1-12-21 - 31-12-21")
NUMBERS = (1102, Decimal("1212.20"), Decimal("254.56"))


def main() -> None:
    """Make one file and tell what it took."""
    how, path, name = sys.argv[1:]
    sandbox = Sandbox(Binding(Path(path), name), "http://localhost:8000/s/default")
    with sandbox.transaction() as db:
        lines = _queue(db)
    for language in ("en", "nl"):
        catalogue(language)
    import xlsxwriter

    _write(xlsxwriter, 10)
    before, begin = _memory("VmRSS"), time.perf_counter()
    if how == "ours":
        jobs.run_due(sandbox)
        with sandbox.reading() as db:
            size = db.scalar(select(func.length(StoredFile.content)).order_by(StoredFile.id.desc()).limit(1))
    else:
        size = len(_write(xlsxwriter, lines))
    taken = time.perf_counter() - begin
    print(json.dumps({"seconds": taken, "megabytes": _memory("VmHWM") - before, "lines": lines, "size": size}))


def _queue(db: Db) -> int:
    """Ask for the export of the largest invoice; returns how many lines it has."""
    largest = select(InvoiceLine.invoice_id, func.count()).join(Invoice).where(Invoice.system == "inv")
    invoice_id, lines = db.execute(largest.group_by(InvoiceLine.invoice_id).order_by(func.count().desc()).limit(1)).one()
    person = db.scalars(select(Person).where(Person.key == "administrator")).one()
    reports.export_invoice(db, actor_of(db, person), db.get_one(Invoice, invoice_id), "nl", "Europe/Amsterdam")
    return int(lines)


def _write(library: Any, lines: int) -> bytes:
    """Write as many rows of the same kinds of cells, with nothing but the library."""
    file = BytesIO()
    book = library.Workbook(file, {"constant_memory": True})
    sheet, whole, cents = book.add_worksheet("Invoice"), {"num_format": "#,##0"}, {"num_format": "#,##0.00"}
    pictures = [book.add_format(whole), book.add_format(cents), book.add_format(cents)]
    for row in range(lines):
        for column, text in enumerate(ROW):
            sheet.write_string(row, column, text)
        for column, (number, picture) in enumerate(zip(NUMBERS, pictures, strict=True), start=len(ROW)):
            sheet.write_number(row, column, number, picture)
    book.close()
    return file.getvalue()


def _memory(what: str) -> float:
    """Return what the system says of this process's memory, in MB; 0 where it does not tell."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(f"{what}:")), 0.0)


main()
