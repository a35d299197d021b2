"""The rules of the queue."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event as Signal
from typing import Any

import pytest
from sqlalchemy import select

from simulator.core import events, jobs, notices
from simulator.core.clock import Clock, machine_now
from simulator.core.jobs import Job, JobKind, JobState, claiming
from simulator.core.jobs.claiming import claim_next
from simulator.core.jobs.recovery import release_claims
from simulator.core.jobs.registry import MODULES, register_lazily
from simulator.core.jobs.worker import Worker
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from tests.conftest import NOW


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Register three kinds of work, and return what was done."""
    done: list[Any] = []

    def note(db: Db, **data: Any) -> None:
        notices.notify(db, 1, "home.name", link=None, **data)
        done.append(data)

    def fail(db: Db, **data: Any) -> None:
        notices.notify(db, 1, "home.name")
        done.append("failed")
        raise ValueError("no luck")

    monkeypatch.setitem(jobs.KINDS, "note", JobKind(note))
    monkeypatch.setitem(jobs.KINDS, "fail", JobKind(fail))
    yield done


OF_THE_TEST = select(Job).where(Job.kind.in_(["note", "fail"])).order_by(Job.id)
"""A scenario has a job of its own: the billing of its months."""


def all_jobs(sandbox: Sandbox) -> list[Job]:
    with sandbox.reading() as db:
        return list(db.scalars(OF_THE_TEST))


def test_jobs_run_in_the_order_they_are_due_and_then_queued(sandbox: Sandbox, work: list[Any]) -> None:
    with sandbox.transaction() as db:
        jobs.enqueue(db, "note", number=1)
        jobs.enqueue(db, "note", number=2, delay=timedelta(minutes=-5))
        jobs.enqueue(db, "note", number=3)
    jobs.run_due(sandbox)
    assert work == [{"number": 2}, {"number": 1}, {"number": 3}]
    assert {job.state for job in all_jobs(sandbox)} == {JobState.DONE}


def test_a_job_of_tomorrow_waits_for_the_sandboxs_clock(sandbox: Sandbox, work: list[Any]) -> None:
    with sandbox.transaction() as db:
        jobs.enqueue(db, "note", delay=timedelta(days=1))
    assert jobs.run_due(sandbox) == []
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(days=1))
    assert len(jobs.run_due(sandbox)) == 1


def test_a_job_queued_in_a_transaction_that_fails_was_never_queued(sandbox: Sandbox, work: list[Any]) -> None:
    with pytest.raises(ZeroDivisionError), sandbox.transaction() as db:
        jobs.enqueue(db, "note")
        raise ZeroDivisionError
    assert all_jobs(sandbox) == []


def test_a_key_is_queued_once_until_its_job_is_finished(sandbox: Sandbox, work: list[Any]) -> None:
    with sandbox.transaction() as db:
        assert jobs.enqueue(db, "note", key="only") is not None
        assert jobs.enqueue(db, "note", key="only") is None
    jobs.run_due(sandbox)
    with sandbox.transaction() as db:
        assert jobs.enqueue(db, "note", key="only") is not None


def test_a_job_that_fails_leaves_nothing_behind_and_is_given_up_in_the_end(sandbox: Sandbox, work: list[Any]) -> None:
    with sandbox.transaction() as db:
        jobs.enqueue(db, "fail")
    jobs.run_due(sandbox)
    (job,) = all_jobs(sandbox)
    assert work == ["failed"] * jobs.ATTEMPTS
    assert (job.state, job.error) == (JobState.FAILED, "ValueError: no luck")
    with sandbox.reading() as db:
        assert notices.latest(db, 1) == []
        assert [event.type for event in events.after(db)] == ["job.failed"]


def test_a_job_whose_worker_was_killed_is_taken_again_after_its_lease(sandbox: Sandbox, work: list[Any]) -> None:
    with sandbox.transaction() as db:
        jobs.enqueue(db, "note")
    assert claim_next(sandbox) is not None
    assert jobs.run_due(sandbox) == []
    with sandbox.transaction() as db:
        (job,) = db.scalars(OF_THE_TEST)
        assert job.leased_until is not None
        job.leased_until -= claiming.LEASE + timedelta(seconds=1)
    assert len(jobs.run_due(sandbox)) == 1
    assert work == [{}]


