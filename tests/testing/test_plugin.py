"""pytest's plug-in, in runs of their own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.testing import Server, serve

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
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as own:
        yield own


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a run: without what steers this one."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("VNSIM_", "PYTEST_"))} | more


def run(directory: Path, *arguments: str, **more: str) -> str:
    """Run the tests of a directory in a process of its own; return what is printed."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:randomly", *arguments]
    done = subprocess.run(command, cwd=directory, env=environment(**more), capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_marks_failures_and_wrong_input(tmp_path: Path, server: Server) -> None:
    (tmp_path / "test_own.py").write_text(TESTS)
    before = {sandbox["name"] for sandbox in server.api.get("/sandboxes")}
    printed = run(tmp_path, VNSIM_URL=server.url)
    assert "1 failed, 4 passed, 2 errors" in printed
    assert "with.people.0.status: expected one of" in printed
    assert "The mark vnsim takes the scenario, and the rest by name" in printed
    assert "During handling" not in printed
    (page,) = tmp_path.glob("test-results/test-fails-*/*/index.html")
    assert str(page.relative_to(tmp_path)) in printed
    text = page.read_text()
    assert "but: active" in text
    assert "mail to new@rietkraag.example: Activeer uw account" in text
    assert {path.name for path in page.parent.iterdir()} == {
        "index.html", "sandbox.vnsim", "events.json", "messages.json", "jobs.json", "faults.json",
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


def test_workers_share_a_server_that_ends_with_the_run(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(SHARED)
    assert "6 passed" in run(tmp_path, "-n", "2")
    addresses = (tmp_path / "addresses").read_text().split()
    assert len(addresses) == 6
    assert len(set(addresses)) == 1
    with pytest.raises(OSError, match=r"."):
        socket.create_connection(("localhost", int(addresses[0].rpartition(":")[2])), 1)


KILLED = """
import sys
import time

def test_never_ends(sandbox):
    with open("address", "w") as file:
        file.write(sandbox.url + chr(10))
    print("ready", file=sys.__stderr__, flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of POSIX")
def test_a_killed_run_leaves_no_server_behind(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(KILLED)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-s"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any("ready" in line for line in process.stderr)
        port = int((tmp_path / "address").read_text().partition("/s/")[0].rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as connection:
            process.kill()
            # The server closes its connections when it ends.
            assert connection.recv(1) == b""
    with pytest.raises(OSError, match=r"."):
        socket.create_connection(("127.0.0.1", port), 1)
