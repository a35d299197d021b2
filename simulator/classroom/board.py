"""The board of a class: for each trainee how far they are, what they did last, and whether they need help.

What is read of a sandbox is cached until its file changes, or something in it ends by its clock, so that a board on which nothing
happened costs two looks at files for each sandbox.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from simulator.classroom.attempts import present_exercise, seconds_left, whole_minutes
from simulator.classroom.classes import Attempt, Class, Score, Trainee, seconds_of_work
from simulator.classroom.exercises import exercise, title_of, words
from simulator.classroom.looking import open_pages
from simulator.classroom.progress import progress
from simulator.classroom.sign_ins import SignIn, sign_ins
from simulator.classroom.teaching import Classroom, Membership, classroom
from simulator.core.clock import machine_now
from simulator.core.database import Unreadable
from simulator.core.errors import BadInput, NotFound
from simulator.core.events import Event
from simulator.core.facts import next_expiry
from simulator.core.sidecar import SETTLED, Stamp, stamps
from simulator.directory import journal
from simulator.directory.journal import Line

LONG = timedelta(minutes=10)
"""Own choice: without any goal for so long, somebody may need help."""

Order = Literal["help", "name"]


@dataclass(frozen=True)
class Observation(Score):
    """What is seen in the sandbox of an exercise: how far the trainee is, and what is not kept of it.

    Attributes:
        sign_ins: as whom the trainee signs in; nobody when the sandbox is not looked into.
        last: the last line of the journal since the beginning; None when there is none.
        refusal: why the sandbox cannot be read; empty when it can. The goals are those of the last time that it could.
        until: machine time from which it may be otherwise though nothing was written: a lock ends; None for never.
    """

    sign_ins: tuple[SignIn, ...] = ()
    last: Line | None = None
    refusal: str = ""
    until: datetime | None = None

    @property
    def score(self) -> Score:
        """What of it is kept."""
        return Score(self.goals, self.wrong_turns, self.points, self.most)

    @property
    def is_solved(self) -> bool:
        """Whether every goal is reached."""
        return bool(self.goals) and all(self.goals)

    @property
    def is_over(self) -> bool:
        """Whether its time is over: the sandbox has to be asked anew."""
        return self.until is not None and machine_now() >= self.until


@dataclass(frozen=True)
class Reason:
    """Why a trainee may need help.

    Attributes:
        code: ends the key of a text: ``stuck``, ``just_stuck`` in the first minute, ``wrong_turn``, ``over_time`` or ``slow``.
        value: since how many minutes, or the title of the wrong turn.
    """

    code: Literal["stuck", "just_stuck", "wrong_turn", "over_time", "slow"]
    value: int | str


@dataclass(frozen=True)
class BoardRow:
    """A trainee on the board.

    Attributes:
        trainee: who.
        exercise: the id of the exercise at hand, and ``title`` its title.
        position: of the exercise, from 1.
        seen: what is seen in its sandbox.
        goals: the titles of the goals with whether each is reached.
        wrong_turns: titles of those that were taken, in the exercise that the trainee is in.
        attempt: hints, whether skipped or solved by the trainer.
        minutes: of work, whole ones.
        minutes_left: None without a time limit.
        still_in: the id of the exercise that the trainee is in, who has not come to the one at hand; None when it is that one.
        still_in_title: its title; empty when there is none.
        stuck_at: since when the trainee says to be stuck, where they are; None when not.
        last: the last line of the journal where they are.
        page: path of the last page there; empty when none was opened.
        page_title: as the trainee sees it; the path when the server was started after it was opened.
        solved: how many exercises of the class are solved.
        reasons: why the trainee may need help: stuck, on a wrong turn, over time, or long without a goal.
    """

    trainee: Trainee
    exercise: str
    title: str
    position: int
    seen: Observation
    goals: Sequence[tuple[str, bool]]
    wrong_turns: Sequence[str]
    attempt: Attempt
    minutes: int
    minutes_left: int | None
    still_in: str | None
    still_in_title: str
    stuck_at: str | None
    last: Line | None
    page: str
    page_title: str
    solved: int
    reasons: Sequence[Reason]

    @property
    def is_begun(self) -> bool:
        """Whether the trainee has opened a page of the exercise at hand, since the server was started or before."""
        return self.attempt.is_begun

    @property
    def needs_help(self) -> bool:
        """Whether there is a reason to help."""
        return bool(self.reasons)


class Observer:
    """Looks into the sandboxes of classes.

    Args:
        room: the classes.
    """

    def __init__(self, room: Classroom) -> None:
        self._room = room
        self._seen: dict[str, tuple[str, str, tuple[Stamp, Stamp], Observation]] = {}

    def observe(self, class_: Class, trainee: Trainee, exercise_id: str) -> Observation:
        """Return what is seen in the sandbox of an exercise; what has changed is noted, but not after the end of the class.

        What was seen at the end stands; classes that an earlier release ended are looked into still.
        """
        return self._observe(class_, trainee, exercise_id)[0]

    def _observe(self, class_: Class, trainee: Trainee, exercise_id: str) -> tuple[Observation, str | None]:
        """Return what is seen, and the file of the sandbox; None for one that is gone, or of a class that has ended."""
        attempt, file = trainee.attempts[exercise_id], None
        if class_.ended_at is not None and attempt.score is not None:
            return _observation(attempt.score, exercise_id), file
        name = attempt.sandbox
        try:
            file = str(self._room.store.file_of(name))
            at = stamps(file)
            cached = self._seen.get(name)
            if cached is not None and cached[:3] == (file, exercise_id, at) and not cached[3].is_over:
                return cached[3], file
            seen = self._look(name, exercise(exercise_id, trainee.number))
        except (NotFound, Unreadable, SQLAlchemyError, BadInput) as error:
            last = _observation(attempt.score or Score(), exercise_id)
            return replace(last, refusal=str(error)), file
        reached = sum(seen.goals)
        earlier = cached[3].goals if cached is not None and cached[0] == file else None
        before = sum(earlier) if earlier is not None else self._room.sandboxes.goals_in_snapshots(name)
        log = at[1]
        if log is None or machine_now().timestamp() - log[0] / 1e9 > SETTLED:
            self._seen[name] = (file, exercise_id, at, seen)
        member = Membership(class_, trainee, attempt, exercise_id)
        if class_.ended_at is not None:
            return seen, file
        if reached > before or (seen.is_solved and attempt.solved_at is None):
            self._room.note_reached(member, reached, solved=seen.is_solved)
        if seen.score != attempt.score and (attempt.score is not None or reached or seen.wrong_turns):
            self._room.note_score(member, seen.score)
        return seen, file

    def concluded(self, class_: Class) -> Class:
        """Return a class whose attempts say how far each is now: what is done in the sandboxes later counts for nothing."""
        seen = [
            (trainee, exercise_id, self.observe(class_, trainee, exercise_id).score)
            for trainee in class_.trainees.values()
            for exercise_id in trainee.attempts
        ]
        # With what was noted meanwhile.
        class_ = self._room.classes.get(class_.name)
        for trainee, exercise_id, score in seen:
            member = class_.trainees[trainee.id]
            attempt = replace(member.attempts[exercise_id], score=score)
            class_ = class_.with_trainee(replace(member, attempts={**member.attempts, exercise_id: attempt}))
        return class_

    def _last_page(self, name: str, file: str | None) -> tuple[str, str]:
        """Return the path, below its sandbox, and the title of the page that was opened last in it.

        Both are empty when none was opened since the server was started: open pages are in memory only.
        """
        page = open_pages().of(Path(file)) if file is not None else None
        return (page.address.partition("?")[0].removeprefix(f"/s/{name}"), page.title) if page is not None else ("", "")

    def _look(self, name: str, exercise_: Any) -> Observation:
        with self._room.store.open(name) as sandbox, sandbox.reading() as db:
            state = progress(db, exercise_)
            last = db.scalars(select(Event).where(Event.at >= db.record.born_at).order_by(Event.id.desc()).limit(1))
            lines = journal.lines(db, last.all())
            people = sign_ins(db, exercise_)
            end = next_expiry(db)
            seconds = db.clock.machine_seconds_until(end) if end is not None else None
        return Observation(
            goals=tuple(goal.reached for goal in state.goals),
            wrong_turns=tuple(state.wrong_turns),
            points=state.points,
            most=state.most,
            sign_ins=tuple(people),
            last=lines[0] if lines else None,
            until=machine_now() + timedelta(seconds=seconds) if seconds is not None else None,
        )

    def rows(self, class_: Class, language: str, order: Order = "help") -> list[BoardRow]:
        """Return the board of a class.

        Args:
            class_: the class.
            language: of titles.
            order: who needs help first, or by name.
        """
        now = machine_now()
        rows = [self.row(class_, trainee, language, now) for trainee in class_.trainees.values()]
        return sorted(rows, key=_by_help if order == "help" else _by_name)

    def row(self, class_: Class, trainee: Trainee, language: str, now: datetime) -> BoardRow:
        """Return a trainee's row."""
        looks = {exercise_id: self._observe(class_, trainee, exercise_id) for exercise_id in trainee.attempts}
        seen = {exercise_id: look for exercise_id, (look, _) in looks.items()}
        id_, present = class_.exercises[trainee.at], present_exercise(class_, trainee)
        attempt, here = trainee.attempts[id_], trainee.attempts[present]
        goals, minutes = _goals(id_, seen[id_], language)
        wrong = _wrong_turns(present, seen[present], language)
        left = seconds_left(class_, attempt, minutes, now)
        path, title = self._last_page(here.sandbox, looks[present][1])
        return BoardRow(
            trainee=trainee,
            exercise=id_,
            title=title_of(id_, language),
            position=trainee.at + 1,
            seen=seen[id_],
            goals=goals,
            wrong_turns=wrong,
            attempt=attempt,
            minutes=int(seconds_of_work(class_, attempt, now) // 60),
            minutes_left=whole_minutes(left),
            still_in=present if present != id_ else None,
            still_in_title=title_of(present, language) if present != id_ else "",
            stuck_at=here.stuck_at,
            last=seen[present].last,
            page=path,
            page_title=title or path,
            solved=sum(entry.is_solved for entry in seen.values()),
            reasons=_reasons(class_, here, seen[present], wrong, left if present == id_ else None, now),
        )


def observer() -> Observer:
    """Return what looks into the sandboxes of this server's classes."""
    looker: Observer | None = current_app.extensions.get("classroom.observer")
    if looker is None:
        looker = current_app.extensions.setdefault("classroom.observer", Observer(classroom()))
    return looker


def _observation(score: Score, exercise_id: str) -> Observation:
    """Return what was seen earlier, as if it were seen now; every goal is open when nothing was."""
    try:
        goals = exercise(exercise_id).goals
    except NotFound:
        goals = []
    return Observation(
        score.goals or (False,) * len(goals),
        score.wrong_turns,
        score.points,
        score.most or sum(goal.points for goal in goals),
    )


def _goals(exercise_id: str, seen: Observation, language: str) -> tuple[list[tuple[str, bool]], int | None]:
    """Return the goals of an exercise with whether each is reached, and its minutes."""
    try:
        entry = exercise(exercise_id)
    except NotFound:
        return [], None
    titles = [words(goal.title, language, entry.language) for goal in entry.goals]
    return list(zip(titles, seen.goals, strict=False)), entry.minutes


def _wrong_turns(exercise_id: str, seen: Observation, language: str) -> list[str]:
    """Return the titles of the wrong turns that were taken in an exercise."""
    if not seen.wrong_turns:
        return []
    entry = exercise(exercise_id)
    return [words(turn.title, language, entry.language) for turn in entry.wrong_turns if turn.id in seen.wrong_turns]


def _reasons(
    class_: Class, attempt: Attempt, seen: Observation, wrong_turns: Sequence[str], left: float | None, now: datetime
) -> list[Reason]:
    """Return why a trainee may need help in the exercise that they are in; ``left`` are the seconds of its time, if it has any."""
    reasons = []
    if attempt.stuck_at is not None:
        minutes = max(0, int((now - datetime.fromisoformat(attempt.stuck_at)).total_seconds() // 60))
        reasons.append(Reason("stuck" if minutes else "just_stuck", minutes))
    if seen.is_solved:
        return reasons
    reasons.extend(Reason("wrong_turn", title) for title in wrong_turns)
    if attempt.is_waiting:
        return reasons
    if left is not None and left < 0:
        reasons.append(Reason("over_time", max(1, int(-left // 60))))
    worked = seconds_of_work(class_, attempt, now)
    if not any(seen.goals) and worked > LONG.total_seconds():
        reasons.append(Reason("slow", int(worked // 60)))
    return reasons


def _by_help(row: BoardRow) -> tuple[Any, ...]:
    stuck = row.stuck_at
    return (
        row.seen.is_solved and not row.reasons,
        stuck is None,
        stuck or "",
        not row.needs_help,
        -len(row.wrong_turns),
        sum(row.seen.goals),
        -row.minutes,
        row.trainee.number,
    )


def _by_name(row: BoardRow) -> tuple[str, int]:
    return row.trainee.name.casefold(), row.trainee.number
