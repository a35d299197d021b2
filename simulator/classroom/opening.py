"""What a class needs before it is opened: a title, exercises, and a roster in which nobody is twice.

Own choice, all of it.
"""

import re
from collections.abc import Iterable

from simulator.classroom import roster
from simulator.classroom.classes import MODES, Class, Trainee
from simulator.classroom.exercises import exercise, exercises
from simulator.classroom.names import free_name, sandbox_name
from simulator.classroom.roster import BadRoster, Entry, RosterProblem
from simulator.core.chance import machine_secret
from simulator.core.errors import NotFound
from simulator.core.texts import LANGUAGES

LONGEST_TITLE = 80
LONGEST_CLASS_NAME, LONGEST_TRAINEE_ID = 16, 18
"""With the number of the exercise they make the name of a sandbox, of at most 40 characters."""
CLASS_NAME = re.compile(f"[a-z0-9]{{1,{LONGEST_CLASS_NAME}}}")
"""Without dashes, so that no two classes have sandboxes of one name."""
MOST_EXERCISES = 40


def problems_of(title: str, ids: tuple[str, ...], mode: str, language: str, name: str | None) -> list[tuple[str, str]]:
    """Return what is not right with a new class, each with its field; nothing when it may be opened."""
    problems = []
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        problems.append(("title", f"write 1 to {LONGEST_TITLE} characters"))
    if name is not None and not CLASS_NAME.fullmatch(name):
        problems.append(("name", f"use 1 to {LONGEST_CLASS_NAME} lower-case letters and digits"))
    unknown = [id_ for id_ in ids if not _is_exercise(id_)]
    if unknown:
        problems.append(("exercises", f"there is no exercise {unknown[0]!r}; there are {', '.join(exercises())}"))
    if not ids or len(ids) > MOST_EXERCISES or len(set(ids)) < len(ids):
        problems.append(("exercises", f"choose 1 to {MOST_EXERCISES} exercises, each once"))
    if mode not in MODES:
        problems.append(("mode", f"expected one of {', '.join(MODES)}, found {mode!r}"))
    if language not in LANGUAGES:
        problems.append(("language", f"expected one of {', '.join(LANGUAGES)}, found {language!r}"))
    return problems


def _is_exercise(id_: str) -> bool:
    try:
        exercise(id_)
    except NotFound:
        return False
    return True


def with_entries(class_: Class, entries: Iterable[Entry]) -> Class:
    """Return a class with more trainees, who have no sandbox yet.

    Raises:
        BadRoster: there are too many, or one is in the class already.
    """
    present = {(row.name.casefold(), row.email.casefold()) for row in class_.trainees.values()}
    for line, entry in enumerate(entries, 1):
        code, value = roster.problem_of(entry)
        key = (entry.name.casefold(), entry.email.casefold())
        if not code and key in present:
            code, value = "doubled", entry.name
        present.add(key)
        if not code and len(class_.trainees) >= roster.MOST:
            code, value = "many", str(roster.MOST)
        if code:
            raise BadRoster([RosterProblem(line, code, value)])
        number = max((row.number for row in class_.trainees.values()), default=0) + 1
        first = sandbox_name(entry.name, LONGEST_TRAINEE_ID) or f"trainee-{number}"
        id_ = free_name(first, class_.trainees, LONGEST_TRAINEE_ID)
        language = entry.language or class_.language
        class_ = class_.with_trainee(Trainee(id_, entry.name, entry.email, language, machine_secret()[:24], number))
    return class_
