"""The one engine that serves every sandbox, and the column types they share.

A sandbox is an SQLite file. There is one engine for all of them: its connections are opened by ``_connect``, which opens the
file that is bound at that moment and nothing when none is. So no query can reach the wrong sandbox by forgetting a filter.
"""

import errno
import re
import sqlite3
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ExceptionContext,
    String,
    create_engine,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Mapper
from sqlalchemy.orm.interfaces import EXT_CONTINUE, EXT_SKIP
from sqlalchemy.pool import NullPool
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator

from simulator.core import collation, normal_forms

SCHEMA_VERSIONS = Path(__file__).with_name("schema_versions.txt")
"""A line for each version of the tables, with the SHA-256 of their statements. ``make golden`` adds that of changed tables."""


def schema_versions(path: Path = SCHEMA_VERSIONS) -> dict[int, str]:
    """Read versions of the tables, with the hash of each."""
    return {int(version): digest for version, digest in map(str.split, path.read_text(encoding="ascii").splitlines())}


SCHEMA_VERSION = max(schema_versions())
"""A sandbox file of another version is refused."""

APPLICATION_ID = 0x766E7369
"""Says in the head of a file that it is a sandbox: the letters ``vnsi``."""

IDLE_CONNECTIONS = 24
MEGABYTE = 1024 * 1024
MONEY_UNIT = Decimal("0.0001")


class Instant(TypeDecorator[datetime]):
    """An instant, stored in UTC; an instant without a time zone is a programming error."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn naive UTC into an aware instant."""
        return None if value is None else value.replace(tzinfo=UTC)


class Money(TypeDecorator[Decimal]):
    """An amount, stored as a whole number of 1/10 000 of the currency's unit."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Turn an amount into ten-thousandths; refuse finer ones."""
        if value is None:
            return None
        scaled = value / MONEY_UNIT
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} is finer than {MONEY_UNIT}")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Turn ten-thousandths into an amount."""
        return None if value is None else Decimal(value) * MONEY_UNIT


class NormalText(TypeDecorator[str]):
    """A text that is stored, and compared, in the normal form of its kind, however it comes; patterns are compared as they are."""

    impl = String
    cache_ok = True

    def normal(self, text: str) -> str:
        """Return a text in its normal form."""
        raise NotImplementedError

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Turn a text into its normal form."""
        return None if value is None else self.normal(value)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """Return the type of a value that the text is compared with."""
        return self if op in (operators.eq, operators.ne, operators.in_op, operators.not_in_op) else String()


class Uuid(NormalText):
    """A UUID: lower case, with dashes."""

    cache_ok = True

    def normal(self, text: str) -> str:
        """Return the normal form."""
        return normal_forms.uuid(text)


class OrganisationNumber(NormalText):
    """An organisation number: capitals, without blanks, dots and dashes."""

    cache_ok = True

    def normal(self, text: str) -> str:
        """Return the normal form."""
        return normal_forms.number(text)


class ParticipantIdentifier(NormalText):
    """What follows the scheme in an electronic address: capitals, without blanks."""

    cache_ok = True

    def normal(self, text: str) -> str:
        """Return the normal form."""
        return normal_forms.participant(text)


class TextList(JSON):
    """A list of texts, stored as JSON."""


def among(words: Iterable[str]) -> dict[str, Any]:
    """Return the ``info`` of a column with a fixed set of values, or of lists of them; imported files are checked by it."""
    allowed = frozenset(map(str, words))
    return {"holds": allowed.__contains__}


def holding(check: Callable[[str], object]) -> dict[str, Any]:
    """Return the ``info`` of a column whose texts all pass a check; imported files are checked by it."""
    return {"holds": check}


def is_single_line(text: str) -> bool:
    """Return whether a text has no line break and no control characters."""
    return not any(map(normal_forms.is_control, text))


def single_line(text: str) -> str:
    """Return a text as one line: without control characters and byte order marks, and with a blank for each line break."""
    lines = text.replace("\ufeff", "").splitlines()
    return " ".join("".join(letter for letter in line if not normal_forms.is_control(letter)) for line in lines)


CURRENCY = holding(lambda code: len(code) == 3 and code.isascii() and code.isalpha() and code.isupper())
"""The ``info`` of a column with a currency's code. Source: ISO 4217."""

CODE = holding(re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}").fullmatch)
"""The ``info`` of a column with a code of an open list, such as ``invoice.sent``: another release may know others."""

SINGLE_LINE = holding(is_single_line)
"""The ``info`` of a column that becomes a mail header."""


