"""Sandboxes as files: made, reset by generations, removed when their last reader has left."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import seed
from simulator.core import outbox
from simulator.core.clock import Clock, ClockMode
from simulator.core.database import Unreadable
from simulator.core.errors import AlreadyExists, BadInput, NotFound
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store, sandboxes_of
from tests.conftest import BASE_ADDRESS, NOW
from tests.elsewhere import opened_elsewhere
from tests.waiting import before_the_write_lock

CREATION = Creation(scenario="company-no", clock=Clock.frozen(NOW))


def files(store: Store, name: str) -> list[Path]:
    return sorted((store.directory / "sandboxes" / name).glob("*.sqlite"))


@pytest.mark.parametrize("name", ["", "-a", "A", "a_b", "a" * 41, "import", "../a", "a/b", "å", "a b", "a\n"])
def test_a_malformed_name_is_refused(store: Store, name: str) -> None:
    with pytest.raises(BadInput, match="lower-case letters"):
        store.create(name, CREATION)
    assert store.names() == []


def test_a_name_in_use_is_refused_and_the_sandbox_stays(store: Store) -> None:
    store.create("one", CREATION)
    before = files(store, "one")
    with pytest.raises(AlreadyExists, match="'one'"):
        store.create("one", CREATION)
    assert files(store, "one") == before


def test_an_unknown_sandbox_is_named(store: Store) -> None:
    for action in (store.open, store.reset, store.delete):
        with pytest.raises(NotFound, match="no sandbox named 'nowhere'"):
            action("nowhere")


def test_an_unknown_scenario_is_named_and_leaves_nothing(store: Store) -> None:
    with pytest.raises(NotFound, match="no scenario named 'nothing'"):
        store.create("one", Creation(scenario="nothing"))
    assert store.names() == []


def test_sandboxes_are_listed_in_order(store: Store) -> None:
    for name in ("c", "a", "b"):
        store.create(name, CREATION)
    assert store.names() == ["a", "b", "c"]


def test_a_reset_is_a_new_generation_and_the_old_one_goes_with_its_last_reader(store: Store) -> None:
    store.create("one", CREATION)
    with store.open("one") as reader:
        store.reset("one")
        assert len(files(store, "one")) == 2
        with reader.reading() as db:
            assert db.record.name == "one"
    assert len(files(store, "one")) == 1
    with store.open("one") as fresh:
        assert fresh.path != reader.path


def test_a_reset_puts_the_clock_back_to_birth(store: Store) -> None:
    store.create("one", CREATION)
    with store.open("one") as sandbox, sandbox.transaction() as db:
        db.record.clock = Clock.live()
    store.reset("one")
    with store.open("one") as sandbox, sandbox.reading() as db:
        assert (db.clock.mode, db.clock.now()) == (ClockMode.FROZEN, NOW)


def test_a_deleted_sandbox_is_gone_at_once_but_its_reader_finishes(store: Store) -> None:
    store.create("one", CREATION)
    with store.open("one") as reader:
        store.delete("one")
        assert not store.exists("one")
        with reader.reading() as db:
            assert db.record.name == "one"
        store.create("one", CREATION)
    assert len(files(store, "one")) == 1


def test_what_a_killed_server_left_behind_is_removed(store: Store) -> None:
    store.create("one", CREATION)
    remaining = files(store, "one")
    (remaining[0].parent / "left-over.sqlite").write_bytes(b"x")
    store.tidy()
    assert files(store, "one") == remaining


def test_what_a_killed_server_left_half_written_is_swept_and_what_is_being_written_stays(store: Store) -> None:
    store.create("one", CREATION)
    with store.open("one") as sandbox, sandbox.scratch() as folder:
        (folder / "half").write_bytes(b"x")
        left = folder.with_name("scratch-of-a-killed-server")
        left.mkdir()
        (left / "half").write_bytes(b"x")
        with opened_elsewhere(sandbox).scratch() as of_a_worker:
            (of_a_worker / "half").write_bytes(b"x")
            store.tidy()
            assert (of_a_worker / "half").exists()
        assert folder.parent == sandbox.path.parent
        assert (left.exists(), (folder / "half").exists()) == (False, True)
    assert not folder.exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"0" * 100, b"../../x\0", b"0123456789abcdef.sqlite"])
def test_a_damaged_pointer_hides_no_other_sandbox_and_a_start_mends_it(store: Store, content: bytes) -> None:
    store.create("mine", CREATION)
    store.create("other", CREATION)
    with store.open("mine") as sandbox, sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(days=1))
    pointer = store.directory / "sandboxes" / "mine" / "current"
    pointer.write_bytes(content)
    assert "other" in [sandbox.name for sandbox in sandboxes_of(store)]
    if content:
        with store.open("mine") as sandbox, pytest.raises(Unreadable), sandbox.reading():
            pass
    store.tidy()
    with store.open("mine") as sandbox, sandbox.reading() as db:
        assert db.clock.now() == NOW + timedelta(days=1)


def test_a_damaged_pointer_beside_several_files_loses_none_of_them(store: Store) -> None:
    store.create("mine", CREATION)
    (file,) = files(store, "mine")
    shutil.copyfile(file, file.with_name("0123456789abcdef.sqlite"))
    file.with_name("current").write_bytes(b"\xff")
    store.tidy()
    assert len(files(store, "mine")) == 2
    store.delete("mine")
    store.tidy()
    assert list((store.directory / "sandboxes").iterdir()) == []


def test_what_belongs_to_no_file_and_empty_folders_are_removed_at_a_start(store: Store) -> None:
    store.create("mine", CREATION)
    folder = store.directory / "sandboxes" / "mine"
    (remaining,) = files(store, "mine")
    for name in ("gone.sqlite-wal", "gone.sqlite-shm", "gone.sqlite-summary", "gone.sqlite-summary.0123"):
        (folder / name).write_bytes(b"x")
    (folder.parent / "empty").mkdir()
    beside = remaining.with_name(f"{remaining.name}-summary")
    beside.write_bytes(b"{}")
    store.tidy()
    assert not (folder.parent / "empty").exists()
    assert not list(folder.glob("gone*")) and beside.exists() and remaining.exists()


def test_the_same_seed_gives_the_same_codes_and_a_reset_gives_them_again(store: Store) -> None:
    drawn = []
    for name in ("one", "two"):
        store.create(name, Creation(scenario="company-no", clock=Clock.frozen(NOW), seed="luck"))
        for _ in range(2):
            with store.open(name) as sandbox, sandbox.transaction() as db:
                drawn.append(db.chance.token())
            store.reset(name)
    assert len(set(drawn)) == 1


def test_a_pointer_that_a_killed_server_left_empty_is_no_sandbox(store: Store) -> None:
    store.create("one", CREATION)
    pointer = store.directory / "sandboxes" / "one" / "current"
    pointer.write_text("", encoding="utf-8")
    with pytest.raises(NotFound, match="'one'"):
        store.open("one")
    store.create("one", CREATION)
    with store.open("one") as sandbox, sandbox.reading() as db:
        assert db.record.name == "one"


def test_a_reset_keeps_when_the_sandbox_was_made_and_its_key(store: Store) -> None:
    store.create("one", CREATION)
    seen = []
    for _ in range(2):
        with store.open("one") as sandbox, sandbox.reading() as db:
            seen.append((db.record.created_at, db.record.join_key, db.record.seed))
        store.reset("one")
    assert seen[0] == seen[1]


def test_making_resetting_and_deleting_at_once_leaves_whole_sandboxes_only(store: Store) -> None:
    unexpected: list[BaseException] = []

    def play(turns: int) -> None:
        for turn in range(turns):
            try:
                action = (store.delete, lambda name: store.create(name, CREATION), store.reset)[turn % 3]
                action("one")
                with store.open("one") as sandbox, sandbox.transaction() as db:
                    assert db.record.name == "one"
                    db.chance.token()
                store.tidy()
            except (NotFound, AlreadyExists):
                continue
            except BaseException as error:
                unexpected.append(error)

    players = [Thread(target=play, args=(40,)) for _ in range(4)]
    for player in players:
        player.start()
    for player in players:
        player.join()
    assert unexpected == []
    assert len(files(store, "one")) == len(store.names()) <= 1


def test_a_template_that_is_damaged_is_built_anew(store: Store, templates: Path, tmp_path: Path) -> None:
    own = tmp_path / "templates"
    fresh = Store(tmp_path / "other", seed.template_for(own), seed.finish, BASE_ADDRESS)
    fresh.create("one", CREATION)
    (template,) = own.glob("*.sqlite")
    whole = template.read_bytes()
    for damaged in (whole[:20_000], b""):
        template.write_bytes(damaged)
        fresh.delete("one")
        fresh.create("one", CREATION)
        with fresh.open("one") as sandbox, sandbox.reading() as db:
            assert db.record.scenario == "company-no"
        assert len(template.read_bytes()) > len(damaged)


def test_a_reset_that_was_overtaken_leaves_the_newer_sandbox_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.create("one", CREATION)
    make = store._template_for

    def overtaken(scenario: str, creation: datetime, text: str | None = None) -> Path:
        monkeypatch.setattr(store, "_template_for", make)
        store.delete("one")
        store.create("one", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW)))
        return make(scenario, creation)

    monkeypatch.setattr(store, "_template_for", overtaken)
    store.reset("one")
    with store.open("one") as sandbox, sandbox.reading() as db:
        assert db.record.scenario == "accountant-nl"
    assert len(files(store, "one")) == 1


def test_links_in_mails_lead_to_where_the_sandbox_is_served_now(store: Store) -> None:
    store.create("one", CREATION)
    moved = Store(
        store.directory, lambda scenario, creation, text=None: Path(), lambda db, creation: None, "https://sim.test"
    )
    with moved.open("one") as sandbox, sandbox.reading() as db:
        (mail,) = outbox.after(db)
        assert mail.links[0].startswith("https://sim.test/s/one/connect/activate/")
        assert mail.links[0] in mail.text
        assert mail.html is not None
        assert mail.links[0] in mail.html


@pytest.mark.parametrize("replace", [Store.reset, Store.delete])
def test_what_waits_for_the_lock_of_a_sandbox_that_is_reset_or_removed_is_refused(
    store: Store, sandbox: Sandbox, replace: Callable[[Store, str], Any]
) -> None:
    with before_the_write_lock(lambda: replace(store, "default")) as done, pytest.raises(NotFound), sandbox.transaction():
        raise AssertionError("the transaction was opened")
    assert done
