"""Joining a class: by a link of one's own, or by the class's join code and one's name.

Own choice, all of it. Anybody on the network may open these pages; who has neither link nor code sees no name.
"""

from datetime import datetime
from hmac import compare_digest
from pathlib import Path
from typing import Protocol

from flask import Blueprint, Response, abort, current_app, redirect, request, session
from werkzeug.wrappers import Response as BaseResponse
from wtforms import RadioField, SelectField, StringField

from simulator.classroom.attempts import current_attempt
from simulator.classroom.classes import Class, OtherVersion, Trainee
from simulator.classroom.places import come
from simulator.classroom.roster import LONGEST_NAME, BadRoster, tidy
from simulator.classroom.teaching import classroom
from simulator.core.chance import machine_secret
from simulator.core.errors import NotFound, RuleViolation
from simulator.core.texts import NAMES
from simulator.settings import Settings
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.errors import problem_page
from simulator.web.forms import AtMost, Form, Required
from simulator.web.pages import page
from simulator.web.sessions import unmark_trainer

blueprint = Blueprint("joining", __name__, template_folder="templates")

LONGEST_CODE = 40
BROWSER = "joining"
"""What the cookie of a browser has under this name tells it from others at its address."""


class CodeForm(Form):
    """The join code of a class."""

    code = StringField("join.code", [Required(), AtMost(LONGEST_CODE)])


class NameForm(CodeForm):
    """Who joins: somebody on the roster, or somebody new."""

    trainee = RadioField("join.who", validate_choice=False)
    name = StringField("join.name", [AtMost(LONGEST_NAME)])
    language = SelectField("layout.language", validate_choice=False)


@blueprint.route("/join", methods=["GET", "POST"])
@blueprint.route("/join/<class_name>", methods=["GET", "POST"])
@public
def join(class_name: str | None = None) -> BaseResponse:
    """Ask for the join code, then for the name, and lead to the exercise at hand."""
    form = CodeForm()
    if not form.is_submitted():
        # The QR code that the trainer displays has the code in its address.
        form.code.data = request.args.get("code", "")[:LONGEST_CODE]
    if not form.validate_on_submit():
        return page("classroom/join.html", i18n.t("join.title"), form=form, status=422 if form.is_submitted() else 200)
    visitor = request.remote_addr, _device()
    guesses, wait = _guesses(), _guesses().seconds_to_wait(*visitor)
    class_ = classroom().by_code(form.code.data) if not wait else None
    if class_ is None or class_name not in (None, class_.name):
        if not wait:
            guesses.count_wrong(*visitor)
        # A code is short: a browser that guesses has to wait, also when the next guess is right.
        form.code.errors = [i18n.t("join.wait", seconds=wait) if wait else i18n.t("join.wrong_code")]
        response = page("classroom/join.html", i18n.t("join.title"), form=form, status=429 if wait else 422)
        if wait:
            response.headers["Retry-After"] = str(wait)
        return response
    return _ask_name(class_)


@blueprint.get("/join/<class_name>/<key>")
@public
def enter(class_name: str, key: str) -> BaseResponse:
    """Lead from the link of a trainee to the exercise at hand."""
    try:
        class_ = classroom().classes.get(class_name)
    except (NotFound, OtherVersion):
        return problem_page(404, "no_place")
    for trainee in class_.trainees.values():
        if compare_digest(trainee.key.encode(), key.encode(errors="replace")):
            come(classroom().classes, class_name, trainee.id, _device(), by_link=True)
            return _lead(class_, trainee)
    return problem_page(404, "no_place")


@blueprint.get("/join/certificate-authority")
@public
def authority() -> Response:
    """Say how a device learns to trust this server's own authority."""
    if _authority_file() is None:
        abort(404)
    return page("classroom/authority.html", i18n.t("join.authority.title"))


@blueprint.get("/join/certificate-authority.crt")
@public
def authority_file() -> Response:
    """Send the certificate of this server's own authority, in PEM."""
    path = _authority_file()
    if path is None:
        abort(404)
    response = Response(path.read_bytes(), mimetype="application/x-x509-ca-cert")
    response.headers.set("Content-Disposition", "attachment", filename="vnsim.crt")
    return response


def _ask_name(class_: Class) -> BaseResponse:
    """Ask who joins, until somebody does."""
    form = NameForm()
    form.trainee.choices = [(trainee.id, trainee.name) for trainee in class_.trainees.values()]
    form.language.choices = list(NAMES.items())
    if "language" not in request.form:
        # The code alone was sent.
        form.trainee.data, form.language.data = None, i18n.language()
        return _name_page(class_, form, 200)
    trainee = class_.trainees.get(form.trainee.data or "")
    if trainee is None and form.validate_on_submit():
        trainee = _of_name(class_, form)
    if trainee is None:
        return _name_page(class_, form, 422)
    is_same = request.form.get("same") == trainee.id
    question = come(classroom().classes, class_.name, trainee.id, _device(), is_same=is_same)
    if question is None:
        return _lead(classroom().classes.get(class_.name), trainee)
    if question == "in_use":
        form.form_errors.append(i18n.t("join.in_use", name=trainee.name))
        return _name_page(class_, form, 422)
    form.name.data = trainee.name
    title, at = i18n.t("join.name_title", title=class_.title), datetime.fromisoformat(str(trainee.joined_at))
    return page("classroom/join_same.html", title, form=form, trainee=trainee, at=at, status=409)


def _of_name(class_: Class, form: NameForm) -> Trainee | None:
    """Return the trainee of the name that was typed, who may be new; None when it cannot be used, with the reason at the field."""
    name, language = tidy(form.name.data or ""), form.language.data
    if not name:
        form.name.errors = [i18n.t("form.required")]
        return None
    try:
        return classroom().join(class_.name, form.code.data, name, language if language in NAMES else "")
    except BadRoster as refused:
        (problem,) = refused.problems
        is_full = problem.code == "many"
        form.name.errors = [i18n.t("class.roster.many", value=problem.value) if is_full else i18n.t("join.wrong_name")]
    except RuleViolation as refusal:
        form.form_errors.append(i18n.refusal_text(refusal))
    return None


def _device() -> str:
    """Return what tells the browser from others."""
    return str(session.setdefault(BROWSER, machine_secret()[:16]))


def _name_page(class_: Class, form: NameForm, status: int) -> Response:
    return page("classroom/join_name.html", i18n.t("join.name_title", title=class_.title), form=form, status=status)


def _lead(class_: Class, trainee: Trainee) -> BaseResponse:
    try:
        response = redirect(classroom().current_address(class_, trainee))
        # The trainer may have been in the sandbox with this browser.
        unmark_trainer(response, current_attempt(class_, trainee).sandbox)
        return response
    except NotFound as error:
        return problem_page(404, "no_sandbox", name=error.name[:40])


def _authority_file() -> Path | None:
    settings: Settings = current_app.extensions["settings"]
    return settings.certificate.authority if settings.certificate is not None else None


class Guesses(Protocol):
    """Counts wrong codes: ``simulator.control.guesses.JoinGuesses``, which the composition root puts in."""

    def seconds_to_wait(self, address: str | None, browser: str) -> int:
        """Return how many whole seconds a browser at an address may not guess; zero when it may."""

    def count_wrong(self, address: str | None, browser: str) -> None:
        """Remember a wrong guess of a browser at an address."""


def _guesses() -> Guesses:
    guesses: Guesses = current_app.extensions["classroom.guesses"]
    return guesses