class Base(DeclarativeBase):
    """Parent of every table."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant(),
        Decimal: Money(),
        dict[str, Any]: JSON(),
        list[str]: TextList(),
    }


@event.listens_for(Mapper, "before_mapper_configured", retval=True)
def _wait_for_the_rest_of_its_module(_: Mapper[Any], mapped: type[Any]) -> Any:
    """Leave a class alone whose module another thread is still importing: the classes that it names may not be defined yet."""
    spec = getattr(sys.modules.get(mapped.__module__), "__spec__", None)
    return EXT_SKIP if getattr(spec, "_initializing", False) else EXT_CONTINUE


@dataclass(frozen=True)
class Binding:
    """Which file the next connection opens, and whose sandbox must be inside."""

    path: Path
    name: str


class NothingBound(RuntimeError):
    """A query was made outside of any sandbox."""


class Unreadable(Exception):
    """A sandbox's file cannot be used: damaged, missing, of another sandbox or of another schema."""


class NoRoom(Exception):
    """Something could not be written because the disk is full; the text is one sentence for people."""


class QuotaReached(NoRoom):
    """A sandbox stores as much as it may.

    Args:
        quota: how much that is, in bytes.
    """

    def __init__(self, quota: int) -> None:
        self.megabytes = quota // MEGABYTE
        super().__init__(
            f"This sandbox stores as much as it may, {self.megabytes} MB, so nothing was saved. Delete something, or reset it."
        )


DAMAGE = (Unreadable, NoRoom)
"""What using a sandbox raises because of its file, at once or only at a page further down; others' are not to blame."""

_DAMAGE_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR})
_FULL_CODES = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_TRUNCATE, sqlite3.SQLITE_IOERR_SHMSIZE}
)
_FULL_NUMBERS = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_PRIMARY = 0xFF
"""The lower byte of an extended error code is the primary one."""


def is_full(error: BaseException | None) -> bool:
    """Return whether an error, or what it was raised from, comes of a disk without room."""
    while error is not None:
        if isinstance(error, NoRoom) or getattr(error, "sqlite_errorcode", None) in _FULL_CODES:
            return True
        if isinstance(error, OSError) and error.errno in _FULL_NUMBERS:
            return True
        error = error.__cause__
    return False


@contextmanager
def telling_no_room() -> Iterator[None]:
    """Say of whatever fails in the block for want of room that there is none.

    Raises:
        NoRoom: the disk is full.
    """
    try:
        yield
    except Exception as error:
        if is_full(error) and not isinstance(error, NoRoom):
            raise NoRoom(NO_ROOM) from error
        raise


class WrongSandbox(Unreadable):
    """A file holds another sandbox than its name says."""


class WrongSchema(Unreadable):
    """A sandbox file was written by a release with another schema.

    Args:
        version: the schema version found.
        release: the release that wrote it.
    """

    def __init__(self, version: int, release: str) -> None:
        super().__init__(
            f"This sandbox was written by release {release} (schema {version}); this release reads schema {SCHEMA_VERSION}."
        )


NO_ROOM = "There is no room left on the disk of the simulator. Free some, and try again."

_bound: ContextVar[Binding | None] = ContextVar("bound sandbox", default=None)


class IdleConnections:
    """Keeps a few opened files at hand, the most recently used ones, because opening costs more than a query."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._idle: OrderedDict[int, PooledConnection] = OrderedDict()

    def take(self, binding: Binding) -> "PooledConnection | None":
        """Return an idle connection to this very file, or None."""
        with self._lock:
            for key in reversed(self._idle):
                if self._idle[key].binding == binding:
                    return self._idle.pop(key)
        return None

    def give(self, connection: "PooledConnection") -> None:
        """Keep a connection; the one that idled longest goes when there are too many."""
        with self._lock:
            self._idle[id(connection)] = connection
            surplus = [self._idle.popitem(last=False)[1] for _ in range(len(self._idle) - self._most)]
        for old in surplus:
            old.really_close()

    def drop(self, path: Path) -> None:
        """Close every idle connection to a file, so that it can be removed."""
        with self._lock:
            gone = [key for key, connection in self._idle.items() if connection.binding.path == path]
            connections = [self._idle.pop(key) for key in gone]
        for connection in connections:
            connection.really_close()

    def drop_missing(self) -> None:
        """Close every idle connection to a file that is gone, because another process removed it."""
        with self._lock:
            paths = {connection.binding.path for connection in self._idle.values()}
        for path in paths:
            if not path.exists():
                self.drop(path)


_idle = IdleConnections(IDLE_CONNECTIONS)


class PooledConnection(sqlite3.Connection):
    """A connection whose ``close`` puts it aside for the next reader of the same file.

    Attributes:
        binding: what it was opened for.
        begin: the statement that its next transaction begins with.
    """

    binding: Binding
    begin: str = "BEGIN"

    def close(self) -> None:
        """Put the connection aside, without any open transaction."""
        if self.in_transaction:
            self.rollback()
        _idle.give(self)

    def really_close(self) -> None:
        """Close the file."""
        super().close()


def open_file(path: Path) -> PooledConnection:
    """Open a file; who calls this gives the connection its binding, or really closes it."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(
        uri, uri=True, timeout=20, isolation_level=None, check_same_thread=False, factory=PooledConnection
    )
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA cache_size=-1024")
    connection.create_function("sort_key", 1, collation.sort_key)
    connection.create_function(
        "folded", 1, lambda text: None if text is None else normal_forms.folded(text), deterministic=True
    )
    return connection


