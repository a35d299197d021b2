"""The one engine reaches the sandbox that is bound, and nothing else."""

import sqlite3
from datetime import datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from threading import Event as Signal
from threading import Thread

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import configure_mappers

from simulator.core.database import ENGINE, Binding, Instant, Money, NothingBound, WrongSandbox, WrongSchema, forget_file
from simulator.core.sandbox import Sandbox, SandboxRecord


def test_a_query_outside_of_any_sandbox_is_refused() -> None:
    with pytest.raises(NothingBound):
        ENGINE.connect()


def test_a_file_of_another_sandbox_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(WrongSandbox, match="'other' holds the sandbox 'default'"):
        with Sandbox(Binding(sandbox.path, "other"), "http://localhost").reading():
            pass


def test_a_file_of_another_schema_is_refused_with_the_release_that_wrote_it(sandbox: Sandbox) -> None:
    path = sandbox.path
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE sandbox SET schema_version = 999, release = '9.9.9'")
    connection.close()
    forget_file(path)
    with pytest.raises(WrongSchema, match=r"written by release 9\.9\.9 \(schema 999\)"):
        with Sandbox(Binding(path, "default"), "http://localhost").reading():
            pass


def test_an_error_in_a_transaction_leaves_no_trace(sandbox: Sandbox) -> None:
    with pytest.raises(ZeroDivisionError), sandbox.transaction() as db:
        db.record.tags = ["changed"]
        db.flush()
        raise ZeroDivisionError
    with sandbox.reading() as db:
        assert db.record.tags == []


def test_what_a_reading_transaction_changes_is_undone(sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        db.get_one(SandboxRecord, 1).tags = ["changed"]
        db.flush()
    with sandbox.reading() as db:
        assert db.record.tags == []


def test_draws_are_remembered_with_their_transaction_only(sandbox: Sandbox) -> None:
    with pytest.raises(ZeroDivisionError), sandbox.transaction() as db:
        first = db.chance.token()
        raise ZeroDivisionError
    with sandbox.transaction() as db:
        assert db.chance.token() == first
    with sandbox.transaction() as db:
        assert db.chance.token() != first


def test_an_instant_without_a_time_zone_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Instant().process_bind_param(datetime(2024, 1, 1), None)  # type: ignore[arg-type]


@pytest.mark.parametrize(("amount", "stored"), [("0.12", 1200), ("-3.5", -35000), ("1102", 11020000), ("0.0001", 1)])
def test_money_is_stored_as_a_whole_number_of_ten_thousandths(amount: str, stored: int) -> None:
    money = Money()
    assert money.process_bind_param(Decimal(amount), None) == stored  # type: ignore[arg-type]
    assert money.process_result_value(stored, None) == Decimal(amount)  # type: ignore[arg-type]


def test_money_that_is_finer_is_refused() -> None:
    with pytest.raises(ValueError, match="finer"):
        Money().process_bind_param(Decimal("0.00005"), None)  # type: ignore[arg-type]


def test_what_one_transaction_reads_first_keeps_no_other_one_waiting(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, began = Signal(), Signal()

    def read_elsewhere() -> None:
        began.wait(10)
        with sandbox.reading() as db:
            assert db.head.scenario
        read.set()

    other = Thread(target=read_elsewhere)
    other.start()
    with sandbox.reading() as db:
        connection = db.connection

        def slowly() -> Connection:
            began.set()
            assert read.wait(10), "the other transaction waits for this one"
            return connection()

        monkeypatch.setattr(db, "connection", slowly)
        assert db.head.scenario
    other.join()


HALF = """
import threading
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

class Base(DeclarativeBase):
    pass

class Letter(Base):
    __tablename__ = "letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    stamps: Mapped[list["Stamp"]] = relationship()

threading.current_thread().half.set()
assert threading.current_thread().rest.wait(60)

class Stamp(Base):
    __tablename__ = "stamp"
    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
"""


class Importing(Thread):
    """Imports a module that waits in its middle."""

    def __init__(self) -> None:
        super().__init__()
        self.half, self.rest = Signal(), Signal()

    def run(self) -> None:
        import_module("half_a_module")


def test_classes_of_a_module_that_another_thread_is_importing_are_configured_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_a_module.py").write_text(HALF)
    monkeypatch.syspath_prepend(tmp_path)
    importing = Importing()
    importing.start()
    assert importing.half.wait(60)
    configure_mappers()
    importing.rest.set()
    importing.join()
    letters = import_module("half_a_module").Letter
    configure_mappers()
    assert letters(id=1).stamps == []
    letters.registry.dispose()
