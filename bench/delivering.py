"""Accepts many documents in a fresh sandbox and lets one worker carry them all; prints what that took, as JSON.

Usage: ``python -m bench.delivering DOCUMENTS``. It is a process of its own, so that its memory is nobody else's.
"""

import json
import resource
import sys
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import func, select

import seed
from simulator.core import jobs
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from simulator.directory.models import Company
from simulator.documents import ubl
from simulator.documents.accounts import accounts
from simulator.documents.exchange import sending
from simulator.documents.model import parties
from simulator.documents.model.content import INVOICE, Content, Line, Tax
from simulator.documents.model.models import Document
from simulator.documents.model.parties import Named

SENDER, INSIDE, OUTSIDE = "310000035", "310000019", "312002205"
AT_ONCE = 200
"""Documents accepted in one transaction."""


def main() -> None:
    """Measure."""
    count = int(sys.argv[1])
    with TemporaryDirectory(prefix="vnsim-bench-documents-") as directory:
        store = Store(
            Path(directory), seed.template_for(Path(directory) / "templates"), seed.finish, "http://localhost:8000"
        )
        store.create("default", Creation(scenario="company-no", clock=Clock.live()))
        with store.open("default") as sandbox:
            print(json.dumps(_measure(sandbox, count)))


def _measure(sandbox: Sandbox, count: int) -> dict[str, Any]:
    with sandbox.transaction() as db:
        db.record.delays = "none"
        for company in db.scalars(select(Company)):
            accounts.open_account(db, company, verified=True)
        before = db.scalar(select(func.sum(Document.charged))) or 0
    begin = time.perf_counter()
    _accept(sandbox, count)
    accepted, at_first = time.perf_counter() - begin, _megabytes()
    begin = time.perf_counter()
    jobs.run_due(sandbox)
    carried = time.perf_counter() - begin
    with sandbox.reading() as db:
        delivered = (db.scalar(select(func.sum(Document.charged))) or 0) - before
    return {"accepted": accepted, "carried": carried, "deliveries": delivered, "growth": _megabytes() - at_first}


def _accept(sandbox: Sandbox, count: int) -> None:
    """Accept documents, half of them to a company here and half to a receiver outside."""
    with sandbox.reading() as db:
        company = db.scalars(select(Company).where(Company.organisation_number == SENDER)).one()
        seller = replace(parties.of_company(company), street="Road 1", postal_code="0001", city="Oslo")
    buyers = [
        Named(name=f"Receiver {number}", country="NO", organisation_number=number, scheme="0192", identifier=number)
        for number in (INSIDE, OUTSIDE)
    ]
    source = ubl.write(_content(seller, buyers[0], "0"))
    for first in range(0, count, AT_ONCE):
        with sandbox.transaction() as db:
            company = db.scalars(select(Company).where(Company.organisation_number == SENDER)).one()
            for position in range(first, min(first + AT_ONCE, count)):
                sending.accept(db, company, _content(seller, buyers[position % 2], str(position)), source=source)


def _content(seller: Named, buyer: Named, number: str) -> Content:
    whole = Decimal("100.00")
    return Content(
        type=INVOICE,
        number=f"B{number}",
        issue_date=date(2022, 3, 1),
        due_date=date(2022, 3, 31),
        currency="NOK",
        seller=seller,
        buyer=buyer,
        lines=(Line("1", "Work", Decimal(1), "C62", whole, whole, "S", Decimal(25)),),
        taxes=(Tax("S", Decimal(25), whole, Decimal("25.00")),),
        net=whole,
        tax=Decimal("25.00"),
        total=Decimal("125.00"),
        buyer_reference="bench",
    )


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
