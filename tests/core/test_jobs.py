"""The rules of the queue."""

import gc
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Event as Signal
from typing import Any

import pytest
from sqlalchemy import select

from simulator.core import events, jobs, notices
from simulator.core.clock import Clock, machine_now
from simulator.core.database import forget_file
from simulator.core.jobs import Job, JobKind, JobState, claiming, worker
from simulator.core.jobs.claiming import claim_next
from simulator.core.jobs.registry import MODULES, register_lazily
from simulator.core.jobs.worker import Worker
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from tests.conftest import NOW
from tests.elsewhere import opened_elsewhere


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Register three kinds of work, and return what was done."""
    done: list[Any] = []

    def note(db: Db, **data: Any) -> None:
        notices.notify(db, 1, notices.NoticeKind.EXPORT_READY, text="home.name", link=None, **data)
        done.append(data)

    def fail(db: Db, **data: Any) -> None:
        notices.notify(db, 1, notices.NoticeKind.EXPORT_READY, text="home.name")
        done.append("failed")
        raise ValueError("no luck")

    monkeypatch.setitem(jobs.KINDS, "note", JobKind(note))
    monkeypatch.setitem(jobs.KINDS, "fail", JobKind(fail))
    yield done


ROOT = Path(__file__).resolve().parents[2]
CLAIMS = """
import sys
from pathlib import Path
from simulator.core.database import Binding
from simulator.core.jobs.claiming import claim_next
from simulator.core.processes import Processes
from simulator.core.sandbox import Sandbox
path = Path(sys.argv[1])
sandbox = Sandbox(Binding(path, "default"), "", processes=Processes(path.parents[2]))
assert claim_next(sandbox)
print("claimed", flush=True)
sys.stdin.read()
"""
"""A process that claims a job and does nothing with it."""

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


def test_a_job_whose_worker_hangs_is_taken_again_after_its_lease(sandbox: Sandbox, work: list[Any]) -> None:
    with sandbox.transaction() as db:
        jobs.enqueue(db, "note")
    other = opened_elsewhere(sandbox)
    assert claim_next(other) is not None
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
    other = opened_elsewhere(sandbox)
    late = claim_next(other)
    assert late is not None
    with sandbox.transaction() as db:
        (job,) = db.scalars(OF_THE_TEST)
        assert job.leased_until is not None
        job.leased_until -= claiming.LEASE + timedelta(seconds=1)
    jobs.run_due(sandbox)
    with sandbox.transaction() as db:
        assert claiming.row_if_held(db, late) is None
    assert work == [{}]


def test_the_worker_takes_over_a_job_whose_process_ends_before_its_lease(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, claimed = Signal(), Signal()
    monkeypatch.setitem(jobs.KINDS, "signal", JobKind(lambda db, **_: done.set()))
    monkeypatch.setattr(worker, "WHILE_CLAIMED", 0.01)
    store.create("one", Creation(scenario="company-no", clock=Clock.frozen(NOW)))
    with store.open("one") as sandbox:
        with sandbox.transaction() as db:
            jobs.enqueue(db, "signal", key="only")
        other = opened_elsewhere(sandbox)
        assert claim_next(other) is not None
    running = Worker(store)
    set_alarm = running._set_alarm

    def set_and_note(sandbox: Sandbox) -> None:
        set_alarm(sandbox)
        claimed.set()

    monkeypatch.setattr(running, "_set_alarm", set_and_note)
    running.start()
    assert claimed.wait(30)
    assert not done.is_set()
    del other
    gc.collect()
    assert done.wait(30)
    running.stop()


def test_claims_of_a_killed_process_are_taken_over_at_once_and_those_of_a_living_one_are_not(
    sandbox: Sandbox, work: list[Any]
) -> None:
    with sandbox.transaction() as db:
        jobs.enqueue(db, "note", number=1)
        jobs.enqueue(db, "note", number=2)
    other = opened_elsewhere(sandbox)
    assert claim_next(other) is not None
    forget_file(sandbox.path)
    with Popen([sys.executable, "-c", CLAIMS, str(sandbox.path)], stdout=PIPE, stdin=PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "claimed\n"
        assert jobs.run_due(sandbox) == []
        process.kill()
        process.wait()
    jobs.run_due(sandbox)
    assert work == [{"number": 2}]
    assert [job.state for job in all_jobs(sandbox)] == [JobState.RUNNING, JobState.DONE]


def test_a_claim_made_while_the_machines_clock_was_ahead_does_not_count(sandbox: Sandbox, work: list[Any]) -> None:
    with sandbox.transaction() as db:
        jobs.enqueue(db, "note")
    other = opened_elsewhere(sandbox)
    assert claim_next(other) is not None
    for ahead in (timedelta(hours=1), timedelta(days=4000)):
        with sandbox.transaction() as db:
            (job,) = db.scalars(OF_THE_TEST)
            job.state, job.leased_until = JobState.RUNNING, machine_now() + ahead
        assert len(jobs.run_due(sandbox)) == 1


def test_what_this_process_could_not_even_give_back_is_carried_out_again(sandbox: Sandbox, work: list[Any]) -> None:
    with sandbox.transaction() as db:
        jobs.enqueue(db, "note")
    assert claim_next(sandbox) is not None
    jobs.run_due(sandbox)
    assert work == [{}]


def test_the_long_part_of_a_job_is_done_before_it_writes_and_a_job_given_up_says_so(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Any] = []

    def prepare(db: Db, **data: Any) -> str:
        with sandbox.transaction() as other:
            notices.notify(other, 1, notices.NoticeKind.EXPORT_READY, text="home.name")
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
        notices.notify(db, 1, notices.NoticeKind.EXPORT_READY, text="home.name")
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
