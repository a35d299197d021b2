"""Sandboxes as files: created by copying, reset by a new generation, removed when their last reader has left.

``<data>/sandboxes/<name>/current`` names the file of the present generation. Copying over an open database would silently be
undone by its write-ahead log, so a reset never touches a file that somebody reads: it switches the name.
"""

import json
import os
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any, Protocol

from simulator import __version__
from simulator.core.chance import machine_secret
from simulator.core.clock import Clock, ClockMode, machine_now
from simulator.core.database import (
    SCHEMA_VERSION,
    Binding,
    Instant,
    forget_file,
    is_full,
    open_file,
    telling_no_room,
    write_back_log,
)
from simulator.core.errors import AlreadyExists, BadInput, NotFound
from simulator.core.processes import Processes
from simulator.core.request_log import BEFORE as OLDER_REQUESTS
from simulator.core.request_log import ENDING as REQUESTS
from simulator.core.sandbox import SCRATCH, Db, Sandbox
from simulator.core.sidecar import ENDING as SUMMARY
from simulator.core.sidecar import read_small
from simulator.core.state_before import ENDING as STATE_BEFORE

SANDBOXES = "sandboxes"
"""The folder of a data directory that they are in."""
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
RESERVED = frozenset({"import"})
GENERATION = re.compile(rb"[0-9a-f]{16}\.sqlite")
"""The names of the files of generations, all of one length."""
BESIDE = ("-wal", "-shm", "-journal", SUMMARY, REQUESTS, OLDER_REQUESTS, STATE_BEFORE)
"""What is added to the name of a sandbox's file to name those that belong to it."""
OWNER_ENTERS, OWNER_READS = 0o700, 0o600
"""Permissions of directories and files: a sandbox has passwords and keys. SQLite gives the files beside one the same."""
UNFINISHED = ".unfinished"
"""How the names of files end that are being written."""
NAME_RULE = "use 1 to 40 lower-case letters, digits and dashes, not a dash first, and not 'import'"


@dataclass(frozen=True, kw_only=True)
class Creation:
    """What a sandbox is created with.

    Attributes:
        scenario: name of its scenario.
        language: two letters, or None for the scenario's own.
        clock: its clock at creation.
        seed: its seed; a random one when None.
        expires_at: machine time after which it may go, or None.
        tags: free words.
        created_at: machine time of its creation; now when None.
        join_key: what opens it on a network; drawn when None.
        secret: what its seals are made from; drawn when None.
        overlay: changes to the scenario, in the scenario's own shape.
        delays: whether the outside world takes its time, ``real`` or ``none``; by the clock when None: none while it stands.
        scenario_text: the scenario itself, for one that did not come with the simulator.
    """

    scenario: str
    language: str | None = None
    clock: Clock = field(default_factory=Clock.live)
    seed: str | None = None
    expires_at: datetime | None = None
    tags: tuple[str, ...] = ()
    created_at: datetime | None = None
    join_key: str | None = None
    secret: str | None = None
    overlay: dict[str, Any] = field(default_factory=dict)
    delays: str | None = None
    scenario_text: str | None = None


Look = Callable[[Path | None, "Creation", Sandbox], Any]
"""Looks at a new generation before anybody else can open it; given the template that it is a copy of, and what it is created with.

There is no template when its content is like no other's: because of what was laid over it, or what counts from its creation.
"""


class TemplateFor(Protocol):
    """Makes templates."""

    def __call__(self, scenario: str, creation: datetime, text: str | None = None, /) -> Path:
        """Return the template of a scenario, by its name and its text if it has one of its own, as of an instant of creation."""


Finish = Callable[[Db, Creation], None]


