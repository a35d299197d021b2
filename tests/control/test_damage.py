"""Rules of damaged sandboxes: each is named with its reason and can be deleted, and the others do not notice."""

import shutil
import sqlite3
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from simulator.control.expiry import remove_expired
from simulator.core.clock import machine_now
from simulator.core.database import forget_file
from simulator.core.jobs.worker import Worker
from simulator.core.store import Creation, Store
from simulator.server import CannotServe, Plan, serve
from simulator.settings import Settings
from simulator.stopping import Stop
from tests.control.conftest import Client
from tests.control.test_guard import assert_problem
from tests.control.test_lobby import send

Make = Callable[..., dict[str, Any]]
Damage = Callable[[Path, Path], object]


def cut_off(path: Path, other: Path) -> None:
    """Leave the beginning of a file."""
    path.write_bytes(path.read_bytes()[:5000])


def remove(path: Path, other: Path) -> None:
    """Remove a file that a sandbox points to."""
    path.unlink()


def put_another(path: Path, other: Path) -> None:
    """Put the file of another sandbox in its place."""
    shutil.copyfile(other, path)


def put_no_database(path: Path, other: Path) -> None:
    """Put something into a file that is no database."""
    path.write_text("this is not a database" * 1000)


def put_an_empty_database(path: Path, other: Path) -> None:
    """Leave nothing in a file."""
    path.write_bytes(b"")


def put_another_release(path: Path, other: Path) -> None:
    """Let another release have written a file."""
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE sandbox SET schema_version=999, release='9.9.9'")
    connection.close()


DAMAGES = [cut_off, remove, put_another, put_no_database, put_an_empty_database, put_another_release]


def scribble(path: Path, other: Path) -> None:
    """Overwrite the page at which the people of a sandbox begin; what says which sandbox it is stays."""
    with sqlite3.connect(path) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name='person'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    content = path.read_bytes()
    path.write_bytes(content[: (page - 1) * size] + b"\xff" * size + content[page * size :])


def file_of(store: Store, name: str) -> Path:
    """Return the whole of a sandbox as one file that nobody has open."""
    with store.open(name) as sandbox:
        path = sandbox.path
    forget_file(path)
    return path


def break_sandbox(store: Store, damage: Damage, name: str) -> None:
    """Damage a sandbox."""
    damage(file_of(store, name), file_of(store, "default"))


@pytest.fixture(params=[*DAMAGES, scribble], ids=lambda damage: damage.__name__)
def broken(request: pytest.FixtureRequest, make: Make, store: Store) -> str:
    """Return the name of a sandbox that is damaged in one way or another."""
    make(name="broken")
    break_sandbox(store, request.param, "broken")
    return "broken"


def test_the_list_shows_the_other_sandboxes(client: Client, make: Make, broken: str) -> None:
    make(name="whole")
    answer = client.get("/_sim/sandboxes")
    assert answer.status_code == 200
    assert [item["name"] for item in answer.json] == ["default", "whole"]


def test_the_lobby_shows_the_other_sandboxes_and_deletes_the_damaged_one(client: Client, broken: str, store: Store) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "/s/default/home/" in page.text
    chosen = client.get(f"/?name={broken}").text
    assert "This sandbox cannot be opened." in chosen
    assert "/?name=default" in chosen
    assert send(client, f"/lobby/delete?name={broken}", "/lobby/delete", name=broken).status_code == 302
    assert store.names() == ["default"]


def test_what_has_expired_still_goes(store: Store, broken: str) -> None:
    store.create("over", Creation(scenario="accountant-nl", expires_at=machine_now()))
    assert remove_expired(store) == ["over"]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_sandbox_says_why_and_can_be_deleted(client: Client, make: Make, store: Store, damage: Damage) -> None:
    make(name="broken")
    break_sandbox(store, damage, "broken")
    for path in ("/clock", "/people", "/events"):
        assert_problem(client.get(f"/_sim/sandboxes/broken{path}"), 409)
    answer = client.get("/_sim/sandboxes/broken")
    assert_problem(answer, 409)
    lobby = unescape(client.get("/").text)
    assert answer.get_json(force=True)["detail"] in lobby
    assert "/lobby/delete?name=broken" in lobby
    assert_problem(client.post("/_sim/sandboxes/broken/reset"), 409)
    assert client.delete("/_sim/sandboxes/broken").status_code == 204
    assert store.names() == ["default"]
    make(name="broken")


@pytest.mark.parametrize("damage", [damage for damage in DAMAGES if damage is not remove])
def test_a_server_whose_default_is_damaged_ends_with_a_sentence(store: Store, make: Make, damage: Damage) -> None:
    make(name="other")
    damage(file_of(store, "default"), file_of(store, "other"))
    with pytest.raises(CannotServe, match="'vnsim sandbox delete default --data-dir "):
        serve(Plan(settings=Settings(data_dir=store.directory, port=0)), Stop(), print)


PAGES = ("/s/broken/connect/", "/s/broken/phone/", "/s/broken/mail/", "/s/broken/home/")


def test_a_sandbox_that_is_damaged_in_the_middle_says_so_on_its_pages(
    client: Client, make: Make, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    make(name="broken")
    break_sandbox(store, scribble, "broken")
    result = {path: client.get(path) for path in PAGES}
    assert {answer.status_code for answer in result.values()} <= {200, 302, 409}
    phone = result["/s/broken/phone/"]
    assert phone.status_code == 409
    assert "cannot be read" in unescape(phone.text)
    for path in ("", "/people"):
        answer = client.get(f"/_sim/sandboxes/broken{path}")
        assert_problem(answer, 409)
        assert "'broken' cannot be read" in answer.get_json(force=True)["detail"]
    assert client.get("/s/default/phone/").status_code == 200
    assert caplog.records == []


def test_a_worker_says_of_a_damaged_sandbox_in_one_line_that_it_leaves_it_alone(
    make: Make, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    make(name="broken")
    break_sandbox(store, cut_off, "broken")
    worker = Worker(store)
    worker._run_queue("broken")
    worker.stop()
    (record,) = caplog.records
    assert (record.levelname, record.exc_info) == ("WARNING", None)
    assert (
        "the queue of sandbox broken is left alone: The file of the sandbox 'broken' cannot be read" in record.getMessage()
    )
