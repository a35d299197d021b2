"""The rules of moving a clock ahead: everything due happens on the way, in order, each at its own instant."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from simulator.billing import ledger, monthly
from simulator.billing.models import Invoice
from simulator.core import events, jobs
from simulator.core.advance import Halted, advance
from simulator.core.clock import Clock, ClockMode
from simulator.core.jobs import Job, JobState
from simulator.core.jobs.claiming import claim_next
from simulator.core.jobs.execution import run_claimed
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.directory.models import Company
from tests.conftest import NOW
from tests.elsewhere import opened_elsewhere

DAY = 24 * 3600
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register work that says in the journal when it was done, work that queues more, and work that fails."""

    def say(db: Db, **data: Any) -> None:
        events.record(db, "test.said", subject=data["text"])

    def again(db: Db, **data: Any) -> None:
        say(db, **data)
        jobs.enqueue(db, "again", delay=timedelta(seconds=data["every"]), **data)

    def fail(db: Db, **data: Any) -> None:
        say(db, text="never")
        raise ValueError("no luck")

    monkeypatch.setitem(events.TYPES, "test.said", "A job of these tests was carried out.")
    for kind, function in {"say": say, "again": again, "fail": fail}.items():
        monkeypatch.setitem(jobs.KINDS, kind, jobs.JobKind(function))


def enqueue(sandbox: Sandbox, kind: str, delay: timedelta, **data: Any) -> None:
    """Put a job into the queue."""
    with sandbox.transaction() as db:
        jobs.enqueue(db, kind, delay=delay, **data)


def clock_of(sandbox: Sandbox) -> Clock:
    """Return how a sandbox's clock is set."""
    with sandbox.reading() as db:
        return db.clock


def subjects_and_times(fired: list[events.Event]) -> list[tuple[str | None, datetime]]:
    """Return what was said, and when."""
    return [(line.subject, line.at) for line in fired if line.type == "test.said"]


def test_what_is_due_happens_in_its_order_each_at_its_own_instant(sandbox: Sandbox) -> None:
    enqueue(sandbox, "say", 3 * MINUTE, text="third")
    enqueue(sandbox, "say", MINUTE, text="first")
    enqueue(sandbox, "say", MINUTE, text="second")
    enqueue(sandbox, "say", 11 * MINUTE, text="not yet")
    moved = advance(sandbox, 600)
    assert subjects_and_times(moved.fired) == [
        ("first", NOW + MINUTE),
        ("second", NOW + MINUTE),
        ("third", NOW + 3 * MINUTE),
    ]
    assert moved.now == NOW + 10 * MINUTE
    assert (clock_of(sandbox).mode, clock_of(sandbox).base) == (ClockMode.FROZEN, moved.now)
    with sandbox.reading() as db:
        assert subjects_and_times(list(events.after(db))) == subjects_and_times(moved.fired)


def test_what_is_due_at_the_very_end_happens(sandbox: Sandbox) -> None:
    enqueue(sandbox, "say", MINUTE, text="end")
    assert subjects_and_times(advance(sandbox, 60).fired) == [("end", NOW + MINUTE)]


def test_jobs_that_jobs_make_happen_too_and_at_their_own_instants(sandbox: Sandbox) -> None:
    enqueue(sandbox, "again", MINUTE, text="beat", every=120)
    enqueue(sandbox, "say", 4 * MINUTE, text="between")
    beats = [("beat", NOW + MINUTE), ("beat", NOW + 3 * MINUTE), ("between", NOW + 4 * MINUTE), ("beat", NOW + 5 * MINUTE)]
    assert subjects_and_times(advance(sandbox, 300).fired) == beats


