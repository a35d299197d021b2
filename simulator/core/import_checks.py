"""Checks of an imported file before it is opened as a sandbox: it may be malicious.

SQLite stores a schema as SQL that it executes, so the file is opened read-only, with an untrusted schema, and is accepted
only if its tables are exactly those of this release, without triggers or views. Then its pages are checked,
and in the end every row is read once.
"""

import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Column, create_engine, select
from sqlalchemy.types import TypeDecorator

from simulator.core.clock import ClockMode
from simulator.core.database import APPLICATION_ID, SCHEMA_VERSION, Base, Binding, TextList, WrongSchema, connection_to
from simulator.core.errors import BadInput
from simulator.core.texts import LANGUAGES

HEAD = 100
"""Bytes before the first page's content. Source: SQLite, "Database File Format", section 1.3, "The Database Header"."""
MAGIC = b"SQLite format 3\0"
FILE_TYPES = {
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
    b"{": "JSON",
    b"<": "a web page",
}
"""The first bytes of other files that may be imported by mistake."""

EARLIEST, LATEST = 1900, 2200
"""Own choice: the accepted range of years in a sandbox's own row."""

MAX_DEPTH = 100
"""Own choice: how deeply JSON may be nested. The platform writes a few levels; Python fails before a thousand."""

Shape = dict[tuple[str, str], str]


def check(path: Path) -> str:
    """Check that a file is a complete sandbox of this release.

    Returns:
        The sandbox's name in the file.

    Raises:
        BadInput: it is not; ``file`` says what it is instead, or what is wrong with it.
    """
    try:
        _check_head(path)
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.execute("PRAGMA cell_size_check=ON")
            if sys.version_info >= (3, 12):
                connection.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
            _check_schema(connection)
            _check_pages(connection)
            return _check_own_row(connection)
    except (sqlite3.Error, UnicodeError, OverflowError) as error:
        raise _wrong(f"is damaged: {error}") from None


def check_rows(binding: Binding) -> None:
    """Check that every row can be read and has valid values.

    Raises:
        BadInput: a row is invalid; its table is named.
    """
    with connection_to(binding, writes=False) as connection:
        for table in Base.metadata.sorted_tables:
            try:
                for row in connection.execute(select(table)):
                    for column, value in zip(table.columns, row, strict=True):
                        if not _is_valid(column, value):
                            raise ValueError(f"{column.name} holds {str(value)[:40]!r}")
            except (ValueError, TypeError, ArithmeticError, AttributeError) as error:
                raise _wrong(f"holds a row of the table {table.name} that cannot be read: {error}") from None
            except RecursionError:
                raise _wrong(f"holds a row of the table {table.name} with JSON that is nested too deeply") from None


def _is_valid(column: Column[Any], value: object) -> bool:
    if value is None:
        return column.nullable or False
    if isinstance(column.type, TypeDecorator):
        return True
    holds: Callable[[Any], bool] | None = column.info.get("holds")
    if isinstance(column.type, TextList):
        return isinstance(value, list) and all(isinstance(item, str) and (holds is None or holds(item)) for item in value)
    if isinstance(column.type, JSON):
        return isinstance(value, dict) and not _too_deep(value)
    expected = column.type.python_type
    if expected is date:
        return isinstance(value, date) and not isinstance(value, datetime)
    return isinstance(value, expected) and (holds is None or holds(value))


def _too_deep(content: Any) -> bool:
    level, depth = [content], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            return True
        lists = [item if isinstance(item, list) else item.values() for item in level if isinstance(item, list | dict)]
        level = [item for items in lists for item in items if isinstance(item, list | dict)]
    return False


def _check_head(path: Path) -> None:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not size:
        raise _wrong("is empty")
    if not head.startswith(MAGIC):
        what = next((what for begin, what in FILE_TYPES.items() if head.startswith(begin)), "something else")
        raise _wrong(f"is no exported sandbox but {what}")
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(head[28:32], "big")
    if len(head) < HEAD or size < page * pages:
        raise _wrong(f"is cut off: {page * pages} bytes were expected, {size} are there")
    if int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        raise _wrong("is no exported sandbox but another SQLite database")