class Store:
    """All sandboxes of one data directory.

    Args:
        directory: the data directory; made when it is missing.
        template_for: returns the ready file of a scenario as of an instant of creation.
        finish: makes a fresh copy differ from its template: another language, changes laid over the scenario.
        base_address: absolute address of the platform, without a closing slash.

    Attributes:
        on_queued: called with a sandbox's name after a commit that put a job into its queue.
        on_made: called with a sandbox's name after it was made or reset.
        quota: bytes that each sandbox may store, and all its snapshots together; None for any number.
        asks_for_join_key: whether sandboxes open with their join key only, so that addresses for programs carry it.
        on_copied: called in a transaction of every copy of a sandbox, to take out what must not live twice.
    """

    def __init__(self, directory: Path, template_for: TemplateFor, finish: Finish, base_address: str) -> None:
        self.directory = directory
        self._home = directory / SANDBOXES
        self._home.mkdir(parents=True, exist_ok=True, mode=OWNER_ENTERS)
        with suppress(OSError):
            # Made by an earlier release, or a directory that somebody else keeps.
            self._home.chmod(OWNER_ENTERS)
        self._template_for = template_for
        self._finish = finish
        self.base_address = base_address
        self.lock = RLock()
        self._processes = Processes(directory)
        self._leases: Counter[Path] = Counter()
        self._to_remove: set[Path] = set()
        self.on_queued: Callable[[str], None] = lambda name: None
        self.on_made: Callable[[str], None] = lambda name: None
        self.asks_for_join_key = False
        self.quota: int | None = None
        self.on_copied: Callable[[Db], None] = lambda db: None

    def names(self) -> list[str]:
        """Return the names of all sandboxes, in alphabetical order."""
        with os.scandir(self._home) as entries:
            return sorted(entry.name for entry in entries if os.path.isfile(os.path.join(entry.path, "current")))

    def exists(self, name: str) -> bool:
        """Return whether a sandbox of that name is there."""
        try:
            return self._current(name).is_file()
        except NotFound:
            return False

    def open(self, name: str) -> Sandbox:
        """Hold the present generation of a sandbox open.

        Raises:
            NotFound: there is none of that name.
        """
        with self.lock:
            path = self._current(name)
            self._leases[path] += 1

        def check_current() -> None:
            if self._current(name) != path:
                raise NotFound("sandbox", name)

        return Sandbox(
            Binding(path, name),
            self.address(name),
            release=lambda: self._let_go(path),
            queued=lambda: self.on_queued(name),
            again=lambda: self.open(name),
            asks_for_join_key=self.asks_for_join_key,
            check_current=check_current,
            processes=self._processes,
        )

    def create(self, name: str, creation: Creation, look: Look = lambda *_: None) -> Any:
        """Make a sandbox.

        Returns:
            What ``look`` returned.

        Raises:
            BadInput: the name is malformed or reserved, or the overlay is not right.
            AlreadyExists: the name is in use.
            NotFound: there is no such scenario.
        """
        self.check_free(name)
        with self.generation(name) as path:
            seen = self._fill(path, name, creation, look)
            self.publish_first_generation(name, path)
        return seen

    def check_free(self, name: str) -> None:
        """Check that a new sandbox can have a name.

        Raises:
            BadInput: the name is malformed or reserved.
            AlreadyExists: the name is in use.
        """
        if not NAME.fullmatch(name) or name in RESERVED:
            raise BadInput([("name", NAME_RULE)])
        if self.exists(name):
            raise AlreadyExists("sandbox", name)

    def publish_first_generation(self, name: str, path: Path) -> None:
        """Publish a finished file as the first generation of a new sandbox.

        Raises:
            AlreadyExists: the name is in use.
        """
        with self.lock:
            if self.exists(name):
                raise AlreadyExists("sandbox", name)
            self._switch_to(name, path)
        self.on_made(name)

    def replace_generation(self, name: str, before: Path, path: Path) -> None:
        """Replace a generation by another that is ready; readers of the old one finish undisturbed."""
        with self.lock:
            try:
                present = self._current(name)
            except NotFound:
                present = None
            if present != before:
                # Somebody else deleted, made or reset it meanwhile: that is the newer word.
                self._schedule_removal(path)
                if present is None:
                    raise NotFound("sandbox", name)
                return
            self._switch_to(name, path)
            self._schedule_removal(before)
        self.on_made(name)

    def reset(self, name: str, look: Look = lambda *_: None) -> Any:
        """Return a sandbox to the moment of its creation, as a new generation; readers of the old one finish undisturbed.

        Returns:
            What ``look`` returned.

        Raises:
            NotFound: there is none of that name.
        """
        before, _, creation = self._creation_of(name)
        with self.generation(name) as path:
            seen = self._fill(path, name, creation, look)
            self.replace_generation(name, before, path)
        return seen

    @contextmanager
    def initial_state(self, name: str) -> Iterator[Path]:
        """Yield a file that is as a sandbox was when it was created, and is removed at the end.

        Raises:
            NotFound: there is none of that name.
        """
        _, created_at, creation = self._creation_of(name)
        with self.passing(self.directory) as path:
            self._fill(path, name, replace(creation, clock=Clock.frozen(created_at)), lambda *_: None)
            yield path

    def _creation_of(self, name: str) -> tuple[Path, datetime, Creation]:
        """Return the present file of a sandbox, its own time at creation, and what it was created with."""
        with self.open(name) as sandbox:
            before, record = sandbox.path, sandbox.read_record()
            mode = ClockMode(record.birth_mode)
            clock = Clock.live() if mode is ClockMode.LIVE else Clock(mode, record.born_at, machine_now())
            return (
                before,
                record.born_at,
                Creation(
                    scenario=record.scenario,
                    language=record.language if record.language_chosen else None,
                    clock=clock,
                    seed=record.seed,
                    expires_at=record.expires_at,
                    tags=tuple(record.tags),
                    created_at=record.created_at,
                    join_key=record.join_key,
                    secret=record.secret,
                    overlay=record.overlay,
                    delays=record.birth_delays,
                    scenario_text=record.scenario_text,
                ),
            )

    def delete(self, name: str) -> None:
        """Remove a sandbox; its present readers finish undisturbed.

        Raises:
            NotFound: there is none of that name.
        """
        with self.lock:
            path = self._current(name)
            (self._home / name / "current").unlink()
            shutil.rmtree(self.snapshots_of(name), ignore_errors=True)
            self._schedule_removal(path)

    def tidy(self) -> None:
        """Remove what no sandbox points to, left behind by a process that was killed.

        A sandbox whose pointer is damaged keeps its files; if there is only one, the pointer names it again.
        """
        with self.lock:
            for directory in filter(Path.is_dir, self._home.iterdir()):
                current = self._repaired_pointer(directory)
                if current is None:
                    shutil.rmtree(self.snapshots_of(directory.name), ignore_errors=True)
                for folder in directory.glob(f"{SCRATCH}*"):
                    process = folder.name.removeprefix(SCRATCH).partition("-")[0]
                    if not self._processes.is_alive(process):
                        shutil.rmtree(folder, ignore_errors=True)
                for path in (*directory.glob("*.sqlite"), *directory.glob(f"snapshots/*{UNFINISHED}")):
                    if current not in ("", path.name) and not self._leases[path]:
                        self._remove(path)
                for path in (
                    *directory.glob("*.sqlite-*"),
                    *directory.glob("snapshots/*.sqlite-*"),
                    *directory.glob("*.next"),
                ):
                    if not path.with_name(path.name.partition("-")[0]).exists():
                        path.unlink(missing_ok=True)
                with suppress(OSError):
                    # Succeeds only for an empty one.
                    directory.rmdir()
            self._processes.sweep()
            for path in self.directory.glob(f"*{UNFINISHED}"):
                if not self._leases[path]:
                    self._remove(path)

    def _repaired_pointer(self, directory: Path) -> str | None:
        """Return the name of a sandbox's file; None if it was deleted, empty if its pointer is damaged and cannot be repaired."""
        try:
            current = Path(self.file_of(directory.name))
        except NotFound:
            if not (directory / "current").exists():
                return None
            current = directory / "empty-pointer"
        if not current.exists():
            files = list(directory.glob("*.sqlite"))
            if len(files) != 1 or self._leases[files[0]] or not GENERATION.fullmatch(files[0].name.encode()):
                return ""
            current = files[0]
            self._switch_to(directory.name, current)
        return current.name

    def snapshots_of(self, name: str) -> Path:
        """Return the directory of a sandbox's snapshots, whether it is there or not."""
        return self._home / name / "snapshots"

    @contextmanager
    def passing(self, directory: Path) -> Iterator[Path]:
        """Yield a path beside the sandboxes for an unfinished file, which is removed at the end if it is still there.

        Raises:
            NoRoom: the disk is full.
        """
        path = directory / f"{machine_secret()[:16]}{UNFINISHED}"
        with self.lock:
            self._leases[path] += 1
            self._to_remove.add(path)
        try:
            with telling_no_room():
                with self.lock:
                    path.parent.mkdir(exist_ok=True, mode=OWNER_ENTERS)
                    path.touch(mode=OWNER_READS)
                yield path
        finally:
            self._let_go(path)

    def address(self, name: str) -> str:
        """Return the absolute address of a sandbox, without a closing slash."""
        return f"{self.base_address}/s/{name}"

    def _current(self, name: str) -> Path:
        return Path(self.file_of(name))

    def file_of(self, name: str) -> str:
        """Return the path of the file of a sandbox's present generation, which is held by nobody.

        Raises:
            NotFound: there is none of that name.
        """
        if not NAME.fullmatch(name):
            raise NotFound("sandbox", name)
        directory = os.path.join(self._home, name)
        try:
            pointer = read_small(os.path.join(directory, "current"))
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound("sandbox", name) from None
        if not pointer:
            raise NotFound("sandbox", name)
        # A damaged pointer names a file that is not there, and every reader of the sandbox says so.
        return os.path.join(directory, pointer.decode() if GENERATION.fullmatch(pointer) else "damaged-pointer")

    def _switch_to(self, name: str, path: Path) -> None:
        """Write the pointer in place: the names of files are of one length, so one write replaces it.

        Replacing its file costs more than the rest of a reset, because the file system then writes the new one to the disk.
        """
        file = os.open(path.with_name("current"), os.O_CREAT | os.O_WRONLY | getattr(os, "O_BINARY", 0), OWNER_READS)
        try:
            if os.write(file, path.name.encode()) != os.fstat(file).st_size:
                os.ftruncate(file, len(path.name))
        finally:
            os.close(file)

    @contextmanager
    def generation(self, name: str) -> Iterator[Path]:
        """Yield an empty file for a new generation, and hold it until it is published; when something fails before, it is removed.

        Raises:
            NoRoom: the disk is full.
        """
        path = self._home / name / f"{machine_secret()[:16]}.sqlite"
        with self.lock:
            # Held from the first moment, so that nobody tidies the file, or its folder, away.
            self._leases[path] += 1
        try:
            with telling_no_room():
                with self.lock:
                    path.parent.mkdir(exist_ok=True, mode=OWNER_ENTERS)
                    # An empty folder would be removed.
                    path.touch(mode=OWNER_READS)
                yield path
        except BaseException:
            with self.lock:
                self._schedule_removal(path)
            raise
        finally:
            self._let_go(path)

    def _fill(self, path: Path, name: str, creation: Creation, look: Look) -> Any:
        """Copy the template into a file, make it the sandbox that the options describe, and return what ``look`` makes of it."""
        now = creation.clock.now()
        creation = replace(
            creation, created_at=creation.created_at or machine_now(), join_key=creation.join_key or machine_secret()[:32]
        )
        template = self._template_for(creation.scenario, now, creation.scenario_text)
        try:
            shutil.copyfile(template, path)
            counts = _inscribe(path, name, creation)
        except sqlite3.DatabaseError as error:
            if is_full(error):
                raise
            # A template that a machine without power left half-written is built anew, once.
            template.unlink(missing_ok=True)
            shutil.copyfile(self._template_for(creation.scenario, now, creation.scenario_text), path)
            counts = _inscribe(path, name, creation)
        sandbox = Sandbox(Binding(path, name), self.address(name))
        if creation.overlay or creation.language or counts:
            with sandbox.transaction() as db:
                self._finish(db, creation)
        write_back_log(Binding(path, name))
        return look(None if creation.overlay or counts else template, creation, sandbox)

    def _let_go(self, path: Path) -> None:
        with self.lock:
            self._leases[path] -= 1
            if not self._leases[path]:
                del self._leases[path]
                if path in self._to_remove:
                    self._to_remove.discard(path)
                    self._remove(path)

    def _schedule_removal(self, path: Path) -> None:
        if self._leases[path]:
            self._to_remove.add(path)
        else:
            self._remove(path)

    def _remove(self, path: Path) -> None:
        forget_file(path)
        for ending in ("", *BESIDE):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        for directory in (path.parent, path.parent.parent):
            if self._home in directory.parents:
                with suppress(OSError):
                    # Succeeds only for an empty one.
                    directory.rmdir()


