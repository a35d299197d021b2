"""Errors with stable codes, so that pages, the control API and tests say the same."""

from typing import Any


class RuleViolation(Exception):
    """A rule refused a command, and nothing was changed.

    The code is stable and names a text key (``error.<code>``); facts fill the placeholders of that text.

    Args:
        code: dotted lower-case code, for example ``directory.email_taken``.
        field: the invalid input field, if there is one.
        facts: values for the text's placeholders.
    """

    status = 422

    def __init__(self, code: str, field: str | None = None, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.facts = facts


class Forbidden(RuleViolation):
    """The person may not do this."""

    status = 403


class NotFound(Exception):
    """A thing with this name does not exist.

    Args:
        kind: the kind of thing (``sandbox``, ``person``, ``scenario`` …).
        name: its name.
    """

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"There is no {kind} named {name!r}.")
        self.kind = kind
        self.name = name


class NoAccess(Exception):
    """Something that the person can see is not theirs to open.

    Args:
        reason: names the page that says why: the texts ``problem.<reason>.title`` and ``.text``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"The person has no access: {reason}.")
        self.reason = reason


class AlreadyExists(Exception):
    """A name is in use already."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"A {kind} named {name!r} exists already.")
        self.kind = kind
        self.name = name


class BadInput(Exception):
    """Input from outside is malformed.

    Args:
        problems: one pair ``(where, what)`` per problem; ``where`` is a path such as ``people.0.email``.
    """

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{where}: {what}" if where else what for where, what in problems))
        self.problems = problems
