"""Forms of the trainer's pages."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_wtf.file import FileField

from simulator.classroom import roster
from simulator.classroom.classes import MODES
from simulator.classroom.opening import LONGEST_TITLE
from simulator.classroom.roster import BadRoster, Entry
from simulator.core.texts import NAMES
from simulator.web import i18n
from simulator.web.forms import Form, area_field, choice_field, text_field, tick_field

LONGEST_ROSTER = 100_000
"""Characters of a roster that is typed or pasted."""
LONGEST_POSITION = 3
"""Digits of the position of an exercise."""


class Roster(Form):
    """Trainees, typed or pasted, or in a file; both together count."""

    roster = area_field("class.roster", required=False, longest=LONGEST_ROSTER)
    file = FileField("class.file")

    def entries(self) -> list[Entry] | None:
        """Return the roster; None when it cannot be used, with the reasons at the fields."""
        typed, uploaded = self._read(self.roster, roster.read_text), self._read(self.file, roster.read_file)
        return None if typed is None or uploaded is None else typed + uploaded

    def _read(self, field: Any, read: Any) -> list[Entry] | None:
        content = field.data
        if field is self.file:
            is_chosen = bool(content and content.filename)
            content = content.read() if content else b""
            if is_chosen and not content.strip():
                field.errors = [i18n.t("class.roster.empty")]
                return None
        if not content:
            return []
        try:
            entries: list[Entry] = read(content)
        except BadRoster as refused:
            field.errors = problem_lines(refused)
            return None
        if field is self.file and not entries:
            field.errors = [i18n.t("class.roster.empty")]
            return None
        return entries


class NewClass(Roster):
    """A new class; its exercises stand in the form beside, each with its position."""

    title = text_field("class.title", longest=LONGEST_TITLE)
    language = choice_field("layout.language")
    mode = choice_field("class.mode")
    joins_by_code = tick_field("class.joins_by_code", default=True)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.language.choices = list(NAMES.items())
        self.mode.choices = [(mode, i18n.t(f"class.mode.{mode}")) for mode in MODES]
        if not self.is_submitted():
            self.language.data, self.mode.data = i18n.language(), "practice"

    @property
    def exercises(self) -> list[str]:
        """The ids of the exercises that have a position, in the order of the positions."""
        return sorted(_positions(), key=lambda id_: int(_positions()[id_]))

    def position_problems(self) -> dict[str, str]:
        """Return in words what is not right with the positions, by the id of the exercise; empty when all are."""
        problems: dict[str, str] = {}
        numbers: set[int] = set()
        for id_, written in _positions().items():
            if not (written.isascii() and written.isdigit() and len(written) <= LONGEST_POSITION):
                problems[id_] = i18n.t("class.no_number", value=written)
            elif int(written) in numbers:
                problems[id_] = i18n.t("class.doubled_number", value=written)
            else:
                numbers.add(int(written))
        return problems


def _positions() -> dict[str, str]:
    """Return what was written as the position of each exercise that has one."""
    written = {name: value.strip() for name, value in request.form.items() if name.startswith("order-")}
    return {name.removeprefix("order-"): value for name, value in written.items() if value}


def problem_lines(refused: BadRoster) -> list[str]:
    """Return in words what is wrong with a roster, a sentence for each line; of many lines the first twenty."""
    return [sentence(problem) for problem in refused.problems[:20]]


def sentence(problem: roster.RosterProblem) -> str:
    """Return in words what is wrong with a line of a roster."""
    what = i18n.t(f"class.roster.{problem.code}", value=problem.value)
    return i18n.t("class.roster.line", line=problem.line, what=what) if problem.line else what


def ordered(ids: Sequence[str]) -> dict[str, str]:
    """Return what was typed as the position of each exercise."""
    return {id_: request.form.get(f"order-{id_}", "") for id_ in ids}
