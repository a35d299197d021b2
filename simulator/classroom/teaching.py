"""Teaching: a class is opened, trainees come, exercises begin and are put back, help is values, the class ends.

Pages of the trainer, the control API and ``vnsim class`` call this; the trainee's bar calls what trainees may do.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from hmac import compare_digest
from typing import Any, cast

from flask import current_app

from simulator.classroom import roster
from simulator.classroom.attempts import (
    check_expected,
    current_attempt,
    next_position,
    paused_seconds,
    position_of_most,
    present_exercise,
    time_left,
    with_arrival,
    with_attempt,
    with_new_beginning,
    with_note,
    with_time_left,
)
from simulator.classroom.classes import (
    Attempt,
    Class,
    Classes,
    OtherVersion,
    Score,
    Trainee,
    mode_of,
    seconds_of_work,
)
from simulator.classroom.exercises import exercise
from simulator.classroom.messages import with_message, without_message
from simulator.classroom.names import free_name, join_code, plain_code, sandbox_name
from simulator.classroom.opening import LONGEST_CLASS_NAME, problems_of, with_entries
from simulator.classroom.places import named, with_admission, with_name, without_trainee
from simulator.classroom.roster import Entry
from simulator.classroom.sandboxes import CLASS_TAG, TRAINEE_TAG, Sandboxes
from simulator.classroom.sleeping import Sleep
from simulator.core import copies
from simulator.core.clock import machine_now
from simulator.core.errors import AlreadyExists, BadInput, NotFound, RuleViolation
from simulator.core.sandbox import Sandbox
from simulator.core.store import Store
from simulator.core.waiting import wake
from simulator.web.looking import is_carried_out, is_looking

MOST_MINUTES = 600


@dataclass(frozen=True)
class Membership:
    """Whose sandbox it is, and in which exercise of which class."""

    class_: Class
    trainee: Trainee
    attempt: Attempt
    exercise: str

    def is_in(self, class_: Class) -> bool:
        """Say whether the trainee is still in the class: the trainer may have removed the place meanwhile."""
        return self.trainee.id in class_.trainees


class Classroom:
    """What a server knows and does about classes.

    Args:
        store: the sandboxes.
        scenarios: the ``seed.Catalogue``.
    """

    def __init__(self, store: Store, scenarios: Any) -> None:
        self.store = store
        self.classes = Classes(store.directory, is_read_only=is_looking)
        self.sandboxes = Sandboxes(store, scenarios)
        self.sleep = Sleep(self.classes)

    def open(
        self,
        title: str,
        *,
        exercise_ids: Iterable[str],
        mode: str = "practice",
        language: str = "en",
        entries: Iterable[Entry] = (),
        name: str | None = None,
        joins_by_code: bool = True,
    ) -> Class:
        """Open a class, and begin the first exercise of everybody on the roster; nothing is made when something is not right.

        Args:
            title: as the trainer writes it.
            exercise_ids: in order.
            mode: guided, practice or test.
            language: of trainees who name none.
            entries: the roster.
            name: for addresses and files; made from the title when None.
            joins_by_code: whether newcomers may join with a code.

        Raises:
            BadInput: title, exercises, mode or language are not right.
            BadRoster: somebody on the roster cannot be added.
            AlreadyExists: there is a class of that name, or a sandbox of the name that a trainee's would have.
        """
        title, ids = " ".join(title.split()), tuple(exercise_ids)
        problems = problems_of(title, ids, mode, language, name)
        if problems:
            raise BadInput(problems)
        now = machine_now().isoformat()
        with self.classes.locked():
            taken = self.classes.names()
            if name in taken:
                raise AlreadyExists("class", str(name))
            first = sandbox_name(title).replace("-", "") or "class"
            name = name or free_name(first, taken, LONGEST_CLASS_NAME, separator="")
            code = join_code() if joins_by_code else ""
            class_ = Class(name, title, mode_of(mode), ids, code, now, language=language)
            class_ = with_entries(class_, entries)
            made: list[str] = []
            try:
                for trainee in class_.trainees.values():
                    class_ = class_.with_trainee(self._begin(class_, trainee, made))
                self.classes.add(class_)
            except BaseException:
                self.sandboxes.delete(made)
                raise
        return class_

    def add(self, name: str, entries: Iterable[Entry]) -> Class:
        """Add trainees who come late; they begin with the exercise that most are at.

        Raises:
            NotFound: there is no such class.
            BadRoster: somebody cannot be added.
            RuleViolation: the class has ended.
        """
        with self.classes.locked():
            class_ = self._going_on(name)
            present = position_of_most(class_)
            grown = with_entries(class_, entries)
            made: list[str] = []
            try:
                for trainee in list(grown.trainees.values())[len(class_.trainees) :]:
                    grown = grown.with_trainee(self._begin(grown, replace(trainee, at=present), made))
                return self.classes.change(name, lambda _: grown)
            except BaseException:
                self.sandboxes.delete(made)
                raise

    def join(self, name: str, code: str, written: str, language: str = "") -> Trainee:
        """Let somebody join with the code of the class: as the trainee of that name, or as a new one.

        Raises:
            NotFound: there is no such class, or the code is not its own.
            BadRoster: the name cannot be used.
            RuleViolation: the class has ended.
        """
        with self.classes.locked():
            class_ = self._going_on(name)
            if not class_.join_code or not compare_digest(plain_code(code).encode(), class_.join_code.encode()):
                raise NotFound("class", name)
            present = named(class_, roster.tidy(written))
            if present is not None:
                return present
            return list(self.add(name, roster.checked([(1, (written, "", language))])).trainees.values())[-1]

    def by_code(self, code: str) -> Class | None:
        """Return the class that goes on and has a join code; None when there is none."""
        for class_ in self.readable():
            if (
                class_.join_code
                and class_.ended_at is None
                and compare_digest(plain_code(code).encode(), class_.join_code.encode())
            ):
                return class_
        return None

    def readable(self) -> list[Class]:
        """Return the classes whose files can be read, the newest first."""
        classes = []
        for name in self.classes.names():
            with suppress(OtherVersion, NotFound):
                classes.append(self.classes.get(name))
        return sorted(classes, key=lambda class_: (class_.open_from, class_.name), reverse=True)

    def act(self, name: str, action: str, trainee: str | None = None, **values: Any) -> Class:
        """Carry out what a trainer orders.

        Args:
            name: of the class.
            action: one of ``ACTIONS``.
            trainee: for whom; everybody when None.
            values: ``text`` of a message or the new name, ``message`` to withdraw by its id, ``exercise`` to go to, ``minutes`` to
                add, or that are left. With other orders ``exercise`` is the one that is expected to come next, or to be at hand.

        Raises:
            NotFound: there is no such class or trainee.
            BadInput: a value is missing or not right.
            RuleViolation: it cannot be done now.
        """
        if action not in ACTIONS:
            raise BadInput([("action", f"expected one of {', '.join(ACTIONS)}, found {action!r}")])
        values = {key: value for key, value in values.items() if value is not None}
        if action == "solve":
            self._solve(name, trainee, values.get("exercise"))
        with self.classes.locked():
            class_ = self.classes.get(name)
            if trainee is not None and trainee not in class_.trainees:
                raise NotFound("trainee", trainee)
            if class_.ended_at is not None and action not in AFTER_THE_END:
                raise RuleViolation("class.ended")
            check_expected(class_, action, trainee, values.get("exercise"))
            changed = ACTIONS[action](self, class_, trainee, values)
            self.classes.change(name, lambda _: changed)
        for member in changed.trainees.values():
            for attempt in member.attempts.values():
                wake(attempt.sandbox)
        return changed

    def remove(self, name: str) -> None:
        """Remove a class with all of its sandboxes.

        Raises:
            NotFound: there is no such class.
        """
        with self.classes.locked():
            if name not in self.classes.names():
                raise NotFound("class", name)
            with suppress(OtherVersion):
                class_ = self.classes.get(name)
                self.sandboxes.delete(
                    [attempt.sandbox for row in class_.trainees.values() for attempt in row.attempts.values()]
                )
            self.classes.remove(name)

    def of_sandbox(self, sandbox: Sandbox) -> Membership | None:
        """Return whose sandbox it is; None for one of no class that can be read."""
        tags = sandbox.read_record().tags
        name = next((tag.removeprefix(CLASS_TAG) for tag in tags if tag.startswith(CLASS_TAG)), None)
        id_ = next((tag.removeprefix(TRAINEE_TAG) for tag in tags if tag.startswith(TRAINEE_TAG)), None)
        if name is None or id_ is None:
            return None
        try:
            class_ = self.classes.get(name)
        except (NotFound, OtherVersion):
            return None
        trainee = class_.trainees.get(id_)
        for exercise_id, attempt in trainee.attempts.items() if trainee else ():
            if trainee and attempt.sandbox == sandbox.name:
                return Membership(class_, trainee, attempt, exercise_id)
        return None

    def current_address(self, class_: Class, trainee: Trainee) -> str:
        """Return the address, with its join key, of the sandbox of the exercise that a trainee is at; a deleted one is made anew.

        Raises:
            NotFound: the sandbox was deleted, and the class has ended.
        """
        name = current_attempt(class_, trainee).sandbox
        if class_.ended_at is None and not self.store.exists(name):
            with self.classes.locked():
                class_ = self.classes.get(class_.name)
                if not self.store.exists(name):
                    self.sandboxes.make_anew(class_, class_.trainees[trainee.id])
                    self.classes.change(class_.name, lambda now: with_new_beginning(now, now.trainees[trainee.id]))
        with self.store.open(name) as sandbox:
            return f"{sandbox.base_address}/?join={sandbox.join_key()}"

    def arrive(self, membership: Membership) -> None:
        """Let the time of an exercise begin, or go on, whose trainee opens a page in its sandbox; that of others stands still."""
        class_, id_ = membership.class_, membership.exercise
        is_at_it = class_.exercises[membership.trainee.at] == id_
        if not membership.attempt.is_waiting or not is_at_it or is_carried_out():
            return
        with suppress(NotFound, OtherVersion):
            self.classes.change(
                class_.name,
                lambda now: with_arrival(now, now.trainees[membership.trainee.id], id_) if membership.is_in(now) else now,
            )

    def take_hint(self, name: str, trainee: str) -> Attempt:
        """Let a trainee take the next hint of the exercise in whose sandbox they are.

        Raises:
            RuleViolation: there is none any more, there are no hints in a test, or the class has ended.
        """
        if self._going_on(name).mode == "test":
            raise RuleViolation("class.no_hints")
        class_ = self.act(name, "hint", trainee, note="hint")
        return class_.trainees[trainee].attempts[present_exercise(class_, class_.trainees[trainee])]

    def say_stuck(self, name: str, trainee: str, *, stuck: bool) -> Attempt:
        """Note that a trainee is stuck, since now, or no longer is, in the exercise whose sandbox they are in."""

        def changed(attempt: Attempt) -> Attempt:
            if stuck == (attempt.stuck_at is not None):
                return attempt
            since = machine_now().isoformat() if stuck else None
            return with_note(replace(attempt, stuck_at=since), "stuck" if stuck else "unstuck")

        def present(class_: Class) -> Class:
            member = class_.trainees[trainee]
            return with_attempt(class_, member, changed, present_exercise(class_, member))

        class_ = self.classes.change(name, present)
        member = class_.trainees[trainee]
        return member.attempts[present_exercise(class_, member)]

    def note_reached(self, membership: Membership, goals: int, *, solved: bool) -> None:
        """Note what was seen for the first time: goals that were reached, with a snapshot to go back to, and that it is solved."""
        self.sandboxes.keep(membership.attempt.sandbox, goals)
        if solved and membership.attempt.solved_at is None:

            def changed(attempt: Attempt) -> Attempt:
                now = machine_now()
                worked = seconds_of_work(membership.class_, attempt, now)
                return replace(attempt, solved_at=now.isoformat(), worked=worked, stuck_at=None)

            self._note(membership, changed)

    def note_score(self, membership: Membership, score: Score) -> None:
        """Note how far a trainee is, for when the sandbox cannot be read any more."""
        self._note(membership, lambda attempt: replace(attempt, score=score))

    def _note(self, membership: Membership, change: Callable[[Attempt], Attempt]) -> None:
        """Write down what was seen of an attempt; nothing once the class has ended."""

        def changed(class_: Class) -> Class:
            if class_.ended_at is not None or not membership.is_in(class_):
                return class_
            return with_attempt(class_, class_.trainees[membership.trainee.id], change, membership.exercise)

        with suppress(NotFound, OtherVersion):
            self.classes.change(membership.class_.name, changed)

    def _solve(self, name: str, trainee: str | None, expected: str | None = None) -> None:
        """Carry out the solution; not while classes are locked, because its requests are those of the trainee's pages."""
        from simulator.classroom.recovery import carrying_out
        from simulator.classroom.solving import CannotSolve, solve

        class_ = self._going_on(name)
        if trainee is None:
            raise BadInput([("trainee", "name the trainee whose exercise is to be solved")])
        if trainee not in class_.trainees:
            raise NotFound("trainee", trainee)
        member = class_.trainees[trainee]
        check_expected(class_, "solve", trainee, expected)
        self._check_solvable(class_, member)
        attempt = current_attempt(class_, member)
        id_ = class_.exercises[member.at]
        try:
            app = cast(Any, current_app)._get_current_object()
            with carrying_out(self, class_, member, id_):
                solve(app, attempt.sandbox, exercise(id_, member.number), member.language)
        except CannotSolve as error:
            raise RuleViolation("class.cannot_solve", reason=str(error)) from None

    def check(self, class_: Class, action: str, trainee: Trainee) -> None:
        """Say before the trainer is asked whether what cannot be taken back may be done to a trainee's sandbox.

        Raises:
            RuleViolation: it cannot be done now.
        """
        if action == "undo":
            self.sandboxes.before_last_work(current_attempt(class_, trainee).sandbox)
        elif action == "solve":
            self._check_solvable(class_, trainee)

    def _check_solvable(self, class_: Class, trainee: Trainee) -> None:
        from simulator.classroom.board import observer

        seen = observer().observe(class_, trainee, class_.exercises[trainee.at])
        if seen.refusal:
            raise RuleViolation("class.sandbox_lost")
        if seen.is_solved:
            raise RuleViolation("class.solved_already")

    def _going_on(self, name: str) -> Class:
        class_ = self.classes.get(name)
        if class_.ended_at is not None:
            raise RuleViolation("class.ended")
        return class_

    def _begin(self, class_: Class, trainee: Trainee, made: list[str] | None = None) -> Trainee:
        """Return a trainee with a sandbox for the exercise that they are at; one that is there already stays as it is."""
        id_ = class_.exercises[trainee.at]
        if id_ in trainee.attempts:
            return trainee
        name = f"{class_.name}-{trainee.id}-{trainee.at + 1}"
        self.sandboxes.make(name, class_, trainee)
        if made is not None:
            made.append(name)
        attempt = Attempt(name, machine_now().isoformat(), paused_before=paused_seconds(class_), is_waiting=True)
        return replace(trainee, attempts={**trainee.attempts, id_: attempt})

    def _put_back(self, class_: Class, trainee: Trainee) -> Class:
        attempt = current_attempt(class_, trainee)
        self.sandboxes.put_back(class_, trainee)
        fresh = Attempt(
            attempt.sandbox,
            machine_now().isoformat(),
            hints=attempt.hints,
            notes=attempt.notes,
            paused_before=paused_seconds(class_),
            is_waiting=attempt.is_waiting,
        )
        return with_attempt(class_, trainee, lambda _: fresh)

    def _undo(self, class_: Class, trainee: Trainee) -> Class:
        name = current_attempt(class_, trainee).sandbox
        saved = self.sandboxes.before_last_work(name)
        if saved is None:
            return self._put_back(class_, trainee)
        copies.restore(self.store, name, saved)
        return class_

    def _go_to(self, class_: Class, trainee: Trainee, at: int) -> Class:
        moved = self._begin(class_, replace(trainee, at=min(max(at, 0), len(class_.exercises) - 1)))
        return class_.with_trainee(moved)


