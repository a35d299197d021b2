"""pytest's plug-in, in runs of their own."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simulator import __version__
from simulator.testing import Server, serve
from simulator.testing.run import PREFIX, Run
from tests.testing.foreign_server import answering

TESTS = """
import pytest

@pytest.mark.vnsim("company-no", now="2022-03-01T09:00+01:00", delays="none", faults=[{"operation": "email.deliver"}])
class TestMarks:
    def test_of_the_class(self, sandbox):
        assert sandbox.raw["scenario"] == "company-no"
        assert sandbox.faults.all()[0]["operation"] == "email.deliver"

    @pytest.mark.vnsim("company-se")
    def test_of_the_function(self, sandbox):
        assert (sandbox.raw["scenario"], sandbox.clock.now().year) == ("company-se", 2022)

def test_several(new_sandbox):
    assert new_sandbox().name != new_sandbox().name

def test_deleted_by_the_test(sandbox):
    sandbox.delete()

def test_fails(sandbox):
    sandbox.inbox.wait(to="new@rietkraag.example")
    sandbox.check({"person_status": {"person": "user", "status": "locked"}})

@pytest.mark.vnsim(with_={"people": [{"key": "user", "status": "lost"}]})
def test_wrong_overlay(sandbox):
    pass

@pytest.mark.vnsim("company-no", "company-se")
def test_wrong_mark(sandbox):
    pass

@pytest.mark.vnsim("missing.yaml")
def test_missing_file(sandbox):
    pass

def test_wrong_file(new_sandbox):
    new_sandbox("own/wrong.yaml")

@pytest.fixture(scope="session")
def longer(sandbox):
    return sandbox

def test_sandbox_in_a_longer_fixture(longer):
    pass
"""
WRONG = "name: wrong\ntitle: Wrong\nlanguage: xx\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as own:
        yield own


PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:hypothesispytest"]
"""Without plug-ins of this project's own tests, which take long to import."""


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a run: without what steers this one."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("VNSIM_", "PYTEST_"))} | more


