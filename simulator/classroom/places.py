"""The places of trainees in a class: what they are called, on which devices trainees have come to them, and how one is joined.

Own choice, all of it. A device counts as another one when its browser has another cookie, so also after that was deleted.
"""

from dataclasses import replace
from typing import Literal

from simulator.classroom.classes import Class, Classes, Trainee
from simulator.classroom.roster import Entry, problem_of, tidy
from simulator.core.clock import machine_now
from simulator.core.errors import BadInput, NotFound, RuleViolation
from simulator.core.normal_forms import folded

MOST_DEVICES = 20
"""Devices of a place that are noted, the newest of them."""

Question = Literal["same", "in_use"]


def named(class_: Class, name: str) -> Trainee | None:
    """Return the trainee of a name, of several rather one whose place nobody has taken yet; None when there is none."""
    same = [trainee for trainee in class_.trainees.values() if folded(trainee.name) == folded(name)]
    return next((trainee for trainee in same if not trainee.devices), same[0] if same else None)


def come(
    classes: Classes, name: str, trainee: str, device: str, *, is_same: bool = False, by_link: bool = False
) -> Question | None:
    """Note that a device comes to a place, unless that is taken from another device and something has to be asked first.

    Args:
        classes: the classes of the server.
        name: of the class.
        trainee: id of the trainee.
        device: what tells this device from others.
        is_same: whether the visitor says to be who has taken the place.
        by_link: whether the visitor has the personal link of the place.

    Returns:
        None when the visitor may go on; ``same`` when they have to say that they are this trainee; ``in_use`` when in a test only
        the personal link or the trainer's word helps.

    Raises:
        NotFound: there is no such class or trainee.
    """
    with classes.locked():
        class_ = classes.get(name)
        member = class_.trainees.get(trainee)
        if member is None:
            raise NotFound("trainee", trainee)
        if device in member.devices:
            return None
        if member.devices and not (by_link or member.admits_device):
            if class_.mode == "test":
                return "in_use"
            if not is_same:
                return "same"
        joined_at = member.joined_at or machine_now().isoformat()
        devices = (*member.devices, device)[-MOST_DEVICES:]
        changed = replace(member, joined_at=joined_at, devices=devices, admits_device=False)
        classes.change(name, lambda now: now.with_trainee(changed))
    return None


def with_name(class_: Class, trainee: str | None, written: str) -> Class:
    """Return a class in which a trainee is called otherwise; link, sandboxes and results stay.

    Raises:
        BadInput: no trainee is named.
        RuleViolation: the name cannot be used, or is somebody else's with the same e-mail address.
    """
    member = _member(class_, trainee)
    name = tidy(written)
    if problem_of(Entry(name))[0]:
        raise RuleViolation("class.wrong_name")
    others = [row for row in class_.trainees.values() if row != member]
    if any(folded(row.name) == folded(name) and row.email.casefold() == member.email.casefold() for row in others):
        raise RuleViolation("class.doubled_name", name=name)
    return class_.with_trainee(replace(member, name=name))


def without_trainee(class_: Class, trainee: str | None) -> Class:
    """Return a class without a trainee, and without the messages to that one.

    Raises:
        BadInput: no trainee is named.
    """
    member = _member(class_, trainee)
    trainees = {id_: row for id_, row in class_.trainees.items() if id_ != member.id}
    messages = tuple(message for message in class_.messages if message.trainee != member.id)
    return replace(class_, trainees=trainees, messages=messages)


def with_admission(class_: Class, trainee: str | None) -> Class:
    """Return a class in which the next device may come to the place of a trainee.

    Raises:
        BadInput: no trainee is named.
    """
    return class_.with_trainee(replace(_member(class_, trainee), admits_device=True))


def _member(class_: Class, trainee: str | None) -> Trainee:
    if trainee is None:
        raise BadInput([("trainee", "name the trainee")])
    return class_.trainees[trainee]
