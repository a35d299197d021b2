"""Routes of the external provider: its sign-in page, with a look of its own, and its endpoints for programs.

Own choice, all of it but the protocol: it stands for the sign-in of an organisation. Its token endpoint is that of Connect for
accounts of its own; Connect itself, its only application, calls the endpoint within this process.
"""

from typing import Any

from flask import Response, g, request, session
from werkzeug.wrappers import Response as AnyResponse

from simulator.core import faults, request_journal
from simulator.core.request_journal import Reason
from simulator.core.sandbox import Db
from simulator.directory.signing_in import pending_sign_ins
from simulator.products.openid.forms import ExternalSignIn
from simulator.products.openid.models import Answer
from simulator.products.openid.services import claims, external, keys
from simulator.products.openid.services.authorization import Demand, Refusal
from simulator.products.openid.services.external import EXTERNAL
from simulator.products.openid.views.authorize import refuse, send_back
from simulator.products.openid.views.blueprint import PRODUCT, blueprint, for_everybody, json_answer
from simulator.products.openid.views.discovery import describe_external
from simulator.products.openid.views.tokens import answer_call, answer_userinfo
from simulator.web import i18n
from simulator.web.access import for_programs, public, without_visit
from simulator.web.pages import page
from simulator.web.security_headers import lead_forms_to
from simulator.web.visit import visit

_ROUTE = {"methods": ["POST", "OPTIONS"], "provide_automatic_options": False}


@blueprint.get("/idp/.well-known/openid-configuration")
@public
@for_programs
@without_visit
def external_configuration() -> Response:
    """Return the discovery document."""
    with g.sandbox.reading() as db:
        return for_everybody(json_answer(200, describe_external(claims.issuer(db, EXTERNAL))))


@blueprint.get("/idp/.well-known/openid-configuration/jwks")
@public
@for_programs
@without_visit
def external_key_set() -> Response:
    """Return the public keys."""
    return for_everybody(json_answer(200, keys.published(g.sandbox, EXTERNAL)))


@blueprint.get("/idp/authorize")
@public
def external_authorize() -> AnyResponse:
    """Ask for the user name of an account; the request of Connect is in the address."""
    return _sign_in()


@blueprint.post("/idp/authorize")
@public
def external_sign_in() -> AnyResponse:
    """Sign in to an account, or cancel."""
    return _sign_in()


def _sign_in() -> AnyResponse:
    sandbox, form = visit().sandbox, ExternalSignIn()
    lists = dict(request.args.lists())
    if form.is_submitted():
        keys.prepare(sandbox, EXTERNAL)
    with sandbox.transaction() as db:
        if faults.triggered_outcome(db, external.PAGE) is not None:
            return page("openid/external_down.html", i18n.t("openid.external.name"), status=503)
        try:
            demand = external.read(db, lists)
            if "none" in demand.prompts:
                raise Refusal("login_required", Reason("openid.why.silent_sign_in"), demand)
            if request.form.get("choice") == "cancel":
                raise Refusal("access_denied", Reason("openid.why.external_cancelled"), demand)
            if form.validate_on_submit():
                answer = _answer(db, demand, form)
                if answer is not None:
                    return answer
        except Refusal as refusal:
            return refuse(db, refusal, {name: values[0] for name, values in lists.items()})
        if not form.is_submitted():
            form.user_name.data = demand.parameters.get("login_hint", "")
        # The browser follows the whole way back to the application that sent it to Connect.
        waiting = pending_sign_ins.find_request(db, session.get("request"))
        lead_forms_to(waiting.form_targets if waiting is not None else ())
        return page("openid/external_sign_in.html", i18n.t("openid.external.name"), form=form)


@blueprint.route("/idp/token", **_ROUTE)
@public
@for_programs
def external_token() -> Response:
    """Exchange a code for tokens."""
    return answer_call("token", lambda made, call: made.answer_token_call(call), EXTERNAL)


@blueprint.route("/idp/userinfo", methods=["GET", "POST", "OPTIONS"], provide_automatic_options=False)
@public
@for_programs
def external_userinfo() -> Response:
    """Say whose an access token is."""
    return answer_userinfo(EXTERNAL)


def _answer(db: Db, demand: Demand, form: ExternalSignIn) -> AnyResponse | None:
    """Send the browser back with what the provider answers about the account; None when no account has the user name.

    Raises:
        Refusal: the provider refuses the account.
    """
    account = external.by_user_name(db, form.user_name.data)
    if account is None:
        form.user_name.errors = [i18n.t("openid.external.unknown")]
        return None
    if account.answer == Answer.DENIED:
        raise Refusal("access_denied", Reason("openid.why.external_denied", {"account": account.user_name}), demand)
    answer: dict[str, Any] = external.grant(db, demand, account)
    caller, parameters = external.CLIENT_ID, demand.parameters
    request_journal.record(db, PRODUCT, caller, "authorize", parameters, 302, person=account.email)
    return send_back(db, demand, answer, EXTERNAL)
