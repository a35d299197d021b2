"""Problems of a file, described so that its author can correct them."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.core.errors import RuleViolation

MOST = 25
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
