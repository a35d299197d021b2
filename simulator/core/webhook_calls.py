"""Calls of webhooks: rows that a job makes due, called outside the queue, and repeated until the receiver accepts them.

Each call is stored as a row by the transaction that records its event; the sandbox's queue decides when it is due, and the call
itself runs in ``outgoing_calls``, so that a slow receiver blocks nothing. A server that was killed resumes its calls.

Own choice: any 2xx answer is a success, and when a call is repeated.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from simulator.core import faults, hosts, jobs, outgoing_calls
from simulator.core.database import Uuid, among
from simulator.core.outside import CallResult, post
from simulator.core.sandbox import Db, Sandbox

DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60, 24 * 60))
"""How long after each attempt the next one is made, on the sandbox's clock; given up after the last, close to three days."""


class CallState(StrEnum):
    """The state of a call: it is queued, being made, answered, or given up."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class CallColumns:
    """The columns of a table of calls. ``answer`` is the HTTP status of the last attempt, ``error`` its error."""

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-2)
    uuid: Mapped[str] = mapped_column(Uuid, unique=True, sort_order=-1)
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default=CallState.WAITING, index=True, info=among(CallState))
    attempts: Mapped[int] = mapped_column(default=0)
    attempted_at: Mapped[datetime | None]
    answer: Mapped[int | None]
    error: Mapped[str | None]


Row = TypeVar("Row", bound=CallColumns)


@dataclass(frozen=True, kw_only=True)
class Calls(Generic[Row]):
    """The calls of one table.

    Attributes:
        operation: the kind of the job that makes a call, and the operation that faults let fail.
        table: the table of the calls.
        destination: the address of a call; None once its webhook was removed.
        facts: what faults may be limited to.
        record: records in the journal what became of an attempt: ``delivered``, ``failed`` or ``given_up``.
        headers: headers for the body of a call.
    """

    operation: str
    table: type[Row]
    destination: Callable[[Row], str | None]
    facts: Callable[[Db, Row], dict[str, Any]]
    record: Callable[[Db, str, Row], None]
    headers: Callable[[Row, bytes], Mapping[str, str]] = lambda call, body: {}

    def queue(self, db: Db, call: Row) -> None:
        """Store a call and make it due now."""
        db.add(call)
        db.flush()
        self._try_at(db, call, timedelta(0))

    def repeat(self, db: Db, call: Row) -> None:
        """Make a call due now, whatever became of it; one that is being made is left alone."""
        if call.state != CallState.SENDING:
            call.state = CallState.WAITING
            self._try_at(db, call, timedelta(0), "again")

    def attempt(self, db: Db, call_id: int, number: int) -> None:
        """Begin an attempt: the call itself is made outside, once this is committed.

        Args:
            db: the transaction.
            call_id: the call; nothing happens when its row was removed.
            number: how many attempts there were when this one was queued; nothing happens when there was another one since.
        """
        call = db.get(self.table, call_id)
        if call is None or call.state != CallState.WAITING or call.attempts != number:
            return
        call.attempts += 1
        call.attempted_at = db.clock.now()
        destination = self.destination(call)
        if destination is None:
            self._end(db, call, CallResult(None, "The webhook was removed."))
            return
        if faults.triggered_outcome(db, self.operation, **self.facts(db, call)) is not None:
            self._end(db, call, CallResult(None, "The receiver does not answer: a test asked for that."))
            return
        call.state = CallState.SENDING
        sandbox = db.sandbox.reopened()
        if sandbox is None:
            # This generation cannot be opened any more, so no one could see the result of the call.
            return
        body = body_of(call)
        send = partial(self._send, sandbox, call.id, destination, body, dict(self.headers(call, body)), call.attempted_at)
        db.after_commit.append(partial(outgoing_calls.start, sandbox.name, send))

    def resume(self, db: Db) -> None:
        """Make the calls again during which a server was killed or a sandbox copied: whether they got through is unknown."""
        sending = select(self.table).where(self.table.state == CallState.SENDING).order_by(self.table.id)
        for call in db.scalars(sending).all():
            call.state = CallState.WAITING
            self._try_at(db, call, timedelta(0))

    def _try_at(self, db: Db, call: Row, delay: timedelta, *suffix: str) -> None:
        key = ":".join((self.operation, str(call.id), str(call.attempts), *suffix))
        jobs.enqueue(db, self.operation, key=key, delay=delay, call_id=call.id, number=call.attempts)

    def _send(
        self, sandbox: Sandbox, call_id: int, destination: str, body: bytes, headers: Mapping[str, str], at: datetime
    ) -> None:
        with sandbox:
            try:
                hosts.check(destination)
                result = post(destination, body, headers=headers)
            except hosts.NotAllowed as refusal:
                result = CallResult(None, str(refusal))
            with sandbox.transaction() as db:
                # The attempt was made at the instant at which it was due, however long the receiver took.
                db.stand_at(at)
                call = db.get(self.table, call_id)
                if call is not None and call.state == CallState.SENDING:
                    self._end(db, call, result)

    def _end(self, db: Db, call: Row, result: CallResult) -> None:
        """Record the result of an attempt, and queue the next one after a failure."""
        call.answer, call.error = result.status, result.error
        if result.is_good:
            call.state = CallState.DELIVERED
            self.record(db, "delivered", call)
        elif call.attempts <= len(DELAYS) and self.destination(call) is not None:
            call.state = CallState.WAITING
            self.record(db, "failed", call)
            self._try_at(db, call, DELAYS[call.attempts - 1])
        else:
            call.state = CallState.GIVEN_UP
            self.record(db, "given_up", call)


def body_of(call: CallColumns) -> bytes:
    """Return the body of a call: JSON in UTF-8, the same at each attempt."""
    return json.dumps(call.payload, ensure_ascii=False).encode()
