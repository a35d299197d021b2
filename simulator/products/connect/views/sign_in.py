"""Routes of the first steps: e-mail address and password; signing out; the language."""

from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from simulator.core.normal_forms import is_email
from simulator.core.texts import LANGUAGES, PSEUDO
from simulator.directory import sign_in_sessions
from simulator.directory.identity_providers import IdentityProvider
from simulator.directory.lockout import Outcome
from simulator.directory.signing_in.models import SignIn
from simulator.products.connect import forms
from simulator.products.connect.services import first_factor
from simulator.products.connect.services.steps import Step
from simulator.products.connect.views import flow
from simulator.products.connect.views.flow import blueprint
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.addresses import local_path
from simulator.web.forms import Plain
from simulator.web.pages import page
from simulator.web.sessions import cookie_path
from simulator.web.submissions import works_once
from simulator.web.visit import visit

YEAR = 365 * 24 * 3600


@blueprint.route("/", methods=["GET", "POST"])
@public
def sign_in() -> Response:
    """Step one: ask for the e-mail address; with a saved address, or one from another application, go on to the password.

    Source: OpenID Connect, ``login_hint`` is the address that the user typed elsewhere. Connect help, sign in, step one: some
    applications skip the page and go straight to one provider.
    """
    demands = flow.begin_request(request.args.get("request"))
    back_to = demands.back_to if demands is not None else local_path(request.args.get("returnUrl"))
    if flow.is_signed_in(demands):
        return redirect(back_to or url_for("home.overview"))
    hint = (demands.email if demands is not None else None) or request.args.get("login_hint", "")
    email = hint if is_email(hint) else request.cookies.get(flow.cookie("rememberUsername"), "")
    form = forms.SignIn(Username=email)
    if form.validate_on_submit():
        with visit().sandbox.transaction() as db:
            flow.start(db, form.Username.data, back_to)
        response = redirect(url_for(".password"))
        if form.RememberUsername.data:
            flow.set_cookie(response, "rememberUsername", form.Username.data, YEAR)
        else:
            response.delete_cookie(flow.cookie("rememberUsername"), path=cookie_path(visit().sandbox.name))
        return response
    if demands is not None and "other" not in request.args and demands.identity_providers == [IdentityProvider.EXTERNAL]:
        return redirect(url_for(".external", request=demands.id))
    if request.method == "GET" and form.Username.data and "other" not in request.args:
        flow.prepare(form.Username.data, back_to)
        return redirect(url_for(".password"))
    form.RememberUsername.data = form.RememberUsername.data or bool(request.cookies.get(flow.cookie("rememberUsername")))
    return page("connect/sign_in.html", i18n.t("connect.sign_in.title"), form=form, back_to=back_to)


@blueprint.route("/login/password", methods=["GET", "POST"])
@public
@works_once
def password() -> Response:
    """Step two: ask for the password."""
    form = forms.Password()
    with flow.request_db() as db:
        current = flow.find(db)
        if current is None:
            return flow.begin_again()
        elsewhere = flow.lead_elsewhere(db, current)
        if elsewhere is not None:
            return elsewhere
        offers_external = IdentityProvider.EXTERNAL in flow.identity_providers(db, current)
        if not form.validate_on_submit():
            return _password_page(form, current, offers_external)
        outcome = first_factor.check_password(db, current, form.Password.data)
        if outcome is Outcome.RIGHT:
            return flow.go_on(db, current)
        form.form_errors.append(i18n.t(f"connect.sign_in.{outcome}"))
        return _password_page(form, current, offers_external)


@blueprint.route("/login/finish", methods=["GET", "POST"])
@public
@works_once
def finish() -> Response:
    """Offer to sign in when no step is left, for instance because another browser completed the one shown here."""
    form = Plain()
    with flow.request_db() as db:
        current = flow.require_step(db, Step.NOTHING)
        if isinstance(current, Response):
            return current
        if form.validate_on_submit():
            return flow.go_on(db, current)
        return page("connect/finish.html", i18n.t("connect.sign_in.title"), form=form, email=current.email)


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    """End the session."""
    session_id = session.get("sid")
    if session_id is not None:
        with visit().sandbox.transaction() as db:
            sign_in_sessions.end(db, session_id)
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    return redirect(url_for(".sign_in", other=1))


@blueprint.post("/language")
@public
def choose_language() -> Response:
    """Remember the visitor's choice of language, for this browser."""
    language = request.form.get("language", "")
    if language in (*LANGUAGES, PSEUDO):
        session["language"] = language
    return redirect(local_path(request.form.get("back")) or url_for(".sign_in"))


def _password_page(form: forms.Password, current: SignIn, offers_external: bool) -> Response:
    return page(
        "connect/password.html",
        i18n.t("connect.sign_in.title"),
        form=form,
        email=current.email,
        back_to=current.back_to,
        offers_external=offers_external,
    )
