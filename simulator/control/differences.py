"""Compares a sandbox with an earlier state of it, or reads from its journal what happened since an instant."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from simulator.billing.changes import AREAS as OF_BILLING
from simulator.control.diff_schemas import Change, Diff
from simulator.core import changes, copies, events
from simulator.core.changes import AREAS as OF_CORE
from simulator.core.clock import iso, parse_instant
from simulator.core.database import Binding
from simulator.core.errors import BadInput, NotFound
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Store
from simulator.directory import journal
from simulator.directory.changes import AREAS as OF_DIRECTORY
from simulator.directory.journal import Line
from simulator.documents.changes import AREAS as OF_DOCUMENTS
from simulator.documents.synthetic.consumption import unpack_as_in
from simulator.sales.changes import AREAS as OF_SALES
from simulator.web.problem_documents import Problem

AREAS = (*OF_DIRECTORY, *OF_BILLING, *OF_DOCUMENTS, *OF_SALES, *OF_CORE)
CREATION = "creation"
COVERED = ("mail.sent", "sms.sent", "push.sent")
"""Events that say no more than the message itself, which has a date."""
PAGE = 1000


@dataclass(frozen=True)
class Comparison:
    """What changed, in no language yet.

    Attributes:
        compared: with what: ``creation``, ``snapshot`` or ``journal``.
        since: the sandbox's time then.
        until: its time now.
        changes: what changed.
        lines: those of the journal since, when there was no state to compare with.
    """

    compared: str
    since: datetime
    until: datetime
    changes: list[changes.Change]
    lines: list[Line]


def compare(store: Store, name: str, start: str) -> Comparison:
    """Compare a sandbox with an earlier state of it.

    Args:
        store: where it is.
        name: its name.
        start: ``creation``, the name of a snapshot, or an instant of its clock, since when its journal and dated rows are read.

    Raises:
        NotFound: there is no such sandbox.
        Problem: there is no such snapshot; the text names those that there are.
        BadInput: the instant lies in the future.
        Unreadable: the snapshot is damaged, or another release made it.
    """
    with store.open(name) as sandbox:
        if start == CREATION:
            with store.initial_state(name) as path:
                return _between(CREATION, Sandbox(Binding(path, name), sandbox.base_address), sandbox)
        try:
            instant = parse_instant(start)
        except (ValueError, OverflowError):
            instant = None
        if instant is not None:
            return _since(sandbox, instant)
        with _snapshot(store, name, start) as path:
            return _between("snapshot", Sandbox(Binding(path, name), sandbox.base_address), sandbox)


@contextmanager
def _snapshot(store: Store, name: str, start: str) -> Iterator[Path]:
    """Yield a copy of a snapshot, which is removed at the end."""
    there = [snapshot.name for snapshot in copies.snapshots(store, name)]
    if start not in there:
        names = ", ".join((CREATION, *there))
        raise Problem(
            404, f"There is no snapshot named {start!r}; write one of {names}, or an instant of the sandbox's clock."
        )
    with store.passing(store.directory) as path:
        try:
            shutil.copyfile(store.snapshots_of(name) / f"{start}.sqlite", path)
        except FileNotFoundError:
            raise NotFound("snapshot", start) from None
        yield path


def _between(compared: str, earlier: Sandbox, sandbox: Sandbox) -> Comparison:
    unpack_as_in(sandbox, earlier)
    with earlier.reading() as before, sandbox.reading() as now:
        since = before.record.clock.base
        before.stand_at(since)
        return Comparison(compared, since, now.clock.now(), changes.compare(AREAS, before, now), [])


def _since(sandbox: Sandbox, instant: datetime) -> Comparison:
    with sandbox.reading() as db:
        now = db.clock.now()
        if instant > now:
            raise BadInput([("from", f"lies in the future: the clock of the sandbox shows {iso(now)}")])
        lines = [line for line in _journal(db) if line.at > instant and line.type not in COVERED]
        return Comparison("journal", instant, now, changes.new_since(AREAS, db, instant), journal.lines(db, lines))


def _journal(db: Db) -> Iterator[events.Event]:
    last = 0
    while page := events.after(db, last, limit=PAGE):
        yield from page
        last = page[-1].id


def described(comparison: Comparison, language: str) -> Diff:
    """Describe a comparison in a language."""
    return {
        "compared": comparison.compared,
        "since": iso(comparison.since),
        "until": iso(comparison.until),
        "changes": [_change(change, language) for change in comparison.changes]
        + [_event(line, language) for line in comparison.lines],
    }


def _change(change: changes.Change, language: str) -> Change:
    return {
        "kind": change.kind,
        "happened": str(change.happened),
        "text": changes.sentence(change, language),
        "what": changes.name_of(change, language),
        "attribute": change.attribute,
        "before": changes.plain(change.before),
        "after": changes.plain(change.after),
    }


def _event(line: Line, language: str) -> Change:
    sentence = line.in_words(language)
    return {
        "kind": line.type,
        "happened": "event",
        "text": f"{sentence} ({line.by})" if line.by else sentence,
        "what": changes.written(line.values["subject"], language),
        "attribute": None,
        "before": None,
        "after": None,
    }
