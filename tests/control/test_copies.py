"""Rules of snapshots, of handing a whole sandbox out, and of taking one in."""

import gzip
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event as Signal
from typing import Any

import pytest
from sqlalchemy import func, select

from simulator.app import Platform
from simulator.control.calls import copies as exporting
from simulator.control.calls import sandboxes as importing
from simulator.core import copies, events, files, jobs, outbox
from simulator.core.clock import machine_now
from simulator.core.database import APPLICATION_ID, SCHEMA_VERSION
from simulator.core.jobs import Job, JobState
from simulator.core.jobs.claiming import claim_next
from simulator.core.store import Store
from tests.conftest import NOW
from tests.control.conftest import Client, client_of
from tests.control.test_guard import assert_problem
from tests.disk import full_disk

AT = "/_sim/sandboxes/default"
FILE = "application/octet-stream"


def say(store: Store, text: str, name: str = "default") -> None:
    """Write a line into the journal of a sandbox."""
    with store.open(name) as sandbox, sandbox.transaction() as db:
        events.record(db, "user.signed_out", subject=text)


def said(store: Store, name: str = "default") -> list[str | None]:
    """Return what was written into the journal."""
    with store.open(name) as sandbox, sandbox.reading() as db:
        return [line.subject for line in events.after(db)]


def signed_in(client: Client, name: str = "default") -> bool:
    """Return whether the overview opens."""
    return bool(client.get(f"/s/{name}/home/").status_code == 200)


def sign_in(client: Client, name: str = "default") -> None:
    """Sign the administrator in."""
    (email, *_) = [item["email"] for item in client.get(f"/_sim/sandboxes/{name}").json["people"]]
    cookie = client.post(f"/_sim/sandboxes/{name}/people/{email}/session").json["cookie"]
    client.set_cookie(cookie["name"], cookie["value"], path=cookie["path"])


def keep(client: Client, snapshot: str = "before") -> dict[str, Any]:
    """Make a snapshot of the sandbox ``default``."""
    answer = client.post(f"{AT}/snapshots", json={"name": snapshot})
    assert answer.status_code == 201, answer.text
    stored: dict[str, Any] = answer.json
    return stored


def left_over(store: Store) -> list[str]:
    """Return what lies about in the data directory that belongs to no sandbox."""
    stored = {f"sandboxes/{name}" for name in store.names()} | {"sandboxes", "templates", "secret"}
    result = [path.relative_to(store.directory).as_posix() for path in store.directory.rglob("*")]
    return [
        path
        for path in result
        if path not in stored and not any(path.startswith(f"{item}/") for item in stored - {"sandboxes"})
    ]


def test_a_sandbox_is_put_back_to_a_snapshot(client: Client, store: Store) -> None:
    before = client.get(AT).json
    say(store, "kept")
    stored = keep(client)
    assert stored.keys() == {"name", "created_at", "now", "size"}
    assert (stored["name"], stored["now"]) == ("before", before["now"])
    say(store, "gone")
    client.put(f"{AT}/clock", json={"now": "2030-01-01T00:00:00Z"})
    again = client.post(f"{AT}/reset", json={"snapshot": "before"})
    assert again.json == before
    assert said(store) == ["kept"]


def test_a_restored_sandbox_ends_every_browser_session_but_no_join_link(client: Client, store: Store) -> None:
    join_url = client.get(AT).json["join_url"]
    sign_in(client)
    keep(client)
    assert signed_in(client)
    restored = client.post(f"{AT}/reset", json={"snapshot": "before"}).json
    assert not signed_in(client)
    assert restored["join_url"] == join_url
    sign_in(client)
    assert signed_in(client)


def test_a_snapshot_can_be_gone_back_to_again_and_after_a_reset_and_a_restart(
    client: Client, store: Store, platform: Platform
) -> None:
    say(store, "kept")
    keep(client)
    for _ in range(2):
        client.post(f"{AT}/reset")
        assert said(store) == []
        client.post(f"{AT}/reset", json={"snapshot": "before"})
        assert said(store) == ["kept"]
    fresh = Store(store.directory, store._template_for, store._finish, store.base_address)
    fresh.tidy()
    assert [item.name for item in copies.snapshots(fresh, "default")] == ["before"]
    copies.restore(fresh, "default", "before")
    assert said(fresh) == ["kept"]