def test_the_worker_takes_jobs_as_they_are_queued(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    done = Signal()
    monkeypatch.setitem(jobs.KINDS, "signal", JobKind(lambda db, **_: done.set()))
    store.create("one", Creation(scenario="company-no", clock=Clock.frozen(NOW)))
    worker = Worker(store)
    worker.start()
    with store.open("one") as sandbox, sandbox.transaction() as db:
        jobs.enqueue(db, "signal")
    assert done.wait(30)
    worker.stop()


def test_the_worker_leaves_a_queue_alone_that_is_run_by_hand(store: Store, work: list[Any]) -> None:
    store.create("one", Creation(scenario="company-no", clock=Clock.frozen(NOW)))
    worker = Worker(store)
    worker.start()
    with store.open("one") as sandbox:
        with sandbox.transaction() as db:
            db.record.jobs_mode = "manual"
        with sandbox.transaction() as db:
            jobs.enqueue(db, "note")
        worker.stop()
        assert work == []
        assert len(jobs.run_due(sandbox)) == 1


def test_a_runner_whose_claim_ran_out_leaves_the_job_to_the_next(sandbox: Sandbox, work: list[Any]) -> None:
    with sandbox.transaction() as db:
        jobs.enqueue(db, "note")
    late = claim_next(sandbox)
    assert late is not None
    with sandbox.transaction() as db:
        (job,) = db.scalars(OF_THE_TEST)
        assert job.leased_until is not None
        job.leased_until -= claiming.LEASE + timedelta(seconds=1)
    jobs.run_due(sandbox)
    with sandbox.transaction() as db:
        assert claiming.row_if_held(db, late) is None
    assert work == [{}]


def test_the_worker_looks_again_when_the_claim_of_a_lost_runner_runs_out(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Signal()
    monkeypatch.setitem(jobs.KINDS, "signal", JobKind(lambda db, **_: done.set()))
    store.create("one", Creation(scenario="company-no", clock=Clock.frozen(NOW)))
    with store.open("one") as sandbox:
        with sandbox.transaction() as db:
            jobs.enqueue(db, "signal", key="only")
        monkeypatch.setattr(claiming, "LEASE", timedelta(seconds=0.2))
        assert claim_next(sandbox) is not None
    worker = Worker(store)
    worker.start()
    assert done.wait(30)
    worker.stop()


def test_a_server_takes_over_what_a_server_before_it_had_claimed_and_nothing_else(
    sandbox: Sandbox, work: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with sandbox.transaction() as db:
        jobs.enqueue(db, "note", number=1)
        jobs.enqueue(db, "note", number=2)
    monkeypatch.setattr(claiming, "_in_server", Signal())
    assert claim_next(sandbox) is not None
    claiming.mark_process_as_server()
    before = machine_now()
    assert claim_next(sandbox) is not None
    release_claims(sandbox, before - claiming.LEASE)
    assert jobs.run_due(sandbox) == []
    release_claims(sandbox, machine_now())
    jobs.run_due(sandbox)
    assert work == [{"number": 2}]
    assert [job.state for job in all_jobs(sandbox)] == [JobState.RUNNING, JobState.DONE]


def test_the_long_part_of_a_job_is_done_before_it_writes_and_a_job_given_up_says_so(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Any] = []

    def prepare(db: Db, **data: Any) -> str:
        with sandbox.transaction() as other:
            notices.notify(other, 1, "home.name")
        return f"prepared {data['number']}"

    def fail(db: Db, **data: Any) -> None:
        done.append(data["prepared"])
        raise ValueError("no luck")

    def gave_up(db: Db, **data: Any) -> None:
        done.append(f"gave up {data['number']}")

    monkeypatch.setitem(jobs.KINDS, "long", JobKind(fail, prepare=prepare, on_failed=gave_up))
    with sandbox.transaction() as db:
        jobs.enqueue(db, "long", number=7)
    jobs.run_due(sandbox)
    assert done == ["prepared 7"] * jobs.ATTEMPTS + ["gave up 7"]
    with sandbox.reading() as db:
        assert len(notices.latest(db, 1)) == jobs.ATTEMPTS


def test_a_job_whose_given_up_handler_fails_too_is_given_up_all_the_same(
    sandbox: Sandbox, work: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_too(db: Db, **data: Any) -> None:
        notices.notify(db, 1, "home.name")
        db.flush()
        raise LookupError("nobody there")

    monkeypatch.setitem(jobs.KINDS, "fail", replace(jobs.KINDS["fail"], on_failed=fail_too))
    with sandbox.transaction() as db:
        jobs.enqueue(db, "fail", key="once")
    jobs.run_due(sandbox)
    assert work == ["failed"] * jobs.ATTEMPTS
    (job,) = all_jobs(sandbox)
    assert (job.state, job.key, job.attempts) == (JobState.FAILED, None, jobs.ATTEMPTS)
    assert job.error == "ValueError: no luck; and what is done then failed too: LookupError: nobody there"
    with sandbox.reading() as db:
        assert notices.latest(db, 1) == []
        assert [event.data["job"] for event in events.after(db, type_="job.failed")] == [job.id]


def test_batched_jobs_are_each_done_once_also_when_one_of_them_fails(sandbox: Sandbox) -> None:
    @jobs.job("test.batched", batched=True)
    def work(db: Db, **data: Any) -> None:
        if data["number"] == 3:
            raise RuntimeError("not this one")
        events.record(db, "mail.sent", subject=str(data["number"]))

    with sandbox.transaction() as db:
        for number in range(jobs.BATCH_SIZE + 5):
            jobs.enqueue(db, "test.batched", number=number)
    jobs.run_due(sandbox)
    with sandbox.reading() as db:
        subjects = [line.subject for line in events.after(db, type_="mail.sent")]
        states = db.scalars(select(jobs.Job.state).where(jobs.Job.kind == "test.batched").order_by(jobs.Job.id)).all()
    expected = [number for number in range(jobs.BATCH_SIZE + 5) if number != 3]
    assert [int(subject or "") for subject in subjects if (subject or "").isdecimal()] == expected
    assert states == ["failed" if number == 3 else "done" for number in range(jobs.BATCH_SIZE + 5)]
    del jobs.KINDS["test.batched"]


def test_a_kind_registered_lazily_is_imported_for_its_first_job(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "late_kinds.py").write_text(
        "from simulator.core import events, jobs\n"
        "@jobs.job('test.late')\n"
        "def work(db, **data):\n"
        "    events.record(db, 'mail.sent', subject='late')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    register_lazily("late_kinds", "test.late")
    with sandbox.transaction() as db:
        jobs.enqueue(db, "test.late")
        jobs.enqueue(db, "test.unregistered")
    jobs.run_due(sandbox)
    with sandbox.reading() as db:
        assert [line.subject for line in events.after(db, type_="mail.sent")] == ["late"]
        errors = dict(db.execute(select(Job.kind, Job.error).where(Job.kind.startswith("test."))).all())
    assert errors == {"test.late": None, "test.unregistered": "NotFound: There is no kind of job named 'test.unregistered'."}
    del jobs.KINDS["test.late"], MODULES["test.late"]
