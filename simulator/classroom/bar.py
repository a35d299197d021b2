"""The bar of an exercise at the top of every page of a trainee's sandbox: goals, hints, messages, time left.

Own choice, all of it. It shows nothing of other trainees, no hint that was not taken, and no solution.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from flask import Blueprint, Response, abort, current_app, flash, make_response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from simulator.classroom.attempts import done_by_trainer, present_exercise, seconds_left, whole_minutes
from simulator.classroom.board import observer
from simulator.classroom.classes import Message, StepState
from simulator.classroom.exercises import exercise, title_of, words
from simulator.classroom.guiding import Guide, bold, guide, note, state_now
from simulator.classroom.messages import messages_to
from simulator.classroom.progress import filled
from simulator.classroom.recovery import carrying_out
from simulator.classroom.sign_ins import SignIn, sign_ins
from simulator.classroom.solving import CannotSolve, happen
from simulator.classroom.teaching import Membership, classroom
from simulator.core.clock import machine_now
from simulator.core.errors import NotFound, RuleViolation
from simulator.web import i18n
from simulator.web.access import products, public
from simulator.web.addresses import here, local_path, product_address
from simulator.web.request_log import unlogged
from simulator.web.visit import visit

NUMBER = re.compile("[0-9]{1,9}", re.ASCII)
"""What a number in a cookie looks like."""

blueprint = Blueprint("exercise", __name__, template_folder="templates")

CLOSED = "vnsim_bar"
"""The cookie that says that the bar is put away: ``closed.<number of the newest message>``; the page's script writes it."""


@dataclass(frozen=True)
class Bar:
    """What the bar shows.

    Attributes:
        title: of the exercise.
        goals: each with whether it is reached.
        says: what the customer says; None when there is nothing.
        task: what is to be done; None in a test, and when the title says it.
        sign_ins: as whom the trainee signs in.
        hints: those that were taken.
        hints_left: how many may still be taken.
        is_stuck: whether the trainee says so.
        minutes_left: negative when it is over time; None without a limit.
        messages: the trainer's newest since the trainee came to the exercise at hand, oldest first; none once the class has ended.
        is_open: whether the bar is not put away.
        read_until: number of the newest message that was there when the bar was put away; zero when it is open.
        is_paused: whether the class is paused.
        is_over: whether the class has ended.
        is_present: whether the trainee is in the exercise: at hand, or the one before until they come to that.
        done: what the trainer did to the exercise, the end of a text key; None when nothing.
        next_title: of the exercise that the trainer has moved on to; None when it is this one.
        guide: the step at hand in guided mode; None in other modes, and after the last one.
        is_guided: whether the class is in guided mode.
        is_trainer: whether the trainer's browser has opened the page.
    """

    title: str
    goals: Sequence[tuple[Markup, bool]]
    says: str | None
    task: str | None
    sign_ins: Sequence[SignIn]
    hints: Sequence[str]
    hints_left: int
    is_stuck: bool
    minutes_left: int | None
    messages: Sequence[Message]
    is_open: bool
    read_until: int
    is_paused: bool
    is_over: bool
    is_present: bool
    done: str | None
    next_title: str | None
    guide: Guide | None
    is_guided: bool
    is_trainer: bool

    @property
    def reached(self) -> int:
        """How many goals are reached."""
        return sum(reached for _, reached in self.goals)

    @property
    def is_solved(self) -> bool:
        """Whether every goal is reached."""
        return self.reached == len(self.goals)

    @property
    def is_helping(self) -> bool:
        """Whether a hint may be taken and the trainer be called: where the trainee is, as long as that is not solved."""
        return self.is_present and not (self.is_over or self.is_solved or self.is_trainer)


def render() -> Markup:
    """Return the bar for the present page; nothing for a sandbox whose class is gone."""
    bar = _bar(i18n.language(), arrives=True)
    if bar is None:
        return Markup("")
    back = here() if request.method == "GET" else None
    return Markup(render_template("classroom/bar.html", **_values(bar, back)))


def _values(bar: Bar, back: str | None) -> dict[str, Any]:
    return {
        "bar": bar,
        "back": local_path(back) or product_address("home"),
        "t": i18n.t,
        "address_of": _address,
        "name_of": _name_of_page,
    }


def _address(page: str) -> str:
    """Return the address of a path below the sandbox."""
    return f"{request.script_root}/s/{visit().sandbox.name}/{page}"


def _name_of_page(page: str) -> str:
    """Return the name of the product that a path below the sandbox belongs to."""
    first = page.partition("/")[0]
    return next((i18n.t(product.name) for product in products().all if product.path == first), first)


@blueprint.get("/bar")
@public
@unlogged
def bar() -> Response:
    """Return the parts of the bar as they are now; 304 while they are the same."""
    present = _bar(i18n.language())
    if present is None:
        abort(404)
    back = request.args.get("back")
    # Of what is read: the tokens of forms differ each time.
    tag = sha256(repr((present, i18n.language(), back)).encode()).hexdigest()[:24]
    if request.if_none_match.contains(tag):
        response = Response(status=304)
    else:
        response = make_response(render_template("classroom/bar_parts.html", **_values(present, back)))
    response.set_etag(tag)
    return response


@blueprint.post("/hint")
@public
def take_hint() -> BaseResponse:
    """Take the next hint, of the exercise in which the trainee is."""
    member = _membership()
    if not _is_present(member) or visit().is_trainer:
        return redirect(_back())
    try:
        classroom().take_hint(member.class_.name, member.trainee.id)
    except RuleViolation as refusal:
        flash(i18n.refusal_text(refusal), "danger")
    return redirect(_back())


