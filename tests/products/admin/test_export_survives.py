"""An export is stored completely or not at all, even if its process is killed or the disk is full."""

import csv
import os
import random
import select as selecting
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

import seed
from simulator.billing.models import Invoice, InvoiceLine
from simulator.core import events, jobs
from simulator.core.clock import Clock
from simulator.core.database import forget_file
from simulator.core.files import StoredFile
from simulator.core.jobs import Job, JobState
from simulator.core.notices import Notice
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from simulator.directory import people
from simulator.directory.actors import actor_of
from simulator.products.admin.services import reports
from tests.conftest import BASE_ADDRESS, NOW
from tests.products.admin.conftest import ADMINISTRATOR

ROOT = Path(__file__).resolve().parents[3]
SECOND = "administrator2@rietkraag.example"
ROUNDS = [8, pytest.param(50, marks=pytest.mark.exhaustive)]
"""How often the working process is killed."""
LARGE: dict[str, Any] = {
    "charges": [
        {
            "companies": ["bakkerij", "fietsen", "kwekerij", "schilders", "transport"],
            "product": "financials",
            "day": "2022-01-15",
            "billed": "2022-02-20",
            "subscriptions": 20,
            "units": {unit: "1..900" for unit in ("INTERNAL", "EINVOICE", "EMAIL", "SCAN_PDF")},
        }
    ]
}
"""Overlay with an invoice of 400 lines."""
LINES = 400

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system whose processes can split")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Path:
    """Make the file of a sandbox with a large invoice, once."""
    directory = tmp_path_factory.mktemp("large")
    store = Store(directory, seed.template_for(templates), seed.finish, BASE_ADDRESS)
    store.create("default", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="seed", overlay=LARGE))
    with store.open("default") as sandbox:
        with sandbox.transaction() as db:
            db.record.jobs_mode = "manual"
        # Closing the last connection writes the log into the file.
        forget_file(sandbox.path)
        return shutil.copyfile(sandbox.path, directory / "made.sqlite")


@pytest.fixture
def sandbox(made: Path, tmp_path: Path) -> Iterator[Sandbox]:
    """Return a sandbox of its own with the large invoice."""
    store = Store(tmp_path / "data", lambda *_: made, lambda *_: None, BASE_ADDRESS)
    store.create("default", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="seed"))
    with store.open("default") as opened:
        yield opened


def queue(sandbox: Sandbox, email: str = ADMINISTRATOR) -> str:
    """Request the export of the large invoice; returns its number."""
    with sandbox.transaction() as db:
        person = people.by_email(db, email)
        assert person is not None
        invoice = db.scalars(select(Invoice).where(Invoice.invoice_date == func.date("2022-02-20"))).one()
        assert reports.export_invoice(db, actor_of(db, person), invoice, "nl", "Europe/Amsterdam")
        return invoice.number


