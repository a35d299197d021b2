"""Break a manual on purpose: a manual that cannot fail tests nothing.

Each break changes one label, one fact or one header in the manual and leaves the platform alone. A walk of the
broken manual has to stop at that step; if it goes on, the step was never checked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .actions import Action
from .model import Manual, Step
from .targets import FormField
from .words import Label, Words

NOWHERE = "zzz"
"""Put into a label, so that no page has it."""

NEVER = {"event": "never.happens"}
"""A fact that does not hold in any sandbox."""


@dataclass(frozen=True)
class Break:
    """A manual with one thing wrong.

    Attributes:
        manual: The broken manual.
        variant: The variant in which to walk it.
        step: The number of the step at which a walk has to stop.
        what: What is wrong.
    """

    manual: Manual
    variant: str | None
    step: int
    what: str


def breaks(manual: Manual, variant: str | None) -> Iterator[Break]:
    """Give every way to break one variant of a manual: an action's label, something seen, the file, the facts."""
    for number, step in manual.steps_in(variant):
        for what, broken in _broken_steps(step, variant):
            steps = [broken if other is step else other for other in manual.steps]
            yield Break(manual.model_copy(update={"steps": steps}), variant, number, what)


def _broken_steps(step: Step, variant: str | None) -> Iterator[tuple[str, Step]]:
    actions, sights = step.actions(variant), step.sights(variant)
    for at, action in enumerate(actions):
        target = getattr(action, action.word)
        if isinstance(target, FormField) and _has_label(target) and getattr(target, "state", None) != "gone":
            changed = Action.model_construct(**{**_fields(action), action.word: _misspelt(target)})
            yield f"do {at + 1}: {action.word}", _with(step, "do", [*actions[:at], changed, *actions[at + 1 :]])
    for at, sight in enumerate(sights):
        if sight.state != "gone":
            yield f"see {at + 1}", _with(step, "see", [*sights[:at], _misspelt(sight), *sights[at + 1 :]])
    if step.download:
        header = [_misspelt_label(step.download.header[0]), *step.download.header[1:]]
        changed_file = step.download.model_copy(update={"header": header})
        yield "download", step.model_copy(update={"download": changed_file})
    if step.facts(variant):
        yield "then", _with(step, "then", [NEVER])


def _with(step: Step, key: str, items: list[Any]) -> Step:
    return step.model_copy(update={key: {"*": items}})


def _has_label(target: FormField) -> bool:
    """Return whether a target names a thing on the page; some actions need none."""
    return getattr(target, target.kind) is not None


def _misspelt(target: FormField) -> FormField:
    """Change the label of a target."""
    label: Label = getattr(target, target.kind)
    return target.model_copy(update={target.kind: _misspelt_label(label), "key": None})


def _misspelt_label(label: Label) -> Label:
    texts = {language: text + NOWHERE for language, text in label.text.by_language.items()}
    return Label(text=Words.model_validate(texts))


def _fields(action: Action) -> dict[str, Any]:
    return {name: getattr(action, name) for name in type(action).model_fields}
