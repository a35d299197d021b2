"""Rules of the worker in a process of its own: it reads only sandboxes with new writes, and closes files of deleted ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest

from simulator.core import database, jobs
from simulator.core.clock import Clock
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.worker import Watch, carry_out

MANY = database.IDLE_CONNECTIONS + 6


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Return the event that the job ``test.done`` sets."""
    event = Event()

    def work(db: Db, **data: Any) -> None:
        event.set()

    monkeypatch.setitem(jobs.KINDS, "test.done", jobs.JobKind(work))
    return event


@contextmanager
def working(store: Store) -> Iterator[None]:
    """Carry out jobs beside the block."""
    stop = Event()
    thread = Thread(target=carry_out, args=(store, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def creation(now: datetime | None = None) -> Creation:
    """Return the settings of a new sandbox."""
    return Creation(scenario="accountant-nl", clock=Clock.frozen(now) if now else Clock.live())


def enqueue(sandbox: Sandbox, **more: Any) -> None:
    """Put a job into a sandbox's queue."""
    with sandbox.transaction() as db:
        jobs.enqueue(db, "test.done", **more)


def test_a_sandbox_without_writes_is_not_read(store: Store) -> None:
    names = sorted(f"s{number}" for number in range(MANY))
    for name in names:
        store.create(name, creation())
    watch = Watch(store)
    assert watch.changed() == names
    # Closing the last connection to a file writes the rest of its log; after that change nothing more is written.
    changed, looks = names, 0
    while changed:
        looks += len(changed)
        assert looks <= 3 * len(names)
        for name in changed:
            with store.open(name) as sandbox:
                assert jobs.run_due(sandbox) == []
        changed = watch.changed()


def test_a_new_reset_or_changed_sandbox_is_read(store: Store) -> None:
    watch = Watch(store)
    store.create("one", creation())
    store.create("other", creation())
    assert watch.changed() == ["one", "other"]
    store.reset("one")
    assert watch.changed() == ["one"]
    with store.open("other") as sandbox:
        enqueue(sandbox)
    assert watch.changed() == ["other"]
    store.delete("other")
    assert watch.changed() == []


def test_jobs_are_carried_out_whether_they_were_there_before_or_come_later(store: Store, done: Event) -> None:
    store.create("one", creation())
    other_process = Store(store.directory, store._template_for, store._finish, store.base_address)
    with other_process.open("one") as sandbox:
        enqueue(sandbox)
        with working(store):
            assert done.wait(30)
            done.clear()
            enqueue(sandbox)
            assert done.wait(30)


def test_a_job_that_is_due_later_is_carried_out_though_nothing_is_written(store: Store, done: Event) -> None:
    store.create("one", creation())
    with store.open("one") as sandbox:
        enqueue(sandbox, delay=timedelta(seconds=0.3))
    with working(store):
        assert done.wait(30)


def test_connections_to_deleted_files_are_closed(store: Store) -> None:
    store.create("one", creation())
    store.create("other", creation())
    bindings = []
    for name in ("one", "other"):
        with store.open(name) as sandbox, sandbox.reading() as db:
            assert db.read_record().name == name
            bindings.append(sandbox._binding)
    bindings[0].path.unlink()
    database.forget_missing_files()
    assert database._idle.take(bindings[0]) is None
    connection = database._idle.take(bindings[1])
    assert connection is not None
    connection.really_close()
