"""Compare a manual with what the platform has: scenarios and their casts, events, facts.

The caller that checks manuals passes these names in; a manual by itself cannot have them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from .actions import Action
from .model import EVERY, Manual, Step
from .reading import located
from .targets import FormField
from .texts import LabelError, Labels
from .words import LANGUAGES, Label, describe_value, listed, variables_in

PERSON = "person"
PERSON_FACTS = frozenset({"signed_in", "mailed"})
"""Facts that may be no more than a person."""
PERSON_KEYS = (PERSON, "actor", "who", "by")
"""Keys of facts that name a person."""
Finding = tuple[list[Any], str]
"""Where in the manual, and what was expected and found."""


@dataclass(frozen=True)
class PlatformNames:
    """What the platform has.

    Attributes:
        scenarios: Name of a scenario → the keys of its cast.
        events: Every type of event.
        facts: Every fact.
        texts: Language → key → text.
        products: The code of every product.
        read_scenario: Gives the keys of the cast of a scenario file; raises an error that says why it cannot be used.
        overlay_problems: Says for a scenario, what is laid over it, and the instant at which its clock begins, what is wrong: the
            place, ``documents.0.number``, and what was expected and found.
    """

    scenarios: Mapping[str, Collection[str]]
    events: Collection[str]
    facts: Collection[str]
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    products: Collection[str] = ()
    read_scenario: Callable[[Path], Collection[str]] | None = None
    overlay_problems: Callable[[str, dict[str, Any], datetime | None], Iterable[tuple[str, str]]] | None = None


def missing_names(
    path: Path, manual: Manual, platform: PlatformNames, languages: Sequence[str] = (), scenario: Path | None = None
) -> list[str]:
    """Return one line for each scenario, person, event, fact, text key or file that a walk would miss.

    Args:
        path: The manual's file.
        manual: The manual.
        platform: What the platform has.
        languages: The languages that labels are looked up in; without them those that the manual has texts in.
        scenario: The file of its scenario, if the platform does not have it by its name.
    """
    has_reader = any(manual.person_in(variant) for variant in manual.variant_names())
    comparison = _Comparison(path.parent, manual, has_reader, platform, languages or _languages_of(manual), scenario)
    return [located(path, location, message) for location, message in comparison.findings()]


def names_missing_in_exercise(path: Path, exercise: Any, platform: PlatformNames, languages: Sequence[str]) -> list[str]:
    """Return one line for each scenario, person, event, fact or text key of an exercise that the platform does not have.

    Args:
        path: The exercise's file.
        exercise: The exercise, of `exercise.Exercise`.
        platform: What the platform has.
        languages: The languages that labels are looked up in.
    """
    comparison = _Comparison(path.parent, exercise, exercise.person is not None, platform, languages, None)
    return [located(path, location, message) for location, message in comparison.findings_of_exercise(exercise)]


def _languages_of(manual: Manual) -> list[str]:
    texts = [manual.title, *(step.tell for step in manual.steps)]
    return [language for language in LANGUAGES if any(language in text.by_language for text in texts)]


class _Comparison:
    def __init__(
        self,
        folder: Path,
        manual: Any,
        has_reader: bool,
        platform: PlatformNames,
        languages: Sequence[str],
        scenario: Path | None,
    ) -> None:
        self._folder = folder
        self._manual = manual
        self._platform = platform
        self._scenario = scenario
        self._cast = platform.scenarios.get(manual.scenario)
        self._own_labels = Labels(manual.language, manual.language, platform.texts)
        self._labels = [Labels(manual.language, language, platform.texts) for language in languages if platform.texts]
        self._has_reader = has_reader

    def findings(self) -> Iterator[Finding]:
        manual = self._manual
        if self._scenario is not None and self._platform.read_scenario is not None:
            try:
                self._cast = self._platform.read_scenario(self._scenario)
            except Exception as error:
                yield ["scenario"], f"expected a scenario that can be used, found {error}"
        elif self._cast is None:
            yield ["scenario"], _expected("one of the scenarios", self._platform.scenarios, manual.scenario)
        if manual.product is not None and manual.product not in self._platform.products:
            yield ["product"], _expected("one of the products", self._platform.products, manual.product)
        yield from self._person([PERSON], manual.person)
        for name, variant in manual.variants.items():
            yield from self._person(["variants", name, PERSON], variant.person)
        for at, step in enumerate(manual.steps):
            yield from self._step(["steps", at], step)

    def findings_of_exercise(self, exercise: Any) -> Iterator[Finding]:
        """Go through an exercise; what its texts say of people is looked up too."""
        if self._cast is None:
            yield ["scenario"], _expected("one of the scenarios", self._platform.scenarios, exercise.scenario)
        yield from self._person([PERSON], exercise.person)
        for key in ("says", "task", "hints"):
            yield from self._parts([key], getattr(exercise, key))
        for at, varied in enumerate(exercise.varied):
            yield from self._person(["varied", at, PERSON], varied.person)
            if varied.variable is not None and varied.variable in (self._cast or ()):
                yield (
                    ["varied", at, "variable"],
                    f"expected a name that no person of the cast has, found {varied.variable!r}",
                )
        yield from self._sections(exercise)
        for key in ("goals", "wrong_turns"):
            for at, part in enumerate(getattr(exercise, key)):
                for number, fact in enumerate(part.facts):
                    for name, value in fact.items():
                        yield from self._fact([key, at, "facts", number], name, value)
        for at, turn in enumerate(exercise.wrong_turns):
            for number, step in enumerate(turn.steps):
                yield from self._step(["wrong_turns", at, "steps", number], step)
        for number, step in enumerate(exercise.solution.steps):
            yield from self._step(["solution", "steps", number], step)

    def _sections(self, exercise: Any) -> Iterator[Finding]:
        """Compare what is laid over the scenario, and what fails, with what the platform takes."""
        problems_of = self._platform.overlay_problems
        if problems_of is None or self._cast is None or not exercise.sections:
            return
        for where, problem in problems_of(exercise.scenario, exercise.sections, exercise.now):
            location = [int(part) if part.isdigit() else part for part in where.split(".")]
            yield location if location[0] == "faults" else ["with", *location], problem

    def _step(self, location: list[Any], step: Step) -> Iterator[Finding]:
        for key in ("tell", "hint", "download"):
            yield from self._parts([*location, key], getattr(step, key))
        for variant, sights in step.see.items():
            for number, sight in enumerate(sights):
                yield from self._parts(_below(location, "see", variant, number), sight)
        for variant, actions in step.do.items():
            for number, action in enumerate(actions):
                yield from self._action(_below(location, "do", variant, number), action)
        for variant, facts in step.then.items():
            for number, fact in enumerate(facts):
                for name, value in fact.items():
                    yield from self._fact(_below(location, "then", variant, number), name, value)

    def _parts(self, location: list[Any], part: Any) -> Iterator[Finding]:
        """Look at every label and every text in a part of a manual."""
        if isinstance(part, FormField):
            if getattr(part, part.kind) is not None:
                yield from self._label(location, part.label)
            rest = {name: value for name, value in part.__dict__.items() if name not in (part.kind, "key")}
            yield from self._parts(location, rest)
        elif isinstance(part, Label):
            yield from self._label(location, part)
        elif isinstance(part, BaseModel):
            yield from self._parts(location, part.__dict__)
        elif isinstance(part, dict):
            for value in part.values():
                yield from self._parts(location, value)
        elif isinstance(part, list):
            for value in part:
                yield from self._parts(location, value)
        elif isinstance(part, str):
            yield from self._variables(location, part)

    def _label(self, location: list[Any], label: Label) -> Iterator[Finding]:
        yield from self._parts(location, label.text)
        source = self._manual.language
        text = label.text.source(source)
        if label.key is not None and self._platform.texts:
            try:
                self._own_labels.check_key(text, label.key)
            except LabelError as error:
                yield location, f"expected a text key that fits; {error}"
            return
        for labels in self._labels:
            if labels.language == source or labels.language in label.text.by_language:
                continue
            try:
                labels.of(label)
            except LabelError as error:
                yield location, f"expected one text in {labels.language}; {error}"
                return
            if (hint := labels.hint(text)) is not None:
                yield location, f"expected a text of the platform or data; {hint}"
                return

    def _variables(self, location: list[Any], text: str) -> Iterator[Finding]:
        for name in variables_in(text):
            person, _, attribute = name.partition(".")
            if person == PERSON:
                if not self._has_reader:
                    yield location, f"expected a manual with a person, found the variable {{{name}}}"
            elif attribute:
                yield from self._person(location, person)

    def _action(self, location: list[Any], action: Action) -> Iterator[Finding]:
        yield from self._parts(location, getattr(action, action.word))
        if action.upload and action.upload.content is None and not (self._folder / action.upload.file).is_file():
            yield location, f"expected a file beside the manual, found no {describe_value(action.upload.file)}"
        if action.sign_in and action.sign_in.person is None and not self._has_reader:
            yield location, "expected the person to sign in: the manual has none"
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
        yield from self._parts(location, value)
        if name == "event":
            yield from self._event(location, value.get("type") if isinstance(value, dict) else value)
        elif name in PERSON_FACTS and isinstance(value, str):
            yield from self._person(location, value)
        elif isinstance(value, dict):
            for key in (*PERSON_KEYS, *(["to"] if name == "mailed" else [])):
                yield from self._person(location, value.get(key))

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
