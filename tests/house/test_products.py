"""Products stand beside each other, and each says what it leaves out."""

import ast
import tomllib
from pathlib import Path

import pytest

from simulator.app import PRODUCTS
from simulator.core.texts import LANGUAGES
from simulator.web.fidelity import STATES

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ROOT / "simulator" / "products"
PACKAGES = [product.package for product in PRODUCTS.all]

IN_MANUALS = {product.package for product in PRODUCTS.all if product.in_manuals}
NOT_SIMULATED = {product.package for product in PRODUCTS.all if product.views.endswith(".product")}
"""Products of one module: a single page, which says that the product is not simulated."""

KEYS = {"manual", "section", "language", "state", "reason"}


def imported(path: Path) -> set[str]:
    """Name the modules that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_every_product_on_disk_is_part_of_the_platform() -> None:
    on_disk = {path.parent.name for path in ROOMS.glob("*/product.py")}
    assert on_disk == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_product_imports_another(package: str) -> None:
    others = tuple(f"simulator.products.{other}" for other in PACKAGES if other != package)
    foreign_imports = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOMS / package).rglob("*.py")
        for name in imported(path)
        if name in others or name.startswith(tuple(f"{other}." for other in others))
    }
    assert not foreign_imports, "what two products share belongs in a package below them"


@pytest.mark.parametrize("package", sorted(IN_MANUALS - NOT_SIMULATED))
def test_a_product_with_manual_sections_says_what_it_reproduces(package: str) -> None:
    with (ROOMS / package / "fidelity.toml").open("rb") as file:
        stated = tomllib.load(file)
    assert set(stated) == {"summary", "section"}
    assert stated["summary"].strip() == stated["summary"] != ""
    assert stated["section"]
    for section in stated["section"]:
        assert set(section) == KEYS, section
        assert all(isinstance(value, str) and value.strip() == value != "" for value in section.values()), section
        assert section["state"] in STATES, section
        assert section["language"] in LANGUAGES, section
    sections = [(section["manual"], section["section"]) for section in stated["section"]]
    assert len(sections) == len(set(sections)), "a section is stated twice"


def test_a_product_that_no_manual_is_about_states_nothing() -> None:
    stating = {path.parent.name for path in ROOMS.glob("*/fidelity.toml")}
    assert stating == IN_MANUALS - NOT_SIMULATED
