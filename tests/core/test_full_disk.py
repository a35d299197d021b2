"""Rules of the queue on a full disk: what becomes due meanwhile is carried out when there is room again."""

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select

from simulator.core import files, jobs
from simulator.core.clock import Clock
from simulator.core.database import NoRoom
from simulator.core.jobs import Job, JobKind, JobState, worker
from simulator.core.jobs.worker import Worker
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from tests.conftest import NOW
from tests.disk import full_disk

CREATION = Creation(scenario="company-no", clock=Clock.frozen(NOW))


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Register a kind of work that stores half a megabyte, and return how often it was begun."""
    begun: list[int] = []

    def store_file(db: Db, **data: Any) -> None:
        begun.append(1)
        files.store(db, owner_id=1, name="x", media_type="text/plain", content=bytes(500_000))

    monkeypatch.setitem(jobs.KINDS, "test.store", JobKind(store_file, batched=True))
    return lambda: len(begun)


def states(sandbox: Sandbox) -> list[tuple[str, int]]:
    """Return state and attempts of each job that stores a file."""
    with sandbox.reading() as db:
        query = select(Job.state, Job.attempts).where(Job.kind == "test.store").order_by(Job.id)
        return [(state, attempts) for state, attempts in db.execute(query)]


@pytest.mark.parametrize("count", [1, 3])
def test_a_job_without_room_stays_queued_and_no_attempt_counts(store: Store, work: Callable[[], int], count: int) -> None:
    store.create("one", CREATION)
    with store.open("one") as sandbox:
        with sandbox.transaction() as db:
            for _ in range(count):
                jobs.enqueue(db, "test.store")
        for _ in range(jobs.ATTEMPTS + 1):
            with full_disk(200_000), pytest.raises(NoRoom):
                jobs.run_due(sandbox)
        assert work() > jobs.ATTEMPTS
        assert states(sandbox) == [(JobState.QUEUED, 0)] * count
        jobs.run_due(sandbox)
        assert states(sandbox) == [(JobState.DONE, 1)] * count


def test_the_worker_carries_out_what_became_due_on_a_full_disk_when_there_is_room_again(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done, tries = Event(), list[int]()

    def work(db: Db, **data: Any) -> None:
        tries.append(1)
        if len(tries) < 4:
            raise NoRoom("full")
        done.set()

    monkeypatch.setitem(jobs.KINDS, "test.store", JobKind(work))
    monkeypatch.setattr(worker, "AFTER_ERROR", 0.01)
    store.create("one", CREATION)
    running = Worker(store)
    running.start()
    with store.open("one") as sandbox:
        with sandbox.transaction() as db:
            jobs.enqueue(db, "test.store")
        assert done.wait(30)
        running.stop()
        assert states(sandbox) == [(JobState.DONE, 1)]
    assert [record.getMessage() for record in caplog.records] == ["the queue of sandbox one is left alone: full"]
