"""Routes of Connect. A refused form is answered with status 200 and the form again, as on the real pages."""

from contextlib import AbstractContextManager

from flask import Blueprint, redirect, request, session, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import Refused
from simulator.core.sandbox import Db
from simulator.core.texts import LANGUAGES, PSEUDO
from simulator.directory import credentials, links, sign_ins
from simulator.directory.models import LinkKind, SignInSession
from simulator.products.connect import forms, services
from simulator.products.connect.models import SignIn
from simulator.products.connect.services import NextStep, Outcome
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.addresses import local_path
from simulator.web.forms import Plain
from simulator.web.pages import page
from simulator.web.sessions import cookie_path, set_lasting_cookie
from simulator.web.visit import visit

blueprint = Blueprint("connect", __name__, template_folder="templates")

YEAR = 365 * 24 * 3600


@blueprint.route("/", methods=["GET", "POST"])
@public
def sign_in() -> Response:
    """Step one: ask for the e-mail address; a saved one goes straight on to the password."""
    back_to = local_path(request.args.get("returnUrl"))
    if visit().actor is not None:
        return redirect(back_to or url_for("home.overview"))
    form = forms.SignIn(Username=request.cookies.get(_cookie("rememberUsername"), ""))
    if form.validate_on_submit():
        response = _to_password(form.Username.data, back_to)
        if form.RememberUsername.data:
            _set_cookie(response, "rememberUsername", form.Username.data, YEAR)
        else:
            response.delete_cookie(_cookie("rememberUsername"), path=cookie_path(visit().sandbox.name))
        return response
    if request.method == "GET" and form.Username.data and "other" not in request.args:
        return _to_password(form.Username.data, back_to)
    form.RememberUsername.data = form.RememberUsername.data or bool(request.cookies.get(_cookie("rememberUsername")))
    return page("connect/sign_in.html", i18n.t("connect.sign_in.title"), form=form)


@blueprint.route("/login/password", methods=["GET", "POST"])
@public
def password() -> Response:
    """Step two: ask for the password."""
    form = forms.Password()
    with _opened() as db:
        current = services.find(db, session.get("sign_in"))
        if current is None:
            return _begin_again()
        if not form.validate_on_submit():
            return _password_page(form, current)
        outcome = services.check_password(db, current, form.Password.data)
        if outcome is Outcome.RIGHT:
            return _after_first_factor(db, current)
        form.form_errors.append(i18n.t(f"connect.sign_in.{outcome}"))
        return _password_page(form, current)


@blueprint.route("/totp/auth", methods=["GET", "POST"])
@public
def code() -> Response:
    """Ask for the authenticator's code."""
    form = forms.Code()
    with _opened() as db:
        current = services.find(db, session.get("sign_in"))
        if current is None or current.person is None:
            return _begin_again()
        if not form.validate_on_submit():
            return page("connect/code.html", i18n.t("connect.two_step.title"), form=form, email=current.email)
        remember = form.RememberCode.data and form.DisableRememberDevice.data != "True"
        back_to = current.back_to
        answer = services.check_code(db, current, form.AuthCode.data, remember=remember)
        if answer.outcome is Outcome.GONE:
            return _begin_again()
        if answer.session is None or answer.device is None:
            key = "connect.sign_in.locked" if answer.outcome is Outcome.LOCKED else "connect.two_step.wrong"
            form.form_errors.append(i18n.t(key))
            form.AuthCode.data = ""
            return page("connect/code.html", i18n.t("connect.two_step.title"), form=form, email=current.email)
        response = _signed_in(answer.session, back_to)
        _set_cookie(response, "remember2sv", answer.device, int(services.REMEMBER_DEVICE.total_seconds()))
        return response


@blueprint.route("/recover", methods=["GET", "POST"])
@public
def recover() -> Response:
    """Offer a mail with a link, to a new password or to sign in once."""
    form = forms.Recover()
    with _opened() as db:
        current = services.find(db, session.get("sign_in"))
        if current is None:
            return _begin_again()
        if form.validate_on_submit():
            if form.Human.data:
                kind = LinkKind.SIGN_IN if request.form.get("choice") == "link" else LinkKind.RESET
                services.request_mail(db, current.email, kind)
                return redirect(url_for(".recover_sent"))
            form.Human.errors = [i18n.t("connect.recover.not_human")]
        return page("connect/recover.html", i18n.t("connect.recover.title"), form=form, email=current.email)


@blueprint.get("/recover/sent")
@public
def recover_sent() -> Response:
    """Say that a mail is on its way, in the same words for every address."""
    with visit().sandbox.reading() as db:
        current = services.find(db, session.get("sign_in"))
        if current is None:
            return _begin_again()
        return page("connect/recover_sent.html", i18n.t("connect.recover.sent_title"), email=current.email)


