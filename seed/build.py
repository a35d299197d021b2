"""Builds the ready file of a scenario as of one creation day."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path

from sqlalchemy import create_engine, delete, insert
from sqlalchemy.pool import NullPool

import simulator
from simulator.core import outbox, progress
from simulator.core.clock import Clock
from simulator.core.database import APPLICATION_ID, SCHEMA_VERSION, Base, Binding, forget_file
from simulator.core.errors import BadInput
from simulator.core.events import Event
from simulator.core.sandbox import Sandbox, SandboxRecord
from simulator.directory import login_history
from simulator.documents.synthetic import consumption

from .cache import Head
from .content import write
from .load import load_text
from .model import Scenario
from .reading import decoded
from .setting import Setting
from .vocabulary import ALL

PLACEHOLDER = "template"
"""The sandbox's name until a copy is given its own."""


def build(head: Head, creation: datetime, path: Path, prepare: Callable[[], None] | None = None) -> None:
    """Build a scenario into a new file.

    The clock stands at the beginning of the creation day, and the dice are those of the scenario's name, so that a scenario
    built twice for one day is the same. The journal is empty at creation: what was there before is no event.

    Args:
        head: the scenario.
        creation: the instant of creation; its day counts.
        path: the file to make.
        prepare: called first, for example to import tables that ``import_tables`` does not find.

    Raises:
        BadInput: the scenario is not right.
    """
    scenario, raw = load_text(decoded(head.text, f"{head.name}.yaml"), head.name)
    day = head.creation_day(creation)
    begin = head.midnight(creation)
    if prepare is not None:
        prepare()
    import_tables()
    progress.expect(_steps(scenario))
    _create_database(path, scenario, Clock.frozen(begin), head.minutes)
    try:
        sandbox = Sandbox(Binding(path, PLACEHOLDER), outbox.HERE)
        with sandbox.transaction() as db:
            db.precedes_creation = True
            write(Setting(db, scenario.name, day, scenario.time_zone, scenario.country, raw), scenario)
            db.flush()
            db.execute(delete(Event))
            login_history.from_last_sign_ins(db)
        if scenario.unpacked:
            consumption.unpack_all(sandbox)
    except BadInput as error:
        raise BadInput([(f"{head.name}.yaml: {where}", what) for where, what in error.problems]) from None
    finally:
        forget_file(path)
    _settle(path)


def _steps(scenario: Scenario) -> int:
    """Return how many steps building takes: charges of companies, their invoices, and their documents if they are made now."""
    companies = len(scenario.companies) + sum(crowd.companies for crowd in scenario.crowds)
    charged = [companies if ALL in entry.companies else len(entry.companies) or 1 for entry in scenario.charges]
    return sum(charged) + max(charged, default=0) + (companies if scenario.unpacked else 0)


def import_tables() -> None:
    """Import every module that declares tables: all of the core, and every ``models``."""
    root = Path(simulator.__file__).parent
    paths = [*root.glob("core/*.py"), *root.rglob("models.py"), *root.rglob("models/*.py")]
    for path in sorted(paths):
        parts = path.relative_to(root.parent).with_suffix("").parts
        import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))


def _create_database(path: Path, scenario: Scenario, clock: Clock, counts_from_birth: bool) -> None:
    """Create the tables and the sandbox's own row; what only a copy can know is set in the copy."""
    engine = create_engine(f"sqlite:///{path.as_posix()}", poolclass=NullPool)
    with engine.begin() as connection:
        # Nobody else has the file yet: one transaction for all tables, and nothing waits for the disk.
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        connection.exec_driver_sql("BEGIN")
        Base.metadata.create_all(connection, checkfirst=False)
        connection.execute(
            insert(SandboxRecord).values(
                id=1,
                name=PLACEHOLDER,
                schema_version=SCHEMA_VERSION,
                release=simulator.__version__,
                scenario=scenario.name,
                language=scenario.language,
                language_chosen=False,
                created_at=clock.base,
                expires_at=None,
                born_at=clock.base,
                birth_mode=clock.mode.value,
                tags=[],
                clock_mode=clock.mode.value,
                clock_base=clock.base,
                clock_anchor=clock.base,
                seed=f"{PLACEHOLDER} {scenario.name}",
                drawn=0,
                secret="",
                join_key="",
                jobs_mode="auto",
                jobs_delay=0,
                delays="real",
                retention_months=scenario.retention_months,
                vendor_invoices=scenario.vendor_invoices,
                overlay={},
                counts_from_birth=counts_from_birth,
            )
        )


def _settle(path: Path) -> None:
    """Leave one small file in write-ahead mode, with nothing beside it."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
