"""Copies of a whole sandbox: snapshots to restore, and exported files to import elsewhere.

A copy is made by SQLite's own backup in one step, so that it is one consistent state even if other threads write at that time.
Whatever must be unique is not copied: sessions, pending sign-ins and remembered devices, claims of jobs. An exported file has no
secret and no join key, so that nothing that opens the one sandbox opens the other.
"""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from simulator.core import import_checks
from simulator.core.chance import machine_secret
from simulator.core.clock import Clock, ClockMode, machine_now
from simulator.core.database import APPLICATION_ID, Binding, QuotaReached, Unreadable, connection_to, forget_file
from simulator.core.errors import AlreadyExists, BadInput, NotFound
from simulator.core.jobs import Job, JobState
from simulator.core.jobs.recovery import resume_interrupted
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import NAME, Store, inscribe, stored
from simulator.core.waiting import wake

SNAPSHOT_NAME_RULE = "use 1 to 40 lower-case letters, digits and dashes, not a dash first"


@dataclass(frozen=True)
class Snapshot:
    """A saved state of a sandbox.

    Attributes:
        name: its name.
        created_at: machine time at which it was made.
        now: the sandbox's time in it.
        size: bytes on the disk.
    """

    name: str
    created_at: datetime
    now: datetime
    size: int


def make_snapshot(store: Store, name: str, snapshot: str) -> Snapshot:
    """Save the present state of a sandbox under a name.

    Raises:
        NotFound: there is no such sandbox.
        BadInput: the name is malformed.
        AlreadyExists: the sandbox has a snapshot of that name.
        QuotaReached: its snapshots together would be larger than its quota.
    """
    if not NAME.fullmatch(snapshot):
        raise BadInput([("name", SNAPSHOT_NAME_RULE)])
    directory = store.snapshots_of(name)
    with store.open(name) as sandbox:
        target = directory / f"{snapshot}.sqlite"
        if target.exists():
            raise AlreadyExists("snapshot", snapshot)
        with store.passing(directory) as path:
            _back_up(sandbox, path)
            stored_bytes = sum(file.stat().st_size for file in (path, *directory.glob("*.sqlite")))
            if store.quota is not None and stored_bytes > store.quota:
                raise QuotaReached(store.quota)
            with store.lock:
                if not store.exists(name):
                    raise NotFound("sandbox", name)
                if target.exists():
                    raise AlreadyExists("snapshot", snapshot)
                path.replace(target)
    return _described(target, name)


def snapshots(store: Store, name: str) -> list[Snapshot]:
    """Return the snapshots of a sandbox, by name, without those whose file is damaged.

    Raises:
        NotFound: there is no such sandbox.
    """
    if not store.exists(name):
        raise NotFound("sandbox", name)
    readable = []
    for path in sorted(store.snapshots_of(name).glob("*.sqlite")):
        try:
            readable.append(_described(path, name))
        except (Unreadable, FileNotFoundError):
            continue
    return readable


def remove_snapshot(store: Store, name: str, snapshot: str) -> None:
    """Remove a snapshot.

    Raises:
        NotFound: there is no such sandbox, or it has no such snapshot.
    """
    with store.lock:
        path = _snapshot(store, name, snapshot)
        forget_file(path)
        path.unlink()


def restore(store: Store, name: str, snapshot: str) -> None:
    """Restore a snapshot as a new generation of its sandbox; every browser session ends; name, secret and join key stay.

    A running clock continues from the snapshot's time.

    Raises:
        NotFound: there is no such sandbox, or it has no such snapshot.
        Unreadable: the snapshot is damaged, or another release made it.
    """
    source = _snapshot(store, name, snapshot)
    with store.open(name) as sandbox, sandbox.reading() as db:
        before, record = sandbox.path, db.read_record()
    unchanged = {
        "join_key": record.join_key,
        "secret": record.secret,
        "expires_at": stored(record.expires_at) if record.expires_at else None,
        "created_at": stored(record.created_at),
    }
    with store.generation(name) as path:
        try:
            shutil.copyfile(source, path)
        except FileNotFoundError:
            raise NotFound("snapshot", snapshot) from None
        try:
            make_usable(store, path, name, unchanged)
        except sqlite3.DatabaseError as error:
            raise Unreadable(f"The snapshot {snapshot!r} cannot be read: {error}.") from error
        store.replace_generation(name, before, path)
    store.on_queued(name)
    wake(name)


