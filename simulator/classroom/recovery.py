"""What a killed server leaves of classes: sandboxes in which a solution was being carried out, whose queues wait for it."""

from contextlib import suppress

from simulator.classroom.teaching import Classroom
from simulator.core.errors import NotFound


def recover(room: Classroom) -> None:
    """Let the queues go on that waited for a solution; what was carried out stays, and the exercise is the trainee's still."""
    for class_ in room.readable():
        for member in class_.trainees.values():
            for exercise_id, attempt in member.attempts.items():
                if attempt.is_being_solved:
                    _release(room, attempt.sandbox)
                    room.note_solving(class_, member, exercise_id, solving=False)


def _release(room: Classroom, name: str) -> None:
    with suppress(NotFound), room.store.open(name) as sandbox, sandbox.transaction() as db:
        db.record.jobs_mode, db.record.delays = "auto", "real"
        db.after_commit.append(sandbox.queued)
