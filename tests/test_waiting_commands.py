"""What commands show while they wait: on a terminal only, and nothing of it stays."""

import io
import sys
from threading import Event

import pytest

from simulator.commands.waiting import CLEAR, line_of, show_progress


class Terminal(io.StringIO):
    """An error output that is a terminal."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


def test_a_terminal_shows_what_goes_on_and_is_cleared_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, looked = Terminal(), Event()
    monkeypatch.setattr(sys, "stderr", terminal)

    def lines() -> list[str]:
        looked.set()
        return [line_of("scenario", "busy", 60, 150)]

    with show_progress(lines):
        assert looked.wait(60)
    assert terminal.getvalue().startswith(f"{CLEAR}Preparing scenario busy: 60 of 150")
    assert terminal.getvalue().endswith(CLEAR)


def test_a_pipe_gets_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress(lambda: ["never"]):
        pass
    assert capsys.readouterr() == ("", "")


def test_a_task_without_steps_has_no_number() -> None:
    assert line_of("import", "mine", 0, 0) == "Importing mine …"
    assert line_of("import", "", 0, 0) == "Importing …"
