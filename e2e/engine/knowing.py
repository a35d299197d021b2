"""Compare a manual with what the platform has: scenarios and their casts, events, facts.

Who checks manuals hands this knowledge in; a manual by itself cannot know it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .actions import Action
from .model import EVERY, Manual, Step
from .reading import located
from .words import listed, shown

PERSON = "person"
Finding = tuple[list[Any], str]
"""Where in the manual, and what was expected and found."""


@dataclass(frozen=True)
class Known:
    """What the platform has.

    Attributes:
        scenarios: Name of a scenario → the keys of its cast.
        events: Every type of event.
        facts: Every fact.
    """

    scenarios: Mapping[str, Collection[str]]
    events: Collection[str]
    facts: Collection[str]


def unknown(path: Path, manual: Manual, known: Known) -> list[str]:
    """Return one line for each scenario, person, event or fact that the platform does not have."""
    return [located(path, place, message) for place, message in _Comparison(manual, known).findings()]


class _Comparison:
    def __init__(self, manual: Manual, known: Known) -> None:
        self._manual = manual
        self._known = known
        self._cast = known.scenarios.get(manual.scenario)

    def findings(self) -> Iterator[Finding]:
        manual = self._manual
        if self._cast is None:
            yield ["scenario"], _expected("one of the scenarios", self._known.scenarios, manual.scenario)
        yield from self._person([PERSON], manual.person)
        for name, variant in manual.variants.items():
            yield from self._person(["variants", name, PERSON], variant.person)
        for at, step in enumerate(manual.steps):
            yield from self._step(["steps", at], step)

    def _step(self, place: list[Any], step: Step) -> Iterator[Finding]:
        for variant, actions in step.do.items():
            for number, action in enumerate(actions):
                yield from self._deed(_below(place, "do", variant, number), action)
        for variant, facts in step.then.items():
            for number, fact in enumerate(facts):
                for name, asked in fact.items():
                    yield from self._fact(_below(place, "then", variant, number), name, asked)

    def _deed(self, place: list[Any], action: Action) -> Iterator[Finding]:
        if action.sign_in:
            yield from self._person(place, action.sign_in.person)
        if action.enter_code:
            yield from self._person(place, action.enter_code.person)
        if action.read_mail:
            yield from self._person(place, action.read_mail.to)
        if action.wait_for and action.wait_for.event:
            yield from self._event(place, action.wait_for.event)

    def _fact(self, place: list[Any], name: str, asked: Any) -> Iterator[Finding]:
        if name not in self._known.facts:
            yield place, _expected("one of the facts", self._known.facts, name)
            return
        if name == "event":
            yield from self._event(place, asked.get("type") if isinstance(asked, dict) else asked)
        elif isinstance(asked, dict):
            yield from self._person(place, asked.get(PERSON))

    def _person(self, place: list[Any], name: Any) -> Iterator[Finding]:
        """Compare a key of the cast; an address may be of somebody who comes on the way, and a variable is known then."""
        if self._cast is None or not isinstance(name, str) or "@" in name or "{" in name or name in self._cast:
            return
        yield place, _expected("an address, or a person of the scenario's cast", self._cast, name)

    def _event(self, place: list[Any], type_: Any) -> Iterator[Finding]:
        if isinstance(type_, str) and type_ not in self._known.events:
            family = [one for one in self._known.events if one.partition(".")[0] == type_.partition(".")[0]]
            yield place, _expected("a type of event, such as", family or self._known.events, type_)


def _below(place: list[Any], key: str, variant: str, number: int) -> list[Any]:
    """Return the place of an entry; without variants the file has a list, or the entry alone."""
    return [*place, key, number] if variant == EVERY else [*place, key, variant, number]


def _expected(what: str, names: Collection[str], found: str) -> str:
    return f"expected {what} ({listed(sorted(names))}), found {shown(found)}"