Action = Callable[[Classroom, Class, str | None, dict[str, Any]], Class]


def _for_each(
    change: Callable[[Classroom, Class, Trainee, dict[str, Any]], Class],
    room: Classroom,
    class_: Class,
    trainee: str | None,
    values: dict[str, Any],
) -> Class:
    """Change what is one trainee's, or everybody's; it is refused when it cannot be done for anybody."""
    if trainee is not None:
        return change(room, class_, class_.trainees[trainee], values)
    refusals, members = [], list(class_.trainees.values())
    for member in members:
        try:
            class_ = change(room, class_, member, values)
        except RuleViolation as refusal:
            refusals.append(refusal)
    if len(refusals) == len(members):
        raise refusals[0] if refusals else RuleViolation("class.nobody")
    return class_


def _pause(room: Classroom, class_: Class, trainee: str | None, values: dict[str, Any]) -> Class:
    return replace(class_, paused_at=class_.paused_at or machine_now().isoformat())


def _resume(room: Classroom, class_: Class, trainee: str | None, values: dict[str, Any]) -> Class:
    return replace(class_, paused_at=None, paused_seconds=paused_seconds(class_))


def _add_minutes(room: Classroom, class_: Class, trainee: str | None, values: dict[str, Any]) -> Class:
    """Add to the time limit of every exercise, or to that of the exercise that one trainee is at."""
    minutes = values.get("minutes", 5)
    if trainee is None:
        return replace(class_, more_minutes=min(class_.more_minutes + minutes, MOST_MINUTES))
    left = time_left(class_, class_.trainees[trainee]) or 0.0
    return with_time_left(class_, class_.trainees[trainee], min(left + minutes * 60, MOST_MINUTES * 60))


