"""What the trainer writes to trainees: how long it is displayed, and how it is withdrawn.

Own choice, all of it: a trainee's bar has the newest messages since the trainee came to the exercise at hand.
"""

from dataclasses import replace
from datetime import datetime

from simulator.classroom.attempts import current_attempt
from simulator.classroom.classes import Class, Message, Trainee
from simulator.core.clock import machine_now
from simulator.core.errors import BadInput, RuleViolation

LONGEST_MESSAGE = 500
MOST_MESSAGES = 500
"""Of a class; beyond that, the oldest is forgotten."""
DISPLAYED = 3
"""How many messages a bar displays, the newest last; one that is withdrawn makes no room for an older one."""


def messages_to(class_: Class, trainee: Trainee) -> list[Message]:
    """Return the messages that a trainee's bar displays, oldest first; none once the class has ended."""
    if class_.ended_at is not None:
        return []
    began = datetime.fromisoformat(current_attempt(class_, trainee).began_at if trainee.at else class_.open_from)
    own = [message for message in class_.messages if message.trainee in (None, trainee.id)]
    recent = [message for message in own if datetime.fromisoformat(message.at) >= began][-DISPLAYED:]
    return [message for message in recent if message.withdrawn_at is None]


def displayed_messages(class_: Class) -> list[tuple[Message, list[Trainee]]]:
    """Return the messages that are displayed to somebody, each with those whose bars have it, newest first."""
    readers: dict[int, list[Trainee]] = {}
    for trainee in class_.trainees.values():
        for message in messages_to(class_, trainee):
            readers.setdefault(message.id, []).append(trainee)
    return [(message, readers[message.id]) for message in reversed(class_.messages) if message.id in readers]


def with_message(class_: Class, trainee: str | None, text: str) -> Class:
    """Return a class with one more message, to a trainee or to all.

    Raises:
        BadInput: it is empty or too long.
    """
    text = text.strip()
    if not text or len(text) > LONGEST_MESSAGE:
        raise BadInput([("text", f"write a message of 1 to {LONGEST_MESSAGE} characters")])
    id_ = class_.messages[-1].id + 1 if class_.messages else 1
    message = Message(id_, machine_now().isoformat(), trainee, text)
    return replace(class_, messages=(*class_.messages, message)[-MOST_MESSAGES:])


def without_message(class_: Class, id_: int | None) -> Class:
    """Return a class in which a message is withdrawn from everybody who had it.

    Raises:
        BadInput: no message is named.
        RuleViolation: there is no such message, or it was withdrawn before.
    """
    if id_ is None:
        raise BadInput([("message", "say which message, by its id")])
    if not any(message.id == id_ and message.withdrawn_at is None for message in class_.messages):
        raise RuleViolation("class.no_message")
    now = machine_now().isoformat()
    messages = tuple(replace(message, withdrawn_at=now) if message.id == id_ else message for message in class_.messages)
    return replace(class_, messages=messages)
