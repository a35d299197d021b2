"""A server that is killed in the middle of a class: nothing that it said was done is lost, and everybody goes on."""

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import Request

import pytest
from sqlalchemy import text

import seed
from simulator.app import create_app
from simulator.classroom.attempts import current_attempt
from simulator.classroom.board import observer
from simulator.classroom.recovery import carrying_out
from simulator.classroom.roster import Entry
from simulator.classroom.teaching import classroom
from simulator.core.store import Store
from simulator.settings import Settings
from tests.conftest import BASE_ADDRESS
from tests.test_cli import FETCH, SECONDS, serving

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = ["mail-never-arrived", "wrong-company"]
TRAINEES = [Entry("Lisa"), Entry("Omar"), Entry("Tess")]
TOKEN = "a-token-of-the-tests"


def room_of(directory: Path, templates: Path) -> Any:
    """Return a platform on a data directory, as a server that was just started."""
    store = Store(directory, seed.template_for(templates), seed.finish, BASE_ADDRESS)
    return create_app(Settings(data_dir=directory), store)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system whose processes can split")
def test_what_was_done_before_a_server_was_killed_is_there(tmp_path: Path, templates: Path) -> None:
    with room_of(tmp_path, templates).app_context():
        classroom().open("Monday", exercise_ids=EXERCISES, entries=TRAINEES)
    chance, done = random.Random(2026), -1
    command = [sys.executable, str(ROOT / "tests/classroom/runner.py"), str(tmp_path), str(templates)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        for _ in range(6):
            print(done + 1, chance.randint(1, 120), file=process.stdin, flush=True)
            steps = [int(line) for line in iter(process.stdout.readline, "ended\n")]
            assert steps == list(range(done + 1, done + 1 + len(steps)))
            done = check(tmp_path, templates, done + len(steps))
        process.stdin.close()
    assert done >= 6


def check(directory: Path, templates: Path, acknowledged: int) -> int:
    """Look at what a killed server left; return the number of the last step that has begun."""
    app = room_of(directory, templates)
    with app.app_context():
        room = classroom()
        class_ = room.classes.get("monday")
        last = len(class_.messages) - 1
        assert [message.text for message in class_.messages] == [str(number) for number in range(last + 1)]
        assert acknowledged <= last <= acknowledged + 1
        assert class_.more_minutes == last + 1 or (class_.more_minutes == last and last > acknowledged)
        for row in observer().rows(class_, "en"):
            assert row.seen.refusal == "" and len(row.goals) == len(row.seen.goals)
            with room.store.open(current_attempt(class_, row.trainee).sandbox) as sandbox, sandbox.reading() as db:
                assert db.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        if class_.more_minutes == last:
            room.act(
                "monday", "add-minutes", minutes=1
            )  # what is missing of the last step; the next process begins a new one
    return last


def test_a_solution_that_a_killed_server_was_carrying_out_does_not_stop_the_sandbox(tmp_path: Path, templates: Path) -> None:
    with room_of(tmp_path, templates).app_context():
        room = classroom()
        class_ = room.open("Monday", exercise_ids=EXERCISES, entries=TRAINEES)
        stopped = carrying_out(room, class_, class_.trainees["lisa"], EXERCISES[0])
        stopped.__enter__()
        assert room.classes.get("monday").trainees["lisa"].attempts[EXERCISES[0]].is_being_solved
        with room.store.open("monday-lisa-1") as sandbox, sandbox.transaction() as db:
            db.record.jobs_mode, db.record.delays = "manual", "none"
    with room_of(tmp_path, templates).app_context():
        room = classroom()
        attempt = room.classes.get("monday").trainees["lisa"].attempts[EXERCISES[0]]
        assert not attempt.is_being_solved and not attempt.solved_by_trainer
        with room.store.open("monday-lisa-1") as sandbox:
            assert (sandbox.read_record().jobs_mode, sandbox.read_record().delays) == ("auto", "real")


def call(url: str, path: str, body: object = None) -> Any:
    """Call the control API of a server that asks for a token."""
    data = json.dumps(body).encode() if body is not None else None
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    with FETCH.open(Request(f"{url}/_sim{path}", data=data, headers=headers), timeout=SECONDS) as answer:
        return json.loads(answer.read())


def page(url: str, path: str, cookie: str) -> str:
    """Return a page as a trainee's browser sees it."""
    with FETCH.open(Request(url + path, headers={"Cookie": cookie}), timeout=SECONDS) as answer:
        assert answer.url == url + path, "the trainee is not signed in any more"
        return str(answer.read().decode())


def test_a_class_on_a_network_goes_on_after_its_server_was_killed(tmp_path: Path, templates: Path) -> None:
    options = ("--host", "0.0.0.0", "--control-token", TOKEN, "--data-dir", tmp_path, "--templates", templates)

    def look(url: str) -> Any:
        bar = page(url, "/s/monday-omar-1/home/", cookie).partition('class="exercise-bar"')[2].partition("</section>")[0]
        rows = call(url, "/classes/monday/board?language=nb")
        return [row | {"minutes": 0} for row in rows], re.sub(r'value="[^"]*"', "", bar)

    with serving(*options) as server:
        trainees = [{"name": row.name} for row in TRAINEES]
        call(server.url, "/classes", {"title": "Monday", "exercises": EXERCISES, "trainees": trainees})
        for order in (
            {"action": "solve", "trainee": "lisa"},
            {"action": "next", "trainee": "lisa"},
            {"action": "hint", "trainee": "omar"},
            {"action": "set-minutes", "minutes": 9},
            {"action": "message", "text": "Coffee at three"},
        ):
            call(server.url, "/classes/monday/actions", order)
        sandbox = call(server.url, "/sandboxes/monday-omar-1")
        person = next(row["email"] for row in sandbox["people"] if row["key"] == "administrator")
        session = call(server.url, f"/sandboxes/monday-omar-1/people/{person}/session", {})["cookie"]
        key = sandbox["join_url"].partition("?join=")[2]
        cookie = f"{session['name']}={session['value']}; vnsim_join_monday-omar-1={key}"
        before = look(server.url)
        server.process.kill()
        server.process.wait(SECONDS)
    with serving(*options) as server:
        rows, bar = look(server.url)
        assert (rows, bar) == before
        assert "Coffee at three" in bar
        assert {row["trainee"]: (row["solved"], row["exercise"], row["hints"]) for row in rows} == {
            "lisa": (1, EXERCISES[1], 0), "omar": (0, EXERCISES[0], 1), "tess": (0, EXERCISES[0], 0),
        }  # fmt: skip