def test_snapshots_are_listed_by_name_and_deleted(client: Client) -> None:
    for name in ("b", "a"):
        keep(client, name)
    assert [item["name"] for item in client.get(f"{AT}/snapshots").json] == ["a", "b"]
    assert client.delete(f"{AT}/snapshots/a").status_code == 204
    assert [item["name"] for item in client.get(f"{AT}/snapshots").json] == ["b"]
    assert_problem(client.delete(f"{AT}/snapshots/a"), 404)


def test_a_snapshots_name_that_is_taken_is_a_conflict_and_the_snapshot_stays(client: Client, store: Store) -> None:
    keep(client)
    say(store, "later")
    answer = client.post(f"{AT}/snapshots", json={"name": "before"})
    assert_problem(answer, 409)
    assert "'before'" in answer.get_json(force=True)["detail"]
    client.post(f"{AT}/reset", json={"snapshot": "before"})
    assert said(store) == []


@pytest.mark.parametrize("name", ["", "A", "-a", "a/b", "../a", "a" * 41, 7, None, "å"])
def test_a_snapshots_name_that_is_malformed_is_refused(client: Client, store: Store, name: object) -> None:
    answer = client.post(f"{AT}/snapshots", json={"name": name})
    assert_problem(answer, 422)
    assert [error["field"] for error in answer.get_json(force=True)["errors"]] == ["name"]
    assert client.get(f"{AT}/snapshots").json == []


@pytest.mark.parametrize("name", ["nothing", "../default", "A", "."])
def test_a_snapshot_that_is_not_there_is_named(client: Client, store: Store, name: str) -> None:
    say(store, "kept")
    answer = client.post(f"{AT}/reset", json={"snapshot": name})
    assert_problem(answer, 404)
    assert repr(name) in answer.get_json(force=True)["detail"]
    assert said(store) == ["kept"]


def test_snapshots_of_a_sandbox_that_is_not_there_are_a_problem_404(client: Client) -> None:
    for method, path, body in (("GET", "snapshots", None), ("POST", "snapshots", {"name": "a"}), ("GET", "export", None)):
        assert_problem(client.open(f"/_sim/sandboxes/nobody/{path}", method=method, json=body), 404)


def test_a_deleted_sandbox_takes_its_snapshots_along(client: Client, store: Store) -> None:
    client.post("/_sim/sandboxes", json={"scenario": "accountant-nl", "name": "mine"})
    client.post("/_sim/sandboxes/mine/snapshots", json={"name": "before"})
    client.delete("/_sim/sandboxes/mine").close()
    assert left_over(store) == []
    client.post("/_sim/sandboxes", json={"scenario": "accountant-nl", "name": "mine"})
    assert client.get("/_sim/sandboxes/mine/snapshots").json == []


def test_a_snapshot_taken_while_others_write_is_one_state(client: Client, store: Store) -> None:
    stop = Signal()

    def write() -> int:
        number = 0
        while not stop.is_set():
            with store.open("default") as sandbox, sandbox.transaction() as db:
                events.record(db, "user.signed_out", subject="pair", number=number)
                outbox.mail(db, "activation", to="x@class.example", language="en", link=None, first_name="X", email="x")
            number += 1
        return number

    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(write) for _ in range(2)]
        try:
            for number in range(5):
                keep(client, f"s{number}")
        finally:
            stop.set()
        assert all(writer.result(30) for writer in writers)
    for number in range(5):
        client.post(f"{AT}/reset", json={"snapshot": f"s{number}"})
        with store.open("default") as sandbox, sandbox.reading() as db:
            pairs = db.scalar(select(func.count()).where(events.Event.subject == "pair"))
            mails = db.scalar(select(func.count()).where(outbox.Message.recipient == "x@class.example"))
        assert pairs == mails


def test_a_job_that_was_claimed_is_queued_again_in_a_snapshot(client: Client, store: Store) -> None:
    with store.open("default") as sandbox:
        with sandbox.transaction() as db:
            jobs.enqueue(db, "elma.propagate", number="0")
        assert claim_next(sandbox) is not None
    keep(client)
    client.post(f"{AT}/reset", json={"snapshot": "before"})
    with store.open("default") as sandbox, sandbox.reading() as db:
        (job,) = db.scalars(select(Job).where(Job.kind == "elma.propagate"))
        assert (job.state, job.attempts, job.leased_until) == (JobState.QUEUED, 0, None)


