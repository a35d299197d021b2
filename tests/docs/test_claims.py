"""Each claim of "Brukertips i Kundeservice" is walked: by the steps of manuals that claims.toml names, or by tests."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CLAIMS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("claims.toml").read_text("utf-8"))
SECTIONS = tomllib.loads(Path(__file__).with_name("manual_sections.toml").read_text("utf-8"))
MANUAL = "Brukertips i Kundeservice"
NAMED = [pytest.param(claim, id=claim["claim"]) for section in CLAIMS.values() for claim in section["claims"]]


@cache
def manuals() -> dict[str, Any]:
    """Return the content of every manual, by the name of its file."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    files = (ROOT / "e2e" / "manuals").glob("*.yaml")
    return {path.stem: yaml.load(path.read_text("utf-8"), Loader=loader) for path in files}


@cache
def labels_of_steps(manual: str) -> list[set[str]]:
    """Return for each step of a manual the words that it does, sees or checks: labels, keys, facts and their values."""
    steps = manuals()[manual]["steps"]
    return [set(_words({name: step.get(name) for name in ("do", "see", "then", "download")})) for step in steps]


def _words(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        for name, value in content.items():
            yield str(name)
            yield from _words(value)
    elif isinstance(content, list):
        for value in content:
            yield from _words(value)
    else:
        yield str(content)


@cache
def names_of_tests(file: str) -> set[str]:
    """Return the names of the tests in a file."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("claim", NAMED)
def test_every_claim_is_walked(claim: dict[str, Any]) -> None:
    assert set(claim) <= {"claim", "manuals", "tests"}
    assert claim.get("manuals") or claim.get("tests")
    for manual, labels in claim.get("manuals", {}).items():
        assert labels
        assert [label for label in labels if not any(label in step for step in labels_of_steps(manual))] == [], manual
    for test in claim.get("tests", []):
        file, _, name = test.partition("::")
        assert name in names_of_tests(file)


def test_every_section_with_claims_is_one_of_the_manual() -> None:
    assert set(CLAIMS) <= set(SECTIONS[MANUAL]["sections"])


def test_every_walked_manual_names_a_section_that_its_source_has() -> None:
    sources = {name: manual["source"] for name, manual in manuals().items()}
    assert {
        manual: source["section"]
        for manual, source in sources.items()
        if source["title"] == MANUAL and source["section"] not in SECTIONS[MANUAL]["sections"]
    } == {}
