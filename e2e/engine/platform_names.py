"""Compare a manual with what the platform has: scenarios and their casts, events, facts.

The caller that checks manuals passes these names in; a manual by itself cannot have them.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .actions import Action
from .model import EVERY, Manual, Step
from .reading import located
from .words import describe_value, listed

PERSON = "person"
Finding = tuple[list[Any], str]
"""Where in the manual, and what was expected and found."""


@dataclass(frozen=True)
class PlatformNames:
    """What the platform has.

    Attributes:
        scenarios: Name of a scenario → the keys of its cast.
        events: Every type of event.
        facts: Every fact.
    """

    scenarios: Mapping[str, Collection[str]]
    events: Collection[str]
    facts: Collection[str]


def missing_names(path: Path, manual: Manual, platform: PlatformNames) -> list[str]:
    """Return one line for each scenario, person, event or fact that the platform does not have."""
    return [located(path, location, message) for location, message in _Comparison(manual, platform).findings()]


class _Comparison:
    def __init__(self, manual: Manual, platform: PlatformNames) -> None:
        self._manual = manual
        self._platform = platform
        self._cast = platform.scenarios.get(manual.scenario)

    def findings(self) -> Iterator[Finding]:
        manual = self._manual
        if self._cast is None:
            yield ["scenario"], _expected("one of the scenarios", self._platform.scenarios, manual.scenario)
        yield from self._person([PERSON], manual.person)
        for name, variant in manual.variants.items():
            yield from self._person(["variants", name, PERSON], variant.person)
        for at, step in enumerate(manual.steps):
            yield from self._step(["steps", at], step)

    def _step(self, location: list[Any], step: Step) -> Iterator[Finding]:
        for variant, actions in step.do.items():
            for number, action in enumerate(actions):
                yield from self._action(_below(location, "do", variant, number), action)
        for variant, facts in step.then.items():
            for number, fact in enumerate(facts):
                for name, value in fact.items():
                    yield from self._fact(_below(location, "then", variant, number), name, value)

    def _action(self, location: list[Any], action: Action) -> Iterator[Finding]:
        if action.sign_in:
            yield from self._person(location, action.sign_in.person)
        if action.enter_code:
            yield from self._person(location, action.enter_code.person)
        if action.read_mail:
            yield from self._person(location, action.read_mail.to)
        if action.wait_for and action.wait_for.event:
            yield from self._event(location, action.wait_for.event)

    def _fact(self, location: list[Any], name: str, value: Any) -> Iterator[Finding]:
        if name not in self._platform.facts:
            yield location, _expected("one of the facts", self._platform.facts, name)
            return
        if name == "event":
            yield from self._event(location, value.get("type") if isinstance(value, dict) else value)
        elif isinstance(value, dict):
            yield from self._person(location, value.get(PERSON))

    def _person(self, location: list[Any], name: Any) -> Iterator[Finding]:
        """Compare a key of the cast; an address may be of somebody who comes on the way, and a variable is filled in then."""
        if self._cast is None or not isinstance(name, str) or "@" in name or "{" in name or name in self._cast:
            return
        yield location, _expected("an address, or a person of the scenario's cast", self._cast, name)

    def _event(self, location: list[Any], type_: Any) -> Iterator[Finding]:
        if isinstance(type_, str) and type_ not in self._platform.events:
            family = [name for name in self._platform.events if name.partition(".")[0] == type_.partition(".")[0]]
            yield location, _expected("a type of event, such as", family or self._platform.events, type_)


def _below(location: list[Any], key: str, variant: str, number: int) -> list[Any]:
    """Return the location of an entry; without variants the file has a list, or the entry alone."""
    return [*location, key, number] if variant == EVERY else [*location, key, variant, number]


def _expected(what: str, names: Collection[str], value: str) -> str:
    return f"expected {what} ({listed(sorted(names))}), found {describe_value(value)}"
