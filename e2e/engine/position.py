"""Where a thing stands on the page, measured from its box at desktop width.

Own choice: the bounds below. Printed manuals say *at the far right* or *about halfway down* and mean no
number; these bounds let a layout breathe and still notice a label that moved.
"""

from dataclasses import dataclass

WIDTH = 1280
HEIGHT = 800
"""Desktop width, and what is seen without scrolling."""


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of the page, measured from its top left corner with nothing scrolled."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the box."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height


def is_at(position: str, box: Box, page_height: float) -> bool:
    """Return whether a box is at a position of the window.

    Args:
        position: One of `targets.POSITIONS` but those of a row; several words must all hold.
        box: Where the thing is.
        page_height: How tall the page is. *bottom* is the last third of the window or of the page.
    """
    x, y = box.middle
    tall = max(page_height, HEIGHT)
    rules = {
        "left": x < WIDTH / 2,
        "right": x > WIDTH / 2,
        "far left": x < WIDTH * 0.2,
        "far right": x > WIDTH * 0.8,
        "top": y < HEIGHT / 3,
        "bottom": HEIGHT * 2 / 3 < y <= HEIGHT or y > tall * 2 / 3,
        "halfway down": HEIGHT * 0.25 <= y <= HEIGHT * 0.75,
    }
    if position in rules:
        return rules[position]
    return all(rules[word] for word in position.split())


def related(relation: str, box: Box, other: Box) -> bool:
    """Return whether a box is under, above, left of or right of another one.

    *Under* and *above* need the two to share some width, or to start at nearly the same left edge; *left of*
    and *right of* need them to share some height.
    """
    shares_width = (box.x < other.right and other.x < box.right) or abs(box.x - other.x) < WIDTH * 0.1
    shares_height = box.y < other.bottom and other.y < box.bottom
    slack = 2.0
    if relation == "under":
        return box.y >= other.bottom - slack and shares_width
    if relation == "above":
        return box.bottom <= other.y + slack and shares_width
    if relation == "left of":
        return box.right <= other.x + slack and shares_height
    return box.x >= other.right - slack and shares_height


def whereabouts(box: Box, page_height: float) -> str:
    """Say in words where a box stands, for an error."""
    across = next(
        position for position in ("far left", "far right", "left", "right", "") if not position or is_at(position, box, 0)
    )
    down = next(
        (position for position in ("top", "bottom", "halfway down") if is_at(position, box, page_height)),
        "in between",
    )
    x, y = box.middle
    return f"{down}, {across or 'in the middle'} ({round(x)} px from the left, {round(y)} px from the top)"