def _connect() -> PooledConnection:
    binding = _bound.get()
    if binding is None:
        raise NothingBound("no sandbox is bound: open one with Sandbox.transaction() or Sandbox.reading()")
    idle = _idle.take(binding)
    if idle is not None:
        return idle
    connection = None
    try:
        connection = open_file(binding.path)
        (version, release, name) = connection.execute("SELECT schema_version, release, name FROM sandbox").fetchone()
    except (sqlite3.DatabaseError, TypeError) as error:
        if connection is not None:
            connection.really_close()
        if is_full(error):
            raise NoRoom(NO_ROOM) from error
        raise Unreadable(f"The file of the sandbox {binding.name!r} cannot be read: {error}.") from error
    connection.binding = binding
    if version != SCHEMA_VERSION:
        connection.really_close()
        raise WrongSchema(version, release)
    if name != binding.name:
        connection.really_close()
        raise WrongSandbox(f"The file of the sandbox {binding.name!r} holds the sandbox {name!r}.")
    return connection


def _make_engine() -> Engine:
    engine = create_engine("sqlite://", creator=_connect, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        opened = _opened(connection)
        try:
            opened.execute(opened.begin)
        except sqlite3.DatabaseError as error:
            _tell_damage(error, opened.binding.name)
            raise

    @event.listens_for(engine, "handle_error")
    def _failed(context: ExceptionContext) -> None:
        if context.connection is not None:
            _tell_damage(context.original_exception, _opened(context.connection).binding.name)

    return engine


def _tell_damage(error: BaseException, name: str) -> None:
    """Say of an error that comes of the file or the disk below what is wrong with it.

    Raises:
        Unreadable: the file is damaged.
        NoRoom: the disk is full.
    """
    if is_full(error):
        raise NoRoom(NO_ROOM) from error
    if getattr(error, "sqlite_errorcode", 0) & _PRIMARY in _DAMAGE_CODES:
        raise Unreadable(f"The file of the sandbox {name!r} cannot be read: {error}.") from error


def _opened(connection: Connection) -> PooledConnection:
    """Return the file connection below; on the path of every page, so past everything that could prepare a statement."""
    below = connection.connection.driver_connection
    assert isinstance(below, PooledConnection)
    return below


ENGINE = _make_engine()


@contextmanager
def connection_to(binding: Binding, *, writes: bool) -> Iterator[Connection]:
    """Open a connection to one sandbox.

    Args:
        binding: the file and the sandbox that must be inside.
        writes: take the write lock at once, so that a transaction never has to give up half-way.
    """
    token = _bound.set(binding)
    try:
        connection = ENGINE.connect()
    finally:
        _bound.reset(token)
    try:
        _opened(connection).begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
        yield connection
    finally:
        connection.close()


def used_bytes(connection: Connection) -> int:
    """Return how many bytes of a sandbox's file are used, with what the present transaction wrote; deleted rows do not count."""
    opened = _opened(connection)
    pages, free, size = (
        opened.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def changed_rows(connection: Connection) -> int:
    """Return how many rows were written through a connection since its file was opened, undone ones too."""
    return _opened(connection).total_changes


def has_row(connection: Connection, query: str) -> bool:
    """Return whether a query finds a row; past SQLAlchemy, for what every transaction that writes asks."""
    return _opened(connection).execute(query).fetchone() is not None


def forget_file(path: Path) -> None:
    """Close what idles on a file that is about to be removed."""
    _idle.drop(path)


def write_back_log(binding: Binding) -> None:
    """Write the log of a sandbox that nobody else has open back into its file; the file's date then stays until somebody writes."""
    connection = _idle.take(binding)
    if connection is not None:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()


def forget_missing_files() -> None:
    """Close what idles on files that another process has removed."""
    _idle.drop_missing()