@dataclass
class Runner:
    """The process that splits."""

    process: subprocess.Popen[str]

    def order(self, limit: int | None = None) -> int:
        """Start a new working process; returns its id."""
        assert self.process.stdin is not None
        self.process.stdin.write("work\n" if limit is None else f"work {limit}\n")
        self.process.stdin.flush()
        return int(self.line())

    def line(self) -> str:
        """Return the next answer."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def ends_within(self, seconds: float) -> bool:
        """Return whether the working process ended within some seconds."""
        assert self.process.stdout is not None
        return bool(selecting.select([self.process.stdout], [], [], seconds)[0])


@contextmanager
def runner(sandbox: Sandbox) -> Iterator[Runner]:
    """Start the process that splits."""
    command = [sys.executable, str(Path(__file__).with_name("runner.py")), str(sandbox.path), sandbox.name]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as process:
        made = Runner(process)
        try:
            assert made.line() == "ready"
            yield made
        finally:
            assert process.stdin is not None
            process.stdin.close()


def state(sandbox: Sandbox) -> tuple[int, int, int, list[str]]:
    """Return the numbers of files, notices and events of exports, and the states of the export jobs."""
    with sandbox.reading() as db:
        made = [event for event in events.after(db) if event.type == "invoice.exported"]
        states = db.scalars(select(Job.state).where(Job.kind == "admin.export_invoice").order_by(Job.id)).all()
        files, notices = (db.scalar(select(func.count()).select_from(table)) or 0 for table in (StoredFile, Notice))
        return files, notices, len(made), list(states)


@pytest.mark.parametrize("rounds", ROUNDS)
def test_an_export_killed_at_any_moment_is_made_once_after_the_restart(sandbox: Sandbox, rounds: int) -> None:
    moments, killed, stored = random.Random(2022), 0, 0
    with runner(sandbox) as running:
        queue(sandbox)
        begin = time.perf_counter()
        running.order()
        assert running.line() == "0"
        whole = time.perf_counter() - begin
        stored += 1
        for _ in range(rounds):
            queue(sandbox)
            child = running.order()
            if not running.ends_within(moments.uniform(0, whole)):
                # It may have ended since; its exit code says which.
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            killed += running.line() == str(-signal.SIGKILL)
            files, notices, made, _ = state(sandbox)
            assert files == notices == made and files in (stored, stored + 1)
            running.order()
            assert running.line() == "0"
            stored += 1
            assert state(sandbox) == (stored, stored, stored, [JobState.DONE] * stored)
    assert killed >= rounds / 5, "the moments are too late: hardly anything was killed"
    with sandbox.reading() as db:
        assert db.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        names = set(db.scalars(select(StoredFile.name)))
        sizes = {len(file.content) for file in db.scalars(select(StoredFile))}
    assert len(names) == len(sizes) == 1


def test_two_exports_at_once_are_both_made_once(sandbox: Sandbox) -> None:
    with runner(sandbox) as first, runner(sandbox) as other:
        queue(sandbox)
        queue(sandbox, SECOND)
        first.order()
        other.order()
        assert first.line() == other.line() == "0"
        if state(sandbox)[3] != [JobState.DONE] * 2:
            first.order()
            assert first.line() == "0"
    assert state(sandbox) == (2, 2, 2, [JobState.DONE] * 2)
    with sandbox.reading() as db:
        expected = {people.by_email(db, email).id for email in (ADMINISTRATOR, SECOND)}  # type: ignore[union-attr]
        assert set(db.scalars(select(StoredFile.owner_id))) == expected == set(db.scalars(select(Notice.person_id)))


def test_an_export_on_a_full_disk_is_announced_leaves_nothing_and_the_queue_goes_on(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    number = queue(sandbox)
    with runner(sandbox) as running:
        # Room for a notice in the log of the database, and for no file of 400 lines.
        running.order(96 * 1024)
        assert running.line() == "0"
        files, notices, made, states = state(sandbox)
        assert (files, notices, made, states) == (0, 1, 0, [JobState.FAILED])
        with sandbox.reading() as db:
            (notice,) = db.scalars(select(Notice))
            assert notice.text == "notice.invoice.export_failed"
            assert notice.link == f"/admin/reports/invoices/{number}?export=failed"
            (job,) = db.scalars(select(Job).where(Job.kind == "admin.export_invoice"))
            assert job.attempts == jobs.ATTEMPTS and job.error is not None and "too large" in job.error
        queue(sandbox)
        running.order()
        assert running.line() == "0"
    assert state(sandbox) == (1, 2, 1, [JobState.FAILED, JobState.DONE])


def test_a_large_file_is_the_ledger_cell_by_cell(sandbox: Sandbox) -> None:
    queue(sandbox)
    jobs.run_due(sandbox)
    with sandbox.reading() as db:
        content = db.scalars(select(StoredFile)).one().content
        query = select(InvoiceLine).join(Invoice).where(Invoice.invoice_date == func.date("2022-02-20"))
        expected = [
            (line.customer_account, line.subscription.number, line.unit, line.quantity, line.amount, line.vat_amount)  # type: ignore[union-attr]
            for line in db.scalars(query.order_by(InvoiceLine.position))
        ]
    rows = list(load_workbook(BytesIO(content), read_only=True).worksheets[0].iter_rows(min_row=9, values_only=True))
    rows_in_file = [(row[0], row[3], row[5], row[8], Decimal(str(row[9])), Decimal(str(row[10]))) for row in rows]
    assert len(rows_in_file) == LINES and rows_in_file == expected


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_a_spreadsheet_program_reads_the_file(sandbox: Sandbox, tmp_path: Path) -> None:
    queue(sandbox)
    jobs.run_due(sandbox)
    with sandbox.reading() as db:
        (tmp_path / "invoice.xlsx").write_bytes(db.scalars(select(StoredFile)).one().content)
    profile = (tmp_path / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "csv", "--outdir", str(tmp_path)]
    environment = os.environ | {"HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    subprocess.run([*command, str(tmp_path / "invoice.xlsx")], check=True, capture_output=True, env=environment)
    with (tmp_path / "invoice.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:2] == ["Customer name", "Administratiekantoor De Rietkraag"]
    # The program read the cell as a date: it writes it in the format of its own language.
    assert rows[2][1] == "02/20/2022" and rows[7][6] == "Charge Name"
    assert len(rows) == 8 + LINES
    assert sum(int(row[8].replace(",", "").replace(".", "")) for row in rows[8:]) == quantities(sandbox)


def quantities(sandbox: Sandbox) -> int:
    """Add up the quantities of the large invoice."""
    with sandbox.reading() as db:
        query = select(func.sum(InvoiceLine.quantity)).join(Invoice)
        return db.scalar(query.where(Invoice.invoice_date == func.date("2022-02-20"))) or 0
