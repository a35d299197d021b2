"""What a killed server leaves of classes: sandboxes in which a solution was being carried out, whose queues wait for it.

Own choice, all of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from simulator.classroom.attempts import with_attempt
from simulator.classroom.classes import Attempt, Class, OtherVersion, Trainee
from simulator.classroom.teaching import Classroom
from simulator.core.errors import NotFound


@contextmanager
def carrying_out(room: Classroom, class_: Class, member: Trainee, exercise_id: str) -> Iterator[None]:
    """Note for the length of a block that a solution, or a part of it, is carried out in a trainee's sandbox."""
    _note(room, class_, member, exercise_id, solving=True)
    try:
        yield
    finally:
        _note(room, class_, member, exercise_id, solving=False)


def recover(room: Classroom) -> None:
    """Let the queues go on that waited for a solution; what was carried out stays, and the exercise is the trainee's still."""
    for class_ in room.readable():
        for member in class_.trainees.values():
            for exercise_id, attempt in member.attempts.items():
                if attempt.is_being_solved:
                    _release(room, attempt.sandbox)
                    _note(room, class_, member, exercise_id, solving=False)


def _note(room: Classroom, class_: Class, member: Trainee, exercise_id: str, *, solving: bool) -> None:
    def changed(attempt: Attempt) -> Attempt:
        return replace(attempt, is_being_solved=solving)

    with suppress(NotFound, OtherVersion):
        room.classes.change(class_.name, lambda now: with_attempt(now, now.trainees[member.id], changed, exercise_id))


def _release(room: Classroom, name: str) -> None:
    with suppress(NotFound), room.store.open(name) as sandbox, sandbox.transaction() as db:
        db.record.jobs_mode, db.record.delays = "auto", "real"
        db.after_commit.append(sandbox.queued)