def export(store: Store, name: str, path: Path) -> None:
    """Export a sandbox as one file.

    Raises:
        NotFound: there is no such sandbox.
    """
    with store.open(name) as sandbox:
        _back_up(sandbox, path)
    with Sandbox(Binding(path, name), store.address(name)).transaction() as db:
        store.on_copied(db)
        db.record.secret = db.record.join_key = ""
    forget_file(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        # Unused pages still have the content of deleted rows.
        connection.execute("VACUUM")


def import_file(store: Store, name: str | None, file: Path, check: Callable[[Db], object]) -> str:
    """Import an exported file as a sandbox with its own keys.

    Own choice: it does not expire, and its creation time is now.

    Args:
        store: the store of the new sandbox.
        name: its name; if None, the name in the file.
        file: the file; it is moved.
        check: called in a transaction that reads, before anyone can open the sandbox; an error refuses the file.

    Returns:
        Its name.

    Raises:
        BadInput: the name is malformed, or the file cannot be imported; ``file`` says why.
        AlreadyExists: the name is in use.
    """
    if name is not None:
        store.check_free(name)
    name_in_file = import_checks.check(file)
    name = name or name_in_file
    store.check_free(name)
    now = stored(machine_now())
    values = {"join_key": machine_secret()[:32], "secret": machine_secret(), "created_at": now, "expires_at": None}
    with store.generation(name) as path:
        file.replace(path)
        try:
            # With a write-ahead log, readers of a sandbox never wait for a writer.
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
            make_usable(store, path, name, values)
            import_checks.check_rows(Binding(path, name))
            with Sandbox(Binding(path, name), store.address(name)).reading() as db:
                check(db)
        except (sqlite3.Error, Unreadable, SQLAlchemyError, LookupError, ValueError) as error:
            raise BadInput([("file", f"cannot be read as a sandbox: {error}")]) from error
        store.publish_first_generation(name, path)
    store.on_queued(name)
    return name


def make_usable(store: Store, path: Path, name: str, values: dict[str, Any]) -> None:
    """Make a copied file a usable sandbox: its clock runs on, no job is claimed, nobody is signed in.

    Args:
        store: the store of the sandbox.
        path: the copy.
        name: the sandbox's name.
        values: further columns of its own row, among them its secret.
    """
    inscribe(path, name, {"name": name, **values})
    with Sandbox(Binding(path, name), store.address(name)).transaction() as db:
        _resume_work(db)
        store.on_copied(db)


def _resume_work(db: Db) -> None:
    clock = db.record.clock
    if clock.mode is not ClockMode.LIVE:
        db.record.clock = Clock(clock.mode, clock.base, machine_now())
    running = update(Job).where(Job.state == JobState.RUNNING)
    # These jobs did not fail: their runners work on the original.
    db.execute(running.values(state=JobState.QUEUED, leased_until=None, owner=None, attempts=Job.attempts - 1))
    resume_interrupted(db)


def _back_up(sandbox: Sandbox, path: Path) -> None:
    """Copy a sandbox into an empty file, with the clock's time as of the copy."""
    with connection_to(Binding(sandbox.path, sandbox.name), writes=False) as connection:
        source: Any = connection.connection.driver_connection
        with closing(sqlite3.connect(path, isolation_level=None)) as target:
            target.execute("PRAGMA synchronous=OFF")
            try:
                source.backup(target)
            except sqlite3.DatabaseError as error:
                raise Unreadable(f"The file of the sandbox {sandbox.name!r} cannot be read: {error}.") from error
    with Sandbox(Binding(path, sandbox.name), sandbox.base_address).transaction() as db:
        clock = db.record.clock
        db.record.clock = Clock(clock.mode, clock.now(), machine_now())
    forget_file(path)


def _snapshot(store: Store, name: str, snapshot: str) -> Path:
    if not store.exists(name):
        raise NotFound("sandbox", name)
    path = store.snapshots_of(name) / f"{snapshot}.sqlite"
    if not NAME.fullmatch(snapshot) or not path.is_file():
        raise NotFound("snapshot", snapshot)
    return path


def _described(path: Path, name: str) -> Snapshot:
    stat = path.stat()
    try:
        with Sandbox(Binding(path, name), "").reading() as db:
            now = db.record.clock.base
    finally:
        forget_file(path)
    return Snapshot(path.stem, datetime.fromtimestamp(stat.st_mtime, UTC), now, stat.st_size)
