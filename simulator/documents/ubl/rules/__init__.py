"""Rules for invoices and credit notes: one table, and what finds which of them a document breaks.

Source: EN 16931 validation artefacts 1.3.16, Peppol BIS Billing 3.0.21 and Self-Billing 3.0.2, in words of our own; those called
``SIM-…`` are our own choice. Left out: warnings about elements and attributes that EN 16931 has no use for (UBL-CR-…, UBL-DT-08 to
UBL-DT-28), and rules that cannot fail (BR-CO-05 to BR-CO-08, BR-DEC-13, BR-DEC-15).
"""

from collections.abc import Iterator
from decimal import Context, localcontext
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from simulator.documents.ubl.problems import MOST, Problem, location
from simulator.documents.ubl.rules import categories, codes, limits, national, numbers, once, parts, peppol, sums
from simulator.documents.ubl.rules.facts import DIGITS, Facts, NotANumber, xpath
from simulator.documents.ubl.rules.rule import Group, Rule, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element

GROUPS: tuple[Group, ...] = (
    *parts.GROUPS,
    *once.GROUPS,
    *sums.GROUPS,
    *categories.GROUPS,
    *codes.GROUPS,
    *peppol.GROUPS,
    *numbers.GROUPS,
    *national.GROUPS,
    *limits.GROUPS,
)
"""The table of rules."""


def broken(root: "_Element") -> Iterator[Problem]:
    """Yield what the rules of the table find in a document, in the table's order; each rule at some of the places that break it."""
    facts = Facts(root)
    reported = set()
    with localcontext(Context(prec=DIGITS * 2)):
        for group in GROUPS:
            if not group.applies(facts):
                continue
            for rule in group.rules:
                for node in islice(_breaking(rule, facts), MOST):
                    where = location(node)
                    if (where, rule.id) not in reported:
                        reported.add((where, rule.id))
                        yield Problem(where, rule.id, rule.message.replace("{}", _short(text_of(node))), rule.warning)


def _breaking(rule: Rule, facts: Facts) -> Iterator[Any]:
    """Yield the elements and attributes that break a rule.

    No path joins others by ``|``, which takes time by the square of their number.
    """
    if isinstance(rule.test, str):
        if rule.of.startswith("//"):
            yield from (node for node in facts.find(rule.of) if not _holds(rule.test)(node))
        else:
            yield from _compiled(rule)(facts.root)
        return
    for node in facts.find(rule.of):
        try:
            right = rule.test(node, facts)
        except NotANumber:
            continue
        if not right:
            yield node


@cache
def _holds(test: str) -> Any:
    """Return what finds whether a test is true of an element."""
    return xpath(f"boolean({test})")


@cache
def _compiled(rule: Rule) -> Any:
    """Return what finds the elements that break a rule whose test is an XPath; no more of them than are reported."""
    return xpath(f"({rule.of}[not({rule.test})])[position() <= {MOST}]")


def _short(text: str) -> str:
    readable = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return readable if len(readable) <= 60 else f"{readable[:60]}…"