@blueprint.route("/activate/<token>", methods=["GET", "POST"])
@public
def activate(token: str) -> Response:
    """Let an invited person choose the first password."""
    return _choose_password(token, LinkKind.ACTIVATION)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> Response:
    """Let a person choose a new password."""
    return _choose_password(token, LinkKind.RESET)


@blueprint.route("/link/<token>", methods=["GET", "POST"])
@public
def link(token: str) -> Response:
    """Sign in once by a mailed link; a button does it, so that a mail scanner does not use the link up."""
    form = Plain()
    with _opened() as db:
        found = links.find(db, token, LinkKind.SIGN_IN)
        if found is None:
            return _invalid_link()
        if not form.validate_on_submit():
            return page("connect/link.html", i18n.t("connect.link.title"), form=form, email=found.person.email)
        current = services.sign_in_by_link(db, found)
        if current is None:
            form.form_errors.append(i18n.t("connect.sign_in.locked"))
            return page("connect/link.html", i18n.t("connect.link.title"), form=form, email=found.person.email)
        session["sign_in"] = current.id
        return _after_first_factor(db, current)


@blueprint.get("/new-link")
@public
def new_link() -> Response:
    """Begin again after a link that is no longer good: the address, then the recovery page."""
    return redirect(url_for(".sign_in", other=1))


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    """End the session."""
    session_id = visit().session_id
    if session_id is not None:
        with visit().sandbox.transaction() as db:
            sign_ins.end(db, session_id)
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    return redirect(url_for(".sign_in", other=1))


@blueprint.post("/language")
@public
def choose_language() -> Response:
    """Remember the language a visitor picked, for this browser."""
    wanted = request.form.get("language", "")
    if wanted in (*LANGUAGES, PSEUDO):
        session["language"] = wanted
    return redirect(local_path(request.form.get("back")) or url_for(".sign_in"))


def _to_password(email: str, back_to: str | None) -> Response:
    with visit().sandbox.transaction() as db:
        session["sign_in"] = services.start(db, email, back_to).id
    return redirect(url_for(".password"))


def _password_page(form: forms.Password, current: SignIn) -> Response:
    return page("connect/password.html", i18n.t("connect.sign_in.title"), form=form, email=current.email)


def _after_first_factor(db: Db, current: SignIn) -> Response:
    if services.next_step(db, current, request.cookies.get(_cookie("remember2sv"))) is NextStep.CODE:
        return redirect(url_for(".code"))
    back_to = current.back_to
    return _signed_in(services.finish(db, current), back_to)


def _signed_in(signed_in: SignInSession, back_to: str | None) -> Response:
    language = session.get("language")
    session.clear()
    session["sid"] = signed_in.id
    if language:
        session["language"] = language
    return redirect(local_path(back_to) or url_for("home.overview"))


def _choose_password(token: str, kind: LinkKind) -> Response:
    form = forms.NewPassword()
    first = kind is LinkKind.ACTIVATION
    try:
        with _opened() as db:
            found = links.find(db, token, kind)
            if found is None:
                return _invalid_link()
            email = found.person.email
            if form.validate_on_submit():
                if form.password.data == form.repeated.data:
                    services.set_new_password(db, found, form.password.data)
                    _leave(db)
                    title = i18n.t("connect.password.activated" if first else "connect.password.changed")
                    return page("connect/password_set.html", title, email=email, first=first)
                form.repeated.errors = [i18n.t("connect.password.differs")]
    except Refused as refusal:
        form.refuse(refusal)
    title = i18n.t("connect.password.activate_title" if first else "connect.password.reset_title")
    broken = {rule.code for rule in credentials.rules(form.password.data or "") if not rule.kept}
    rules = [(rule.code, rule.code not in broken) for rule in credentials.rules("")]
    return page("connect/new_password.html", title, form=form, email=email, rules=rules)


def _leave(db: Db) -> None:
    """Sign this browser out, so that whoever chose a password here signs in as the one it is for."""
    if visit().session_id is not None:
        sign_ins.end(db, session.pop("sid"))


def _begin_again() -> Response:
    return redirect(url_for(".sign_in"))


def _invalid_link() -> Response:
    return page("connect/invalid_link.html", i18n.t("connect.link.invalid"), status=200)


def _opened() -> AbstractContextManager[Db]:
    """Open what this request needs: a form that was sent writes, a page that is looked at only reads."""
    return visit().sandbox.transaction() if request.method == "POST" else visit().sandbox.reading()


def _cookie(name: str) -> str:
    return f"{name}_{visit().sandbox.name}"


def _set_cookie(response: Response, name: str, value: str, seconds: int) -> None:
    set_lasting_cookie(response, _cookie(name), value, path=cookie_path(visit().sandbox.name), seconds=seconds)
