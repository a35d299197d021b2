"""Rules of lists of sandboxes: they open no file of a sandbox that was not changed, and always say what is in it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from simulator.control.expiry import remove_expired
from simulator.core import clock, database, sidecar
from simulator.core.database import IDLE_CONNECTIONS
from simulator.core.store import Store
from simulator.directory.models import Person
from tests.conftest import NOW
from tests.control.conftest import Client
from tests.disk import full_disk

MANY = IDLE_CONNECTIONS + 6
OPTIONS: tuple[dict[str, Any], ...] = (
    {"language": "sv"},
    {"with": {"people": [{"key": "new", "first_name": "Nieuwe", "last_name": "Naam", "email": "new@rietkraag.example"}]}},
    {"mode": "live", "now": None},
    {"ttl": 3600, "tags": ["class"]},
)


@pytest.fixture
def openings(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the files of sandboxes that are opened from now on."""
    opened: list[Path] = []
    open_file = database.open_file

    def note(path: Path) -> Any:
        opened.append(path)
        return open_file(path)

    monkeypatch.setattr(database, "open_file", note)
    return opened


def summary_file(store: Store, name: str) -> Path:
    """Return where the summary of a sandbox is."""
    with store.open(name) as sandbox:
        return sandbox.path.with_name(sandbox.path.name + sidecar.ENDING)


def close_all(store: Store) -> None:
    """Close what idles, as a server that stops does."""
    for name in store.names():
        with store.open(name) as sandbox:
            database.forget_file(sandbox.path)


def assert_right(client: Client) -> None:
    """Check that the list says of each sandbox what it says of itself."""
    listed = client.get("/_sim/sandboxes").json
    for row in listed:
        whole = client.get(f"/_sim/sandboxes/{row['name']}").json
        if row["clock_mode"] != "frozen":
            row["now"] = whole["now"]
        assert row == whole


def rename(store: Store, name: str) -> None:
    """Change the name of a person."""
    with store.open(name) as sandbox, sandbox.transaction() as db:
        db.scalars(select(Person).where(Person.key == "user")).one().first_name = "Another"


@pytest.mark.parametrize("options", [{}, *OPTIONS], ids=lambda options: "-".join(options) or "plain")
def test_many_new_sandboxes_are_listed_without_opening_them(
    client: Client, make: Callable[..., Any], store: Store, openings: list[Path], options: dict[str, Any]
) -> None:
    count = MANY if not options else 2
    for number in range(count):
        make(name=f"s{number}", **options)
    close_all(store)
    openings.clear()
    assert len(client.get("/_sim/sandboxes").json) == count + 1
    assert client.get("/?name=s1").text.count("/?name=s") == count
    assert remove_expired(store) == []
    # The lobby shows one of them in full; the sandbox of the fixture was made past the API.
    assert {path.parent.name for path in openings} <= {"default", "s1"}
    assert_right(client)


def test_a_list_reads_what_was_changed_and_only_that(
    client: Client, make: Callable[..., Any], store: Store, openings: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sidecar, "SETTLED", 0.0)
    for name in ("mine", "two"):
        make(name=name)
    client.get("/_sim/sandboxes")
    changes: dict[str, Callable[[], Any]] = {
        "clock": lambda: client.put(
            "/_sim/sandboxes/mine/clock", json={"mode": "frozen", "now": "2023-05-01T10:00:00+02:00"}
        ),
        "advance": lambda: client.post("/_sim/sandboxes/mine/clock/advance", json={"seconds": 3600}),
        "snapshot": lambda: client.post("/_sim/sandboxes/mine/snapshots", json={"name": "kept"}),
        "person": lambda: rename(store, "mine"),
        "reset": lambda: client.post("/_sim/sandboxes/mine/reset"),
        "restore": lambda: client.post("/_sim/sandboxes/mine/reset", json={"snapshot": "kept"}),
    }
    for change in changes.values():
        answer = change()
        assert answer is None or answer.status_code < 400
        assert_right(client)
    close_all(store)
    client.get("/_sim/sandboxes")
    close_all(store)
    openings.clear()
    client.get("/_sim/sandboxes")
    assert openings == []


def test_a_status_that_ends_by_itself_is_listed_as_it_is_now(
    client: Client, make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(name="mine", mode="running")
    later = clock.machine_now() + timedelta(days=400)
    statuses = []
    for _ in range(2):
        row = next(row for row in client.get("/_sim/sandboxes").json if row["name"] == "mine")
        statuses.append([person["status"] for person in row["people"] if person["key"] == "locked"])
        monkeypatch.setattr(clock, "machine_now", lambda: later)
    assert statuses == [["locked"], ["active"]]


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"form": 1}', b"\xff\xfe", b"{}" * 10, "cut", "changed"])
def test_a_summary_that_is_missing_damaged_or_older_is_read_anew(
    client: Client, make: Callable[..., Any], store: Store, content: bytes | str | None
) -> None:
    make(name="mine")
    path = summary_file(store, "mine")
    older = path.read_bytes()
    client.put("/_sim/sandboxes/mine/clock", json={"mode": "frozen", "now": "2023-05-01T10:00:00+02:00"})
    for left in (older, content):
        if left is None:
            path.unlink()
        elif isinstance(left, bytes):
            path.write_bytes(left)
        else:
            present = path.read_bytes()
            path.write_bytes(present[:-1] if left == "cut" else present.replace(b"active", b"locked"))
        assert_right(client)


def test_lists_need_no_room(client: Client, make: Callable[..., Any]) -> None:
    make(name="mine")
    client.put("/_sim/sandboxes/mine/clock", json={"mode": "frozen", "now": "2023-05-01T10:00:00+02:00"})
    with full_disk(0):
        assert_right(client)
        assert client.get("/").status_code == 200


def test_what_has_expired_is_removed_by_its_summary(
    client: Client, make: Callable[..., Any], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(name="mine", ttl=3600)
    make(name="two")
    close_all(store)
    later = clock.machine_now() + timedelta(hours=2)
    monkeypatch.setattr("simulator.control.expiry.machine_now", lambda: later)
    assert remove_expired(store) == ["mine"]
    assert store.names() == ["default", "two"]
    assert not (store.directory / "sandboxes" / "mine").exists()


def test_a_list_beside_writers_is_right_when_they_are_done(client: Client, make: Callable[..., Any], store: Store) -> None:
    make(name="mine")

    def write() -> None:
        for minute in range(60):
            with store.open("mine") as sandbox, sandbox.transaction() as db:
                db.record.clock = db.record.clock.moved_to(NOW + timedelta(minutes=minute))

    writer = Thread(target=write)
    writer.start()
    while writer.is_alive():
        client.get("/_sim/sandboxes")
    writer.join()
    assert_right(client)