def run(directory: Path, *arguments: str, **more: str) -> str:
    """Run the tests of a directory in a process of its own; return what is printed."""
    command = [*PYTEST, *arguments]
    done = subprocess.run(command, cwd=directory, env=environment(**more), capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_marks_failures_and_wrong_input(tmp_path: Path, server: Server) -> None:
    (tmp_path / "tests" / "own").mkdir(parents=True)
    (tmp_path / "tests" / "test_own.py").write_text(TESTS)
    (tmp_path / "tests" / "own" / "wrong.yaml").write_text(WRONG)
    before = {sandbox["name"] for sandbox in server.api.get("/sandboxes")}
    printed = run(tmp_path, VNSIM_URL=server.url)
    assert "2 failed, 4 passed, 4 errors" in printed
    assert "with.people.0.status: expected one of" in printed
    assert "The mark vnsim takes the scenario, and the rest by name" in printed
    assert f"The scenario {tmp_path / 'tests' / 'missing.yaml'} cannot be read: No such file or directory." in printed
    assert "wrong.yaml: language: expected" in printed
    assert "ScopeMismatch: You tried" in printed
    assert "with vnsim_server.sandbox(" in printed
    assert "During handling" not in printed
    (page,) = tmp_path.glob("vnsim-results/test-fails-*/*/index.html")
    assert str(page.relative_to(tmp_path)) in printed
    text = page.read_text()
    assert "but: active" in text
    assert "mail to new@rietkraag.example: Activeer uw account" in text
    assert {path.name for path in page.parent.iterdir()} == {
        "index.html", "sandbox.vnsim", "events.json", "messages.json", "jobs.json", "faults.json",
        "requests.json", "requests.har", "diff.json",
    }  # fmt: skip
    assert {sandbox["name"] for sandbox in server.api.get("/sandboxes")} == before


def test_artifacts_that_cannot_be_written_are_a_line_and_no_error(tmp_path: Path, server: Server) -> None:
    (tmp_path / "test_own.py").write_text("def test_fails(sandbox):\n    assert False\n")
    (tmp_path / "taken").write_text("a file")
    printed = run(tmp_path, "--vnsim-artifacts=taken", VNSIM_URL=server.url)
    assert "1 failed" in printed
    assert "nothing could be left in taken" in printed


def test_no_server_is_said_once_for_each_test(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("def test_a(sandbox):\n    pass\n\n\ndef test_b():\n    pass\n")
    printed = run(tmp_path, "--vnsim-url=http://localhost:1")
    assert "1 passed, 1 error" in printed
    assert "No simulator answers at http://localhost:1" in printed


SHARED = """
import pytest

@pytest.mark.parametrize("number", range(6))
def test_address(sandbox, number):
    with open("addresses", "a") as file:
        print(sandbox.url.partition("/s/")[0], file=file)
"""


@pytest.mark.sampled(1, of="runs of tests in processes")
def test_four_workers_share_a_server_that_ends_with_the_run(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(SHARED)
    assert "6 passed" in run(tmp_path, "-n", "4", "-p", "cacheprovider")
    addresses = (tmp_path / "addresses").read_text().split()
    assert len(addresses) == 6
    assert len(set(addresses)) == 1
    assert not is_answering(addresses[0])
    # The next run finds the scenario built.
    assert len(list((tmp_path / ".pytest_cache").rglob("accountant-nl.*.sqlite"))) == 1


def is_answering(address: str) -> bool:
    """Return whether something listens at an address."""
    try:
        socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), 1).close()
    except OSError:
        return False
    return True


HELD = """
import socket

def test_waits(sandbox):
    with socket.create_connection(("127.0.0.1", PORT)) as holder:
        holder.sendall(sandbox.url.partition("/s/")[0].encode())
        if holder.recv(1) != b"g":
            sandbox.inbox.wait(to="nobody@rietkraag.example", seconds=30)
"""
"""A test that says where its server is and waits until it may go on, or, when it may not, for something that never comes."""


@contextmanager
def held(directory: Path, *arguments: str) -> Iterator[tuple["subprocess.Popen[str]", socket.socket, str]]:
    """Run a test that waits; give its process, the connection to it, and the address of its server."""
    directory.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        (directory / "test_own.py").write_text(HELD.replace("PORT", str(listener.getsockname()[1])))
        command = [*PYTEST, *arguments]
        temporary = directory / "temporary"
        temporary.mkdir()
        with subprocess.Popen(
            command,
            cwd=directory,
            env=environment(TMPDIR=str(temporary)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            listener.settimeout(120)
            connection, _ = listener.accept()
            with connection:
                yield process, connection, connection.recv(1000).decode()


@pytest.mark.sampled(1, of="runs of tests in processes")
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of POSIX")
def test_two_runs_at_once_have_a_server_each_and_one_that_is_killed_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with held(tmp_path / "a") as (killed, _, here), held(tmp_path / "b") as (other, waiting, there):
        assert here != there
        with socket.create_connection(("127.0.0.1", int(here.rpartition(":")[2]))) as server:
            killed.kill()
            # It closes its connections when it ends.
            assert server.recv(1) == b""
        assert (is_answering(here), is_answering(there)) == (False, True)
        waiting.sendall(b"g")
        assert "1 passed" in other.communicate()[0]
    monkeypatch.setenv("TMPDIR", str(tmp_path / "a" / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    run = Run()
    ours = Path(run.for_workers()["directory"])
    assert list(ours.parent.glob(f"{PREFIX}*")) == [ours]
    run.close()


@pytest.mark.sampled(1, of="runs of tests in processes")
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of POSIX")
def test_workers_and_server_of_a_killed_run_end(tmp_path: Path) -> None:
    with held(tmp_path / "a", "-n", "2") as (process, worker, address):
        with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as server:
            process.kill()
            worker.settimeout(60)
            worker.sendall(b"n")
            assert server.recv(1) == b""
        assert worker.recv(1) == b""
    assert not is_answering(address)


def test_a_server_of_another_release_is_refused(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("def test_a(sandbox):\n    pass\n\n\ndef test_b(sandbox):\n    pass\n")
    with answering(json.dumps({"version": "99.0"}).encode()) as url:
        printed = run(tmp_path, VNSIM_URL=url)
    assert "2 errors" in printed
    assert (
        f"The server at {url} is release 99.0, and this client {__version__}: install the same release of both." in printed
    )
    assert "Traceback" not in printed


def test_nothing_that_can_be_started_is_said_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("import sys\n\nsys.executable = '/nowhere/python'\n")
    (tmp_path / "test_own.py").write_text("def test_a(sandbox):\n    pass\n")
    printed = run(tmp_path)
    assert "The simulator did not start: /nowhere/python cannot be run: No such file or directory." in printed
    assert "Traceback" not in printed


def test_a_session_that_does_not_use_the_plug_in_imports_nothing_for_it() -> None:
    script = (
        "import pytest, sys; before = set(sys.modules); import simulator.testing.plugin; print(*set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"simulator", "simulator.testing", "simulator.testing.plugin"}
