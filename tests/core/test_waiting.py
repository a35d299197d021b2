"""Waiting calls wake when their sandbox changes."""

from threading import Event, Thread

import pytest

from simulator.core import events, outbox, waiting
from simulator.core.sandbox import Sandbox
from simulator.core.waiting import wait_for


def test_a_waiting_call_gets_what_is_committed_meanwhile(sandbox: Sandbox) -> None:
    results: list[object] = []

    def look() -> list[str]:
        with sandbox.reading() as db:
            return [message.recipient for message in outbox.after(db, to="late@b.test")]

    waiter = Thread(target=lambda: results.append(wait_for(sandbox.name, look, 30)))
    waiter.start()
    with sandbox.transaction() as db:
        outbox.mail(db, "activation", to="late@b.test", language="en", first_name="x", email="late@b.test")
    waiter.join(30)
    assert results == [["late@b.test"]]


def test_a_call_that_waits_for_nothing_ends_with_the_last_look() -> None:
    looks: list[int] = []
    assert wait_for("nobody", lambda: looks.append(1), 0) is None
    assert looks == [1]


def test_an_event_type_that_nobody_declared_is_a_programming_error(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db, pytest.raises(KeyError, match=r"something\.else"):
        events.record(db, "something.else")


def test_a_change_ends_the_wait_and_nothing_is_stored_of_sandboxes_that_nobody_waits_for() -> None:
    looked, changed = Event(), Event()

    def look() -> bool:
        looked.set()
        return changed.is_set()

    results: list[bool | None] = []
    thread = Thread(target=lambda: results.append(waiting.wait_for("mine", look, 60)))
    thread.start()
    assert looked.wait(30)
    waiting.wake("another")
    changed.set()
    waiting.wake("mine")
    thread.join(30)
    assert results == [True]
    waiting.wake("mine")
    assert (waiting._counts, dict(waiting._waiting)) == ({}, {})
