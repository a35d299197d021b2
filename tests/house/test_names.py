"""Names say what a thing is: the words that ``docs/glossary.md`` replaces are in no name.

The words are looked for in all names that the code binds (modules, classes, functions, arguments, variables, attributes,
fixtures), as whole names and as parts of names. ``names.txt`` holds the exceptions, each with the files that it is for and its
reason; an exception that is no longer needed, in one of its files, fails. Names of tests are sentences, and may use the words of
sentences.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXCEPTIONS = Path(__file__).with_name("names.txt")
MOST_EXCEPTIONS = 40
WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    asked born deed deeds doom errand errands eyes farewell farewells found giveable given hands hasty heap
    heaps kept known laid lane lay manners moment narrowed newborn notebook one place reach scene shown
    standing stands strike strikes told wanted way ways whoever wish wishes
    """,
    )
)
"""Participles that say how a value came about, and everyday words with a private sense."""


def words_of(name: str) -> set[str]:
    """Return the parts of a name in lower case: ``PageRequest`` and ``page_request`` have the same."""
    return {word.lower() for word in re.split(r"_+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", name) if word}


def bound_names(tree: ast.AST) -> Iterator[str]:
    """Yield all names that a module binds, except those of its tests."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name.startswith("test_"):
                pass
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name
            case ast.keyword(arg="name", value=ast.Constant(value=str(name))):  # a fixture's, given to its decorator
                yield name


def refused_names(source: str, module: str = "") -> set[str]:
    """Return the names of a module that have one of the words."""
    return {name for name in [module, *bound_names(ast.parse(source))] if words_of(name) & WORDS}


@cache
def refused_everywhere() -> dict[str, list[str]]:
    """Return the refused names, each with the files that bind it."""
    files: dict[str, list[str]] = defaultdict(list)
    roots = ["simulator", "seed", "e2e", "bench", "soak", "tools", "tests"]
    for path in [ROOT / "conftest.py", *(path for root in roots for path in sorted((ROOT / root).rglob("*.py")))]:
        for name in refused_names(path.read_text(encoding="utf-8"), path.stem):
            files[name].append(path.relative_to(ROOT).as_posix())
    return files


@cache
def exceptions() -> dict[tuple[str, str], str]:
    """Return the names that are allowed, each with a file in which it is, and the reason."""
    lines = EXCEPTIONS.read_text(encoding="utf-8").splitlines()
    entries = (line.split("  ", 2) for line in lines if line and not line.startswith("#"))
    return {(name, file): reason for name, files, reason in entries for file in files.split(", ")}


def test_no_name_has_a_word_that_the_glossary_replaces() -> None:
    bad: dict[str, list[str]] = defaultdict(list)
    for name, files in refused_everywhere().items():
        for file in files:
            if (name, file) not in exceptions():
                bad[name].append(file)
    assert not bad, "See docs/glossary.md for better words:\n" + "\n".join(
        f"{name}: {', '.join(files)}" for name, files in sorted(bad.items())
    )


def test_exceptions_are_few_and_have_reasons_and_none_is_stale() -> None:
    assert [name for (name, _), reason in exceptions().items() if not reason.strip()] == []
    assert [(name, file) for name, file in exceptions() if file not in refused_everywhere().get(name, [])] == []
    assert len(exceptions()) <= MOST_EXCEPTIONS


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("found = 1", "found"),
        ("for one in []: pass", "one"),
        ("[asked for asked in []]", "asked"),
        ("def _say_farewell(): pass", "_say_farewell"),
        ("def f(*, wanted_ids): pass", "wanted_ids"),
        ("lambda told: 1", "told"),
        ("class KnownThing: pass", "KnownThing"),
        ("class XMLLane: pass", "XMLLane"),
        ("self.kept = 1", "kept"),
        ("from a import b as way", "way"),
        ("try: pass\nexcept ValueError as given: pass", "given"),
        ("match 1:\n case {'a': found}: pass", "found"),
        ("class A:\n  shown: int", "shown"),
        ("if found := 1: pass", "found"),
        ("@fixture(name='hasty')\ndef f(): pass", "hasty"),
        ("_HEAPS = {}", "_HEAPS"),
    ],
)
def test_a_refused_word_is_recognised_wherever_a_name_is_bound(source: str, name: str) -> None:
    assert refused_names(source) == {name}


def test_words_inside_words_and_names_of_tests_are_free() -> None:
    assert refused_names("foundation = phone = always = unknown = 1\ndef test_who_is_found_is_shown(): pass") == set()
