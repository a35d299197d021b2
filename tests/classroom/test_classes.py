"""The file of a class."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from simulator.classroom.classes import Attempt, Class, Classes, Message, OtherVersion, Trainee, seconds_of_work
from simulator.core.errors import AlreadyExists, NotFound

BEGAN = "2026-03-01T08:00:00+00:00"


def monday() -> Class:
    """Return a class of one."""
    zoe = Trainee("zoe", "Zoë", "", "nl", "key", 1, attempts={"mail": Attempt("monday-zoe-1", BEGAN, hints=2)})
    return Class(
        "monday",
        "Monday",
        "practice",
        ("mail",),
        "",
        BEGAN,
        trainees={"zoe": zoe},
        messages=(Message(1, BEGAN, None, "Hi"),),
    )


def test_a_class_is_read_as_it_was_written(tmp_path: Path) -> None:
    Classes(tmp_path).add(monday())
    again = Classes(tmp_path)
    assert again.names() == ["monday"]
    assert again.get("monday") == monday()
    with pytest.raises(AlreadyExists):
        again.add(monday())


def test_a_change_is_written_in_one_step_and_read_by_everybody(tmp_path: Path) -> None:
    first, other = Classes(tmp_path), Classes(tmp_path)
    first.add(monday())
    other.get("monday")
    first.change("monday", lambda class_: replace(class_, title="Tuesday, as it turned out"))
    assert other.get("monday").title == "Tuesday, as it turned out"
    assert [path.name for path in (tmp_path / "classes").iterdir()] == ["monday.json"]
    first.remove("monday")
    with pytest.raises(NotFound):
        other.get("monday")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 2}', '{"version": 1}'])
def test_a_file_that_cannot_be_used_is_said_in_a_sentence(tmp_path: Path, text: str) -> None:
    Classes(tmp_path).add(monday())
    (tmp_path / "classes" / "monday.json").write_text(text)
    with pytest.raises(OtherVersion, match=r"monday cannot be read from monday\.json"):
        Classes(tmp_path).get("monday")


def test_time_stands_still_during_a_pause() -> None:
    now = datetime.fromisoformat(BEGAN) + timedelta(minutes=10)
    class_, attempt = monday(), monday().trainees["zoe"].attempts["mail"]
    assert seconds_of_work(class_, attempt, now) == 600
    paused = replace(class_, paused_at=(now - timedelta(minutes=4)).isoformat())
    assert seconds_of_work(paused, attempt, now) == 360
    assert seconds_of_work(replace(class_, paused_seconds=60.0), attempt, now) == 540
    assert seconds_of_work(class_, replace(attempt, worked=42.0), now) == 42