def test_a_queue_that_is_held_is_carried_out_all_the_same(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        db.record.jobs_mode = "manual"
    enqueue(sandbox, "say", -5 * MINUTE, text="overdue")
    enqueue(sandbox, "say", MINUTE, text="due")
    assert subjects_and_times(advance(sandbox, 60).fired) == [("overdue", NOW), ("due", NOW + MINUTE)]


def test_a_job_that_fails_is_tried_again_and_given_up_and_the_rest_goes_on(sandbox: Sandbox) -> None:
    enqueue(sandbox, "fail", MINUTE)
    enqueue(sandbox, "say", 2 * MINUTE, text="after")
    fired = advance(sandbox, 120).fired
    assert [(line.type, line.at) for line in fired] == [
        ("job.failed", NOW + MINUTE),
        ("test.said", NOW + 2 * MINUTE),
    ]


def test_a_running_clock_runs_on_from_where_it_was_moved_to(store: Store) -> None:
    store.create("running", Creation(scenario="company-no", clock=Clock.running(NOW)))
    with store.open("running") as sandbox:
        enqueue(sandbox, "say", MINUTE, text="due")
        with sandbox.reading() as db:
            (due,) = db.scalars(select(Job.due_at).where(Job.kind == "say"))
        moved = advance(sandbox, 3600)
        assert subjects_and_times(moved.fired) == [("due", due)]
        clock = clock_of(sandbox)
        assert clock.mode is ClockMode.RUNNING
        assert moved.now <= clock.now() < moved.now + timedelta(minutes=5)


def test_a_live_clock_is_not_moved(store: Store) -> None:
    store.create("live", Creation(scenario="company-no"))
    with store.open("live") as sandbox, pytest.raises(Halted, match="frozen or running"):
        advance(sandbox, 60)


def test_too_much_at_once_stops_where_it_came_to_and_can_be_gone_on_with(sandbox: Sandbox) -> None:
    enqueue(sandbox, "again", MINUTE, text="beat", every=60)
    with pytest.raises(Halted, match="3 jobs were carried out and more became due"):
        advance(sandbox, 600, max_jobs=3)
    assert clock_of(sandbox).now() == NOW + 3 * MINUTE
    assert len(subjects_and_times(advance(sandbox, 120, max_jobs=3).fired)) == 2


def test_exactly_as_much_as_is_allowed_is_not_too_much(sandbox: Sandbox) -> None:
    enqueue(sandbox, "again", MINUTE, text="beat", every=60)
    assert advance(sandbox, 180, max_jobs=3).now == NOW + 3 * MINUTE


def test_a_job_that_another_process_is_at_is_waited_for(sandbox: Sandbox) -> None:
    enqueue(sandbox, "say", timedelta(0), text="theirs")
    other = opened_elsewhere(sandbox)
    claim = claim_next(other)
    assert claim is not None
    with ThreadPoolExecutor(1) as pool:
        moving = pool.submit(advance, sandbox, 60)
        assert clock_of(sandbox).now() == NOW
        theirs = run_claimed(other, claim)
        moved = moving.result(30)
    assert subjects_and_times(theirs) == [("theirs", NOW)]
    assert subjects_and_times(moved.fired) == []
    with sandbox.reading() as db:
        assert db.scalars(select(Job.state).where(Job.kind == "say")).all() == [JobState.DONE]


def test_two_moves_at_once_follow_each_other(sandbox: Sandbox) -> None:
    enqueue(sandbox, "again", MINUTE, text="beat", every=60)
    with ThreadPoolExecutor(2) as pool:
        both = [move.result(30) for move in [pool.submit(advance, sandbox, 300) for _ in range(2)]]
    assert sorted(move.now for move in both) == [NOW + 5 * MINUTE, NOW + 10 * MINUTE]
    assert sorted(at for move in both for _, at in subjects_and_times(move.fired)) == [
        NOW + n * MINUTE for n in range(1, 11)
    ]


@pytest.fixture
def consuming(sandbox: Sandbox) -> Iterator[Sandbox]:
    """Return the sandbox with something to bill in each of the next twelve months."""
    with sandbox.transaction() as db:
        for company in db.scalars(select(Company).order_by(Company.id).limit(2)):
            days = [date(2022 + month // 12, month % 12 + 1, 15) for month in range(2, 14)]
            ledger.add_charges(db, company, [ledger.Piece("INCOMING_EINVOICE", day, day.month) for day in days])
    yield sandbox


def billed(sandbox: Sandbox) -> list[Any]:
    """Return every invoice with what matters of it."""
    columns = (Invoice.number, Invoice.invoice_date, Invoice.period_from, Invoice.total, Invoice.licence_id)
    with sandbox.reading() as db:
        return [tuple(row) for row in db.execute(select(*columns).order_by(Invoice.id))]


def test_a_month_that_ends_is_billed_at_midnight_where_the_scenario_plays(consuming: Sandbox) -> None:
    before = len(billed(consuming))
    moved = advance(consuming, 31 * DAY - 9 * 3600 - 3600 - 1)
    assert "invoice.made" not in {line.type for line in moved.fired}
    moved = advance(consuming, 1)
    assert {line.type for line in moved.fired} == {"invoice.made", "mail.sent"}
    assert {line.at for line in moved.fired} == {datetime.fromisoformat("2022-04-01T00:00+02:00")}
    assert len(billed(consuming)) == before + [line.type for line in moved.fired].count("invoice.made")


def test_a_year_at_once_is_the_same_as_twelve_months(store: Store, consuming: Sandbox) -> None:
    from simulator.core import copies

    copies.make_snapshot(store, "default", "before")
    at_once = advance(consuming, 365 * DAY)
    year = billed(consuming)
    with consuming.reading() as db:
        made = db.scalar(select(func.count()).select_from(events.Event).where(events.Event.type == "invoice.made"))
    copies.restore(store, "default", "before")
    with store.open("default") as again:
        months = [advance(again, days * DAY) for days in (31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28)]
        assert billed(again) == year
    step_by_step = [line for month in months for line in month.fired]
    seen = [(line.id, line.at, line.type, line.subject, line.data) for line in at_once.fired]
    assert [(line.id, line.at, line.type, line.subject, line.data) for line in step_by_step] == seen
    assert [at for _, at, *_ in seen] == sorted(at for _, at, *_ in seen)
    invoices = [at for _, at, type_, *_ in seen if type_ == "invoice.made"]
    assert len(set(invoices)) == 12
    assert made == len(invoices)
    assert months[-1].now == at_once.now


def test_a_clock_that_was_set_far_ahead_is_billed_up_to_there(consuming: Sandbox) -> None:
    with consuming.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(days=365))
    before = billed(consuming)
    jobs.run_due(consuming)
    far = billed(consuming)[len(before) :]
    assert {row[2] for row in far} >= {date(2022, month, 1) for month in range(3, 13)}
    assert all(row[1].day == 1 for row in far)
    with consuming.reading() as db:
        (waiting,) = db.scalars(select(Job.due_at).where(Job.state == JobState.QUEUED, Job.kind == monthly.KIND))
    assert waiting == datetime.fromisoformat("2023-03-31T00:00+02:00"), "a renewal is announced"


def test_a_clock_that_was_set_back_bills_no_month_twice(consuming: Sandbox) -> None:
    advance(consuming, 60 * DAY)
    before = billed(consuming)
    with consuming.transaction() as db:
        db.record.clock = Clock.frozen(NOW)
    assert advance(consuming, 60 * DAY).fired == []
    assert billed(consuming) == before
