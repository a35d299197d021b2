"""A trainee's attempt at an exercise: the one at hand, how it is changed, and how much time is left for it.

Own choice: time passes while the trainee is in the exercise, from when they come until they come to another one, and not in pauses
of the class; who comes back goes on with the time of before. The trainer can add minutes to the limit of every exercise, or set
what is left for the exercise at hand, also for one trainee; an exercise without a time limit has one then.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil, floor

from simulator.classroom.classes import Attempt, Class, Trainee, seconds_of_work
from simulator.classroom.exercises import exercise
from simulator.core.clock import machine_now
from simulator.core.errors import RuleViolation

PASSING, DECIDING = ("hint_given", "undo", "put_back"), ("solve", "skip")
"""Notes of what the trainer did: what is news for some minutes, and what is said as long as the trainee is there."""
NEWS_FOR = timedelta(minutes=5)
MOST_NOTES = 50
"""Of an attempt: somebody may press *I am stuck* again and again."""


def current_attempt(class_: Class, trainee: Trainee) -> Attempt:
    """Return the attempt at the exercise that a trainee is at."""
    return trainee.attempts[class_.exercises[trainee.at]]


def position_of_most(class_: Class) -> int:
    """Return the position of the exercise that most trainees are at, the earlier one of two; 0 when nobody is in the class."""
    positions = [trainee.at for trainee in class_.trainees.values()]
    return max(sorted(set(positions)), key=positions.count, default=0)


def next_position(class_: Class) -> int:
    """Return the position of the exercise to which everybody goes next: the one after that of most, or the last."""
    return min(position_of_most(class_) + 1, len(class_.exercises) - 1)


def present_exercise(class_: Class, trainee: Trainee) -> str:
    """Return the id of the exercise in whose sandbox a trainee is: an earlier one until they come to the one that they are at."""
    id_ = class_.exercises[trainee.at]
    if trainee.attempts[id_].is_waiting:
        entered = (
            other for other in class_.exercises if other in trainee.attempts and not trainee.attempts[other].is_waiting
        )
        return next(entered, id_)
    return id_


def with_arrival(class_: Class, trainee: Trainee, exercise_id: str) -> Class:
    """Return a class in which a trainee has come to an exercise: its time passes, and that of the others stands still."""
    now = machine_now()

    def entered(id_: str, attempt: Attempt) -> Attempt:
        if attempt.is_waiting and id_ == exercise_id:
            return replace(attempt, is_waiting=False, began_at=now.isoformat(), paused_before=paused_seconds(class_))
        if not attempt.is_waiting and id_ != exercise_id:
            return replace(attempt, is_waiting=True, earlier=seconds_of_work(class_, attempt, now))
        return attempt

    attempts = {id_: entered(id_, attempt) for id_, attempt in trainee.attempts.items()}
    return class_.with_trainee(replace(trainee, attempts=attempts))


def check_expected(class_: Class, action: str, trainee: str | None, expected: str | None) -> None:
    """Refuse an order that was meant for the class as it was before another trainer moved it on.

    Args:
        class_: as it is now.
        action: the order.
        trainee: whom it is for; everybody when None.
        expected: the exercise that the trainer expects to come next, or to be at hand; None for any.

    Raises:
        RuleViolation: another trainer has moved on.
    """
    if expected is None or action == "go-to" or (trainee is None and action != "next"):
        return
    at = position_of_most(class_) if trainee is None else class_.trainees[trainee].at
    to = min(at + 1, len(class_.exercises) - 1) if action == "next" else at
    if class_.exercises[to] != expected:
        raise RuleViolation("class.moved_on")


def seconds_left(class_: Class, attempt: Attempt, minutes: int | None, now: datetime) -> float | None:
    """Return how many seconds are left for an exercise, negative when it is over time; None without a time limit."""
    if minutes is None and attempt.more_seconds is None:
        return None
    limit = ((minutes or 0) + class_.more_minutes) * 60 + (attempt.more_seconds or 0.0)
    return limit - seconds_of_work(class_, attempt, now)


def whole_minutes(seconds: float | None) -> int | None:
    """Return seconds that are left as minutes for people: a minute that has begun counts; negative when the time is over."""
    if seconds is None:
        return None
    # To the millisecond: sums of parts of a second are not exact, and twelve minutes are no thirteen.
    seconds = round(seconds, 3)
    return ceil(seconds / 60) if seconds > 0 else floor(seconds / 60)


def time_left(class_: Class, trainee: Trainee) -> float | None:
    """Return how many seconds are left to a trainee for the exercise at hand; see ``seconds_left``."""
    minutes = exercise(class_.exercises[trainee.at]).minutes
    return seconds_left(class_, current_attempt(class_, trainee), minutes, machine_now())


def with_time_left(class_: Class, trainee: Trainee, seconds: float) -> Class:
    """Return a class in which so many seconds are left to a trainee for the exercise at hand."""
    with_limit = with_attempt(class_, trainee, lambda attempt: replace(attempt, more_seconds=attempt.more_seconds or 0.0))
    before = time_left(with_limit, with_limit.trainees[trainee.id]) or 0.0
    return with_attempt(
        class_, trainee, lambda attempt: replace(attempt, more_seconds=(attempt.more_seconds or 0.0) + seconds - before)
    )


def with_attempt(
    class_: Class, trainee: Trainee, change: Callable[[Attempt], Attempt], exercise_id: str | None = None
) -> Class:
    """Return a class with a changed attempt, at the exercise that the trainee is at unless another is named."""
    id_ = exercise_id or class_.exercises[trainee.at]
    return class_.with_trainee(replace(trainee, attempts={**trainee.attempts, id_: change(trainee.attempts[id_])}))


def done_by_trainer(attempt: Attempt, now: datetime) -> str | None:
    """Return what the trainer did last to an attempt, as its note: of the last minutes, or what decides how it ends."""
    at, note = next((entry for entry in reversed(attempt.notes) if entry[1] in (*PASSING, *DECIDING)), ("", ""))
    return note if note in DECIDING or (note and now - datetime.fromisoformat(at) < NEWS_FOR) else None


def with_new_beginning(class_: Class, trainee: Trainee) -> Class:
    """Return a class in which nothing is reached at the exercise at hand any more; the time of before counts still."""
    now = machine_now()

    def begun_anew(attempt: Attempt) -> Attempt:
        return replace(
            attempt,
            began_at=now.isoformat(),
            paused_before=paused_seconds(class_),
            earlier=seconds_of_work(class_, attempt, now),
            solved_at=None,
            worked=None,
            steps=None,
            score=None,
        )

    return with_attempt(class_, trainee, begun_anew)


def with_note(attempt: Attempt, note: str) -> Attempt:
    """Return an attempt with what happened now beside the platform's pages; of many the newest ``MOST_NOTES``."""
    return replace(attempt, notes=(*attempt.notes, (machine_now().isoformat(), note))[-MOST_NOTES:])


def paused_seconds(class_: Class) -> float:
    """Return how long all pauses were, with the present one."""
    if class_.paused_at is None:
        return class_.paused_seconds
    return class_.paused_seconds + (machine_now() - datetime.fromisoformat(class_.paused_at)).total_seconds()
