"""An opened sandbox: its transactions, with the sandbox's own time, dice and addresses at hand."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Executable, column, event, exists, select, table
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.util import memoized_property

from simulator.core import seals
from simulator.core.chance import Chance, machine_secret
from simulator.core.clock import Clock, ClockMode
from simulator.core.database import (
    Base,
    Binding,
    QuotaReached,
    among,
    changed_rows,
    connection_to,
    has_row,
    telling_no_room,
    used_bytes,
)
from simulator.core.errors import NoAccess, NotFound
from simulator.core.late import late
from simulator.core.processes import Processes
from simulator.core.waiting import wake

T = TypeVar("T")

store_state_before = late("simulator.core.state_before:store")

SMALL = 64 * 1024
"""Own choice: bytes by which one request may grow a sandbox that has reached its quota, so that people still sign in and delete."""

RESERVE = 8
"""Own choice: the part of a quota, an eighth, that such small growth may use up above it."""


def check_quota(quota: int, before: int, after: int) -> None:
    """Check what a request wrote; what makes a sandbox smaller always fits.

    Args:
        remote_address: IP address of the browser or program that this holder opened the sandbox for; None for the platform itself.
        door: the product whose page or call acts, by its code; None for the platform itself and the control API.
        quota: bytes that the sandbox may store.
        before: bytes that it stored before.
        after: bytes that it stores with what was written.

    Raises:
        QuotaReached: it does not fit.
    """
    grown = after - before
    if grown > 0 and (after > quota + quota // RESERVE or (grown > SMALL and after > quota)):
        raise QuotaReached(quota)


SCRATCH = "scratch-"
"""What the name of a folder for things half-written begins with, before the id of its process; it is beside a sandbox's file."""


STALE = "stale"
"""The outcome of faults that show a state from before the last change, which is stored while there is such a fault."""


class SandboxRecord(Base):
    """The one row in which a sandbox knows itself.

    ``born_at`` is the sandbox's own time at creation, from which relative dates of its scenario count; a template says by
    ``counts_from_birth`` that some of it counts from the instant rather than the day, which only a copy knows;
    ``secret`` seals what opens the sandbox (``core.seals``), and stays after a reset;
    ``scenario_text`` is the scenario itself, if it did not come with the simulator;
    ``created_at`` and ``expires_at`` are machine time. ``delays`` says whether the outside world takes its time,
    ``retention_months`` how long lists show documents, ``vendor_invoices`` whether the vendor's own invoices come as documents too.
    """

    __tablename__ = "sandbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    schema_version: Mapped[int]
    release: Mapped[str]
    scenario: Mapped[str]
    language: Mapped[str]
    language_chosen: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    born_at: Mapped[datetime]
    birth_mode: Mapped[str]
    tags: Mapped[list[str]]
    clock_mode: Mapped[str]
    clock_base: Mapped[datetime]
    clock_anchor: Mapped[datetime]
    seed: Mapped[str]
    drawn: Mapped[int]
    secret: Mapped[str]
    join_key: Mapped[str]
    jobs_mode: Mapped[str]
    jobs_delay: Mapped[int]
    delays: Mapped[str] = mapped_column(default="real", info=among(("real", "none")))
    birth_delays: Mapped[str | None] = mapped_column(info=among(("real", "none")))
    retention_months: Mapped[int] = mapped_column(default=24)
    vendor_invoices: Mapped[str] = mapped_column(default="none", info=among(("none", "ehf")))
    overlay: Mapped[dict[str, Any]]
    scenario_text: Mapped[str | None]
    counts_from_birth: Mapped[bool] = mapped_column(default=False)

    @property
    def clock(self) -> Clock:
        """The sandbox's clock as it is set now."""
        return Clock(ClockMode(self.clock_mode), self.clock_base, self.clock_anchor)

    @clock.setter
    def clock(self, clock: Clock) -> None:
        self.clock_mode, self.clock_base, self.clock_anchor = clock.mode.value, clock.base, clock.anchor