def _inscribe(path: Path, name: str, creation: Creation) -> bool:
    """Write into a fresh copy which sandbox it is. Plain SQL, because this is on the path of every creation and reset.

    Returns:
        Whether something in it counts from the instant of creation, which its template did not know.
    """
    values: dict[str, Any] = {
        "name": name,
        "schema_version": SCHEMA_VERSION,
        "release": __version__,
        "created_at": stored(creation.created_at or machine_now()),
        "expires_at": stored(creation.expires_at) if creation.expires_at else None,
        "born_at": stored(creation.clock.now()),
        "birth_mode": creation.clock.mode.value,
        "tags": json.dumps(list(creation.tags)),
        "clock_mode": creation.clock.mode.value,
        "clock_base": stored(creation.clock.base),
        "clock_anchor": stored(creation.clock.anchor),
        "seed": creation.seed or machine_secret(),
        "drawn": 0,
        "delays": creation.delays or ("none" if creation.clock.mode is ClockMode.FROZEN else "real"),
        "birth_delays": creation.delays,
        "secret": creation.secret or machine_secret(),
        "join_key": creation.join_key or machine_secret()[:32],
        "overlay": json.dumps(creation.overlay),
        "scenario_text": creation.scenario_text,
    }
    if creation.language:
        values |= {"language": creation.language, "language_chosen": True}
    return inscribe(path, name, values)


