"""Types of the control API's answers about classes."""

from typing import Literal, TypedDict

from simulator.web.calls.openapi import Instant


class ClassTrainee(TypedDict):
    """A trainee of a class; ``link`` opens the place of that trainee, ``sandbox`` is that of the exercise at hand.

    ``joined_at`` is when the first of its ``devices`` came.
    """

    id: str
    name: str
    email: str
    language: str
    joined_at: Instant | None
    devices: int
    link: str
    exercise: str
    sandbox: str


class ClassMessage(TypedDict):
    """A message of the trainer that is displayed to ``trainees``, by their ids."""

    id: int
    at: Instant
    text: str
    trainees: list[str]


class Class(TypedDict):
    """A class; ``join_code`` is empty when nobody joins by code, ``messages`` are those that are displayed, newest first."""

    name: str
    title: str
    mode: Literal["guided", "practice", "test"]
    language: str
    exercises: list[str]
    join_code: str
    opened_at: Instant
    paused_at: Instant | None
    ended_at: Instant | None
    trainees: list[ClassTrainee]
    messages: list[ClassMessage]


class BoardGoal(TypedDict):
    """A goal of an exercise, and whether it is reached."""

    title: str
    reached: bool


class BoardTrainee(TypedDict):
    """How far a trainee is; ``solved`` counts the exercises of the class, ``page`` is below the sandbox.

    ``still_in`` is the id of the exercise whose sandbox the trainee is in, who has not come to ``exercise`` yet; then ``stuck_at``,
    ``wrong_turns``, ``page`` and ``event`` are of that one.
    """

    trainee: str
    exercise: str
    goals: list[BoardGoal]
    wrong_turns: list[str]
    is_solved: bool
    solved_by_trainer: bool
    skipped: bool
    solved: int
    points: int
    minutes: int
    minutes_left: int | None
    hints: int
    stuck_at: Instant | None
    needs_help: bool
    still_in: str | None
    page: str
    page_title: str
    event: str | None
    event_at: Instant | None