_RECORD = select(SandboxRecord.__table__)
_JOIN_KEY = select(SandboxRecord.join_key)
# The table of faults belongs to a module that is above this one.
_FAULTS = table("fault", column("id"))
_HAS_FAULTS = exists(select(_FAULTS.c.id)).label("has_faults")
_CLOCK = select(SandboxRecord.clock_mode, SandboxRecord.clock_base, SandboxRecord.clock_anchor, _HAS_FAULTS)
_HEAD = select(
    SandboxRecord.scenario,
    SandboxRecord.secret,
    SandboxRecord.join_key,
    SandboxRecord.language,
    SandboxRecord.language_chosen,
    SandboxRecord.tags,
    SandboxRecord.clock_mode,
    SandboxRecord.clock_base,
    SandboxRecord.clock_anchor,
    _HAS_FAULTS,
)
_A_STALE_FAULT = f"SELECT 1 FROM fault WHERE outcome='{STALE}' LIMIT 1"


class Db(Session):
    """One transaction of one sandbox.

    Domain code is handed this and nothing else: rows through the session, time through ``clock``, dice through ``chance``,
    addresses through ``address``. It never commits; the code that opened the transaction does.

    ``precedes_creation`` is true while a scenario is written: what it says happened before the sandbox was created.

    What is read once is kept by ``memoized_property``: Python 3.11's ``cached_property`` locks all transactions of the process
    against each other while one of them waits for its file.
    """

    def __init__(self, sandbox: "Sandbox", connection: Connection) -> None:
        super().__init__(connection, expire_on_commit=False)
        self.sandbox = sandbox
        self.after_commit: list[Callable[[], None]] = []
        self.changed = False
        self.precedes_creation = False
        self._fixed_clock: Clock | None = None
        self._loaded: list[object] | None = None
        self._remembered: dict[object, object] = {}

    @memoized_property
    def record(self) -> SandboxRecord:
        """The sandbox's own row."""
        return self.get_one(SandboxRecord, 1)

    def rows(self, statement: Executable, **values: Any) -> Any:
        """Read columns by a statement that was made once.

        Three times quicker than ``execute``, which looks for mapped classes in every statement: for pages that are opened often.
        """
        if self.new or self.dirty or self.deleted:
            self.flush()
        return self.connection().execute(statement, values)

    def read_record(self) -> Any:
        """Return the sandbox's own row to look at only, by its columns; quicker than ``record``."""
        return self.rows(_RECORD).one()

    @property
    def clock(self) -> Clock:
        """The sandbox's clock."""
        if self._fixed_clock is not None:
            return self._fixed_clock
        if "record" in self.__dict__:
            return self.record.clock
        return self._clock

    def stand_at(self, instant: datetime) -> None:
        """Let the clock show an instant, and stand still, for this transaction only."""
        self._fixed_clock = Clock.frozen(instant)

    @memoized_property
    def head(self) -> Any:
        """What every page needs to know of the sandbox, by columns, as it was when this was first asked for."""
        return self.connection().execute(_HEAD).one()

    @memoized_property
    def _clock(self) -> Clock:
        return Clock(ClockMode(self.head.clock_mode), self.head.clock_base, self.head.clock_anchor)

    def cache_reads(self) -> None:
        """Keep what is read until the transaction ends: for much work of one kind, which reads the same again and again."""
        loaded: list[object] = []

        @event.listens_for(self, "loaded_as_persistent")
        def _keep(_: Session, row: object) -> None:
            loaded.append(row)

        self._loaded = loaded

    def once(self, key: object, read: Callable[[], T]) -> T:
        """Read something; after ``cache_reads`` only the first time, until ``forget``.

        Args:
            key: what is read, and for whom.
            read: reads what the work of the transaction does not change, or forgets when it does.
        """
        if self._loaded is None:
            return read()
        if key not in self._remembered:
            self._remembered[key] = read()
        return cast(T, self._remembered[key])

    def forget(self) -> None:
        """Let everything be read anew, because something of it was changed."""
        self._remembered.clear()

    @property
    def chance(self) -> Chance:
        """The sandbox's dice; draws are remembered in this transaction."""
        return Chance(self.record.seed, self._draw)

    def seal(self, purpose: str, identifier: str) -> str:
        """Return the seal of an identifier in this sandbox; see ``core.seals``."""
        return seals.seal(self.head.secret, purpose, identifier)

    def sealed(self, purpose: str, identifier: str) -> str:
        """Return an identifier with its seal: what opens something in this sandbox."""
        return seals.sealed(self.head.secret, purpose, identifier)

    def unseal(self, purpose: str, token: str) -> str | None:
        """Return the identifier of a token of this sandbox, or None."""
        return seals.unseal(self.head.secret, purpose, token)

    @property
    def cookie_key(self) -> str:
        """The key that signs this generation's cookies, so that a reset ends every session."""
        return self.seal("cookies", self.sandbox.path.name)

    def address(self, product: str, *parts: str) -> str:
        """Return the absolute address of a page, for mails: ``<base>/s/<sandbox>/<product>/<parts…>``."""
        return "/".join((self.sandbox.base_address, product, *parts))

    def program_address(self, product: str, *parts: str) -> str:
        """Return the absolute address of something that programs ask for; see ``Sandbox.program_base``."""
        return "/".join((self.sandbox.program_base(), product, *parts))

    def _draw(self) -> int:
        self.record.drawn += 1
        return self.record.drawn


