"""Ready files: the same for the same day, small, alone, found quickly, and without anything heavy."""

import os
import sqlite3
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import seed
from simulator.core.clock import Clock
from simulator.core.database import Base
from simulator.core.store import Creation, Store
from simulator.directory import credentials
from tests.conftest import NOW
from tests.seed.conftest import SMALL

LARGEST = 2 * 1024 * 1024
SALTED = {("person", "password_hash"), ("password_entry", "hash")}
"""Columns that differ between two builds: each hash has a salt of its own."""
OF_A_COPY = {"name", "created_at", "secret", "join_key", "seed", "clock_anchor", "drawn"}
"""What a sandbox's own row says of a copy alone."""


def rows_of(path: Path) -> dict[str, list[dict[str, object]]]:
    """Return every table's rows, without what is salted."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    try:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
        return {
            name: [
                {column: value for column, value in dict(row).items() if (name, column) not in SALTED}
                for row in connection.execute(f'SELECT * FROM "{name}"')
            ]
            for name in names
        }
    finally:
        connection.close()


@pytest.mark.parametrize("scenario", ["accountant-nl", "company-no", "two-step-no"])
def test_a_scenario_built_twice_on_one_day_is_the_same(templates: Path, tmp_path: Path, scenario: str) -> None:
    path = seed.template_for(templates)(scenario, NOW)
    other = seed.template_for(tmp_path)(scenario, NOW + timedelta(hours=9))
    assert rows_of(path) == rows_of(other)


@pytest.mark.parametrize("scenario", ["accountant-nl", "company-no"])
def test_a_ready_file_is_small_and_alone(templates: Path, scenario: str) -> None:
    path = seed.template_for(templates)(scenario, NOW)
    assert path.stat().st_size < LARGEST
    assert [beside.name for beside in templates.glob(f"{path.name}-*")] == []
    assert path.read_bytes()[18:20] == b"\x02\x02", "the file is in write-ahead mode"


def test_a_ready_file_with_a_spoilt_page_is_built_anew(templates: Path, tmp_path: Path) -> None:
    whole = seed.template_for(templates)("accountant-nl", NOW)
    spoilt = tmp_path / whole.name
    content = whole.read_bytes()
    spoilt.write_bytes(content[:8192] + bytes(4096) + content[12288:])
    assert seed.template_for(tmp_path)("accountant-nl", NOW) == spoilt
    assert rows_of(spoilt) == rows_of(whole)


def test_what_was_left_while_it_was_built_is_removed_at_the_start(tmp_path: Path) -> None:
    left, fresh = (tmp_path / f"accountant-nl.4.20261129.{name}.building-wal" for name in ("left", "fresh"))
    for path in (left, fresh):
        path.touch()
    os.utime(left, (0, 0))
    seed.template_for(tmp_path)
    assert list(tmp_path.iterdir()) == [fresh]


def test_a_ready_file_has_every_table(templates: Path) -> None:
    assert rows_of(seed.template_for(templates)("accountant-nl", NOW)).keys() >= Base.metadata.tables.keys()


def test_a_reset_restores_every_table(store: Store) -> None:
    creation = Creation(
        scenario="accountant-nl",
        clock=Clock.frozen(NOW),
        seed="dice",
        overlay={"people": [{"key": "user", "phone": "1234"}]},
    )
    store.create("default", creation)
    with store.open("default") as sandbox:
        before = rows_of(sandbox.path)
        with sandbox.transaction() as db:
            for table in reversed(Base.metadata.sorted_tables):
                if table.name != "sandbox":
                    db.execute(table.delete())
    store.reset("default")
    with store.open("default") as sandbox:
        after = rows_of(sandbox.path)
    for rows in (before, after):
        rows["sandbox"] = [{key: value for key, value in row.items() if key not in OF_A_COPY} for row in rows["sandbox"]]
    assert before == after


def test_passwords_of_two_builds_are_the_same_under_their_salts(templates: Path) -> None:
    connection = sqlite3.connect(seed.template_for(templates)("accountant-nl", NOW))
    try:
        rows = connection.execute(
            "SELECT password_hash, note.password FROM person JOIN note ON person_id = person.id"
        ).fetchall()
    finally:
        connection.close()
    assert any(password for _, password in rows)
    assert all(credentials.matches(hash_, password) for hash_, password in rows if password)


def test_the_birth_day_is_that_of_the_scenario_s_time_zone(tmp_path: Path, scenarios: Path) -> None:
    ready = seed.template_for(tmp_path, scenarios=scenarios)
    late = ready("small", datetime.fromisoformat("2022-03-01T23:30+00:00"))
    assert late == ready("small", datetime.fromisoformat("2022-03-02T12:00+01:00"))
    assert late != ready("small", datetime.fromisoformat("2022-03-01T12:00+01:00"))


def test_files_of_an_older_text_go_when_they_are_not_used(tmp_path: Path, scenarios: Path) -> None:
    import os

    ready = seed.template_for(tmp_path / "ready", scenarios=scenarios)
    old = ready("small", NOW)
    text = SMALL
    for number in range(2):
        text += f"# {number}\n"
        (scenarios / "small.yaml").write_text(text, encoding="utf-8")
        assert ready("small", NOW) != old
        assert old.exists() == (number == 0)
        if number == 0:
            os.utime(old, (0, 0))


def test_two_askers_at_once_build_once(tmp_path: Path, scenarios: Path) -> None:
    built: list[None] = []
    ready = seed.template_for(tmp_path / "ready", prepare=lambda: built.append(None), scenarios=scenarios)
    threads = [threading.Thread(target=ready, args=("small", NOW)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1
    assert [path.suffix for path in (tmp_path / "ready").iterdir()] == [".sqlite"]


def test_a_scenario_that_cannot_be_built_leaves_nothing(tmp_path: Path, scenarios: Path) -> None:
    from simulator.core.errors import BadInput

    (scenarios / "small.yaml").write_text(SMALL.replace("day: -40 days", "day: -3 years"), encoding="utf-8")
    with pytest.raises(BadInput) as error:
        seed.template_for(tmp_path / "ready", scenarios=scenarios)("small", NOW)
    assert error.value.problems == [
        (
            "small.yaml: charges.0",
            "expected a licence for autoinvoice that Shop's customer has on 2019-03-01, found none",
        )
    ]
    assert list((tmp_path / "ready").iterdir()) == []


HEAVY = ("pydantic", "yaml", "babel", "argon2", "stdnum")


def test_making_a_sandbox_from_a_ready_file_imports_nothing_heavy(tmp_path: Path) -> None:
    program = f"""
import sys
from datetime import datetime
from pathlib import Path
import seed
from simulator.core.clock import Clock
from simulator.core.store import Creation, Store
now = datetime.fromisoformat({NOW.isoformat()!r})
here = Path({str(tmp_path)!r})
store = Store(here, seed.template_for(here / "templates"), seed.finish, "http://localhost:8000")
creation = Creation(scenario="company-no", clock=Clock.frozen(now))
store.create(sys.argv[1], creation)
with store.open(sys.argv[1]) as sandbox, sandbox.transaction() as db:
    seed.finish(db, creation)
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""

    def heavy(name: str) -> list[str]:
        command = [sys.executable, "-c", program, name]
        run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(seed.__file__).parents[1])
        return run.stdout.split()

    assert "pydantic" in heavy("built")
    assert heavy("copied") == []
