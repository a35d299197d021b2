"""How a manual names a thing on the screen: what it is, what it says, and where it stands."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from .words import Label, Strict, listed, refuse

KINDS = (
    "link", "button", "menuitem", "tab", "heading", "textbox", "checkbox", "radio",
    "combobox", "option", "row", "column", "cell", "text",
)  # fmt: skip
"""What a thing can be. `column` is the heading of a table's column; `text` is anything that can be read."""

POSITIONS = (
    "top", "bottom", "left", "right", "far left", "far right", "top left", "top right",
    "bottom left", "bottom right", "halfway down", "first in row", "last in row",
)  # fmt: skip
RELATIONS = ("under", "above", "left of", "right of")
"""Places that name a second thing: `under Zoeken`."""


class Position(Strict):
    """Where a thing stands at desktop width.

    Attributes:
        at: One of `POSITIONS`, or one of `RELATIONS`.
        of: The label of the second thing of a relation.
    """

    at: str
    of: Label | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_yaml(cls, value: Any) -> Any:
        if isinstance(value, cls) or (isinstance(value, dict) and set(value) <= {"at", "of"} and value):
            return value
        if isinstance(value, str) and value in POSITIONS:
            return {"at": value}
        if isinstance(value, str):
            for relation in RELATIONS:
                if value.startswith(relation + " "):
                    return {"at": relation, "of": value[len(relation) + 1 :]}
        if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in RELATIONS:
            relation, other = next(iter(value.items()))
            return {"at": relation, "of": other}
        raise refuse(f"{', '.join(POSITIONS)}, or {listed(RELATIONS)} followed by a label", value)


def as_list(value: Any) -> Any:
    """Read one thing or a list of them as a list."""
    return value if isinstance(value, list | tuple) else [value]


class FormField(Strict):
    """One thing on the screen that something is done with: anything but an option of a list.

    Exactly one key says what it is; `row` is that key only when it stands alone.

    Attributes:
        row: A text in the table row (or list item) that the thing is in.
        within: The name of the section, dialog or group of fields, or the heading that the thing stands
            under.
        position: Under the key `place`, where it must stand; several places must all hold.
        key: The text key of the label, when several texts say the same.
        exact: Whether the label must be the whole label; otherwise it may be a part of it.
    """

    link: Label | None = None
    button: Label | None = None
    menuitem: Label | None = None
    tab: Label | None = None
    heading: Label | None = None
    textbox: Label | None = None
    checkbox: Label | None = None
    radio: Label | None = None
    combobox: Label | None = None
    row: Label | None = None
    column: Label | None = None
    cell: Label | None = None
    text: Label | None = None
    within: Label | None = None
    position: Annotated[list[Position], BeforeValidator(as_list)] = Field(default_factory=list, alias="place")
    key: str | None = None
    exact: bool = True

    @model_validator(mode="before")
    @classmethod
    def _single_kind(cls, value: Any) -> Any:
        names = {field.alias or name for name, field in cls.model_fields.items()}
        if isinstance(value, dict) and names.issuperset(value) and not cls._needs_no_target(value):
            named = [kind for kind in cls._kinds() if value.get(kind) is not None]
            if not named and value.get("row") is None:
                raise refuse(f"one of {', '.join(KINDS)}", value)
            if len(named) > 1:
                raise refuse(f"only one of {listed(named)}", value)
        return value

    @classmethod
    def _kinds(cls) -> tuple[str, ...]:
        return tuple(kind for kind in KINDS if kind not in ("row", "option"))

    @classmethod
    def _needs_no_target(cls, value: dict[str, Any]) -> bool:
        """Say whether the mapping needs no target at all."""
        return False

    @property
    def kind(self) -> str:
        """What it is: one of `KINDS`."""
        for kind in self._kinds():
            if getattr(self, kind) is not None:
                return kind
        return "row"

    @property
    def label(self) -> Label:
        """What it says, with the text key of the target when it names one."""
        label: Label = getattr(self, self.kind)
        return Label(text=label.text, key=self.key) if self.key else label

    @property
    def in_row(self) -> Label | None:
        """The row it is in; None for a row itself."""
        return None if self.kind == "row" else self.row


class Target(FormField):
    """One thing on the screen; it may be an option of a list."""

    option: Label | None = None

    @classmethod
    def _kinds(cls) -> tuple[str, ...]:
        return tuple(kind for kind in KINDS if kind != "row")


State = Literal["enabled", "disabled", "checked", "unchecked", "gone"]


class Sight(Target):
    """Something that the eye sees: a target, and what it shows.

    Attributes:
        value: What stands in the field, or which option is chosen.
        state: Whether it can be used, is ticked, or is no longer there.
    """

    value: Label | None = None
    state: State | None = None
