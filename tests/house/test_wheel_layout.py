"""What moves below simulator in the wheel still finds itself there."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def absolute_imports(path: Path) -> set[str]:
    """Name the top-level packages that a module imports by their full names."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("package", ["e2e", "seed"])
def test_a_package_that_the_wheel_moves_imports_itself_relatively(package: str) -> None:
    modules = [
        path
        for path in sorted((ROOT / package).rglob("*.py"))
        if not path.name.startswith(("test_", "conftest"))  # pytest runs these from the work tree only
    ]
    importing = [str(path.relative_to(ROOT)) for path in modules if package in absolute_imports(path)]
    assert not importing, f"write `from .module import name`, in the wheel {package} is simulator.{package}: {importing}"