def test_a_running_clock_goes_on_from_where_the_snapshot_was_taken(client: Client) -> None:
    client.put(f"{AT}/clock", json={"mode": "running", "now": NOW.isoformat()})
    keep(client)
    client.put(f"{AT}/clock", json={"mode": "running", "now": "2030-01-01T00:00:00Z"})
    restored = client.post(f"{AT}/reset", json={"snapshot": "before"}).json
    assert restored["clock_mode"] == "running"
    assert restored["now"].startswith(NOW.isoformat()[:4])


def test_a_damaged_snapshot_says_so_and_the_sandbox_stays(client: Client, store: Store) -> None:
    keep(client)
    (path,) = store.snapshots_of("default").glob("*.sqlite")
    path.write_bytes(b"this is not a database" * 1000)
    say(store, "kept")
    assert_problem(client.post(f"{AT}/reset", json={"snapshot": "before"}), 409)
    assert said(store) == ["kept"]
    assert client.get(f"{AT}/snapshots").json == []
    assert client.delete(f"{AT}/snapshots/before").status_code == 204


def exported(client: Client, name: str = "default") -> bytes:
    """Return a sandbox as a file."""
    answer = client.get(f"/_sim/sandboxes/{name}/export")
    assert (answer.status_code, answer.mimetype) == (200, FILE)
    assert re.search(rf'filename="?{name}\.sqlite', answer.headers["Content-Disposition"])
    assert answer.content_length == len(answer.data)
    content: bytes = answer.data
    answer.close()
    return content


def take_in(client: Client, content: bytes, name: str | None = "copy") -> Any:
    """Make a sandbox of a file."""
    query = {"name": name} if name else {}
    return client.post("/_sim/sandboxes/import", data=content, content_type=FILE, query_string=query)


def test_a_sandbox_travels_as_one_file_with_everything_in_it(client: Client, store: Store) -> None:
    say(store, "kept")
    with store.open("default") as sandbox, sandbox.transaction() as db:
        stored = files.store(db, owner_id=1, name="x.bin", media_type=FILE, content=bytes(range(256)) * 100)
        outbox.mail(
            db, "activation", to="x@class.example", language="en", link=db.address("connect"), first_name="X", email="x"
        )
    original = client.get(AT).json
    answer = take_in(client, exported(client))
    assert answer.status_code == 201, answer.text
    differing = {"name", "url", "join_url", "join_base", "created_at"}
    assert {key for key in original if answer.json[key] != original[key]} == differing
    assert answer.json["url"] == "http://localhost:8000/s/copy"
    assert answer.json["join_url"].split("join=")[1] != original["join_url"].split("join=")[1]
    assert said(store, "copy") == said(store)
    assert client.get("/_sim/sandboxes/copy/messages").json[-1]["links"] == ["http://localhost:8000/s/copy/connect"]
    with store.open("copy") as sandbox, sandbox.reading() as db:
        assert db.get_one(files.StoredFile, stored.id).content == bytes(range(256)) * 100
    assert left_over(store) == []


def test_an_imported_sandbox_lives_on_its_own(client: Client, store: Store) -> None:
    sign_in(client)
    content = exported(client)
    client.delete(AT)
    assert take_in(client, content, None).json["name"] == "default"
    assert not signed_in(client)
    sign_in(client)
    assert signed_in(client)
    say(store, "after")
    client.post(f"{AT}/snapshots", json={"name": "s"})
    assert client.post(f"{AT}/reset").status_code == 200
    assert said(store) == []


def test_an_export_holds_no_keys_and_nobody_signed_in(client: Client, store: Store, tmp_path: Path) -> None:
    sign_in(client)
    with store.open("default") as sandbox, sandbox.reading() as db:
        secret, join_key = db.record.secret, db.record.join_key
    path = tmp_path / "file.sqlite"
    content = exported(client)
    path.write_bytes(content)
    assert secret.encode() not in content
    assert join_key.encode() not in content
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM sign_in_session").fetchone() == (0,)
    connection.close()


