"""What the sandbox answers to a fact, in words for the trainer.

Own choice, all of it.
"""

from typing import Any

from simulator.core.facts import Finding
from simulator.core.texts import text


def in_words(finding: Finding, language: str) -> str:
    """Return what is there instead of a fact that does not hold."""
    ((name, assertion),) = finding.fact.items()
    actual = finding.actual
    if name == "event":
        if actual is None:
            return text(language, "finding.not_yet")
        return text(language, "finding.happened_to", subject=actual["subject"] or "–")
    if name == "mailed":
        to = assertion["to"] if isinstance(assertion, dict) else assertion
        if actual is None:
            return text(language, "finding.no_mail", to=to)
        return text(language, "finding.newest_mail", to=to, subject=actual["subject"])
    if name == "has_role" and actual is not None:
        roles = ", ".join(f"{grant['role']} ({grant['on']})" for grant in actual)
        return text(language, "finding.roles", roles=roles) if roles else text(language, "finding.no_roles")
    if name == "signed_in" and actual == 0:
        return text(language, "finding.not_signed_in")
    return _plain(actual) if actual not in (None, [], {}) else text(language, "finding.nothing")


def _plain(value: Any) -> str:
    """Return a value of JSON without its brackets."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(item)}" for key, item in value.items() if item is not None)
    if isinstance(value, list):
        return "; ".join(_plain(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
