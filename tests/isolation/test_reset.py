"""A reset puts back every row of its sandbox, ends its browser sessions, and nobody else notices."""

from threading import Event, Thread

import pytest

from simulator.app import Platform
from simulator.core.database import Base
from simulator.core.errors import NotFound
from simulator.core.store import Store
from tests.isolation.using import DIFFERENT_AFTER_A_RESET, add_user, changed, comparable, rows, rows_of, use
from tests.visits import Visitor, cast

OF_ITS_OWN = {
    *("sandbox.name", "sandbox.created_at", "sandbox.join_key", "sandbox.secret", "event.data", "job.leased_until"),
    *("message.text", "message.html", "message.links", "message.raw", "person.password_hash", "password_entry.hash"),
}
"""What differs between two sandboxes of the same seed that are used alike: their name, also in the addresses of mails, machine
time, and the salt of passwords."""


def test_a_reset_restores_every_row_of_every_table(platform: Platform, store: Store) -> None:
    before = rows_of(store, "used")
    with store.open("used") as sandbox:
        use(platform, sandbox)
        after_use = changed(before, rows(sandbox))
    assert len(after_use) >= 12, f"too little was used to say anything: {sorted(after_use)}"
    store.reset("used")
    restored = rows_of(store, "used")
    assert comparable(restored) == comparable(before)
    for table, column in DIFFERENT_AFTER_A_RESET - {("sandbox", "clock_anchor")}:
        assert restored[table][0][column] != before[table][0][column]


def test_what_must_differ_are_columns_that_exist() -> None:
    assert all(column in Base.metadata.tables[table].columns for table, column in DIFFERENT_AFTER_A_RESET)


def test_a_reset_ends_the_sign_ins_of_its_own_sandbox_only(platform: Platform, store: Store) -> None:
    visitors = {}
    for name in ("used", "quiet"):
        with store.open(name) as sandbox:
            visitors[name] = Visitor.of(platform, sandbox, cast(sandbox, "administrator").email)
        assert visitors[name].is_signed_in
    store.reset("used")
    assert not visitors["used"].is_signed_in
    assert visitors["quiet"].is_signed_in


def test_using_and_resetting_one_leaves_every_row_of_the_other(platform: Platform, store: Store) -> None:
    before = rows_of(store, "quiet")
    with store.open("used") as sandbox:
        use(platform, sandbox)
    store.reset("used")
    assert rows_of(store, "quiet") == before


def test_two_sandboxes_that_are_used_alike_hold_the_same(platform: Platform, store: Store) -> None:
    for name in ("used", "quiet"):
        with store.open(name) as sandbox:
            use(platform, sandbox)
    first, second = comparable(rows_of(store, "used")), comparable(rows_of(store, "quiet"))
    differing = {
        f"{table}.{column}"
        for table in first
        for left, right in zip(first[table], second[table], strict=True)
        for column in left
        if left[column] != right[column]
    }
    assert differing <= OF_ITS_OWN


def test_requests_on_two_sandboxes_and_resets_run_side_by_side(platform: Platform, store: Store) -> None:
    with store.open("quiet") as sandbox:
        quiet = Visitor.of(platform, sandbox, cast(sandbox, "administrator").email)
    stopped, wrong = Event(), []

    def read_quiet() -> None:
        while not stopped.is_set():
            for path in ("/home/", "/settings/licenses", "/admin/users"):
                status = quiet.get(path).status_code
                if status != 200:
                    wrong.append(f"quiet {path}: {status}")

    def use_used() -> None:
        turn = 0
        while not stopped.is_set():
            turn += 1
            try:
                with store.open("used") as sandbox:
                    visitor = Visitor.of(platform, sandbox, cast(sandbox, "administrator").email)
            except NotFound:
                # It was reset while the session was about to be stored.
                continue
            for path in ("/home/", "/settings/licenses", "/mail/"):
                # Between two requests the sandbox may have been reset, which ends the session: then Connect asks.
                status = visitor.get(path).status_code
                if status not in (200, 302):
                    wrong.append(f"used {path}: {status}")

    threads = [Thread(target=read_quiet), Thread(target=use_used), Thread(target=use_used)]
    before = rows_of(store, "quiet")
    for thread in threads:
        thread.start()
    for _ in range(15):
        store.reset("used")
    stopped.set()
    for thread in threads:
        thread.join(60)
    assert not wrong
    assert changed(before, rows_of(store, "quiet")) == set()
    assert len(list((store.directory / "sandboxes" / "used").glob("*.sqlite"))) == 1


def test_a_request_in_flight_reads_the_generation_it_began_on_and_writes_nothing_to_it(
    platform: Platform, store: Store
) -> None:
    with store.open("used") as flying:
        with flying.reading() as db:
            cookie_key = db.cookie_key
            tags = db.record.tags
        store.reset("used")
        # Read where it began; what would be written there would be lost, so it is refused.
        with pytest.raises(NotFound), flying.transaction() as db:
            db.record.tags = ["written in flight"]
        with flying.reading() as db:
            assert (db.cookie_key, db.record.tags) == (cookie_key, tags)
        assert flying.path.is_file()
        path = flying.path
    assert not path.exists()
    with store.open("used") as present, present.reading() as db:
        assert db.cookie_key != cookie_key
        assert db.record.tags == []


def test_a_visit_that_opened_a_sandbox_before_its_deletion_finishes(store: Store) -> None:
    with store.open("used") as flying:
        store.delete("used")
        assert not store.exists("used")
        with flying.reading() as db:
            assert db.record.name == "used"
    assert not flying.path.exists()


@pytest.mark.parametrize("times", [1, 3])
def test_a_reset_comes_back_to_the_same_every_time(platform: Platform, store: Store, times: int) -> None:
    before = comparable(rows_of(store, "used"))
    for turn in range(times):
        with store.open("used") as sandbox:
            add_user(Visitor.of(platform, sandbox, cast(sandbox, "administrator").email), f"u{turn}@fjordlys.example")
        store.reset("used")
    assert comparable(rows_of(store, "used")) == before