def test_an_expired_sandbox_that_is_imported_stays(client: Client, store: Store) -> None:
    with store.open("default") as sandbox, sandbox.transaction() as db:
        db.record.expires_at = machine_now()
    content = exported(client)
    assert take_in(client, content).json["expires_at"] is None
    assert "copy" in [item["name"] for item in client.get("/_sim/sandboxes").json]


def test_a_name_in_use_is_a_conflict_and_a_wrong_one_is_refused(client: Client, store: Store) -> None:
    content = exported(client)
    assert_problem(take_in(client, content, "default"), 409)
    assert_problem(take_in(client, content, None), 409)
    for name in ("import", "A", "../x"):
        answer = take_in(client, content, name)
        assert_problem(answer, 422)
        assert answer.get_json(force=True)["errors"][0]["field"] == "name"
    assert store.names() == ["default"]
    assert left_over(store) == []


Change = Callable[[Path], object]


def sql(*statements: str) -> Change:
    """Return a change of a database by statements."""

    def change(path: Path) -> None:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA writable_schema=ON")
        for statement in statements:
            connection.execute(statement)
        connection.close()

    return change


def another_database(path: Path) -> None:
    """Put a database of something else in its place."""
    path.unlink()
    sql("CREATE TABLE person (id INTEGER)")(path)


def another_database_that_claims_to_be_a_sandbox(path: Path) -> None:
    """Put a database in its place that says that it is a sandbox."""
    another_database(path)
    sql(f"PRAGMA application_id={APPLICATION_ID}")(path)


def zipped(path: Path) -> None:
    """Put it into an archive."""
    content = path.read_bytes()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("default.sqlite", content)


def scribbled(path: Path) -> None:
    """Overwrite a page in the middle."""
    content = bytearray(path.read_bytes())
    middle = len(content) // 4096 // 2 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)