def _set_minutes(room: Classroom, class_: Class, trainee: Trainee, values: dict[str, Any]) -> Class:
    """Let so many minutes be left for the exercise that a trainee is at."""
    if "minutes" not in values:
        raise BadInput([("minutes", f"say how many minutes are left, 0 to {MOST_MINUTES}")])
    return with_time_left(class_, trainee, values["minutes"] * 60)


def _message(room: Classroom, class_: Class, trainee: str | None, values: dict[str, Any]) -> Class:
    return with_message(class_, trainee, str(values.get("text", "")))


def _withdraw(room: Classroom, class_: Class, trainee: str | None, values: dict[str, Any]) -> Class:
    return without_message(class_, values.get("message"))


def _end(room: Classroom, class_: Class, trainee: str | None, values: dict[str, Any]) -> Class:
    from simulator.classroom.board import observer

    if class_.ended_at is not None:
        return class_
    concluded = observer().concluded(class_)
    return replace(_resume(room, concluded, None, values), ended_at=machine_now().isoformat())


def _remove(room: Classroom, class_: Class, trainee: str | None, values: dict[str, Any]) -> Class:
    smaller = without_trainee(class_, trainee)
    room.sandboxes.delete([attempt.sandbox for attempt in class_.trainees[str(trainee)].attempts.values()])
    return smaller


