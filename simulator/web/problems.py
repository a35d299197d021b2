"""What is wrong with what was typed, as the summary above a form lists it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with what was typed.

    Attributes:
        text: in the language of the page.
        control: id of the control at fault; None when it is the form as a whole.
    """

    text: str
    control: str | None = None