WRONG: dict[str, tuple[Change, str]] = {
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
    "text": (lambda path: path.write_text("hello " * 1000), "something else"),
    "json": (lambda path: path.write_text('{"scenario": "accountant-nl"}'), "but JSON"),
    "head only": (lambda path: path.write_bytes(path.read_bytes()[:60]), "is cut off"),
    "cut off": (lambda path: path.write_bytes(path.read_bytes()[:50_000]), "is cut off"),
    "zip": (zipped, "a zip archive"),
    "gzip": (lambda path: path.write_bytes(gzip.compress(path.read_bytes())), "a gzip archive"),
    "another database": (another_database, "another SQLite database"),
    "claims": (another_database_that_claims_to_be_a_sandbox, "no table 'sandbox'"),
    "scribbled": (scribbled, "is damaged"),
    "another release": (sql("UPDATE sandbox SET schema_version=999, release='9.9.9'"), "release 9.9.9"),
    "no own row": (sql("DELETE FROM sandbox"), "0 times"),
    "two own rows": (sql("CREATE TEMP TABLE t AS SELECT * FROM sandbox", "UPDATE t SET id=2",
                         "INSERT INTO sandbox SELECT * FROM t"), "2 times"),
    "trigger": (sql("CREATE TRIGGER evil AFTER INSERT ON event BEGIN DELETE FROM person; END"), "holds the trigger 'evil'"),
    "view": (sql("CREATE VIEW evil AS SELECT * FROM person"), "holds the view 'evil'"),
    "more tables": (sql("CREATE TABLE more (id INTEGER)"), "another table 'more'"),
    "fewer tables": (sql("DROP TABLE failed_attempt"), "failed_attempt"),
    "other columns": (sql("ALTER TABLE person ADD COLUMN evil TEXT"), "another table 'person'"),
    "other index": (sql("DROP INDEX ix_event_type"), "another index 'ix_event_type'"),
    "schema that is none": (sql("UPDATE sqlite_master SET sql='CREATE TABLE event (' WHERE name='event'"), "is damaged"),
    "unknown clock": (sql("UPDATE sandbox SET clock_mode='fast'"), "clock_mode='fast'"),
    "unknown language": (sql("UPDATE sandbox SET language='xx'"), "language='xx'"),
    "tags that are none": (sql("UPDATE sandbox SET tags='[7]'"), "tags="),
    "time that is none": (sql("UPDATE sandbox SET clock_base='yesterday'"), "clock_base='yesterday'"),
    "text for a number": (sql("UPDATE job SET attempts='many'"), "table job"),
    "json that is none": (sql("UPDATE job SET data='{'"), "table job"),
    "a day that is none": (sql("UPDATE invoice SET due_date='soon'"), "table invoice"),
    "a row that points nowhere": (sql('UPDATE "grant" SET person_id=99999 WHERE id=1'), "that is not there"),
    "json without end": (sql(f"""UPDATE event SET data='{{"a":{"[" * 100_000}{"]" * 100_000}}}'"""), "nested too deeply"),
    "deep json": (sql(f"""UPDATE event SET data='{{"a":{"[" * 200}{"]" * 200}}}'"""), "table event"),
    "json of another shape": (sql("UPDATE event SET data='[1]'"), "table event"),
    "a person's language": (sql("UPDATE person SET language='xx'"), "table person that cannot be read: language holds 'xx'"),
    "a person's status": (sql("UPDATE person SET status='odd'"), "status holds 'odd'"),
    "a person's name of two lines": (sql("UPDATE person SET first_name='a'||char(10)||'b'"), "first_name holds"),
    "a registration's state": (sql("UPDATE registration SET state='odd'"), "table registration that cannot be read: state holds"),
    "a registration's type": (sql("UPDATE registration SET document_type='odd' WHERE id=1"), "document_type holds 'odd'"),
    "a licence's product": (sql("UPDATE licence SET product='odd'"), "product holds 'odd'"),
    "an invoice's system": (sql("UPDATE invoice SET system='odd'"), "system holds 'odd'"),
    "a charge's unit": (sql("UPDATE charge SET unit='odd'"), "unit holds 'odd'"),
    "a currency": (sql("UPDATE company SET currency='odd'"), "currency holds 'odd'"),
    "a link's kind": (sql("UPDATE mailed_link SET kind='odd'"), "kind holds 'odd'"),
    "how mails carry documents": (sql("UPDATE autoinvoice_account SET email_how='odd'"), "email_how holds 'odd'"),
    "a company's country": (sql("UPDATE company SET country='ZZ'"), "table company that cannot be read: country holds 'ZZ'"),
    "a company's time zone": (sql("UPDATE company SET time_zone='No/Where'"), "No/Where"),
    "a list of numbers": (sql("UPDATE message SET links='[1,2]'"), "table message that cannot be read: links holds"),
    "an object for a list": (sql("UPDATE message SET codes='{}'"), "codes holds"),
    "a subject of two lines": (sql("UPDATE message SET subject='a'||char(10)||'b'"), "subject holds"),
    "a participant's scheme": (sql("UPDATE participant SET icd='odd'"), "table participant that cannot be read: icd holds 'odd'"),
    "a service": (sql("UPDATE company_service SET service='odd' WHERE rowid=1"), "service holds 'odd'"),
    "a party's scheme": (sql("INSERT INTO party (digest, name, folded_name, country, scheme) VALUES ('d', 'n', 'n', 'NO', '<b>')"),
                         "table party that cannot be read: scheme holds '<b>'"),
    "a job's kind": (sql("UPDATE job SET kind='an odd one'"), "table job that cannot be read: kind holds 'an odd one'"),
    "an event's type": (sql("UPDATE event SET type=''"), "table event that cannot be read: type holds ''"),
    "a fault's operation": (sql("INSERT INTO fault (operation, outcome, nth, hidden, seen, used) VALUES ('a b', 'x', 1, 0, 0, 0)"),
                            "table fault that cannot be read: operation holds 'a b'"),
    "a fault's outcome": (sql("INSERT INTO fault (operation, outcome, nth, hidden, seen, used) VALUES ('a.b', '/', 1, 0, 0, 0)"),
                          "table fault that cannot be read: outcome holds '/'"),
    "an unknown role": (sql("""UPDATE "grant" SET role='evil' WHERE id=1"""), "role holds 'evil'"),
}  # fmt: skip