def _next(room: Classroom, class_: Class, trainee: str | None, values: dict[str, Any]) -> Class:
    """Let one trainee go to the next exercise, or everybody to that after the one that most are at; nobody goes back."""
    to = next_position(class_) if trainee is None else min(class_.trainees[trainee].at + 1, len(class_.exercises) - 1)

    def go(room: Classroom, class_: Class, member: Trainee, values: dict[str, Any]) -> Class:
        if member.at >= to:
            raise RuleViolation("class.last_exercise")
        return room._go_to(class_, member, to)

    return _for_each(go, room, class_, trainee, values)


def _go_to(room: Classroom, class_: Class, trainee: Trainee, values: dict[str, Any]) -> Class:
    if values.get("exercise") not in class_.exercises:
        raise BadInput([("exercise", f"expected one of {', '.join(class_.exercises)}, found {values.get('exercise')!r}")])
    return room._go_to(class_, trainee, class_.exercises.index(values["exercise"]))


def _put_back(room: Classroom, class_: Class, trainee: Trainee, values: dict[str, Any]) -> Class:
    return room._put_back(class_, trainee)


def _undo(room: Classroom, class_: Class, trainee: Trainee, values: dict[str, Any]) -> Class:
    return room._undo(class_, trainee)


def _skip(room: Classroom, class_: Class, trainee: Trainee, values: dict[str, Any]) -> Class:
    skipped = with_attempt(class_, trainee, lambda attempt: with_note(replace(attempt, skipped=True, stuck_at=None), "skip"))
    return room._go_to(skipped, skipped.trainees[trainee.id], trainee.at + 1)


