"""Rules of ``vnsim serve --reload``: a saved file starts the server again, and nothing else does."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import simulator.reload
from seed import cache
from simulator.reload import serve_again, times
from tests.test_cli import COMMAND, SECONDS, environment

SIMULATOR = Path(simulator.reload.__file__).parent
COUNTING = "import pathlib, sys; p = pathlib.Path(sys.argv[1]); p.write_text(p.read_text() + 'x'); sys.exit(7)"


def test_a_server_that_ends_by_itself_ends_the_command_with_its_code(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    starts.write_text("")
    assert serve_again([sys.executable, "-c", COUNTING, str(starts)], [tmp_path], print) == 7
    assert starts.read_text() == "x"


@pytest.mark.parametrize("name", ["view.py", "templates/page.html", "texts.po"])
def test_a_file_of_the_code_is_looked_at(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    before = times([tmp_path])
    file.write_text("one")
    assert times([tmp_path]) != before


@pytest.mark.parametrize("name", ["__pycache__/view.py", "static/page.html", "sandbox.sqlite"])
def test_what_a_running_server_writes_or_reads_anew_is_not_looked_at(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("one")
    assert times([tmp_path]) == {}


def test_a_saved_file_starts_the_server_again(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from simulator.reload import serve_again;"
        "server = [sys.executable, '-uc', 'print(\\'up\\'); import signal; signal.pause()'];"
        "sys.exit(serve_again(server, [Path(sys.argv[1])], lambda line: print(line, flush=True)))"
    )
    file = tmp_path / "view.py"
    file.write_text("one")
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout is not None
        assert command.stdout.readline() == "up\n"
        file.write_text("two, which is longer")
        assert command.stdout.readline() == f"{file} changed: starting again\n"
        assert command.stdout.readline() == "up\n"
        command.send_signal(signal.SIGTERM)
        assert command.wait(SECONDS) == 0
        assert command.stdout.read() == ""


def test_the_command_serves_until_a_signal(tmp_path: Path) -> None:
    command = [*COMMAND, "serve", "--reload", "--ephemeral", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(TMPDIR=str(tmp_path))
    ) as running:
        assert running.stdout is not None
        assert any("Ready at" in line for line in running.stdout)
        running.send_signal(signal.SIGTERM)
        assert running.wait(SECONDS) == 0
    assert list(tmp_path.iterdir()) == []


def test_saving_a_view_or_a_template_rebuilds_no_scenario() -> None:
    files = {Path(path).relative_to(SIMULATOR).as_posix() for path, _, _ in cache._files(SIMULATOR)}
    parts = {part for file in files for part in file.split("/")}
    assert not parts & {"views", "views.py", "templates", "web", "control"}
    assert {"core/store.py", "products/admin/services/reports.py", "translations/en/admin.po"} <= files