def test_a_file_that_is_no_whole_sandbox_is_refused_by_what_is_wrong(client: Client, store: Store, tmp_path: Path) -> None:
    with store.open("default") as sandbox, sandbox.transaction() as db:
        events.record(db, "user.signed_out", subject="x")
        outbox.mail(db, "activation", to="x@class.example", language="en", link=None, first_name="X", email="x")
    content, result = exported(client), {}
    for case, (change, _) in WRONG.items():
        path = tmp_path / "file.sqlite"
        path.write_bytes(content)
        change(path)
        answer = take_in(client, path.read_bytes())
        errors = answer.get_json(force=True).get("errors", [{}])
        result[case] = (answer.status_code, errors[0].get("field"), errors[0].get("message", answer.text))
        assert left_over(store) == [], case
    assert {case: item[:2] for case, item in result.items()} == dict.fromkeys(WRONG, (422, "file"))
    assert [f"{case}: {item[2]}" for case, item in result.items() if WRONG[case][1] not in item[2]] == []
    assert [item["name"] for item in client.get("/_sim/sandboxes").json] == ["default"]


def test_a_file_that_is_too_large_is_refused_and_nothing_is_left(
    client: Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = exported(client)
    monkeypatch.setattr(importing, "LARGEST_IMPORT", len(content) - 1)
    assert_problem(take_in(client, content), 413)
    monkeypatch.setattr(importing, "LARGEST_IMPORT", len(content))
    assert take_in(client, content).status_code == 201
    assert left_over(store) == []


def test_what_is_too_large_to_be_imported_is_not_exported(
    client: Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(exported(client))
    monkeypatch.setattr(exporting, "LARGEST_IMPORT", size - 1)
    answer = client.get(f"{AT}/export")
    assert_problem(answer, 409)
    assert f"has {size} bytes" in answer.get_json(force=True)["detail"]
    assert left_over(store) == []


def test_a_full_disk_is_said_so_and_nothing_is_changed_or_left(client: Client, store: Store) -> None:
    content = exported(client)
    say(store, "kept")
    body = {"scenario": "accountant-nl", "name": "mine"}
    result: dict[tuple[str, int], Any] = {}
    for room in (0, 200_000):
        with full_disk(room):
            result |= {
                ("snapshot", room): client.post(f"{AT}/snapshots", json={"name": "before"}),
                ("export", room): client.get(f"{AT}/export"),
                ("create", room): client.post("/_sim/sandboxes", json=body),
                ("reset", room): client.post(f"{AT}/reset"),
                ("import", room): take_in(client, content),
            }
        assert left_over(store) == []
    for answer in result.values():
        assert_problem(answer, 507)
        assert "no room left on the disk" in answer.get_json(force=True)["detail"]
    assert said(store) == ["kept"]
    assert client.get(f"{AT}/snapshots").json == []
    assert [item["name"] for item in client.get("/_sim/sandboxes").json] == ["default"]
    keep(client)
    assert client.post("/_sim/sandboxes", json=body).status_code == 201


def test_a_page_for_which_there_is_no_room_says_so(client: Client, store: Store) -> None:
    page = client.get("/").text
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[-1]
    with full_disk(200_000):
        answer = client.post(
            "/lobby/create", data={"csrf_token": token, "scenario": "accountant-nl", "name": "mine", "language": ""}
        )
    assert answer.status_code == 507
    assert "No room on the disk" in answer.text
    assert store.names() == ["default"]


def test_only_a_file_is_taken_as_a_file(client: Client) -> None:
    content = exported(client)
    for type_ in ("application/json", "text/plain", "multipart/form-data", ""):
        answer = client.post("/_sim/sandboxes/import?name=copy", data=content, content_type=type_)
        assert_problem(answer, 415)


def test_a_file_larger_than_other_requests_is_taken(client: Client, store: Store, platform: Platform) -> None:
    with store.open("default") as sandbox, sandbox.transaction() as db:
        files.store(db, owner_id=1, name="x", media_type=FILE, content=bytes(platform.config["MAX_CONTENT_LENGTH"]) * 2)
    assert take_in(client, exported(client)).status_code == 201


def test_a_guarded_server_hands_out_and_takes_in_nothing_without_the_token(guarded: Platform) -> None:
    client = client_of(guarded)
    assert_problem(client.get(f"{AT}/export"), 401)
    assert_problem(take_in(client, b"x"), 401)


def test_the_schema_version_that_is_checked_is_that_of_this_release(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "file.sqlite"
    path.write_bytes(exported(client))
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT schema_version FROM sandbox").fetchone() == (SCHEMA_VERSION,)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()
    shutil.rmtree(tmp_path)