@blueprint.post("/stuck")
@public
def say_stuck() -> BaseResponse:
    """Say to be stuck in the exercise in which the trainee is, or no longer to be."""
    member = _membership()
    if not _is_present(member) or visit().is_trainer:
        return redirect(_back())
    classroom().say_stuck(member.class_.name, member.trainee.id, stuck=request.form.get("stuck") == "1")
    return redirect(_back())


@blueprint.post("/step")
@public
@unlogged
def pass_step() -> BaseResponse:
    """Note that a step is over, or that the trainee goes back from it.

    The page's script says that it is over, too, when it sees what the step leads to.
    """
    member = _membership()
    over, left = (request.form.get(name, type=int) for name in ("step", "previous"))
    if over is None and left is None:
        abort(400)
    _note_steps(member, i18n.language(), over=over or 0, left=left or 0)
    return redirect(_back())


@blueprint.post("/outside")
@public
def let_happen() -> BaseResponse:
    """Let happen what the present step needs from outside: days that pass, an invoice of a supplier, the customer's dealer."""
    member = _membership()
    if member.class_.mode != "guided":
        abort(404)
    state = _note_steps(member, i18n.language())
    try:
        with carrying_out(classroom(), member.class_, member.trainee, member.exercise):
            happen(
                cast(Any, current_app)._get_current_object(),
                member.attempt.sandbox,
                exercise(member.exercise, member.trainee.number),
                state.passed,
                i18n.language(),
            )
    except CannotSolve as refusal:
        flash(str(refusal), "danger")
    return redirect(_back())


@blueprint.get("/next")
@public
def go_on() -> BaseResponse:
    """Lead to the sandbox of the exercise that the trainee is at."""
    member = _membership()
    try:
        return redirect(classroom().current_address(member.class_, member.trainee))
    except NotFound:
        abort(404)


def _back() -> str:
    return local_path(request.form.get("back")) or product_address("home")


def _membership() -> Membership:
    """Return whose sandbox it is.

    Raises:
        werkzeug.exceptions.NotFound: it is of no class.
    """
    member = classroom().of_sandbox(visit().sandbox) if visit().in_class else None
    if member is None:
        abort(404)
    return member


def _is_present(member: Membership) -> bool:
    """Say whether the sandbox is that of the exercise in which the trainee is."""
    return present_exercise(member.class_, member.trainee) == member.exercise


def _note_steps(member: Membership, language: str, *, over: int = 0, left: int = 0) -> StepState:
    """Return how far a trainee is in guided mode, and note it when it has changed."""
    with visit().sandbox.reading() as db:
        entry = exercise(member.exercise, member.trainee.number)
        now = state_now(db, entry, member.attempt.steps, language, over=over, left=left)
    if now != member.attempt.steps and not visit().is_trainer:
        note(member, now)
    return now


def _bar(language: str, *, arrives: bool = False) -> Bar | None:
    member = classroom().of_sandbox(visit().sandbox) if visit().in_class else None
    if member is None:
        return None
    if arrives and member.attempt.is_waiting and not visit().is_trainer:
        classroom().arrive(member)
    try:
        entry = exercise(member.exercise, member.trainee.number)
    except NotFound:
        return None
    class_, trainee, attempt = member.class_, member.trainee, member.attempt
    seen = observer().observe(class_, trainee, member.exercise)
    in_test, is_guided = class_.mode == "test", class_.mode == "guided"
    at = class_.exercises[trainee.at]
    state = _note_steps(member, language) if is_guided else None
    left = seconds_left(class_, attempt, entry.minutes, machine_now())
    put_away, _, newest = request.cookies.get(CLOSED, "").partition(".")
    is_put_away = put_away == "closed"
    with visit().sandbox.reading() as db:

        def spoken(texts: Any) -> str:
            said = words(texts, language, entry.language)
            return filled(said, db, entry.person) if "{" in said else said

        title, task = words(entry.title, language, entry.language), spoken(entry.task)
        return Bar(
            title=title,
            goals=[
                (bold(spoken(goal.title)), is_reached) for goal, is_reached in zip(entry.goals, seen.goals, strict=False)
            ],
            says=spoken(entry.says) if entry.says is not None else None,
            task=task if not in_test and task != title else None,
            # After the end the sandbox is not looked into any more.
            sign_ins=seen.sign_ins if class_.ended_at is None else sign_ins(db, entry),
            hints=[spoken(hint) for hint in entry.hints[: attempt.hints]],
            hints_left=max(0, len(entry.hints) - attempt.hints) if not in_test else 0,
            is_stuck=attempt.stuck_at is not None,
            minutes_left=whole_minutes(left) if not seen.is_solved and class_.ended_at is None else None,
            messages=messages_to(class_, trainee),
            is_open=not is_put_away,
            read_until=int(newest) if is_put_away and NUMBER.fullmatch(newest) else 0,
            is_paused=class_.paused_at is not None,
            is_present=_is_present(member),
            is_over=class_.ended_at is not None,
            guide=guide(db, entry, state, language, is_signed_in=visit().actor is not None) if state is not None else None,
            is_guided=is_guided,
            is_trainer=visit().is_trainer,
            done=done_by_trainer(attempt, machine_now()) if class_.ended_at is None else None,
            next_title=title_of(at, language) if at != member.exercise and class_.ended_at is None else None,
        )
