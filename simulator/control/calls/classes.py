"""Calls about classes: what the trainer's pages do, for programs and ``vnsim class``."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from simulator.classroom.attempts import current_attempt
from simulator.classroom.board import BoardRow, observer
from simulator.classroom.classes import MODES, Class, OtherVersion, Trainee
from simulator.classroom.messages import LONGEST_MESSAGE, displayed_messages
from simulator.classroom.opening import CLASS_NAME, LONGEST_CLASS_NAME, LONGEST_TITLE, MOST_EXERCISES
from simulator.classroom.roster import LONGEST_EMAIL, LONGEST_NAME, MOST, BadRoster, Entry
from simulator.classroom.teaching import ACTIONS, MOST_MINUTES, classroom
from simulator.control import class_schemas as schemas
from simulator.control.class_forms import sentence
from simulator.control.table import Calls, settings
from simulator.core.clock import iso
from simulator.core.errors import BadInput
from simulator.core.texts import LANGUAGES
from simulator.web.calls.fields import choice, flag, list_of, objects, pattern, read_nested, text, whole
from simulator.web.problem_documents import Problem

blueprint = Calls("classes", __name__)

TRAINEE = {
    "name": text(longest=LONGEST_NAME, required=True),
    "email": text(longest=LONGEST_EMAIL),
    "language": choice(*LANGUAGES),
}
ROSTER = {"trainees": objects(most=MOST, required=True)}
CLASS = {
    "title": text(longest=LONGEST_TITLE, required=True),
    "name": pattern(CLASS_NAME, f"use 1 to {LONGEST_CLASS_NAME} lower-case letters and digits"),
    "mode": choice(*MODES),
    "language": choice(*LANGUAGES),
    "exercises": list_of(text(longest=60, required=True), most=MOST_EXERCISES, least=1, required=True),
    "trainees": objects(most=MOST),
    "joins_by_code": flag(),
}
ACTION = {
    "action": choice(*ACTIONS, required=True),
    "trainee": text(longest=40),
    "text": text(longest=LONGEST_MESSAGE),
    "message": whole(least=1),
    "exercise": text(longest=60),
    "minutes": whole(least=0, most=MOST_MINUTES),
}


@blueprint.call("POST", "/classes", status=201, body=CLASS, body_as="fields", refusals=(409, 422, 507))
def open_class(fields: dict[str, Any]) -> schemas.Class:
    """Open a class, and begin the first exercise of everybody on its roster; nothing is made when something is not right."""
    joins = fields["joins_by_code"]
    with _refusing():
        class_ = classroom().open(
            fields["title"],
            exercise_ids=fields["exercises"],
            mode=fields["mode"] or "practice",
            language=fields["language"] or "en",
            entries=_entries(fields["trainees"] or []),
            name=fields["name"],
            joins_by_code=True if joins is None else joins,
        )
    return _class(class_)


@blueprint.call("GET", "/classes")
def list_classes() -> list[schemas.Class]:
    """List the classes that can be read, the newest first."""
    return [_class(class_) for class_ in classroom().readable()]


@blueprint.call("GET", "/classes/{name}", refusals=(404, 409))
def show_class(name: str) -> schemas.Class:
    """Show a class with its trainees and their links."""
    with _refusing():
        return _class(classroom().classes.get(name))


@blueprint.call("GET", "/classes/{name}/board", query={"language": choice(*LANGUAGES)}, refusals=(404, 409))
def show_board(name: str, language: str | None) -> list[schemas.BoardTrainee]:
    """Say for each trainee how far they are; who needs help comes first."""
    with _refusing():
        return [_row(row) for row in observer().rows(classroom().classes.get(name), language or "en")]


@blueprint.call("POST", "/classes/{name}/trainees", body=ROSTER, refusals=(404, 409, 422, 507))
def add_trainees(name: str, trainees: list[Any]) -> schemas.Class:
    """Add trainees who come late; they begin with the exercise that most are at."""
    with _refusing():
        return _class(classroom().add(name, _entries(trainees)))


@blueprint.call("POST", "/classes/{name}/actions", body=ACTION, body_as="order", refusals=(404, 409, 422, 507))
def act(name: str, order: dict[str, Any]) -> schemas.Class:
    """Carry out what a trainer orders, for one trainee or, without one, for all."""
    action, trainee = order.pop("action"), order.pop("trainee")
    with _refusing():
        return _class(classroom().act(name, action, trainee, **order))


@blueprint.call("DELETE", "/classes/{name}", status=204, refusals=(404,))
def remove_class(name: str) -> None:
    """Delete a class with all of its sandboxes."""
    classroom().remove(name)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except BadRoster as refused:
        problems = [(f"trainees.{problem.line - 1}.name", sentence(problem)) for problem in refused.problems]
        raise BadInput(problems) from None
    except OtherVersion as error:
        raise Problem(409, str(error)) from None


def _entries(trainees: list[Any]) -> list[Entry]:
    rows = [read_nested(f"trainees.{at}", sent, TRAINEE) for at, sent in enumerate(trainees)]
    return [Entry(" ".join(row["name"].split()), row["email"] or "", row["language"] or "") for row in rows]


def _class(class_: Class) -> schemas.Class:
    return {
        "name": class_.name,
        "title": class_.title,
        "mode": class_.mode,
        "language": class_.language,
        "exercises": list(class_.exercises),
        "join_code": class_.join_code,
        "opened_at": class_.open_from,
        "paused_at": class_.paused_at,
        "ended_at": class_.ended_at,
        "trainees": [_trainee(class_, trainee) for trainee in class_.trainees.values()],
        "messages": [
            {"id": message.id, "at": message.at, "text": message.text, "trainees": [reader.id for reader in readers]}
            for message, readers in displayed_messages(class_)
        ],
    }


def _trainee(class_: Class, trainee: Trainee) -> schemas.ClassTrainee:
    return {
        "id": trainee.id,
        "name": trainee.name,
        "email": trainee.email,
        "language": trainee.language,
        "joined_at": trainee.joined_at,
        "devices": len(trainee.devices),
        "link": f"{settings().base_address}/join/{class_.name}/{trainee.key}",
        "exercise": class_.exercises[trainee.at],
        "sandbox": current_attempt(class_, trainee).sandbox,
    }


def _row(row: BoardRow) -> schemas.BoardTrainee:
    return {
        "trainee": row.trainee.id,
        "exercise": row.exercise,
        "goals": [{"title": title, "reached": reached} for title, reached in row.goals],
        "wrong_turns": list(row.wrong_turns),
        "is_solved": row.seen.is_solved,
        "solved_by_trainer": row.attempt.solved_by_trainer,
        "skipped": row.attempt.skipped,
        "solved": row.solved,
        "points": row.seen.points,
        "minutes": row.minutes,
        "minutes_left": row.minutes_left,
        "hints": row.attempt.hints,
        "stuck_at": row.stuck_at,
        "needs_help": row.needs_help,
        "still_in": row.still_in,
        "page": row.page,
        "page_title": row.page_title,
        "event": row.last.type if row.last else None,
        "event_at": iso(row.last.at) if row.last else None,
    }
