"""Which sandboxes are those of classes: the lobby lists them below their class, and leaves it to the class to delete them.

Own choice.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.core.store import Store

if TYPE_CHECKING:
    from simulator.classroom.classes import Class

FOLDER = "classes"
"""Of ``simulator.classroom.classes``, which is imported only where there are classes."""


@dataclass(frozen=True)
class ClassSandbox:
    """A sandbox of a class.

    Attributes:
        sandbox: its name.
        class_name: of the class.
        class_: the class; None when its file cannot be read.
        trainee: id of the trainee; empty when the file cannot be read.
        trainee_name: as it was written.
        exercise: title of the exercise, in the language asked for.
    """

    sandbox: str
    class_name: str
    class_: "Class | None" = None
    trainee: str = ""
    trainee_name: str = ""
    exercise: str = ""


def of_classes(store: Store, language: str) -> dict[str, ClassSandbox]:
    """Return the sandboxes of all classes by their names: the newest class first, trainees in the order of the roster.

    Of a class that cannot be read they are those whose names begin like its own.
    """
    if not (store.directory / FOLDER).is_dir():
        return {}
    from simulator.classroom.exercises import title_of
    from simulator.classroom.teaching import classroom

    by_name: dict[str, ClassSandbox] = {}
    readable = classroom().readable()
    for class_ in readable:
        for member in class_.trainees.values():
            for id_, attempt in member.attempts.items():
                title = title_of(id_, language)
                by_name[attempt.sandbox] = ClassSandbox(attempt.sandbox, class_.name, class_, member.id, member.name, title)
    for class_name in sorted(set(classroom().classes.names()) - {class_.name for class_ in readable}):
        for name in store.names():
            if name.startswith(f"{class_name}-"):
                by_name.setdefault(name, ClassSandbox(name, class_name))
    return by_name