def _note_solution(room: Classroom, class_: Class, trainee: Trainee, values: dict[str, Any]) -> Class:
    return with_attempt(
        class_, trainee, lambda attempt: with_note(replace(attempt, solved_by_trainer=True, stuck_at=None), "solve")
    )


def _hint(room: Classroom, class_: Class, trainee: Trainee, values: dict[str, Any]) -> Class:
    """Give a hint where the trainee is; one that the trainee takes has a note of its own."""
    id_ = present_exercise(class_, trainee)
    if trainee.attempts[id_].hints >= len(exercise(id_).hints):
        raise RuleViolation("class.no_more_hints")
    note = values.get("note", "hint_given")
    return with_attempt(class_, trainee, lambda attempt: with_note(replace(attempt, hints=attempt.hints + 1), note), id_)


def _noted(
    note: str, change: Callable[[Classroom, Class, Trainee, dict[str, Any]], Class]
) -> Callable[[Classroom, Class, Trainee, dict[str, Any]], Class]:
    """Return a change of what is one trainee's that leaves a note."""

    def changed(room: Classroom, class_: Class, trainee: Trainee, values: dict[str, Any]) -> Class:
        class_ = change(room, class_, trainee, values)
        return with_attempt(class_, class_.trainees[trainee.id], lambda attempt: with_note(attempt, note))

    return changed


