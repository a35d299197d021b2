"""Guided mode: the step of the solution that a trainee is at, and where on the page it is done.

Own choice: a step is over when its facts hold; one without facts when what it leads to is on the page, which the page's script
sees, or when the trainee says so. Steps are passed in order. How far the trainee is by the page is in a cookie of the browser.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import request
from markupsafe import Markup, escape

from simulator.classroom.exercises import Spot, steps
from simulator.classroom.progress import filled, ticks
from simulator.core.sandbox import Db, Sandbox

COOKIE = "vnsim_step"
LARGEST_STEP = 999


@dataclass(frozen=True)
class Guide:
    """The step at hand.

    Attributes:
        number: of the step, from 1.
        total: how many steps there are.
        tell: what to do, labels in bold.
        hint: what helps when it does not go like that.
        spots: where it is done, as JSON for the page's script.
        seen: what is on the page once it is done, as JSON; empty when facts say so.
    """

    number: int
    total: int
    tell: Markup
    hint: Markup | None
    spots: str
    seen: str


def guide(db: Db, exercise: Any, language: str) -> Guide | None:
    """Return the step that the trainee is at; None when all are done.

    Raises:
        BadInput: a fact of the exercise is malformed.
    """
    done = ticks(db, exercise)
    by_page = passed_by_page(db.sandbox)
    at = next((number for number, holds in enumerate(done) if not holds and number >= by_page), None)
    if at is None:
        return None

    def fill(text: str) -> str:
        return filled(text, db, exercise.person) if "{" in text else text

    step = steps(exercise, language, fill)[at]
    return Guide(
        number=at + 1,
        total=len(done),
        tell=_bold(step.tell),
        hint=_bold(step.hint) if step.hint else None,
        spots=_json(step.spots),
        seen=_json(step.seen) if done[at] is None else "",
    )


def passed_by_page(sandbox: Sandbox) -> int:
    """Return how many steps the browser has passed in this generation of a sandbox."""
    generation, _, number = request.cookies.get(COOKIE, "").partition(".")
    is_number = number.isascii() and number.isdigit() and len(number) <= len(str(LARGEST_STEP))
    return int(number) if is_number and generation == sandbox.path.stem else 0


def cookie_for(sandbox: Sandbox, passed: int) -> str:
    """Return the value of the cookie that says so."""
    return f"{sandbox.path.stem}.{min(max(passed, 0), LARGEST_STEP)}"


def _bold(text: str) -> Markup:
    parts = str(escape(text)).split("**")
    return Markup("".join(f"<strong>{part}</strong>" if index % 2 else part for index, part in enumerate(parts)))


def _json(spots: Sequence[Spot]) -> str:
    return json.dumps([asdict(spot) for spot in spots], ensure_ascii=False)