class Sandbox:
    """One generation of a sandbox, held open so that a reset does not pull the file away.

    Args:
        binding: its file and name.
        base_address: absolute address without a closing slash, for example ``http://localhost:8000/s/default``.
        release: called once when this holder lets go.
        queued: called after a commit that put a job into the queue.
        again: opens the present generation of the same sandbox, for work that outlives this holder.
        check_current: raises ``NotFound`` when this generation has been replaced or removed.
        processes: those that work in its data directory; None for a file that no other process opens.
        asks_for_join_key: whether it opens with its join key only, so that addresses for programs carry it.

    Attributes:
        check_before_writing: called in every transaction once it has the write lock; raises when the one for whom this holder
            opened the sandbox may no longer write. A right that was read before can be lost while waiting for the lock.
        refuse: called after it; raises when a fault lets a rule refuse whatever is written.
        is_change: whether what is written counts as a change, before which the state is stored for stale answers.
        is_read_only: whether nobody may write by this holder: who looks at a page changes nothing.
        quota: bytes that it may store after a request of a person or program; None for what the platform itself does, as by jobs.
        person: address of the person in whose name a program calls, as far as it says so.
        faults: the faults that were triggered for this holder, each as operation and outcome.
    """

    def __init__(
        self,
        binding: Binding,
        base_address: str,
        release: Callable[[], None] = lambda: None,
        queued: Callable[[], None] = lambda: None,
        again: "Callable[[], Sandbox] | None" = None,
        check_current: Callable[[], None] = lambda: None,
        processes: Processes | None = None,
        asks_for_join_key: bool = False,
    ) -> None:
        self._binding = binding
        self._again = again
        self._processes = processes
        self._asks_for_join_key = asks_for_join_key
        self._check_current = check_current
        self.check_before_writing: Callable[[Db], None] = lambda db: None
        self.refuse: Callable[[], None] = lambda: None
        self.is_change = True
        self.is_read_only = False
        self.quota: int | None = None
        self.remote_address: str | None = None
        self.door: str | None = None
        self.person: str | None = None
        self.faults: list[tuple[str, str]] = []
        self.queued = queued
        self.base_address = base_address
        self._release: Callable[[], None] | None = release

    @property
    def name(self) -> str:
        """The sandbox's name."""
        return self._binding.name

    def read_record(self) -> Any:
        """Return the sandbox's own row, by its columns."""
        return self.rows(_RECORD)[0]

    def join_key(self) -> str:
        """Return the key that opens the sandbox on a network."""
        return str(self.rows(_JOIN_KEY)[0].join_key)

    def read_clock(self) -> Clock:
        """Return the sandbox's clock, as it is set when this, or ``has_faults``, is first asked of this holder."""
        return Clock(ClockMode(self._setting.clock_mode), self._setting.clock_base, self._setting.clock_anchor)

    def has_faults(self) -> bool:
        """Return whether a test has ordered any fault in it, read as ``read_clock`` is."""
        return bool(self._setting.has_faults)

    @memoized_property
    def _setting(self) -> Any:
        return self.rows(_CLOCK)[0]

    def join_base(self) -> str:
        """Return the absolute address with the join key as a segment, for programs that only know a base address."""
        return f"{self.base_address}/~{self.join_key()}"

    def program_base(self) -> str:
        """Return the absolute address below which programs call: with the join key where the sandbox opens with that only."""
        return self.join_base() if self._asks_for_join_key else self.base_address

    @property
    def path(self) -> Path:
        """The file of this generation."""
        return self._binding.path

    @property
    def process(self) -> str | None:
        """The id of this process in the data directory.

        Raises:
            NoRoom: its file cannot be made, because the disk is full.
        """
        with telling_no_room():
            return self._processes.own if self._processes is not None else None

    def is_alive(self, process: str) -> bool:
        """Return whether a process still runs that worked in the data directory."""
        return self._processes is not None and self._processes.is_alive(process)

    def reopened(self) -> "Sandbox | None":
        """Open the same generation once more, to be closed by the caller; None when there is a newer one, or none any more."""
        if self._again is None:
            return None
        try:
            other = self._again()
        except NotFound:
            return None
        if other.path == self.path:
            return other
        other.close()
        return None

    @contextmanager
    def reading(self) -> Iterator[Db]:
        """Open a transaction that only reads; whatever it changes by mistake is undone."""
        with connection_to(self._binding, writes=False) as connection, Db(self, connection) as db:
            yield db

    def rows(self, statement: Executable, **values: Any) -> Sequence[Any]:
        """Read columns by one statement that was made once, past any session: for what is asked for more often than all else."""
        with connection_to(self._binding, writes=False) as connection:
            return connection.execute(statement, values).all()

    @contextmanager
    def transaction(self) -> Iterator[Db]:
        """Open a transaction that commits at its end, and leaves no trace when an error leaves it.

        Raises:
            NotFound: the sandbox was reset or removed while this waited for the write lock.
            QuotaReached: what it wrote does not fit into the quota.
            NoAccess: nobody may write by this holder.
        """
        if self.is_read_only:
            raise NoAccess("read_only")
        with connection_to(self._binding, writes=True) as connection:
            with Db(self, connection) as db:
                db.connection()  # waits for the lock
                self._check_current()
                self.check_before_writing(db)
                self.refuse()
                before = used_bytes(connection) if self.quota is not None else 0
                rows_before = changed_rows(connection)
                yield db
                db.flush()
                if self.quota is not None:
                    check_quota(self.quota, before, used_bytes(connection))
                if self.is_change and changed_rows(connection) > rows_before and has_row(connection, _A_STALE_FAULT):
                    store_state_before(self)
                db.commit()
        for hook in dict.fromkeys(db.after_commit):
            hook()
        if db.changed:
            wake(self.name)

    def within(self, quota: int | None) -> "Sandbox":
        """Return this holder, which from now on stores within a quota."""
        self.quota = quota
        return self

    def of_file(self, path: Path, release: Callable[[], None]) -> "Sandbox":
        """Open a copy of its file as this sandbox, for one holder."""
        copy = Sandbox(
            Binding(path, self.name),
            self.base_address,
            release,
            processes=self._processes,
            asks_for_join_key=self._asks_for_join_key,
        )
        copy.remote_address, copy.door = self.remote_address, self.door
        return copy

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give a folder for what is being written; when this process is killed meanwhile, the next server removes it."""
        folder = self.path.parent / f"{SCRATCH}{self.process}-{machine_secret()[:16]}"
        try:
            folder.mkdir(mode=0o700)
            yield folder
        finally:
            rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Let go of the file."""
        release, self._release = self._release, None
        if release is not None:
            release()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
