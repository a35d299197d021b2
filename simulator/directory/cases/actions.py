"""Actions on cases: what a desk does from the page of a case besides answering it.

A package above offers one so: a module of it has them in its tuple ``ACTIONS``, and the composition root names the module
(``CASE_ACTIONS``). The page of a case then has a button for it at the desks that the action names, which leads
to a form of its fields. Its texts are ``case.action.<code>`` (the button), ``.explain`` and ``.done``, and its fields' labels.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any

from simulator.core.desks import ACTION_MODULES

if TYPE_CHECKING:
    from simulator.core.sandbox import Db
    from simulator.directory.cases.models import SupportCase
    from simulator.directory.models import Person


class FieldKind(StrEnum):
    """The kinds of fields that the form of an action can have."""

    TEXT = "text"
    AREA = "area"
    EMAIL = "email"
    TICK = "tick"
    CHOICE = "choice"


@dataclass(frozen=True)
class ActionField:
    """A field of the form of an action.

    Attributes:
        name: its name in ``values``.
        label: text key of its label.
        kind: text, area, email, tick or choice.
        required: whether it must be filled in.
        choices: returns what can be chosen, as (value, text) in a language.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    choices: "Callable[[Db, SupportCase, str], Sequence[tuple[str, str]]] | None" = None


@dataclass(frozen=True)
class CaseAction:
    """An action on a case.

    Attributes:
        code: begins the keys of its texts.
        desks: codes of the desks at which it is offered.
        fields: the fields of its form.
        initial: returns the initial values of the fields.
        run: carries it out, ``run(db, staff, case, values)``, and returns values for the text ``.done``; a ``RuleViolation``
            names the field at fault. It answers the customer itself (``commands.answer`` with ``version=None``).
    """

    code: str
    desks: tuple[str, ...]
    fields: tuple[ActionField, ...]
    initial: "Callable[[Db, SupportCase], Mapping[str, str]]"
    run: "Callable[[Db, Person, SupportCase, Mapping[str, str]], Mapping[str, Any]]"


def at(desk: str) -> list[CaseAction]:
    """Return the actions that are offered at a desk, in the order of their modules, whichever was imported first."""
    return [action for module in ACTION_MODULES for action in import_module(module).ACTIONS if desk in action.desks]
