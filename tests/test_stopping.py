"""Rules of stopping: heard at any moment, obeyed at once, and what was at hand is queued again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from simulator.core import jobs
from simulator.core.clock import Clock
from simulator.core.jobs.models import Job
from simulator.core.jobs.worker import Worker
from simulator.core.sandbox import Db
from simulator.core.store import Creation, Store
from simulator.settings import DEFAULT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")

SECONDS = 60

LISTENING = """
import os, signal, sys
from threading import Event
from simulator import stopping
stop = stopping.Stop()
stop.listen()
def tell(number=signal.SIGTERM):
    os.kill(os.getpid(), number)
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own that listens to signals."""
    return subprocess.run(
        [sys.executable, "-c", LISTENING + code], capture_output=True, text=True, timeout=SECONDS, check=False
    )


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_what_takes_long_is_left_at_once(name: str) -> None:
    ended = run(f"with stop.interrupting():\n    tell(signal.{name})\n    Event().wait()")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


LOST = """
def lose():
    try:
        tell()
        Event().wait()
    except BaseException:
        print('lost')
"""


def test_a_signal_whose_exception_is_lost_is_obeyed_at_the_next_step() -> None:
    block = "with stop.interrupting():\n    lose()"
    for further in ("print('went on')", "with stop.interrupting():\n    print('went on')"):
        ended = run(f"{LOST}{block}\n{further}")
        assert (ended.returncode, ended.stdout) == (0, "lost\n")


def test_a_signal_whose_exception_is_lost_interrupts_again() -> None:
    ended = run(f"{LOST}with stop.interrupting():\n    lose()\n    while True:\n        Event().wait(0.01)\n")
    assert (ended.returncode, ended.stdout) == (0, "lost\n")


def test_an_interrupt_while_the_command_line_is_imported_ends_without_a_traceback() -> None:
    code = (
        "import os, signal, sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *more):\n"
        "        if name == 'simulator.cli': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from simulator.__main__ import main\n"
        "main()\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, "")


def test_a_signal_before_anything_waits_for_it_is_remembered() -> None:
    ended = run("tell()\nstop.wait(60)\nstop.then(lambda: print('told'))\nwith stop.interrupting():\n    print('went on')")
    assert (ended.returncode, ended.stdout) == (0, "told\n")


def test_every_reaction_is_called_once_however_many_signals_come() -> None:
    code = (
        "done = Event()\nstop.then(lambda: print('first'))\nstop.then(lambda: 1 / 0)\nstop.then(done.set)\n"
        "tell()\ntell(signal.SIGINT)\ntell()\ndone.wait()\ntell(signal.SIGINT)\nprint('went on', stop.is_set())"
    )
    ended = run(code)
    assert (ended.returncode, ended.stdout) == (0, "first\nwent on True\n")
    assert "ZeroDivisionError" in ended.stderr


def test_a_process_that_is_held_up_ends_when_its_time_is_up() -> None:
    ended = run("stopping.LIMIT = 0.1\nstop.before_the_limit(lambda: print('gave back'))\ntell()\nEvent().wait()")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "gave back\n", "")


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Event, Event]]:
    """Register a kind of job whose preparation takes until the second event is set; the first one says that it began."""
    began, goes_on = Event(), Event()

    def prepare(db: Db, **_: Any) -> None:
        began.set()
        goes_on.wait()

    def work(db: Db, **_: Any) -> None:
        raise AssertionError("this job was given back")

    monkeypatch.setitem(jobs.KINDS, "test.hang", jobs.JobKind(work, prepare))
    yield began, goes_on
    goes_on.set()


def state_of_jobs(store: Store) -> list[tuple[str, int]]:
    """Return state and attempts of the jobs of a test."""
    with store.open(DEFAULT) as sandbox, sandbox.reading() as db:
        return [(row.state, row.attempts) for row in db.query(Job).filter(Job.kind.like("test.%"))]


def make_store_with_job(store: Store, kind: str = "test.hang") -> None:
    """Make the sandbox ``default`` with a job that is due."""
    store.create(DEFAULT, Creation(scenario="accountant-nl", clock=Clock.live()))
    with store.open(DEFAULT) as sandbox, sandbox.transaction() as db:
        jobs.enqueue(db, kind)


def test_a_job_that_does_not_end_in_time_is_queued_again(store: Store, hanging: tuple[Event, Event]) -> None:
    make_store_with_job(store)
    worker = Worker(store)
    worker.start()
    assert hanging[0].wait(SECONDS)
    assert state_of_jobs(store) == [("running", 1)]
    worker.stop(0)
    assert state_of_jobs(store) == [("queued", 0)]
    hanging[1].set()
    worker.stop()
    assert state_of_jobs(store) == [("queued", 0)]


def test_no_job_is_claimed_any_more_once_the_server_stops(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    worker, done = Worker(store), Event()

    def work(db: Db, **_: Any) -> None:
        worker.claim_no_more()
        done.set()

    monkeypatch.setitem(jobs.KINDS, "test.stop", jobs.JobKind(work))
    make_store_with_job(store, "test.stop")
    with store.open(DEFAULT) as sandbox, sandbox.transaction() as db:
        jobs.enqueue(db, "test.stop")
    worker.start()
    assert done.wait(SECONDS)
    worker.stop()
    worker.check(DEFAULT)
    assert state_of_jobs(store) == [("done", 1), ("queued", 0)]


SERVER = """
import sys
from threading import Event
from simulator import cli
from simulator.core import jobs

def prepare(db, **_):
    print("began", flush=True)
    Event().wait()

jobs.KINDS["test.hang"] = jobs.JobKind(lambda db, **_: None, prepare)
sys.argv[0] = "vnsim"
cli.main()
"""


@pytest.mark.parametrize(
    ("command", "number"),
    [(("serve", "--port", "0"), signal.SIGTERM), (("worker",), signal.SIGINT)],
    ids=["server", "worker"],
)
def test_a_process_stops_during_a_job_and_gives_it_back(store: Store, command: tuple[str, ...], number: int) -> None:
    make_store_with_job(store)
    arguments = [sys.executable, "-c", SERVER, *command, "--data-dir", str(store.directory)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VNSIM_")}
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert any(line == "began\n" for line in process.stdout)
        process.send_signal(number)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, errors) == (0, "")
    assert state_of_jobs(store) == [("queued", 0)]
    assert not (Path(store.directory) / "server.json").exists()
