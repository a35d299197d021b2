"""What the sandbox answers to a fact, in words for the trainer.

Own choice, all of it.
"""

from typing import Any

from simulator.core.clock import parse_instant
from simulator.core.events import Event
from simulator.core.facts import Finding
from simulator.core.sandbox import Db
from simulator.core.texts import catalogue, text
from simulator.directory import journal
from simulator.directory.roles import BY_NAME

_WORDS = {
    "person_status": "status.",
    "notice": "notice.kind.",
    "case": "case.state.",
    "document": "autoinvoice.status.",
    "sales_invoice": "sales.outcome.",
}
"""Facts whose answer has a word that pages name, with the beginning of the text keys."""


def in_words(db: Db, finding: Finding, language: str) -> str:
    """Return what is there instead of a fact that does not hold.

    Args:
        db: a transaction that reads; names are looked up there.
        finding: the fact and what is there.
        language: of the reader.
    """
    ((name, assertion),) = finding.fact.items()
    actual = finding.actual
    if name == "event":
        return _event(db, actual, language)
    if name == "mailed":
        to = assertion["to"] if isinstance(assertion, dict) else assertion
        if actual is None:
            return text(language, "finding.no_mail", to=to)
        return text(language, "finding.newest_mail", to=to, subject=actual["subject"])
    if name == "has_role" and actual is not None:
        roles = ", ".join(f"{_role(grant['role'], language)} ({grant['on']})" for grant in actual)
        return text(language, "finding.roles", roles=roles) if roles else text(language, "finding.no_roles")
    if name == "signed_in" and actual == 0:
        return text(language, "finding.not_signed_in")
    if name == "participant":
        through = ", ".join(sorted({str(entry["access_point"]) for entry in actual}))
        return text(language, "finding.registered", through=through) if through else text(language, "finding.not_registered")
    if name == "client" and actual is not None:
        return text(language, "finding.client")
    return _plain(name, actual, language) if actual not in (None, [], {}) else text(language, "finding.nothing")


def _event(db: Db, actual: Any, language: str) -> str:
    if actual is None:
        return text(language, "finding.not_yet")
    values = {name: actual[name] for name in ("type", "actor", "subject", "data")}
    (line,) = journal.lines(db, [Event(at=parse_instant(actual["at"]), **values)])
    return text(language, "finding.newest_event", event=line.in_words(language))


def _role(name: str, language: str) -> str:
    return text(language, BY_NAME[name].text) if name in BY_NAME else name


def _plain(name: str, value: Any, language: str) -> str:
    """Return the answer to a fact by the word that pages have for it, or its values, without the brackets of JSON."""
    if isinstance(value, dict):
        word = value.get("state") or value.get("kind") or value.get("status") or value.get("outcome")
        number = f"{value['number']}: " if "number" in value else ""
        if f"{_WORDS.get(name)}{word}" in catalogue(language):
            return number + text(language, f"{_WORDS[name]}{word}")
        return ", ".join(_plain("", item, language) for item in value.values() if item is not None)
    if isinstance(value, list):
        return "; ".join(_plain("", item, language) for item in value)
    if isinstance(value, bool):
        return text(language, "diff.yes" if value else "diff.no")
    key = f"{_WORDS.get(name)}{value}"
    return text(language, key) if key in catalogue(language) else str(value)
