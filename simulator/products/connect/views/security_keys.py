"""Routes of security keys and passkeys: the second step, instead of the password, and at activation."""

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from simulator.core.chance import machine_secret
from simulator.core.sandbox import Db
from simulator.directory import links, people
from simulator.directory.lockout import Outcome
from simulator.directory.models import LinkKind, Person
from simulator.directory.security_keys import ceremonies, parties
from simulator.directory.security_keys.ceremonies import KeyRefusal
from simulator.directory.signing_in.models import SignIn
from simulator.products.connect import forms
from simulator.products.connect.services import first_factor, recovery, second_factor
from simulator.products.connect.services.second_factor import Method
from simulator.products.connect.views import flow
from simulator.products.connect.views.challenge import current_for, go_on_with_device
from simulator.products.connect.views.flow import blueprint
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.addresses import local_path
from simulator.web.pages import page
from simulator.web.security_keys import KeyForm, no_options, options_response
from simulator.web.submissions import works_once
from simulator.web.visit import visit


@blueprint.route("/2fa/key", methods=["GET", "POST"])
@public
@works_once
def security_key() -> Response:
    """Ask for a security key."""
    form = forms.SecurityKey()
    with flow.request_db() as db:
        current = current_for(db, Method.SECURITY_KEY)
        if isinstance(current, Response):
            return current
        if form.validate_on_submit():
            response = form.get(db, current.person, lambda: ceremonies.request_options(db, current.person, current.id))
            outcome = second_factor.check_key(db, current, response) if response is not None else None
            if outcome is Outcome.RIGHT:
                return go_on_with_device(db, current, form)
            _refuse(db, form, outcome)
        title, origin = i18n.t("connect.key.title"), parties.origin(db)
        return page("connect/key.html", title, form=form, email=current.email, origin=origin)


@blueprint.post("/2fa/key/options")
@public
def security_key_options() -> ResponseReturnValue:
    """Return what the browser needs to sign with a security key."""
    with visit().sandbox.transaction() as db:
        current = current_for(db, Method.SECURITY_KEY)
        if isinstance(current, Response):
            return no_options()
        return options_response(ceremonies.request_options(db, current.person, current.id))


@blueprint.route("/login/passkey", methods=["GET", "POST"])
@public
@works_once
def passkey() -> Response:
    """Sign in with a passkey instead of address, password and code.

    ``?again=1`` lets also a visitor sign in who is signed in.

    Source: Connect help, passkeys.
    """
    form = forms.Passkey()
    again = "again" in request.args
    demands = flow.begin_request(session.get("request") if not again else None)
    back_to = demands.back_to if demands is not None else local_path(request.args.get("returnUrl"))
    if not again and flow.is_signed_in(demands):
        return redirect(back_to or url_for("home.overview"))
    with flow.request_db() as db:
        if request.method == "GET" and not form.Username.data:
            form.Username.data = session.get("sign_in_email", "")
        if form.validate_on_submit():
            result = _sign_in_by_passkey(db, form, back_to)
            if isinstance(result, SignIn):
                flow.go_on_with(result)
                return flow.go_on(db, result)
            _refuse(db, form, result)
        title, origin = i18n.t("connect.passkey.title"), parties.origin(db)
        return page("connect/passkey.html", title, form=form, origin=origin, back_to=back_to)


@blueprint.post("/login/passkey/options")
@public
def passkey_options() -> Response:
    """Return what the browser needs to sign with a passkey."""
    with visit().sandbox.transaction() as db:
        return options_response(ceremonies.request_options(db, None, _browser()))


@blueprint.route("/activate/<token>/passkey", methods=["GET", "POST"])
@public
@works_once
def activate_by_passkey(token: str) -> Response:
    """Let an invited person register a passkey instead of choosing a password."""
    form = KeyForm()
    with flow.request_db() as db:
        link = links.find(db, token, LinkKind.ACTIVATION)
        if link is None:
            return page("connect/invalid_link.html", i18n.t("connect.link.invalid"), status=200)
        if form.validate_on_submit():
            response = form.create(
                db, link.person, lambda: ceremonies.creation_options(db, link.person, link.hash, passkey=True)
            )
            if response is not None:
                name = i18n.t("security_key.first_passkey")
                result = recovery.activate_by_passkey(db, link, response, name)
                if isinstance(result, SignIn):
                    flow.end_session(db)
                    flow.go_on_with(result)
                    return flow.go_on(db, result)
                form.refuse_key(db, result)
        title, origin = i18n.t("connect.passkey.activate_title"), parties.origin(db)
        return page(
            "connect/activate_by_passkey.html", title, form=form, email=link.person.email, token=token, origin=origin
        )


@blueprint.post("/activate/<token>/passkey/options")
@public
def activation_options(token: str) -> ResponseReturnValue:
    """Return what the browser needs to create the first passkey."""
    with visit().sandbox.transaction() as db:
        link = links.find(db, token, LinkKind.ACTIVATION)
        if link is None:
            return no_options()
        return options_response(ceremonies.creation_options(db, link.person, link.hash, passkey=True))


def _sign_in_by_passkey(db: Db, form: forms.Passkey, back_to: str | None) -> SignIn | KeyRefusal | Outcome | None:
    person: Person | None = people.by_email(db, form.Username.data or "")
    response = form.get(db, person, lambda: ceremonies.request_options(db, None, _browser()))
    if response is None:
        return None
    return first_factor.sign_in_by_passkey(db, _browser(), response, back_to, session.get("request"))


def _browser() -> str:
    """Return what identifies this browser before anybody begins to sign in."""
    if "browser" not in session:
        session["browser"] = machine_secret()[:32]
    return str(session["browser"])


def _refuse(db: Db, form: KeyForm, result: KeyRefusal | Outcome | None) -> None:
    if isinstance(result, KeyRefusal):
        form.refuse_key(db, result)
    elif result is Outcome.LOCKED:
        form.form_errors.append(i18n.t("connect.sign_in.locked"))
