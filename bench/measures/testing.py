"""Tests with pytest's plug-in: a test with a sandbox of its own, the start of a session, and many tests on two workers."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import vnsim
from bench.figures import Effort, Figure, median
from bench.peers import PeerMissing, peers_python
from bench.processes import memory_of

AIM_TEST = 8
AIM_START = 1.2
AIM_RISE = 5
WARM = 100
"""Tests that are run before memory is looked at."""

OURS = """
import pytest

@pytest.mark.parametrize("number", range({count}))
def test_own(sandbox, number):
    assert sandbox.person("administrator").password
"""
IAM = """
import pytest

@pytest.mark.parametrize("number", range({count}))
def test_own(iam_server, number):
    assert iam_server.random_user().user_name
"""
MOTO = """
from urllib.request import urlopen

import pytest
from moto.server import ThreadedMotoServer

@pytest.fixture(scope="session")
def moto_server():
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    with urlopen(f"http://{{host}}:{{port}}/moto-api/data.json"):
        yield port
    server.stop()

def test_own(moto_server):
    assert moto_server
"""
TIMES = """
import json
import time

import pytest

taken, reached = [], []

@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_protocol():
    begin = time.perf_counter()
    yield
    taken.append((time.perf_counter() - begin) * 1000)

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call():
    reached.append(time.time())

def pytest_unconfigure():
    with open("times.json", "w") as file:
        json.dump({"taken": taken, "reached": reached[:1]}, file)
"""
"""Notes how long each test takes, its fixtures included, and when the first one is called."""


@dataclass(frozen=True)
class Project:
    """A folder with tests, and what runs them.

    Attributes:
        folder: the folder.
        python: the interpreter.
        plugin: the module of the plug-in; no other is loaded.
    """

    folder: Path
    python: Path
    plugin: str | None

    def run(self, *arguments: str) -> tuple[float, list[float]]:
        """Run the tests; return the seconds from the command to the first test, and the milliseconds of each.

        Raises:
            AssertionError: one of them failed.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("VNSIM_", "PYTEST_"))}
        environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        plugins = ["-p", self.plugin] if self.plugin else []
        command = [str(self.python), "-m", "pytest", "-q", *plugins, *arguments]
        begin = time.time()
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        times = json.loads((self.folder / "times.json").read_text(encoding="utf-8"))
        return times["reached"][0] - begin if times["reached"] else 0.0, times["taken"]


@contextmanager
def _project(tests: str, python: Path, plugin: str | None, count: int) -> Iterator[Project]:
    with TemporaryDirectory(prefix="vnsim-bench-tests-", ignore_cleanup_errors=True) as directory:
        folder = Path(directory)
        (folder / "conftest.py").write_text(TIMES, encoding="utf-8")
        (folder / "test_own.py").write_text(tests.format(count=count), encoding="utf-8")
        yield Project(folder, python, plugin)


def measure(effort: Effort) -> list[Figure]:
    """Run sessions in turn with those of peers; the first of each warms caches and is left out."""
    return [_each(effort), _start(effort), *_many(effort)]


def _each(effort: Effort) -> Figure:
    count = effort.operations * 3
    ours, peer, note = _in_turn((OURS, IAM), ("simulator.testing.plugin", "pytest_iam"), count, effort.rounds)
    taken = [milliseconds for _, session in ours for milliseconds in session[1:]]
    beside = median([milliseconds for _, session in peer for milliseconds in session[1:]]) if peer else None
    met = median(taken) <= AIM_TEST
    name = "a test with its own sandbox"
    return Figure(name, median(taken), "ms", taken, "pytest-iam, a user of its own", beside, f"<= {AIM_TEST} ms", met, note)


def _start(effort: Effort) -> Figure:
    ours, peer, note = _in_turn((OURS, MOTO), ("simulator.testing.plugin", None), 1, effort.starts)
    starts = [seconds * 1000 for seconds, _ in ours]
    beside = median([seconds * 1000 for seconds, _ in peer]) if peer else None
    met = median(starts) <= AIM_START * beside if beside else None
    return Figure(
        "command to first test",
        median(starts),
        "ms",
        starts,
        "moto's server in a thread",
        beside,
        f"<= {AIM_START} x",
        met,
        note,
    )


def _in_turn(
    tests: tuple[str, str], plugins: tuple[str, str | None], count: int, times: int
) -> tuple[list[tuple[float, list[float]]], list[tuple[float, list[float]]], str]:
    """Run our tests and the peer's in turn; return what each session took, and why there is no peer."""
    python, note = None, ""
    try:
        python = peers_python()
    except PeerMissing as error:
        note = str(error)
    ours, peer = [], []
    with _project(tests[0], Path(sys.executable), plugins[0], count) as own:
        with _project(tests[1], python or Path(sys.executable), plugins[1], count) as other:
            for _ in range(times + 1):
                ours.append(own.run())
                if python is not None:
                    peer.append(other.run())
    return ours[1:], peer[1:], note


def _many(effort: Effort) -> Sequence[Figure]:
    """Run many tests on two workers against one server; see what they leave there."""
    workers = ("-p", "xdist.plugin", "-n", "2")
    with vnsim.fresh() as data_dir, vnsim.served(data_dir) as server:
        url = ("--vnsim-url", server.api.url)
        python, plugin = Path(sys.executable), "simulator.testing.plugin"
        with _project(OURS, python, plugin, WARM) as few, _project(OURS, python, plugin, effort.tests) as many:
            few.run(*workers, *url)
            before = memory_of(server.process)
            begin = time.perf_counter()
            many.run(*workers, *url)
            taken = time.perf_counter() - begin
            after = memory_of(server.process)
        left = len(server.api.get("/sandboxes")) - 1
        files = sum(1 for _ in (data_dir / "sandboxes").iterdir()) - 1
    name = f"{effort.tests} tests with -n 2"
    figures = [Figure(name, taken, "s", note=f"{left} sandboxes and {files} of their folders are left")]
    if before is not None and after is not None:
        rise = after[1] - before[1]
        figures.append(Figure("memory that they leave", rise, "MB", aim=f"<= {AIM_RISE} MB", met=rise <= AIM_RISE))
    return figures
