"""What is wrong with a document, by the schema of UBL 2.1 and by the table of rules."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from simulator.documents.ubl.parsing import schema_problems
from simulator.documents.ubl.problems import MOST, Problem

if TYPE_CHECKING:
    from lxml.etree import _Element


def problems_of(root: "_Element") -> list[Problem]:
    """Return what is wrong with a document, at most ``MOST``: what refuses it before warnings, each rule once before one twice."""
    from simulator.documents.ubl.rules import broken

    problems = list(broken(root))
    chosen = _most(problem for problem in problems if not problem.warning)
    # Of a document that is so wrong the schema need not tell as much again, all of which it would keep.
    if len(chosen) < MOST:
        chosen += schema_problems(root)
    if len(chosen) < MOST:
        chosen += _most(problem for problem in problems if problem.warning)
    return chosen[:MOST]


def _most(problems: Iterable[Problem]) -> list[Problem]:
    first: dict[str, Problem] = {}
    others = [problem for problem in problems if first.setdefault(problem.rule, problem) is not problem]
    chosen = [*first.values(), *others][:MOST]
    return chosen
