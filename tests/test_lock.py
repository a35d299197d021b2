"""Rules of the lock: one server, or one command, holds a data directory at a time; workers need none."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from simulator.lock import InUse, holding
from tests.test_cli import COMMAND, SECONDS, environment, run, serving


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data directory that servers of this module hold one after another."""
    return tmp_path_factory.mktemp("held")


def test_a_data_directory_is_held_once_and_free_again(tmp_path: Path) -> None:
    with holding(tmp_path):
        with pytest.raises(InUse, match="in use already"), holding(tmp_path):
            raise AssertionError
    with holding(tmp_path):
        pass


def test_the_address_of_the_running_server_is_named_and_a_stale_one_is_not(tmp_path: Path) -> None:
    announcement = tmp_path / "server.json"
    announcement.write_text(json.dumps({"url": "http://localhost:8123", "pid": 1}))
    with holding(tmp_path):
        with pytest.raises(InUse, match="by another server or command"), holding(tmp_path):
            raise AssertionError
        announcement.write_text(json.dumps({"url": "http://localhost:8123", "pid": 1}))
        with pytest.raises(InUse, match="by the server at http://localhost:8123:"), holding(tmp_path):
            raise AssertionError


def test_a_command_without_a_server_waits_its_turn_and_then_says_that_the_directory_is_in_use(tmp_path: Path) -> None:
    with holding(tmp_path):
        ended = run("sandbox", "list", "--data-dir", tmp_path)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert ended.stderr.startswith(f"vnsim: The data directory {tmp_path} is in use already")


def test_a_second_server_on_a_data_directory_is_refused_by_the_address_of_the_first(data_dir: Path) -> None:
    with serving("--data-dir", data_dir) as server:
        ended = run("serve", "--port", "0", "--data-dir", data_dir)
        assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
        assert f"is in use already, by the server at {server.url}:" in ended.stderr
        assert json.loads((data_dir / "server.json").read_text())["url"] == server.url
        assert run("sandbox", "list", "--data-dir", data_dir).returncode == 0


def test_a_server_that_was_killed_holds_nothing(data_dir: Path) -> None:
    with serving("--data-dir", data_dir) as server:
        server.process.kill()
        server.process.wait(SECONDS)
    with serving("--data-dir", data_dir) as server:
        assert "default" in server.get("/")


@pytest.mark.skipif(os.name == "nt", reason="no worker runs beside a server there")
def test_a_worker_runs_beside_a_server(data_dir: Path) -> None:
    with serving("--data-dir", data_dir) as server:
        command = [*COMMAND, "worker", "--data-dir", str(data_dir)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as worker:
            assert worker.stdout is not None
            assert "Stop with Ctrl-C" in worker.stdout.readline()
            assert "default" in server.get("/")
            worker.terminate()
            assert worker.wait(SECONDS) == 0