ACTIONS: dict[str, Action] = {
    "pause": _pause,
    "resume": _resume,
    "add-minutes": _add_minutes,
    "set-minutes": partial(_for_each, _set_minutes),
    "message": _message,
    "withdraw": _withdraw,
    "next": _next,
    "go-to": partial(_for_each, _go_to),
    "skip": partial(_for_each, _skip),
    "hint": partial(_for_each, _hint),
    "solve": partial(_for_each, _note_solution),
    "undo": partial(_for_each, _noted("undo", _undo)),
    "put-back": partial(_for_each, _noted("put_back", _put_back)),
    "end": _end,
    "rename": lambda room, class_, trainee, values: with_name(class_, trainee, str(values.get("text", ""))),
    "remove": _remove,
    "admit": lambda room, class_, trainee, values: with_admission(class_, trainee),
    "open-code": lambda room, class_, trainee, values: replace(class_, join_code=class_.join_code or join_code()),
    "close-code": lambda room, class_, trainee, values: replace(class_, join_code=""),
}
"""What a trainer orders, for one trainee or for all."""
AFTER_THE_END = frozenset({"end", "rename", "remove"})
"""What is done to a class that has ended, too: names stand in its results."""


def classroom() -> Classroom:
    """Return the classes of this server."""
    room: Classroom | None = current_app.extensions.get("classroom")
    if room is None:
        from simulator.classroom.recovery import recover

        fresh = Classroom(current_app.extensions["store"], current_app.extensions["scenarios"])
        recover(fresh)
        room = current_app.extensions.setdefault("classroom", fresh)
    room.sleep.note()
    return room


def _member(class_: Class, trainee: str) -> tuple[Class, Trainee]:
    return class_, class_.trainees[trainee]
