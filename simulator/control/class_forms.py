"""Forms of the trainer's pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_wtf.file import FileField

from simulator.classroom import roster
from simulator.classroom.classes import MODES
from simulator.classroom.exercises import by_subject, exercise, manuals_by_product, title_of
from simulator.classroom.opening import LONGEST_TITLE
from simulator.classroom.roster import BadRoster, Entry
from simulator.core.clock import machine_now
from simulator.core.texts import NAMES
from simulator.web import i18n
from simulator.web.access import products
from simulator.web.forms import Form, area_field, choice_field, text_field, tick_field

LONGEST_ROSTER = 100_000
"""Characters of a roster that is typed or pasted."""
LONGEST_FILTER = 40
"""Characters that exercises are filtered by."""


class Roster(Form):
    """Trainees, typed or pasted, or in a file; both together count.

    Attributes:
        file_name: of the file whose trainees were put below what was typed; empty when none was.
    """

    roster = area_field("class.roster", required=False, longest=LONGEST_ROSTER)
    file = FileField("class.file")
    file_name: str = ""

    def entries(self) -> list[Entry] | None:
        """Return the roster; None when it cannot be used, with the reasons at the fields."""
        if not self.take_file():
            return None
        try:
            entries = roster.read_text(self.roster.data or "")
        except BadRoster as refused:
            self.roster.errors = problem_lines(refused)
            return None
        if self.file_name and not entries:
            self.file.errors = [i18n.t("class.roster.empty")]
            return None
        return entries

    def take_file(self) -> bool:
        """Put what stands in the file below what was typed: browsers do not keep a file when a form comes back.

        Returns:
            False when it cannot be read; the reason stands at the field.
        """
        uploaded = self.file.data
        if not uploaded or not uploaded.filename:
            return True
        try:
            text = roster.text_of(uploaded.read()).strip()
        except BadRoster as refused:
            self.file.errors = problem_lines(refused)
            return False
        if not text:
            self.file.errors = [i18n.t("class.roster.empty")]
            return False
        self.roster.data = "\n".join(filter(None, ((self.roster.data or "").rstrip(), text)))
        self.file_name = uploaded.filename
        return True


class NewClass(Roster):
    """A new class; its exercises are ticked beside it, and those whose order was displayed stand in it."""

    title = text_field("class.title", longest=LONGEST_TITLE)
    language = choice_field("layout.language")
    mode = choice_field("class.mode")
    joins_by_code = tick_field("class.joins_by_code", default=True)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.language.choices = list(NAMES.items())
        self.mode.choices = [(mode, i18n.t(f"class.mode.{mode}")) for mode in MODES]
        if not self.is_submitted():
            self.title.data = i18n.t("class.title_of_day", day=i18n.show_date(machine_now()))
            self.language.data, self.mode.data = i18n.language(), "practice"

    @property
    def change(self) -> str:
        """What is done to the choice of exercises before the class is opened; empty when it is to be opened."""
        return request.form.get("change", "")

    @property
    def filter(self) -> str:
        """The words that exercises are filtered by."""
        return request.form.get("filter", "").strip()[:LONGEST_FILTER]

    @property
    def exercises(self) -> list[str]:
        """The ids of the exercises that are ticked: in the order as it was displayed and changed, then in that of the page."""
        ticked = request.form.getlist("exercise")
        ids = list(dict.fromkeys([id_ for id_ in request.form.getlist("order") if id_ in ticked] + ticked))
        what, _, id_ = self.change.partition(":")
        if id_ in ids and what in ("up", "down", "remove"):
            at = ids.index(id_)
            ids.remove(id_)
            if what != "remove":
                ids.insert(max(0, at - 1) if what == "up" else at + 1, id_)
        return ids


@dataclass(frozen=True)
class Choice:
    """An exercise that may be chosen.

    Attributes:
        id: of the exercise.
        title: in the language of the page.
        minutes: its time limit; None without one.
        is_displayed: whether it has all words of the filter.
    """

    id: str
    title: str
    minutes: int | None
    is_displayed: bool


def choices(filter: str = "") -> tuple[Mapping[str, Sequence[Choice]], Mapping[str, Sequence[Choice]]]:
    """Return the exercises by the name of their subject, and the manuals that are exercises by that of their product."""
    sought = filter.casefold().split()

    def of(name: str, ids: Sequence[str]) -> list[Choice]:
        titles = {id_: title_of(id_, i18n.language()) for id_ in ids}
        return [
            Choice(id_, title, exercise(id_).minutes, all(word in f"{name} {title}".casefold() for word in sought))
            for id_, title in titles.items()
        ]

    subjects = {i18n.t(f"class.subject.{subject}"): ids for subject, ids in by_subject().items()}
    manuals = {i18n.t(product.name): manuals_by_product().get(product.code, ()) for product in products().all}
    return {name: of(name, ids) for name, ids in subjects.items()}, {
        name: of(name, ids) for name, ids in manuals.items() if ids
    }


def problem_lines(refused: BadRoster) -> list[str]:
    """Return in words what is wrong with a roster, a sentence for each line; of many lines the first twenty."""
    return [sentence(problem) for problem in refused.problems[:20]]


def sentence(problem: roster.RosterProblem) -> str:
    """Return in words what is wrong with a line of a roster."""
    what = i18n.t(f"class.roster.{problem.code}", value=problem.value)
    return i18n.t("class.roster.line", line=problem.line, what=what) if problem.line else what
