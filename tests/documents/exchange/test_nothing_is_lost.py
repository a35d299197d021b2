"""Whatever is killed and whatever stumbles: no document is lost, none is delivered twice, and each delivery is charged once."""

import os
import random
import select as selecting
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from simulator.billing.models import Charge
from simulator.core import events, jobs
from simulator.core.database import forget_file
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Store
from simulator.documents.exchange import resending
from simulator.documents.model.models import Document
from tests.documents import norway as no
from tests.documents import travel
from tests.documents.travel import HOUSE, INSIDE, OUTSIDE, UNKNOWN

ROOT = Path(__file__).resolve().parents[3]
BUYERS = (
    INSIDE,
    OUTSIDE,
    replace(UNKNOWN, email="post@ukjent.example"),
    replace(UNKNOWN, email="bounce@ukjent.example"),
    replace(UNKNOWN, **HOUSE),
    UNKNOWN,
)
"""One receiver for each way to go, and for some that lead nowhere."""
DELIVERED = 4
"""How many of them are reached."""


def prepared(sandbox: Sandbox) -> None:
    """Let every way be open."""
    travel.prepare(sandbox)
    travel.change(sandbox, print_enabled=True)


def balance(db: Db) -> tuple[int, int, int]:
    """Return how often documents were charged since creation, how many pieces the ledger has, and how many deliveries were told."""
    since = db.record.born_at
    charged = db.scalar(select(func.sum(Document.charged)).where(Document.created_at >= since)) or 0
    pages = Charge.unit.not_like("%\\_PAGE", escape="\\")
    pieces = db.scalar(select(func.sum(Charge.quantity)).where(Charge.day == since.date(), pages)) or 0
    journal_entries = sum(
        line.type in ("document.delivered", "document.received") for line in events.after(db, limit=100_000)
    )
    return charged, pieces, journal_entries


def sent_numbers(db: Db) -> Counter[str]:
    """Return how often each number was delivered."""
    lines = events.after(db, type_="document.delivered", limit=100_000)
    return Counter(str(line.data["number"]) for line in lines)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system whose processes can split")
def test_a_worker_killed_at_any_moment_loses_nothing_and_delivers_nothing_twice(norway: Sandbox) -> None:
    prepared(norway)
    with norway.transaction() as db:
        db.record.jobs_mode = "manual"
    moments, killed, count = random.Random(2022), 0, 0
    forget_file(norway.path)
    command = [sys.executable, str(ROOT / "tests/documents/runner.py"), str(norway.path), "norway"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        answers = process.stdout

        def order(seconds: float | None) -> int:
            print("work", file=process.stdin, flush=True)
            child = int(answers.readline())
            if seconds is not None and not selecting.select([answers], [], [], seconds)[0]:
                # It may have ended since; its exit code says which.
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            return int(answers.readline())

        assert process.stdout.readline() == "ready\n"
        for _ in range(6):
            for buyer in BUYERS:
                travel.accept(norway, buyer, number=f"K{count}")
                count += 1
            forget_file(norway.path)
            for _ in range(4):
                killed += order(moments.uniform(0, 0.6)) == -signal.SIGKILL
            assert order(None) == 0
        process.stdin.close()
    assert killed >= 4, "the moments are too late: hardly anything was killed"
    with norway.reading() as db:
        assert db.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        query = select(Document.status, func.count()).where(Document.number.like("K%"), Document.direction == "sent")
        states = {status: number for status, number in db.execute(query.group_by(Document.status))}
        assert states == {"delivered": count * DELIVERED // 6, "failed": count - count * DELIVERED // 6}
        assert set(sent_numbers(db).values()) == {1}
        assert len(travel.inbox(norway)) == count // 6
        charged, pieces, journal_entries = balance(db)
        assert charged == pieces == journal_entries == count * (DELIVERED + 1) // 6
    assert len(travel.mails(norway, "document_embedded")) == count // 6


def test_a_step_that_fails_after_everything_was_written_is_done_again_and_once(norway: Sandbox) -> None:
    prepared(norway)
    ids = [travel.accept(norway, buyer, number=str(index)) for index, buyer in enumerate(BUYERS)]
    kinds = ("document.route", "document.mail", "letters.run", "document.print")
    real = {kind: jobs.KINDS[kind] for kind in kinds}
    stumbled: Counter[str] = Counter()

    def stumbling(kind: str) -> jobs.Work:
        def work(db: Db, **data: Any) -> None:
            real[kind].work(db, **data)
            db.flush()
            stumbled[f"{kind} {data.get('document')}"] += 1
            if stumbled[f"{kind} {data.get('document')}"] == 1:
                raise RuntimeError("the step fails at its very end")

        return work

    try:
        jobs.KINDS.update({kind: replace(real[kind], work=stumbling(kind)) for kind in kinds})
        jobs.run_due(norway)
    finally:
        jobs.KINDS.update(real)
    assert {kind.partition(" ")[0] for kind in stumbled} == set(kinds)
    assert Counter(travel.seen(norway, id_).status for id_ in ids) == {"delivered": DELIVERED, "failed": 2}
    with norway.reading() as db:
        assert set(sent_numbers(db).values()) == {1}
        charged, pieces, journal_entries = balance(db)
    assert charged == pieces == journal_entries == DELIVERED + 1
    assert len(travel.inbox(norway)) == len(travel.mails(norway, "document_embedded")) == 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, len(BUYERS) - 1), st.sampled_from([None, "einvoice", "email", "print"])),
        min_size=1,
        max_size=8,
    )
)
def test_every_delivery_is_charged_once(store: Store, sent: list[tuple[int, str | None]]) -> None:
    name = f"norway-{len(store.names())}"
    no.create(store, name)
    with store.open(name) as sandbox:
        prepared(sandbox)
        for index, (buyer, again) in enumerate(sent):
            id_ = travel.accept(sandbox, BUYERS[buyer], number=str(index))
            jobs.run_due(sandbox)
            if again is not None:
                with sandbox.transaction() as db:
                    resending.resend(db, travel.PERSON, db.get_one(Document, id_), again)
                jobs.run_due(sandbox)
        with sandbox.reading() as db:
            charged, pieces, journal_entries = balance(db)
    assert charged == pieces == journal_entries
