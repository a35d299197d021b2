"""What each product says of itself: which manual sections it reproduces, partly reproduces or leaves out, with the reason."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from simulator.web.access import products

STATES = ("reproduced", "partly", "left_out")
_PRODUCTS = Path(__file__).parent.parent / "products"


@dataclass(frozen=True)
class Statement:
    """One manual section.

    Attributes:
        manual: the manual's public title.
        section: the section's title in the manual's language.
        language: the manual's language.
        state: ``reproduced``, ``partly`` or ``left_out``.
        reason: in English; what is missing and why, or where it is tested.
    """

    manual: str
    section: str
    language: str
    state: str
    reason: str


@dataclass(frozen=True)
class Statements:
    """All that one product states; ``name`` is the text key of its name."""

    name: str
    statements: tuple[Statement, ...]


def read_statements(package: str) -> tuple[Statement, ...]:
    """Read a product's ``fidelity.toml``: tables ``[[section]]`` with the fields of ``Statement``; empty without the file."""
    path = _PRODUCTS / package / "fidelity.toml"
    if not path.is_file():
        return ()
    with path.open("rb") as file:
        return tuple(Statement(**section) for section in tomllib.load(file)["section"])


def statements() -> list[Statements]:
    """Return what all products state, in the order of Home."""
    statements = [Statements(product.name, read_statements(product.package)) for product in products().all]
    return [group for group in statements if group.statements]
