"""Problems of a file, described so that its author can correct them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from simulator.core.errors import RuleViolation

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST = 50
"""Own choice: the most problems reported of one file; more are mostly one mistake made many times."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        where: line and place in the document, or the name of a file; empty when it is about the whole.
        rule: the published name of the rule; those that begin with ``SIM-`` are ours.
        message: what is wrong, in English as the rules themselves are.
        warning: whether the document can be sent all the same.
    """

    where: str
    rule: str
    message: str
    warning: bool = False

    def __str__(self) -> str:
        """Write it on one line."""
        return f"{self.rule}, {self.where}: {self.message}" if self.where else f"{self.rule}: {self.message}"


class Invalid(RuleViolation):
    """A file is no document that can be sent or received: ``documents.bad_file``."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("documents.bad_file", field="file", problem=str(problems[0]), others=len(problems) - 1)
        self.problems = list(problems)

    def __str__(self) -> str:
        """Write all of it, a problem a line."""
        return "\n".join(str(problem) for problem in self.problems)


def invalid(rule: str, message: str, where: str = "") -> Invalid:
    """Return the refusal of a file that has one problem."""
    return Invalid([Problem(where, rule, message)])


def location(node: Any) -> str:
    """Say where an element or attribute is: ``line 12, /Invoice/InvoiceLine[2]/Price``."""
    attribute = ""
    if isinstance(node, str):
        attribute, node = f"/@{node.attrname}", node.getparent()  # type: ignore[attr-defined]
    line, steps = node.sourceline, []
    while node is not None:
        steps.append(_step(node))
        node = node.getparent()
    return f"line {line}, /{'/'.join(reversed(steps))}{attribute}"


def _step(node: "_Element") -> str:
    name = str(node.tag).rpartition("}")[2]
    before = int(_before()(node, name=name))
    alone = not before and next(node.itersiblings(str(node.tag)), None) is None
    return name if alone else f"{name}[{before + 1}]"


@cache
def _before() -> Any:
    from lxml.etree import XPath

    return XPath("count(preceding-sibling::*[local-name() = $name])")