def _check_schema(connection: sqlite3.Connection) -> None:
    actual, expected = _shape(connection), _expected_shape()
    for type_, name in sorted(actual):
        if type_ not in ("table", "index"):
            raise _wrong(f"holds the {type_} {name[:60]!r}; a sandbox has none")
    if ("table", "sandbox") not in actual:
        raise _wrong("is no exported sandbox: it has no table 'sandbox'")
    version, release = _version(connection)
    if version != SCHEMA_VERSION:
        raise _wrong(str(WrongSchema(version, release)))
    for type_, name in sorted(actual.keys() | expected.keys()):
        if actual.get((type_, name)) != expected.get((type_, name)):
            raise _wrong(f"has another {type_} {name[:60]!r} than this release")


def _version(connection: sqlite3.Connection) -> tuple[int, str]:
    """Return the schema version, and the release that wrote the file.

    Raises:
        BadInput: the file has no such columns, or more than one row.
    """
    columns = {column[1] for column in connection.execute("PRAGMA table_info(sandbox)")}
    if not {"schema_version", "release"} <= columns:
        raise _wrong("is no exported sandbox: it does not say which release wrote it")
    rows = connection.execute("SELECT schema_version, release FROM sandbox LIMIT 2").fetchall()
    if len(rows) != 1 or not isinstance(rows[0][0], int):
        raise _wrong(f"is no exported sandbox: it says {len(rows)} times which release wrote it")
    return rows[0][0], str(rows[0][1])[:40]


def _check_pages(connection: sqlite3.Connection) -> None:
    faults = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(1)")]
    if faults != ["ok"]:
        raise _wrong(f"is damaged: {faults[0]}")
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise _wrong(
            f"is damaged: a row of the table {broken[0]} refers to a row of the table {broken[2]} that is not there"
        )


def _check_own_row(connection: sqlite3.Connection) -> str:
    """Check the sandbox's own row, which is used before anything else is, and return the sandbox's name."""
    connection.row_factory = sqlite3.Row
    row = connection.execute("SELECT * FROM sandbox").fetchone()
    rules = {
        "id": row["id"] == 1,
        "name": isinstance(row["name"], str),
        "language": row["language"] in LANGUAGES,
        "clock_mode": row["clock_mode"] in tuple(ClockMode),
        "birth_mode": row["birth_mode"] in tuple(ClockMode),
        "jobs_mode": row["jobs_mode"] in ("auto", "manual"),
        "jobs_delay": isinstance(row["jobs_delay"], int) and 0 <= row["jobs_delay"] <= 2**31,
        "delays": row["delays"] in ("real", "none"),
        "birth_delays": row["birth_delays"] in ("real", "none", None),
        "retention_months": isinstance(row["retention_months"], int) and 0 < row["retention_months"] <= 1200,
        "vendor_invoices": row["vendor_invoices"] in ("none", "ehf"),
        "drawn": isinstance(row["drawn"], int) and row["drawn"] >= 0,
        "seed": isinstance(row["seed"], str),
    }
    rules |= {column: _is_instant(row[column]) for column in ("born_at", "created_at", "clock_base", "clock_anchor")}
    for column, type_ in (("tags", list), ("overlay", dict)):
        try:
            content = json.loads(row[column])
        except (ValueError, TypeError, RecursionError):
            content = None
        rules[column] = isinstance(content, type_)
        if type_ is list:
            rules[column] = rules[column] and all(isinstance(tag, str) for tag in content)
    for column, right in rules.items():
        if not right:
            raise _wrong(f"says of itself {column}={str(row[column])[:40]!r}, which this release does not know")
    return str(row["name"])


def _is_instant(value: object) -> bool:
    try:
        return isinstance(value, str) and EARLIEST < datetime.fromisoformat(value).year < LATEST
    except ValueError:
        return False


def _shape(connection: sqlite3.Connection) -> Shape:
    query = "SELECT type, name, sql FROM sqlite_master"
    return {(str(type_), str(name)): " ".join(str(sql or "").split()) for type_, name, sql in connection.execute(query)}


def _expected_shape() -> Shape:
    """Return the tables of this release as SQLite stores them."""
    engine = create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            Base.metadata.create_all(connection)
            below: Any = connection.connection.driver_connection
            return _shape(below)
    finally:
        engine.dispose()


def _wrong(what: str) -> BadInput:
    return BadInput([("file", what)])
