"""What products state of manual sections is compared with the sections that the manuals have."""

import tomllib
from pathlib import Path

import pytest

from simulator.app import PRODUCTS
from simulator.web.fidelity import Statement, read_statements

ENTRIES = tomllib.loads(Path(__file__).with_name("manual_sections.toml").read_text("utf-8"))
SECTIONS: dict[str, list[str]] = {manual: entry["sections"] for manual, entry in ENTRIES.items()}


def statements_on(manual: str) -> list[Statement]:
    """Return what all products state of a manual."""
    return [
        statement for product in PRODUCTS.all for statement in read_statements(product.package) if statement.manual == manual
    ]


def printed(statement: Statement) -> str:
    """Return the section as it is printed; what follows a colon says which part of it a product is about."""
    whole, _, part = statement.section.rpartition(": ")
    return whole if part and whole in SECTIONS[statement.manual] else statement.section


@pytest.mark.parametrize("manual", SECTIONS)
def test_every_section_is_stated_and_no_other(manual: str) -> None:
    assert {printed(statement) for statement in statements_on(manual)} == set(SECTIONS[manual])


@pytest.mark.parametrize("manual", SECTIONS)
def test_no_section_is_open_but_those_that_are_named(manual: str) -> None:
    """Check what is stated. Several products may state a section, each for its part; together they leave nothing else open."""
    open_sections = {statement.section for statement in statements_on(manual) if statement.state != "reproduced"}
    assert open_sections == set(ENTRIES[manual].get("open", []))
