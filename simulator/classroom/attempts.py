"""A trainee's attempt at an exercise: the one at hand, how it is changed, and how much time is left for it.

Own choice: time passes from when the trainee comes, not in pauses of the class. The trainer can add minutes to the limit of every
exercise, or set what is left for the exercise at hand, also for one trainee; an exercise without a time limit has one then.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from math import ceil, floor

from simulator.classroom.classes import Attempt, Class, Trainee, seconds_of_work
from simulator.classroom.exercises import exercise
from simulator.core.clock import machine_now


def current_attempt(class_: Class, trainee: Trainee) -> Attempt:
    """Return the attempt at the exercise that a trainee is at."""
    return trainee.attempts[class_.exercises[trainee.at]]


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


def paused_seconds(class_: Class) -> float:
    """Return how long all pauses were, with the present one."""
    if class_.paused_at is None:
        return class_.paused_seconds
    return class_.paused_seconds + (machine_now() - datetime.fromisoformat(class_.paused_at)).total_seconds()