def inscribe(path: Path, name: str, values: dict[str, Any]) -> bool:
    """Update the row that names the sandbox of a file, and keep the connection for the next reader.

    Args:
        path: the file.
        name: the sandbox it will be opened for.
        values: what is stored, by column.

    Returns:
        The row's ``counts_from_birth``.
    """
    connection = open_file(path)
    try:
        connection.execute("BEGIN")
        connection.execute(f"UPDATE sandbox SET {', '.join(f'{column}=?' for column in values)}", tuple(values.values()))
        (counts,) = connection.execute("SELECT counts_from_birth FROM sandbox").fetchone()
        connection.execute("COMMIT")
    except BaseException:
        connection.really_close()
        raise
    # The caller that made a sandbox reads it next, and opening a file costs more than a query.
    connection.binding = Binding(path, name)
    connection.close()
    return bool(counts)


def stored(instant: datetime) -> str:
    """Write an instant the way the ``Instant`` column type stores it."""
    naive = Instant().process_bind_param(instant, None)  # type: ignore[arg-type]
    assert naive is not None
    return naive.isoformat(sep=" ", timespec="microseconds")


def sandboxes_of(store: Store) -> Iterable[Sandbox]:
    """Open every sandbox in turn; ones that vanish meanwhile are passed over."""
    for name in store.names():
        try:
            sandbox = store.open(name)
        except NotFound:
            continue
        with sandbox:
            yield sandbox
